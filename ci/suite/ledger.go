package main

import (
	"fmt"
	"slices"
	"strings"

	"fanlight/ci/tools/ledger"
)

// row is a line of the ledger: a case or subtest, its result with each image, and a reason if it needs one. People
// write the reasons, and -update keeps them.
type row struct {
	name, peer, null, fanlight, reason string
}

// counts returns whether the row says something about a frontend image.
func (r row) counts() bool { return r.peer == pass && r.null != pass }

// test returns the name of the Go test that the row belongs to, as for -run.
func (r row) test() string {
	name, _, _ := strings.Cut(r.name, "/")
	return "Test" + name
}

// names and columns are the titles of the cells: those that name a row, and its results.
var names, columns = []string{"case"}, []string{"docker/dockerfile", "null", "fanlight", "reason"}

func readLedger(path string) ([]row, error) {
	read, err := ledger.ReadHeaded(path, names)
	if err != nil {
		return nil, err
	}
	if !slices.Equal(read.Columns, columns) {
		return nil, fmt.Errorf("%s: the columns are %q, want %q", path, read.Columns, columns)
	}
	var rows []row
	for _, r := range read.Rows() {
		rows = append(rows, row{r.Name[0], r.Results[columns[0]], r.Results[columns[1]], r.Results[columns[2]], r.Results[columns[3]]})
	}
	return rows, nil
}

// render returns the text of the ledger: a header, a count, and the rows in order.
func render(rows []row) string {
	counting, passing := 0, 0
	results := ledger.New(names, columns)
	for _, r := range rows {
		if r.counts() {
			counting++
			if r.fanlight == pass {
				passing++
			}
		}
		results.Add(ledger.Row{Name: []string{r.name}, Results: map[string]string{
			columns[0]: r.peer, columns[1]: r.null, columns[2]: r.fanlight, columns[3]: r.reason,
		}})
	}
	results.Sort()
	return results.Headed(fmt.Sprintf("of %d that pass with docker/dockerfile's image and not with the null frontend, %d pass", counting, passing))
}

// merge creates the rows from three runs, with the reasons of the old rows.
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

// finding is the comparison of a case with its row.
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

// judge compares a run of fanlight's image with the ledger. It returns every row that counts, and every other row whose
// verdict differs from the ledger. It ignores cases that fail with docker/dockerfile's image: they depend on the
// machine.
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
