package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// These are the results of a case.
const (
	pass = "pass"
	fail = "fail"
	skip = "skip"
	// none means that the case did not run, because a test around it failed first.
	none = "-"
)

// run is one run of the suite: the result and the output of each case or subtest.
type run struct {
	verdict map[string]string
	output  map[string]string
}

// of returns the result of a case.
func (r run) of(name string) string {
	if verdict, ok := r.verdict[name]; ok {
		return verdict
	}
	return none
}

// outputLimit is how many bytes of a case's output are kept. A failing case also prints the logs of its engine.
const outputLimit = 4000

// readRun parses a log of test2json. The log must contain the end of the suite, or else the suite was stopped.
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
			// Skip the lines that say that a test starts or ends.
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

// caseName shortens the name of a test, TestIntegration/TestCopyChown/worker=oci/frontend=gateway, to what is unique:
// CopyChown, or CopyChown/worker=containerd for another worker. It returns false for what is not a case, such as the
// suite itself.
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
