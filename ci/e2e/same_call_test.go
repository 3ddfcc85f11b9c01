package e2e

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// calls are the ways to ask buildx about a Dockerfile instead of building it.
var calls = []string{
	"outline", "outline,format=json", "targets", "targets,format=json", "check", "check,format=json", "lint",
	"subrequests.describe", "subrequests.describe,format=json", "no.such.call",
}

// TestSameCalls wants the same answer and the same status, byte for byte, from docker/dockerfile and fanlight, but for
// the plan in the list of requests.
func TestSameCalls(t *testing.T) {
	eachTwins(t, func(t *testing.T, b twins) {
		files, err := filepath.Glob(filepath.Join(casesFolder, "calls", "*.Dockerfile"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no Dockerfiles: %v", err)
		}
		for _, file := range files {
			t.Run(filepath.Base(file), func(t *testing.T) {
				for _, call := range calls {
					for _, flags := range [][]string{nil, {"--target", "second", "--build-arg", "VERSION=3"}} {
						theirs, ours := b.call(t, builtIn, file, call, flags), b.call(t, fanlight, file, call, flags)
						if theirs != ours {
							t.Errorf("%s %q: docker/dockerfile says\n%s\nfanlight says\n%s", call, flags, theirs, ours)
						}
					}
				}
			})
		}
	})
}

// call gives what buildx writes, the error it ends with, and its status.
func (b twins) call(t *testing.T, frontend, file, call string, flags []string) string {
	t.Helper()
	args := []string{"buildx", "build", "--builder", b.builder, "--progress", "quiet", "--call", call, "--file", file}
	if frontend == fanlight {
		args = append(args, "--build-arg", "BUILDKIT_SYNTAX="+b.env.frontend)
	}
	cmd := docker(b.env, append(append(args, flags...), filepath.Dir(file))...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	text := withoutSession(stdout.String())
	if err != nil {
		text += err.Error() + "\n" + lastError(stderr.String())
	}
	if strings.HasPrefix(call, "outline") || strings.HasPrefix(call, "check") || call == "lint" {
		// docker/dockerfile leaves the order of what stands at one place to chance, and with it the columns' widths.
		text = sortedWords(text)
	}
	if strings.HasPrefix(call, "subrequests.describe") {
		text = withoutPlan(text)
	}
	return text
}

// sortedWords are the lines of a text in order; a list of rules is in order too.
func sortedWords(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		words := strings.Fields(line)
		if head, list, found := strings.Cut(line, "lint violation found for rules: "); found {
			// In JSON the list ends with the text it stands in.
			rules := strings.Split(strings.TrimRight(list, `",`), ", ")
			slices.Sort(rules)
			words = append(strings.Fields(head), rules...)
		}
		lines[i] = strings.Join(words, " ")
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// withoutPlan drops the request that docker/dockerfile does not have from a list of requests, as text or as JSON.
func withoutPlan(text string) string {
	var requests []map[string]any
	if json.Unmarshal([]byte(text), &requests) == nil {
		requests = slices.DeleteFunc(requests, func(request map[string]any) bool { return request["name"] == "frontend.plan" })
		without, err := json.MarshalIndent(requests, "", "  ")
		if err != nil {
			return err.Error()
		}
		return string(without)
	}
	lines := slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool { return strings.HasPrefix(line, "plan ") })
	return strings.Join(lines, "\n")
}

// withoutSession drops the operation by which a Dockerfile was read: it names the session, a new one for each call.
func withoutSession(text string) string {
	var answer map[string]any
	if json.Unmarshal([]byte(text), &answer) != nil || answer["sources"] == nil {
		return text
	}
	sources, _ := answer["sources"].([]any)
	for _, source := range sources {
		// An outline's sources are texts.
		if fields, ok := source.(map[string]any); ok {
			delete(fields, "definition")
		}
	}
	without, err := json.MarshalIndent(answer, "", "  ")
	if err != nil {
		return err.Error()
	}
	return string(without)
}
