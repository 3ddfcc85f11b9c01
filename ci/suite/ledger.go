package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// row is a line of the ledger: a case or subtest, what became of it with each image, and, where that takes one, the
// reason. Reasons are written by hand and stay when the ledger is written anew.
type row struct {
	name, peer, null, fanlight, reason string
}

// counts tells whether the row says something about a frontend image.
func (r row) counts() bool { return r.peer == pass && r.null != pass }

// test is the name of the Go test that the row belongs to, as -run has it.
func (r row) test() string {
	name, _, _ := strings.Cut(r.name, "/")
	return "Test" + name
}

const header = "# case\tdocker/dockerfile\tnull\tfanlight\treason"

func readLedger(path string) ([]row, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var rows []row
	for i, line := range strings.Split(strings.TrimRight(string(text), "\n"), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(line, "\t")
		if len(cells) != 5 {
			return nil, fmt.Errorf("%s:%d: want 5 columns: %q", path, i+1, line)
		}
		rows = append(rows, row{cells[0], cells[1], cells[2], cells[3], cells[4]})
	}
	return rows, nil
}

// render gives the ledger's text: a header, a sum, and the rows in order.
func render(rows []row) string {
	counting, passing := 0, 0
	var lines []string
	for _, r := range rows {
		if r.counts() {
			counting++
			if r.fanlight == pass {
				passing++
			}
		}
		lines = append(lines, strings.Join([]string{r.name, r.peer, r.null, r.fanlight, r.reason}, "\t"))
	}
	slices.Sort(lines)
	sum := fmt.Sprintf("# of %d that pass with docker/dockerfile's image and not with the null frontend, %d pass", counting, passing)
	return strings.Join(append([]string{header, sum}, lines...), "\n") + "\n"
}

// merge makes the rows anew of three runs, with the reasons of the old ones.
func merge(old []row, peer, null, fanlight run) []row {
	reasons := map[string]string{}
	for _, r := range old {
		reasons[r.name] = r.reason
	}
	names := map[string]bool{}
	for _, run := range []run{peer, null, fanlight} {
		for name := range run.verdict {
			names[name] = true
		}
	}
	var rows []row
	for name := range names {
		rows = append(rows, row{name, peer.of(name), null.of(name), fanlight.of(name), reasons[name]})
	}
	slices.SortFunc(rows, func(a, b row) int { return strings.Compare(a.name, b.name) })
	return rows
}

// finding is a case of a run beside its row.
type finding struct {
	name    string
	problem string
}

func (f finding) line() string {
	if f.problem == "" {
		return "--- PASS: " + f.name
	}
	return "--- FAIL: " + f.name + ": " + f.problem
}

// judge compares a run of fanlight's image with the ledger: every row that counts, and every other whose verdict is not
// the ledger's. What fails with docker/dockerfile's image fails because of the machine, which may be another today.
func judge(rows []row, fanlight run) []finding {
	var findings []finding
	known := map[string]bool{}
	for _, r := range rows {
		known[r.name] = true
		got := fanlight.of(r.name)
		switch {
		case r.peer == fail || r.peer == none:
		case got != r.fanlight:
			findings = append(findings, finding{r.name, fmt.Sprintf("%s, the ledger has %s", got, r.fanlight)})
		case r.counts():
			findings = append(findings, finding{r.name, ""})
		}
	}
	var unknown []string
	for name := range fanlight.verdict {
		if !known[name] {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		findings = append(findings, finding{name, "not in the ledger"})
	}
	return findings
}
