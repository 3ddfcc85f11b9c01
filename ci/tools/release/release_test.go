// Package release tests ci/release-check with copies of the files that it reads.
package release

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const root = "../../.."

// checkout is a repository with the files of release 0.9.0, which is ready.
type checkout struct{ folder string }

func newCheckout(t *testing.T) checkout {
	t.Helper()
	c := checkout{t.TempDir()}
	scripts, err := filepath.Glob(filepath.Join(root, "ci/lib/*.sh"))
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range append(scripts, filepath.Join(root, "ci/lib.sh"), filepath.Join(root, "ci/release-check")) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name, _ := filepath.Rel(root, file)
		c.write(t, name, string(text))
	}
	lock := "[[package]]\nname = \"other\"\nversion = \"3.0.0\"\n\n[[package]]\nname = \"fanlight\"\nversion = \"0.9.0\"\n"
	c.write(t, "Cargo.toml", "[package]\nname = \"fanlight\"\nversion = \"0.9.0\"\n\n[dependencies.other]\nversion = \"3\"\n")
	c.write(t, "Cargo.lock", lock)
	c.write(t, "fuzz/Cargo.lock", lock)
	c.write(t, "frontend.Dockerfile", "FROM scratch\nARG VERSION=0.9.0\n")
	c.write(t, ".github/ISSUE_TEMPLATE/bug.yml", "body:\n  - type: input\n    attributes:\n      placeholder: \"0.9.0\"\n")
	c.write(t, "ci/engines/buildkit/go.mod", "module a\n\nrequire github.com/moby/buildkit v0.34.2\n")
	c.write(t, "CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n## [0.9.0] - 2026-11-26\n\nIt follows BuildKit 0.34.2.\n\n### Added\n\n* One.\n\n## [0.8.0] - 2026-11-01\n\n* Old.\n")
	c.git(t, "init", "--quiet")
	c.commit(t)
	return c
}

// commit commits all files.
func (c checkout) commit(t *testing.T) {
	t.Helper()
	c.git(t, "add", "--all")
	c.git(t, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "--allow-empty", "--message", "files")
}

func (c checkout) write(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join(c.folder, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

func (c checkout) replace(t *testing.T, name, old, replacement string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(c.folder, name))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("%s has no %q", name, old)
	}
	c.write(t, name, strings.ReplaceAll(string(text), old, replacement))
}

