package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// refusals are stages for Windows that cannot be built, with the error. An error that BuildKit finds must be the same
// on layers without the base image as on the base image itself.
var refusals = map[string]struct{ lines, says string }{
	"a directory in a file":          {"COPY one.txt /tools\nWORKDIR /tools/bin", "not a directory"},
	"a directory in a heredoc":       {"COPY <<x /tools\nwords\nx\nCOPY one.txt /tools/", "not a directory"},
	"a file's directory is a file":   {"COPY one.txt /x\nCOPY two.txt /x/y/z", "not a directory"},
	"a directory onto a file":        {"COPY one.txt /x\nCOPY dir /x", "cannot copy to non-directory"},
	"a file in a directory's place":  {"COPY tree /x\nCOPY files /x", "cannot replace to directory"},
	"a directory in a file's place":  {"COPY files /x\nCOPY tree /x", "cannot copy to non-directory"},
	"a file onto a WORKDIR":          {"WORKDIR /x/conf.d\nCOPY files /x", "cannot replace to directory"},
	"a directory of an earlier file": {"COPY <<conf.d /x/\nx\nconf.d\nCOPY tree /x/", "cannot copy to non-directory"},
	"a drive alone":                  {"COPY one.txt C:", "write C:/ for the drive's root, or . for the working directory"},
	"two drives":                     {"WORKDIR C:C:/x\nCOPY one.txt .", "write C:/ and the path without a colon"},
	"a colon in a destination":       {"COPY one.txt C:/x:y", "write C:/ and the path without a colon"},
}

// TestRefusals builds every case both ways. Each must be refused at its last line.
func TestRefusals(t *testing.T) {
	env := loadEnvironment(t)
	context := destinationsContext(t)
	if err := os.MkdirAll(filepath.Join(context, "files"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(context, "files", "conf.d"), []byte("a file\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, one := range refusals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, lazy := range []string{"1", "0"} {
				folder := t.TempDir()
				text := env.fill("# syntax=registry.test/fanlight:1\nFROM " + nanoserver + "\n" + one.lines + "\n")
				if err := os.WriteFile(filepath.Join(folder, "Dockerfile"), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
				request := buildRequest{context: context, ref: env.registry + "/e2e/refused", options: map[string]string{"platform": "windows/amd64", "build-arg:FANLIGHT_LAZY": lazy}}
				output, err := exec.Command("buildctl", append(request.buildctl(env), "--local", "dockerfile="+folder)...).CombinedOutput()
				if err == nil || !strings.Contains(string(output), one.says) || !strings.Contains(string(output), "Dockerfile:") {
					t.Errorf("FANLIGHT_LAZY=%s: %v, want an error with %q at its line\n%s", lazy, err, one.says, tail(output))
				}
			}
		})
	}
}
