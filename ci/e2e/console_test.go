package e2e

import (
	"strings"
	"testing"
)

// consoleSteps returns the commands of a console: lines that begin with a dollar sign, and the lines that a backslash
// joins to them. The other lines are the output of the command. A command that prints an error must fail.
func consoleSteps(t *testing.T, text string) []recipeStep {
	t.Helper()
	var steps []recipeStep
	joined := false
	for line := range strings.Lines(text) {
		command, isCommand := strings.CutPrefix(line, "$ ")
		switch {
		case isCommand:
			steps = append(steps, recipeStep{script: command})
		case len(steps) == 0:
			t.Fatalf("a console begins with a command, not with %q", line)
		case joined:
			steps[len(steps)-1].script += line
		default:
			last := &steps[len(steps)-1]
			last.shows += line
			last.fails = last.fails || strings.HasPrefix(line, "ERROR: ")
		}
		joined = (isCommand || joined) && strings.HasSuffix(line, "\\\n")
	}
	return steps
}

// missingLines returns the lines of a page that the output lacks. A line "…" stands for any lines; the lines between
// two of them must be adjacent. White space is not compared, because the columns of a table are as wide as their names.
// Nor is the prefix that a client adds to an error: it depends on which of its two waits ended first.
func missingLines(output, page string) string {
	output = strings.ReplaceAll(output, "failed to run Build function: ", "failed to solve: ")
	plain := func(text string) string { return strings.Join(strings.Fields(text), " ") }
	var lines []string
	for line := range strings.Lines(output) {
		lines = append(lines, plain(line))
	}
	rest := strings.Join(lines, "\n")
	var group []string
	for line := range strings.Lines(page + "…\n") {
		if line = plain(line); line != "…" {
			group = append(group, line)
			continue
		}
		wanted := strings.Join(group, "\n")
		_, after, found := strings.Cut(rest, wanted)
		if !found {
			return wanted
		}
		rest, group = after, nil
	}
	return ""
}

func TestConsole(t *testing.T) {
	steps := consoleSteps(t, "$ one \\\n    two\n$ three\n…\nERROR: no\n")
	if len(steps) != 2 || steps[0].script != "one \\\n    two\n" || steps[0].fails || steps[0].shows != "" {
		t.Errorf("%+v", steps)
	}
	if steps[1].script != "three\n" || !steps[1].fails || steps[1].shows != "…\nERROR: no\n" {
		t.Errorf("%+v", steps)
	}
}

func TestMissingLines(t *testing.T) {
	const output = "#1 [internal]\nHOST   BUILD\nServer 2019   17763\nServer 2022   20348\nERROR: failed to run Build function: no\n"
	for page, want := range map[string]string{
		"":                                     "",
		"HOST BUILD\nServer 2019 17763\n":      "",
		"HOST BUILD\n…\nServer 2022   20348\n": "",
		"HOST BUILD\nServer 2022 20348\n":      "HOST BUILD\nServer 2022 20348",
		"Server 2022 20348\n…\nServer 2019 17763\n": "Server 2019 17763",
		"…\nServer 2025\n":                          "Server 2025",
		"ERROR: failed to solve: no\n":              "",
	} {
		if got := missingLines(output, page); got != want {
			t.Errorf("%q: got %q, want %q", page, got, want)
		}
	}
}
