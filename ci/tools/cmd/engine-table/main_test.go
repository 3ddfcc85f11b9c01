package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fanlight/ci/tools/ledger"
)

const committedLedger, committedPage = "../../../../testdata/engines.tsv", "../../../../docs/engines.md"

// TestCommitted checks that the page has the table of the ledger, and that a run without new results changes neither.
func TestCommitted(t *testing.T) {
	l, err := ledger.Read(committedLedger, names, columns)
	if err != nil {
		t.Fatal(err)
	}
	var engines []string
	for _, row := range l.Rows() {
		if len(engines) == 0 || engines[len(engines)-1] != row.Name[0] {
			engines = append(engines, row.Name[0])
		}
	}
	none := filepath.Join(t.TempDir(), "none")
	for _, results := range []string{none, committedLedger} {
		if results == none {
			write(t, none, "")
		}
		if err := run(engines, results, committedLedger, committedPage, false); err != nil {
			t.Error(err)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestRun(t *testing.T) {
	folder := t.TempDir()
	results, path, page := folder+"/results", folder+"/ledger", folder+"/page"
	write(t, path, "buildkitd-1-native\tindex\tright\nbuildkitd-1-native\tsbom\tnone\ngone\tindex\tright\n")
	write(t, page, "before\n"+begin+"old\n"+end+"after\n")
	write(t, results, "docker-2\tindex\tright\nbuildkitd-1-overlayfs\tindex\tright\nbuildkitd-1-native\tcancel\tclean\nbuildkitd-1-native\tindex\twrong\n")
	engines := []string{"buildkitd-1-overlayfs", "buildkitd-1-native", "docker-2"}
	if err := run(engines, results, path, page, false); err == nil || !strings.Contains(err.Error(), "5 results are not as in") {
		t.Errorf("results that the ledger does not have: %v", err)
	}
	if err := run(engines, results, path, page, true); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		path: "buildkitd-1-overlayfs\tindex\tright\nbuildkitd-1-native\tindex\twrong\nbuildkitd-1-native\tsbom\tnone\n" +
			"buildkitd-1-native\tcancel\tclean\ndocker-2\tindex\tright\n",
		page: "before\n" + begin + "\n| | BuildKit 1 | Docker Engine 2 |\n|---|---|---|\n| index | right; native: wrong | right |\n" +
			"| sbom | none |  |\n| cancel | clean |  |\n\n" + end + "after\n",
	} {
		if got, err := os.ReadFile(file); err != nil || string(got) != want {
			t.Errorf("%s: %v\n%s\nwant\n%s", file, err, got, want)
		}
	}
	if err := run(engines, results, path, page, false); err != nil {
		t.Errorf("once more: %v", err)
	}
	write(t, page, "before\n"+begin+end)
	if err := run(engines, results, path, page, false); err == nil || !strings.Contains(err.Error(), "another table") {
		t.Errorf("a page with another table: %v", err)
	}
	write(t, page, "before\n")
	if err := run(engines, results, path, page, true); err == nil {
		t.Error("a page without a place for the table was written")
	}
}
