package e2e

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// testCase is one build of a folder of testdata/e2e, an entry of its case.json. In all its texts registry.test stands
// for the registry of the run, and registry.test/fanlight:1 for the frontend under test.
type testCase struct {
	Name string
	// Options as a frontend has them: platform, target, build-arg:NAME, label:NAME, context:NAME, filename, ...
	Options map[string]string
	// Index lists the entries that the pushed index must have, in order: the platform, and for Windows the os.version
	// ("-" where there must be none) and the base.
	Index []entry
	// Hosts gives, for builds of Windows hosts, the os.version of the entry that containerd takes there; "-" for none.
	Hosts map[string]string
	// Fetched lists images whose base layers may be downloaded, since files of theirs are asked for.
	Fetched []string
	// Shared: all Windows entries must have the same layers of their own.
	Shared bool
	// Files that the entries' own layers must hold, by operating system: path to content, where the contents
	// "PE" and "ELF" stand for a program for the entry's platform.
	Files map[string]map[string]string
	// Config, by operating system: paths into the image's config, such as config/Cmd, and the values there.
	Config map[string]map[string]any
	// Runs says how often RUN steps may have written a line.
	Runs map[string]int
	// Output is what the client must have shown; Error likewise, for a build that must fail.
	Output, Error []string
	// Warnings are what clients that show warnings must have shown; buildctl does not.
	Warnings []string
	// Skip gives, by the client's name, why the case is not for it.
	Skip map[string]string
}

type entry struct {
	Platform  string
	OSVersion string
	Base      string
	// Files as in testCase, for this entry alone.
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

// copyCase copies a case's folder, with the addresses of the run filled in.
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
