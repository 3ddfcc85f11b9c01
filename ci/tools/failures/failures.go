// Package failures finds the failed tests in the output of go test -v and of cargo test, and their output.
package failures

import (
	"bufio"
	"io"
	"regexp"
	"slices"
	"strings"
)

// kept is how many of the last lines of a test are kept.
const kept = 40

// Test is a failed test without failed subtests.
type Test struct {
	Name string
	// First is the first line that the test itself printed, with its location.
	First string
	// Output is what the test printed last. It is empty for a test of cargo, which prints the output itself, at the
	// end.
	Output []string
}

var (
	started = regexp.MustCompile(`^=== (?:RUN|PAUSE|CONT|NAME) +(\S+)`)
	ended   = regexp.MustCompile(`^ *--- (FAIL|PASS|SKIP): (\S+)`)
	cargo   = regexp.MustCompile(`^test (\S+) (?:- should panic )?\.\.\. FAILED`)
)

// Read returns the failed tests, in the order in which they ended.
func Read(log io.Reader) ([]Test, error) {
	output, first := map[string][]string{}, map[string]string{}
	var failed []string
	current := ""
	scanner := bufio.NewScanner(log)
	scanner.Buffer(nil, 64<<20)
	for scanner.Scan() {
		line := scanner.Text()
		if found := started.FindStringSubmatch(line); found != nil {
			current = found[1]
		} else if found := ended.FindStringSubmatch(line); found != nil {
			current = found[2]
			if found[1] == "FAIL" {
				failed = append(failed, current)
			}
		} else if found := cargo.FindStringSubmatch(line); found != nil {
			failed = append(failed, found[1])
		} else if current != "" {
			lines := append(output[current], line)
			output[current] = lines[max(0, len(lines)-kept):]
			if first[current] == "" && strings.Contains(line, "_test.go:") {
				first[current] = strings.TrimSpace(line)
			}
		}
	}
	var tests []Test
	for _, name := range failed {
		sub := func(other string) bool { return strings.HasPrefix(other, name+"/") }
		if !slices.ContainsFunc(failed, sub) {
			tests = append(tests, Test{name, first[name], output[name]})
		}
	}
	return tests, scanner.Err()
}
