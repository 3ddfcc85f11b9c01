package main

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
)

// mode derives further cases from a case: the same Dockerfile with more options. It derives none if the options already
// contain them, or if there is nothing in the Dockerfile to change.
type mode func(one testCase, file facts) []map[string]string

// twoPlatforms requests two platforms instead of one.
func twoPlatforms(one testCase, _ facts) []map[string]string {
	if strings.Contains(one.options["platform"], ",") {
		return nil
	}
	return []map[string]string{{"platform": "linux/amd64,linux/arm64"}}
}

// noCache disables the cache.
func noCache(one testCase, _ facts) []map[string]string {
	if _, given := one.options["no-cache"]; given {
		return nil
	}
	return []map[string]string{{"no-cache": ""}}
}

// otherArguments sets every ARG of the file to another value.
func otherArguments(one testCase, file facts) []map[string]string {
	given := map[string]string{}
	for _, name := range file.arguments {
		if _, ok := one.options["build-arg:"+name]; !ok {
			given["build-arg:"+name] = "other"
		}
	}
	if len(given) == 0 {
		return nil
	}
	return []map[string]string{given}
}

// namedContext replaces the first base image, or the first stage, by another image.
func namedContext(one testCase, file facts) []map[string]string {
	for _, name := range slices.Concat(file.bases, file.stages) {
		if _, given := one.options["context:"+name]; !given {
			return []map[string]string{{"context:" + name: "docker-image://docker.io/library/in-its-place:1"}}
		}
	}
	return nil
}

// eachTarget builds every named stage by its name, and the first stage by its number.
func eachTarget(one testCase, file facts) []map[string]string {
	if _, given := one.options["target"]; given || file.count < 2 {
		return nil
	}
	sets := []map[string]string{{"target": "0"}}
	for _, name := range file.stages {
		sets = append(sets, map[string]string{"target": name})
	}
	return sets
}

// derive returns the cases of a mode.
func (m mode) derive(one testCase) []testCase {
	if _, own := one.options["requestid"]; own || !one.first {
		return nil
	}
	var cases []testCase
	for _, more := range m(one, factsOf(one.file)) {
		derived := testCase{file: one.file, name: one.name, options: maps.Clone(one.options)}
		for _, key := range slices.Sorted(maps.Keys(more)) {
			derived.options[key] = more[key]
			derived.name += fmt.Sprintf(" %s=%s", key, more[key])
		}
		cases = append(cases, derived)
	}
	return cases
}

// facts are what modes can change in a Dockerfile. They are only approximate: a wrong or missing fact makes a case less
// interesting, but never wrong.
type facts struct {
	// bases are the images in FROM lines without variables, stages are the names of stages, and arguments are the names
	// in ARG lines.
	bases, stages, arguments []string
	// count is the number of FROM lines.
	count int
}

var (
	fromLine = regexp.MustCompile(`(?im)^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*([^\s$]+)(?:[ \t]+AS[ \t]+(\S+))?[ \t]*\r?$`)
	anyFrom  = regexp.MustCompile(`(?im)^[ \t]*FROM[ \t]`)
	argLine  = regexp.MustCompile(`(?im)^[ \t]*ARG[ \t]+([A-Za-z_]\w*)`)
)

func factsOf(path string) facts {
	text, err := os.ReadFile(path)
	if err != nil {
		// The frontends report the error.
		return facts{}
	}
	found := facts{count: len(anyFrom.FindAll(text, -1))}
	for _, match := range fromLine.FindAllStringSubmatch(string(text), -1) {
		base, stage := match[1], match[2]
		if base != "scratch" && !slices.Contains(found.stages, base) {
			found.bases = append(found.bases, base)
		}
		if stage != "" {
			found.stages = append(found.stages, stage)
		}
	}
	for _, match := range argLine.FindAllStringSubmatch(string(text), -1) {
		found.arguments = append(found.arguments, match[1])
	}
	return found
}