func (c checkout) git(t *testing.T, args ...string) {
	t.Helper()
	command := exec.Command("git", args...)
	command.Dir = c.folder
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// run returns the output of ci/release-check.
func (c checkout) run(args ...string) (string, error) {
	command := exec.Command("bash", append([]string{filepath.Join(c.folder, "ci/release-check")}, args...)...)
	command.Env = append(os.Environ(), "FANLIGHT_CACHE="+filepath.Join(c.folder, "cache"))
	out, err := command.CombinedOutput()
	return string(out), err
}

// setVersion changes the version in all files.
func (c checkout) setVersion(t *testing.T, version string) {
	t.Helper()
	files := []string{"Cargo.toml", "Cargo.lock", "fuzz/Cargo.lock", "frontend.Dockerfile", ".github/ISSUE_TEMPLATE/bug.yml", "CHANGELOG.md"}
	for _, file := range files {
		c.replace(t, file, "0.9.0", version)
	}
}

func TestTagsOfTheImage(t *testing.T) {
	for _, one := range []struct{ name, version, released, want string }{
		{"the first release", "0.9.0", "", "0.9.0 0.9 0"},
		{"a newer patch", "0.9.2", "v0.9.0 v0.9.1", "0.9.2 0.9 0"},
		{"the tag is there already", "0.9.2", "v0.9.1 v0.9.2", "0.9.2 0.9 0"},
		{"a fix of an older minor version", "0.9.2", "v0.9.1 v0.10.0", "0.9.2 0.9"},
		{"a fix of an older major version", "1.2.4", "v1.2.3 v2.0.0 v0.9.0", "1.2.4 1.2 1"},
		{"numbers, not text", "1.10.0", "v1.9.0", "1.10.0 1.10 1"},
		{"an older patch", "1.2.3", "v1.2.10", "1.2.3"},
		{"1 is not 10", "1.2.3", "v10.0.0 v1.20.0", "1.2.3 1.2"},
		{"a candidate", "1.0.0-rc.1", "v0.9.0", "1.0.0-rc.1"},
		{"after its candidate", "1.0.0", "v1.0.0-rc.1 v1.1.0-rc.1", "1.0.0 1.0 1"},
	} {
		t.Run(one.name, func(t *testing.T) {
			c := newCheckout(t)
			c.setVersion(t, one.version)
			c.commit(t)
			for tag := range strings.FieldsSeq(one.released) {
				c.git(t, "tag", tag)
			}
			got, err := c.run("v" + one.version)
			if err != nil || strings.Join(strings.Fields(got), " ") != one.want {
				t.Errorf("%v: %q, want %q", err, got, one.want)
			}
		})
	}
}

func TestNotes(t *testing.T) {
	c := newCheckout(t)
	c.write(t, "output", "of a step of the workflow")
	got, err := c.run("-notes", "v0.9.0")
	if want := "It follows BuildKit 0.34.2.\n\n### Added\n\n* One.\n"; err != nil || got != want {
		t.Errorf("%v: %q, want %q", err, got, want)
	}
}

func TestVersionsAgree(t *testing.T) {
	c := newCheckout(t)
	if out, err := c.run(); err != nil || out != "" {
		t.Errorf("%v: %s", err, out)
	}
	// Without a tag, a working tree may have changes and the changelog is not read.
	c.write(t, "CHANGELOG.md", "")
	if out, err := c.run(); err != nil || out != "" {
		t.Errorf("%v: %s", err, out)
	}
}

func TestRefusals(t *testing.T) {
	for _, one := range []struct{ name, file, old, replacement, tag, want string }{
		{"lock", "Cargo.lock", "0.9.0", "0.8.0", "", "Cargo.lock 0.8.0"},
		{"the fuzzer's lock", "fuzz/Cargo.lock", "0.9.0", "0.8.0", "", "fuzz/Cargo.lock 0.8.0"},
		{"image", "frontend.Dockerfile", "0.9.0", "0.8.0", "", "frontend.Dockerfile 0.8.0"},
		{"no version", "frontend.Dockerfile", "ARG VERSION=0.9.0", "", "", "frontend.Dockerfile has no version"},
		{"tag", "", "", "", "v0.9.1", "the tag is v0.9.1, Cargo.toml has version 0.9.0"},
		{"no tag of a release", "", "", "", "0.9.0", "0.9.0 is not a tag of a release"},
		{"a branch", "", "", "", "v0.9", "v0.9 is not a tag of a release"},
		{"no heading", "CHANGELOG.md", "[0.9.0]", "[0.8.9]", "v0.9.0", "no heading ## [0.9.0]"},
		{"no date", "CHANGELOG.md", " - 2026-11-26", "", "v0.9.0", "no heading ## [0.9.0]"},
		{"the issue form", ".github/ISSUE_TEMPLATE/bug.yml", "0.9.0", "0.8.0", "", "bug.yml 0.8.0"},
		{"no such day", "CHANGELOG.md", "2026-11-26", "2026-11-31", "v0.9.0", "2026-11-31 is not a date"},
		{"no such month", "CHANGELOG.md", "2026-11-26", "2026-13-01", "v0.9.0", "2026-13-01 is not a date"},
		{"nothing in it", "CHANGELOG.md", "It follows BuildKit 0.34.2.\n\n### Added\n\n* One.\n", "", "v0.9.0", "says nothing of 0.9.0"},
		{"only headings in it", "CHANGELOG.md", "It follows BuildKit 0.34.2.\n\n### Added\n\n* One.\n", "### Added\n", "v0.9.0", "says nothing of 0.9.0"},
		{"no BuildKit", "CHANGELOG.md", "It follows BuildKit 0.34.2.", "", "v0.9.0", "does not say that 0.9.0 follows BuildKit 0.34.2"},
		{"another BuildKit", "CHANGELOG.md", "0.34.2", "0.34.20", "v0.9.0", "does not say that 0.9.0 follows BuildKit 0.34.2"},
		{"no Unreleased", "CHANGELOG.md", "## [Unreleased]\n\n", "", "v0.9.0", "does not begin with the heading ## [Unreleased]"},
		{"left over", "CHANGELOG.md", "## [Unreleased]\n", "## [Unreleased]\n\n* Two.\n", "v0.9.0", "under Unreleased"},
	} {
		t.Run(one.name, func(t *testing.T) {
			c := newCheckout(t)
			if one.file != "" {
				c.replace(t, one.file, one.old, one.replacement)
			}
			c.commit(t)
			out, err := c.run(strings.Fields(one.tag)...)
			if err == nil || !strings.Contains(out, one.want) {
				t.Errorf("%v: %q, want an error with %q", err, out, one.want)
			}
		})
	}
}

// TestUncommitted checks that the tag names what is in the files.
func TestUncommitted(t *testing.T) {
	c := newCheckout(t)
	c.write(t, "src/new.rs", "")
	if out, err := c.run("v0.9.0"); err == nil || !strings.Contains(out, "changes that are not committed") {
		t.Errorf("%v: %s", err, out)
	}
}

// TestShallowClone checks that a shallow clone is refused, because it lacks the tags that decide.
func TestShallowClone(t *testing.T) {
	c := newCheckout(t)
	c.commit(t)
	clone := checkout{filepath.Join(t.TempDir(), "clone")}
	c.git(t, "clone", "--quiet", "--depth", "1", "file://"+c.folder, clone.folder)
	if out, err := clone.run("v0.9.0"); err == nil || !strings.Contains(out, "shallow") {
		t.Errorf("%v: %s", err, out)
	}
}
