package pages

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// forms are the Dockerfiles of the columns in the table of docs/linters.md.
var forms = []string{
	`ARG WINBASE=mcr.microsoft.com/windows/nanoserver:ltsc2019,ltsc2022
FROM ${WINBASE} AS windows
`,
	`FROM mcr.microsoft.com/windows/nanoserver:ltsc2019,ltsc2022 AS windows
`,
	`FROM mcr.microsoft.com/windows/nanoserver:ltsc2019 AS windows-ltsc2019
FROM mcr.microsoft.com/windows/nanoserver:ltsc2022 AS windows-ltsc2022
FROM windows-{ltsc2019,ltsc2022} AS windows
`,
	`FROM mcr.microsoft.com/windows/nanoserver:ltsc2019@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef AS windows-ltsc2019
FROM mcr.microsoft.com/windows/nanoserver:ltsc2022@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef AS windows-ltsc2022
`,
}

// TestLinters runs the linters of the table on each form, and on the Dockerfiles of the pages. ci/conformance linters
// provides the linters.
func TestLinters(t *testing.T) {
	folder := os.Getenv("LINTERS")
	if folder == "" {
		t.Skip("LINTERS is not set: this test runs through ci/conformance linters")
	}
	linters := map[string]func(file string) *exec.Cmd{
		"hadolint": func(file string) *exec.Cmd {
			return exec.Command(filepath.Join(folder, "bin/hadolint"), "--no-color", file)
		},
		"Dockerfile language server": func(file string) *exec.Cmd {
			cmd := exec.Command("node", "-e", `const text = require("fs").readFileSync(process.argv[1], "utf8");
for (const found of require("dockerfile-utils").validate(text)) console.log(found.message);`, file)
			cmd.Dir = folder
			return cmd
		},
	}
	check := func(name, text string) string {
		file := filepath.Join(t.TempDir(), "Dockerfile")
		if err := os.WriteFile(file, []byte("# syntax="+Placeholder+"\n"+text+"COPY app.exe C:/app.exe\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		// hadolint fails if it finds something.
		output, err := linters[name](file).CombinedOutput()
		if _, isExit := err.(*exec.ExitError); err != nil && (!isExit || len(output) == 0) {
			t.Fatalf("%s: %v\n%s", name, err, output)
		}
		return string(output)
	}
	page, err := os.ReadFile(filepath.Join(root, "docs/linters.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(page)) {
		for name := range linters {
			cells := strings.Split(line, "|")
			if len(cells) != 7 || !strings.HasPrefix(strings.TrimSpace(cells[1]), name) {
				continue
			}
			rows++
			for i, form := range forms {
				found, want := check(name, form), strings.TrimSpace(cells[2+i])
				// The cell has an error of the language server, or a rule of hadolint.
				text, _, _ := strings.Cut(strings.TrimPrefix(want, "error: "), ",")
				if (want == "clean") != (found == "") || want != "clean" && !strings.Contains(found, text) {
					t.Errorf("%s, form %d: the page says %q, the linter\n%s", name, i+1, want, found)
				}
			}
		}
	}
	if rows != len(linters) {
		t.Errorf("the table has %d rows of %d linters", rows, len(linters))
	}
	if found := check("hadolint", strings.Replace(forms[2], "FROM windows-{", "# hadolint ignore=DL3006\nFROM windows-{", 1)); found != "" {
		t.Errorf("with the comment that the page shows:\n%s", found)
	}
}
