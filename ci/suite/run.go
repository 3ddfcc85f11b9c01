package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// What became of a case.
const (
	pass = "pass"
	fail = "fail"
	skip = "skip"
	// none: it did not get as far, since what holds it failed before.
	none = "-"
)

// run is one run of the suite: by case or subtest, what became of it and what it printed.
type run struct {
	verdict map[string]string
	output  map[string]string
}

// of is what became of a case.
func (r run) of(name string) string {
	if verdict, ok := r.verdict[name]; ok {
		return verdict
	}
	return none
}

// Output that is kept of a case: a failing one prints the logs of its engine too.
const outputLimit = 4000

// readRun reads a log of test2json. The suite's own end must be in it: else it was stopped halfway.
func readRun(path string) (run, error) {
	file, err := os.Open(path)
	if err != nil {
		return run{}, err
	}
	defer file.Close()
	r := run{map[string]string{}, map[string]string{}}
	ended := false
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var event struct{ Action, Test, Output string }
		if err := json.Unmarshal(lines.Bytes(), &event); err != nil {
			return r, fmt.Errorf("%s: %w", path, err)
		}
		name, ok := caseName(event.Test)
		switch event.Action {
		case pass, fail, skip:
			ended = ended || event.Test == suiteName
			if ok {
				r.verdict[name] = event.Action
			}
		case "output":
			// Without what says that a test starts or ends.
			isEvent := strings.HasPrefix(event.Output, "=== ") || strings.HasPrefix(event.Output, "--- ")
			if ok && !isEvent && len(r.output[name]) < outputLimit {
				r.output[name] += event.Output
			}
		}
	}
	if err := lines.Err(); err != nil {
		return r, fmt.Errorf("%s: %w", path, err)
	}
	if !ended || len(r.verdict) == 0 {
		return r, fmt.Errorf("%s: the suite did not come to its end", path)
	}
	return r, nil
}

const suiteName = "TestIntegration"

// caseName shortens a test's name, TestIntegration/TestCopyChown/worker=oci/frontend=gateway, to what tells it apart:
// CopyChown, and of another worker CopyChown/worker=containerd. What is not a case, such as the suite itself, has none.
func caseName(test string) (string, bool) {
	const worker, frontend = "/worker=oci", "/frontend=gateway"
	rest, ok := strings.CutPrefix(test, suiteName+"/Test")
	if !ok {
		return "", false
	}
	before, after, ok := strings.Cut(rest, frontend)
	if !ok {
		return "", false
	}
	return strings.Replace(before, worker, "", 1) + after, true
}
