package e2e

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// testCase is one build of a folder in testdata/e2e, an entry of its case.json. In its texts, registry.test is replaced
// by the registry of the run, and registry.test/fanlight:1 by the frontend under test.
type testCase struct {
	Name string
	// Options has the options as a frontend receives them: platform, target, build-arg:NAME, label:NAME, context:NAME,
	// filename, ...
	Options map[string]string
	// Index lists the entries that the pushed index must have, in order: the platform, and for Windows the os.version
	// ("-" for none) and the base image.
	Index []entry
	// Hosts maps builds of Windows hosts to the os.version of the entry that containerd selects there; "-" for none.
	Hosts map[string]string
	// Fetched lists images whose base layers may be downloaded, because the build reads their files.
	Fetched []string
	// Shared is true if all Windows entries must have the same layers above their base images.
	Shared bool
	// Files are the files that the entries must have above their base images: by operating system, path and content.
	// The contents "PE" and "ELF" stand for a program for the entry's platform.
	Files map[string]map[string]string
	// Config lists values of the image's config, by operating system and path, such as config/Cmd.
	Config map[string]map[string]any
	// Runs is how often RUN steps must print a line.
	Runs map[string]int
	// Output lists texts that the client must print, Error those that it must print for a build that must fail.
	Output, Error []string
	// Warnings lists texts that a client must print if it shows warnings. buildctl does not.
	Warnings []string
	// Skip lists the reasons why a case is skipped, by the name of the client.
	Skip map[string]string
}

type entry struct {
	Platform  string
	OSVersion string
	Base      string
	// Files lists files as in testCase, for this entry only.
	Files map[string]string
}

func loadCase(t *testing.T, env environment, file string) []testCase {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(strings.NewReader(env.fill(string(text))))
	decoder.DisallowUnknownFields()
	var cases []testCase
	if err := decoder.Decode(&cases); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return cases
}

// copyCase copies the folder of a case and fills in the addresses of the run.
func copyCase(t *testing.T, env environment, folder string) string {
	t.Helper()
	to := t.TempDir()
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return os.MkdirAll(filepath.Join(to, name), 0o755)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, name), []byte(env.fill(string(text))), 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}
