package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPlatformWarnings builds each row of the table in docs/limits.md, "The warning about platforms".
func TestPlatformWarnings(t *testing.T) {
	env := loadEnvironment(t)
	remote := clients(t, env)[1]
	page, err := os.ReadFile(filepath.Join(docsFolder, "limits.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "<!-- platform warnings -->")
	table, _, _ = strings.Cut(table, "<!-- end -->")
	project := t.TempDir()
	write(t, project+"/Dockerfile", env.fill(`# syntax=registry.test/fanlight:1
FROM registry.test/windows/nanoserver:ltsc2022,ltsc2025 AS windows
COPY Dockerfile /Dockerfile
FROM scratch AS linux
COPY Dockerfile /Dockerfile
`))
	rows, warned := 0, 0
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		if len(cells) != 5 || !strings.Contains(cells[1], "amd64") {
			continue
		}
		rows++
		cell := func(i int) string { return strings.Trim(cells[i], " `") }
		request := buildRequest{context: project, options: map[string]string{"platform": cell(1)}, ref: newRef(env)}
		if versions := cell(2); versions != "-" {
			request.options["build-arg:FANLIGHT_VERSIONS"] = versions
		}
		output, err := remote.build(t, request)
		if err != nil {
			t.Fatalf("%v\n%s", err, output)
		}
		if want := cell(3); want == "none" {
			if strings.Contains(output, "Requested platform") {
				t.Errorf("%s: a warning\n%s", line, output)
			}
		} else {
			warned++
			for part := range strings.SplitSeq(want, "...") {
				if !strings.Contains(output, strings.TrimSpace(part)) {
					t.Errorf("%s: no such warning\n%s", line, output)
				}
			}
		}
	}
	if rows < 8 || warned == 0 || warned == rows {
		t.Errorf("the table has %d rows, %d of them with a warning", rows, warned)
	}
}
