package ledger

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const testdata = "../../../testdata/"

var engine, result = []string{"engine", "thing"}, []string{"result"}

func save(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ledger.tsv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestCommitted checks that the committed ledgers stay the same when they are parsed and written again.
func TestCommitted(t *testing.T) {
	for path, names := range map[string][]string{
		"agreement.tsv": {"Dockerfile", "options"}, "conformance/suite.tsv": {"case"}, "engines.tsv": nil,
	} {
		text, err := os.ReadFile(testdata + path)
		if err != nil {
			t.Fatal(err)
		}
		var l *Ledger
		var written string
		if names == nil {
			l, err = Read(testdata+path, engine, result)
		} else {
			l, err = ReadHeaded(testdata+path, names)
		}
		if err != nil {
			t.Fatal(err)
		}
		if written = l.Text(); names != nil {
			count := strings.TrimPrefix(strings.SplitN(string(text), "\n", 3)[1], "# ")
			l.Sort()
			written = l.Headed(count)
		}
		if written != string(text) || len(l.Rows()) < 100 {
			t.Errorf("%s: %d rows, and they are not written as they were read", path, len(l.Rows()))
		}
	}
}

func TestDifferences(t *testing.T) {
	committed, err := ReadHeaded(save(t, "# case\tone\ttwo\n# 2 of 3\nA\tpass\tpass\nB\tfail\tpass\nC\tskip\tpass\n"), []string{"case"})
	if err != nil {
		t.Fatal(err)
	}
	results := New([]string{"case"}, []string{"one"})
	results.Add(Row{[]string{"D"}, map[string]string{"one": "pass"}})
	results.Add(Row{[]string{"B"}, map[string]string{"one": "pass"}})
	results.Add(Row{[]string{"A"}, map[string]string{"one": "fail"}})
	results.Add(Row{[]string{"A"}, map[string]string{"one": "pass"}})
	part := []string{`D	one: "pass", was ""`, `B	one: "pass", was "fail"`}
	if got := results.Differences(committed, results.Columns, false); !slices.Equal(got, part) {
		t.Errorf("part of the results: %q", got)
	}
	all := append(part, "C: the ledger has it, the results do not")
	if got := results.Differences(committed, results.Columns, true); !slices.Equal(got, all) {
		t.Errorf("all results: %q", got)
	}
	results.Keep(committed)
	results.Sort()
	if got, want := results.Headed("a count"), "# case\tone\n# a count\nA\tpass\nB\tpass\nC\tskip\nD\tpass\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if row, ok := results.Row("C"); !ok || row.Results["one"] != "skip" {
		t.Errorf("C is %v", row)
	}
}

func TestRefused(t *testing.T) {
	for text, want := range map[string]string{
		"":                                     "1: want a header",
		"A\tpass\n":                            "1: want a header",
		"# name\tone\nA\tpass\n":               "1: want a header",
		"# case\tone\nA\tpass\tpass\n":         "2: 3 cells, want 2",
		"# case\tone\nA\tpass\n\n":             "3: 1 cells, want 2",
		"# case\tone\nA\tpass\n# 1\nA\tskip\n": "4: a second row",
	} {
		if _, err := ReadHeaded(save(t, text), []string{"case"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	if _, err := Read(save(t, "an engine\tindex\n"), engine, result); err == nil {
		t.Error("a row without a result was read")
	}
	if l, err := Read(save(t, ""), engine, result); err != nil || len(l.Rows()) != 0 {
		t.Errorf("an empty ledger: %v", err)
	}
}
