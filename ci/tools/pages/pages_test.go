package pages

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../../.."

func readAll(t *testing.T) []Page {
	t.Helper()
	pages, err := Read(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(pages) < 20 {
		t.Fatalf("only %d pages in %s", len(pages), root)
	}
	return pages
}

func TestLinksOfTheRepository(t *testing.T) {
	pages := readAll(t)
	count := 0
	for _, page := range pages {
		count += len(page.Links())
	}
	if count < 80 {
		t.Errorf("only %d links in %d pages", count, len(pages))
	}
	for _, one := range Broken(root, pages) {
		t.Error(one)
	}
}

var (
	namedPath = regexp.MustCompile("`((?:src|ci|testdata|docs|examples|fuzz|proto|tests)/[^` ,]+)`")
	// placeholder matches a part of a path that the reader replaces.
	placeholder = regexp.MustCompile(`[A-Z]{3,}`)
)

// TestNamedPathsExist checks that the files and folders that a page names exist, so that nobody renames a file without
// its pages.
func TestNamedPathsExist(t *testing.T) {
	named := 0
	for _, page := range readAll(t) {
		for _, match := range namedPath.FindAllStringSubmatch(page.prose(), -1) {
			if placeholder.MatchString(strings.TrimSuffix(match[1], "README.md")) {
				continue
			}
			named++
			if found, err := filepath.Glob(filepath.Join(root, match[1])); err != nil || len(found) == 0 {
				t.Errorf("%s names %s, which does not exist", page.Name, match[1])
			}
		}
	}
	if named < 100 {
		t.Errorf("only %d paths", named)
	}
}

// TestTheMapHasEveryPage checks that docs/README.md links to each page of docs/.
func TestTheMapHasEveryPage(t *testing.T) {
	var linked []string
	pages := readAll(t)
	for _, page := range pages {
		if page.Name == "docs/README.md" {
			for _, link := range page.Links() {
				linked = append(linked, "docs/"+link.Target)
			}
		}
	}
	for _, page := range pages {
		if filepath.Dir(page.Name) == "docs" && page.Name != "docs/README.md" && !slices.Contains(linked, page.Name) {
			t.Errorf("docs/README.md has no link to %s", page.Name)
		}
	}
}

// Placeholder is the name of fanlight's image in every page and example.
const Placeholder = "registry.example.com/fanlight:1"

var (
	syntaxLine = regexp.MustCompile(`(?m)^\s*(?:# syntax=|.*BUILDKIT_SYNTAX=|.*FANLIGHT_SEED=)([\w.:/@-]+)`)
	imageName  = regexp.MustCompile(`[\w.:-]+/fanlight(?:[:@][\w.:-]+)?`)
)

func TestOnePlaceholder(t *testing.T) {
	var files []string
	for _, pattern := range []string{"README.md", "docs/*.md", "examples/*/Dockerfile"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		files = append(files, found...)
	}
	named := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		names := imageName.FindAllString(string(text), -1)
		for _, match := range syntaxLine.FindAllStringSubmatch(string(text), -1) {
			names = append(names, match[1])
		}
		for _, name := range names {
			named++
			if name != Placeholder {
				t.Errorf("%s calls the image %s, not %s", file, name, Placeholder)
			}
		}
	}
	if named < 20 {
		t.Errorf("only %d names in %d files", named, len(files))
	}
}

func TestBrokenLinksAreFound(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"a.md": "# One: `two`, *three*\n[a](#one-two-three) [b](#one) [c](sub/b.md#x-1) [d](sub/b.md#x-2) [e](sub) [f](none.md)\n" +
			"`[g](none.md)` [h](https://example.com/none.md)\n```\n[i](none.md)\n# Code\n```\n[j](#code)\n",
		"sub/b.md": "# X\n## X\n[k](../a.md) [l](a.md) [m](../picture.png#x)\n",
	} {
		file := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "picture.png"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	pages, err := Read(folder)
	if err != nil {
		t.Fatal(err)
	}
	got := Broken(folder, pages)
	want := []string{
		"a.md:2: #one: no such heading",
		"a.md:2: sub/b.md#x-2: no such heading",
		"a.md:2: none.md: no such file",
		"a.md:8: #code: no such heading",
		"sub/b.md:3: a.md: no such file",
		"sub/b.md:3: ../picture.png#x: no such heading",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
