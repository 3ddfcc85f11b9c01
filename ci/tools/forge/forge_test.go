// Package forge checks the files of .github that no other tool checks: the issue forms, and the folders that a bot
// updates.
package forge

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

const root = "../../.."

func read(t *testing.T, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	decoder := yaml.NewDecoder(strings.NewReader(string(text)))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// form is an issue form of GitHub, with the fields that ours use.
type form struct {
	Name, Description string
	Labels            []string
	Body              []struct {
		Type, ID    string
		Attributes  struct{ Label, Description, Placeholder, Render string }
		Validations struct{ Required bool }
	}
}

func TestIssueForms(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, ".github/ISSUE_TEMPLATE/*.yml"))
	if err != nil || len(files) < 2 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		name, _ := filepath.Rel(root, file)
		if filepath.Base(file) == "config.yml" {
			read(t, name, &struct {
				BlankIssues bool `yaml:"blank_issues_enabled"`
			}{})
			continue
		}
		var one form
		read(t, name, &one)
		if one.Name == "" || one.Description == "" || len(one.Body) == 0 {
			t.Errorf("%s: a form needs name, description and body", name)
		}
		var ids []string
		for _, field := range one.Body {
			if !slices.Contains([]string{"input", "textarea"}, field.Type) || field.ID == "" || field.Attributes.Label == "" {
				t.Errorf("%s: a field needs a type, an id and a label: %+v", name, field)
			}
			if field.Type == "input" && field.Attributes.Render != "" {
				t.Errorf("%s: %s: an input has no render", name, field.ID)
			}
			if slices.Contains(ids, field.ID) {
				t.Errorf("%s: two fields are named %s", name, field.ID)
			}
			ids = append(ids, field.ID)
		}
	}
}

// pinned are the folders whose versions ci/upstream moves together with BuildKit's.
var pinned = []string{"ci/engines/", "ci/oracle", "ci/originals", "ci/suite", "ci/hosts"}

func TestBotUpdatesEveryFolder(t *testing.T) {
	var config struct {
		Version int
		Updates []struct {
			Ecosystem   string `yaml:"package-ecosystem"`
			Directory   string
			Directories []string
			Schedule    struct{ Interval string }
			Groups      map[string]struct{ Patterns []string }
		}
	}
	read(t, ".github/dependabot.yml", &config)
	manifests := map[string]string{"cargo": "Cargo.toml", "gomod": "go.mod"}
	listed := map[string]bool{}
	for _, update := range config.Updates {
		for _, folder := range update.Directories {
			manifest := strings.TrimPrefix(path.Join(folder, manifests[update.Ecosystem]), "/")
			if _, err := os.Stat(filepath.Join(root, manifest)); err != nil {
				t.Errorf("dependabot.yml lists %s: %v", folder, err)
			}
			listed[manifest] = true
		}
	}
	err := filepath.WalkDir(root, func(file string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(root, file)
		if entry.IsDir() && (name == "target" || name == "testdata" || name == "examples" || entry.Name() == ".git") {
			return filepath.SkipDir
		}
		isPinned := slices.ContainsFunc(pinned, func(folder string) bool { return strings.HasPrefix(name, folder) })
		if (entry.Name() == "go.mod" || entry.Name() == "Cargo.toml") && !listed[name] && !isPinned {
			t.Errorf("dependabot.yml does not list the folder of %s", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
