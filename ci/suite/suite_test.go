package main

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestCaseName(t *testing.T) {
	for test, want := range map[string]string{
		"TestIntegration": "",
		"TestIntegration/TestCopyChown/worker=oci/frontend=gateway":                               "CopyChown",
		"TestIntegration/TestUser/worker=containerd/frontend=gateway":                             "User/worker=containerd",
		"TestIntegration/TestCopyChown":                                                           "",
		"TestIntegration/TestLint/worker=oci/frontend=gateway/a/b":                                "Lint/a/b",
		"TestIntegration/TestRunHost/worker=oci/frontend=gateway/network.host=granted":            "RunHost/network.host=granted",
		"TestIntegration/TestRunHost/worker=oci/frontend=gateway/network.host=granted/frontend=x": "RunHost/network.host=granted/frontend=x",
	} {
		got, ok := caseName(test)
		if got != want || ok != (want != "") {
			t.Errorf("caseName(%q) = %q, %v", test, got, ok)
		}
	}
}

func log(t *testing.T, lines ...string) string {
	path := filepath.Join(t.TempDir(), "log.json")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func event(action, name string) string {
	return `{"Action":"` + action + `","Test":"TestIntegration/Test` + name + `/worker=oci/frontend=gateway"}`
}

func TestReadRun(t *testing.T) {
	end := `{"Action":"fail","Test":"TestIntegration"}`
	run, err := readRun(log(t, event("run", "A"), event("pass", "A"), event("skip", "B"), end))
	if err != nil {
		t.Fatal(err)
	}
	if run.of("A") != pass || run.of("B") != skip || run.of("C") != none {
		t.Errorf("read %v", run.verdict)
	}
	if _, err := readRun(log(t, event("pass", "A"))); err == nil {
		t.Error("a run without an end was read as whole")
	}
}

func TestLedger(t *testing.T) {
	peer := run{verdict: map[string]string{"A": pass, "B": pass, "C": fail, "D": skip}}
	null := run{verdict: map[string]string{"A": fail, "B": pass, "C": fail, "D": skip}}
	fanlight := run{verdict: map[string]string{"A": pass, "B": pass, "C": pass, "D": skip}}
	rows := merge([]row{{name: "C", reason: "the machine"}}, peer, null, fanlight)
	path := filepath.Join(t.TempDir(), "ledger.tsv")
	if err := os.WriteFile(path, []byte(render(rows)), 0o600); err != nil {
		t.Fatal(err)
	}
	read, err := readLedger(path)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(read, rows) {
		t.Errorf("wrote %v, read %v", rows, read)
	}
	if !strings.Contains(render(rows), "of 1 that") || rows[2].reason != "the machine" {
		t.Errorf("wrote %s", render(rows))
	}
}

// TestCommitted checks that the committed ledger stays the same when it is parsed and rendered again, with a new count.
func TestCommitted(t *testing.T) {
	const path = "../../testdata/conformance/suite.tsv"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := readLedger(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := render(rows); got != string(text) {
		t.Errorf("written anew it begins with\n%.300s", got)
	}
}

func TestJudge(t *testing.T) {
	rows := []row{
		{name: "counts", peer: pass, null: fail, fanlight: pass},
		{name: "regressed", peer: pass, null: none, fanlight: pass},
		{name: "built-in", peer: pass, null: pass, fanlight: pass},
		{name: "machine", peer: fail, null: fail, fanlight: fail},
		{name: "skipped", peer: skip, null: skip, fanlight: skip},
		{name: "gone", peer: skip, null: skip, fanlight: skip},
	}
	verdicts := map[string]string{
		"counts": pass, "regressed": fail, "built-in": pass, "machine": pass, "skipped": skip, "new": pass,
	}
	var lines []string
	for _, f := range judge(rows, run{verdict: verdicts}) {
		lines = append(lines, f.line())
	}
	want := []string{
		"--- PASS: counts",
		"--- FAIL: regressed: fail, the ledger has pass",
		"--- FAIL: gone: -, the ledger has skip",
		"--- FAIL: new: not in the ledger",
	}
	if !reflect.DeepEqual(lines, want) {
		t.Errorf("judged:\n%s", strings.Join(lines, "\n"))
	}
}
