package main

import (
	"bufio"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// testCase is one Dockerfile under one set of options.
type testCase struct {
	// file is the path of the Dockerfile, name is the name of its options.
	file, name string
	options    map[string]string
	// first is true for the first set of options of a Dockerfile, from which the modes derive cases.
	first bool
}

// defaults are the options of a Dockerfile that has no sets of options.
var defaults = []testCase{
	{name: "amd64", options: map[string]string{"platform": "linux/amd64"}},
	{name: "arm64", options: map[string]string{"platform": "linux/arm64"}},
}

// findCases returns the cases for Dockerfile, *.Dockerfile and Dockerfile.* in the folders, in order.
//
// A file X.options beside Dockerfile X, or a file "options" for a whole folder, has sets of options that replace the
// default ones, one on each line: NAME key=value key=value, separated by tabs. Empty lines and lines that begin with #
// are ignored. With the option requestid, only that question is asked; requestid=build asks only for the build.
func findCases(folders []string, only string) ([]testCase, error) {
	var cases []testCase
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !isDockerfile(entry.Name()) {
				return err
			}
			sets, err := optionSets(path)
			for i, one := range sets {
				one.file, one.first = filepath.ToSlash(path), i == 0
				if strings.Contains(one.file+" "+one.name, only) {
					cases = append(cases, one)
				}
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if len(cases) == 0 {
		return nil, fmt.Errorf("no Dockerfile in %v", folders)
	}
	return cases, nil
}

func isDockerfile(name string) bool {
	for _, suffix := range []string{".options", ".dockerignore", ".md"} {
		if strings.HasSuffix(name, suffix) {
			return false
		}
	}
	return name == "Dockerfile" || strings.HasSuffix(name, ".Dockerfile") || strings.HasPrefix(name, "Dockerfile.")
}

func optionSets(path string) ([]testCase, error) {
	for _, name := range []string{path + ".options", filepath.Join(filepath.Dir(path), "options")} {
		file, err := os.Open(name)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		defer file.Close()
		return readOptions(name, bufio.NewScanner(file))
	}
	var sets []testCase
	for _, one := range defaults {
		one.options = maps.Clone(one.options)
		sets = append(sets, one)
	}
	return sets, nil
}

func readOptions(name string, lines *bufio.Scanner) ([]testCase, error) {
	var sets []testCase
	for lines.Scan() {
		line := strings.TrimRight(lines.Text(), "\r")
		if strings.TrimSpace(line) == "" || line[0] == '#' {
			continue
		}
		fields := strings.Split(line, "\t")
		one := testCase{name: fields[0], options: map[string]string{}}
		for _, field := range fields[1:] {
			key, value, ok := strings.Cut(field, "=")
			if !ok {
				return nil, fmt.Errorf("%s: %q is not key=value", name, field)
			}
			one.options[key] = os.Expand(value, reference)
		}
		if slices.ContainsFunc(sets, func(other testCase) bool { return other.name == one.name }) {
			return nil, fmt.Errorf("%s: two sets are named %q", name, one.name)
		}
		sets = append(sets, one)
	}
	return sets, lines.Err()
}

// reference returns the value of ${REGISTRY}, and leaves any other variable as it is.
func reference(name string) string {
	if name == "REGISTRY" {
		return os.Getenv(name)
	}
	return "${" + name + "}"
}
