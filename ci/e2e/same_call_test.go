package e2e

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// calls are the requests that buildx can send about a Dockerfile instead of building it.
var calls = []string{
	"outline", "outline,format=json", "targets", "targets,format=json", "check", "check,format=json", "lint",
	"subrequests.describe", "subrequests.describe,format=json", "no.such.call",
}

// TestSameCalls compares the answers of docker/dockerfile and fanlight, which must be equal byte for byte, with the
// same exit status. Only fanlight lists the plan among its requests.
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

// call returns the output of buildx, its last error, and its exit status.
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
		// docker/dockerfile lists entries of the same location in random order, which also changes the width of
		// columns.
		text = sortedWords(text)
	}
	if strings.HasPrefix(call, "subrequests.describe") {
		text = withoutPlan(text)
	}
	return text
}

// sortedWords sorts the lines of a text, and the rules in a list of rules.
func sortedWords(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		words := strings.Fields(line)
		if head, list, found := strings.Cut(line, "lint violation found for rules: "); found {
			// In JSON, the list is followed by the end of its string.
			rules := strings.Split(strings.TrimRight(list, `",`), ", ")
			slices.Sort(rules)
			words = append(strings.Fields(head), rules...)
		}
		lines[i] = strings.Join(words, " ")
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// withoutPlan removes the request that only fanlight has from a list of requests, as text or as JSON.
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

// withoutSession removes the operation that reads the Dockerfile. It names the session, which is new for each call.
func withoutSession(text string) string {
	var answer map[string]any
	if json.Unmarshal([]byte(text), &answer) != nil || answer["sources"] == nil {
		return text
	}
	sources, _ := answer["sources"].([]any)
	for _, source := range sources {
		// The sources of an outline are strings.
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
