package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// chdirToFixture creates a repository of one fixture, whose answer for "b" is wrong, and changes to it.
func chdirToFixture(t *testing.T) []fixture {
	t.Helper()
	t.Chdir(t.TempDir())
	for _, folder := range folders {
		if err := os.MkdirAll(filepath.Join("testdata", folder), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	text := "[\n{\"in\":\"a\",\"upper\":\"A\"},\n{\"in\":\"b\",\"upper\":\"X\"},\n{\"in\":\"<é>\"}\n]\n"
	if err := os.WriteFile("testdata/path/upper.json", []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	upper := func(in string) row { return row{"upper": strings.ToUpper(in)} }
	return []fixture{rows("testdata/path/upper.json", list, ask(upper))}
}

func TestUpdateWritesAnswers(t *testing.T) {
	fixtures := chdirToFixture(t)
	for _, expected := range []struct {
		update  bool
		changed int
	}{{false, 1}, {false, 1}, {true, 1}, {false, 0}} {
		changed, lines, err := run(fixtures, expected.update)
		if err != nil || changed != expected.changed || lines != 5 {
			t.Errorf("%+v: %d changed of %d lines, %v", expected, changed, lines, err)
		}
	}
	text, err := os.ReadFile("testdata/path/upper.json")
	want := "[\n{\"in\":\"a\",\"upper\":\"A\"},\n{\"in\":\"b\",\"upper\":\"B\"},\n{\"in\":\"<é>\",\"upper\":\"<É>\"}\n]\n"
	if err != nil || string(text) != want {
		t.Errorf("%s, %v", text, err)
	}
}

func TestDifferencesNameTheirCases(t *testing.T) {
	differences := compare("x.json", []byte("[\na\n]\n"), []byte("[\nb\n]\n"))
	if len(differences) != 1 || differences[0] != "x.json:2\n  stands: a\n  is:     b" {
		t.Error(differences)
	}
	if differences := compare("x.json", []byte("a\n"), []byte("a")); len(differences) != 1 {
		t.Error(differences)
	}
	if differences := compare("x.json", []byte("a\nb\n"), []byte("a\n")); len(differences) != 1 {
		t.Error(differences)
	}
}

func TestEveryFileIsListed(t *testing.T) {
	fixtures := chdirToFixture(t)
	if err := os.WriteFile("testdata/path/other.json", nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, _, err := run(fixtures, true); err == nil || !strings.Contains(err.Error(), "testdata/path/other.json") {
		t.Error(err)
	}
}

func TestSpaces(t *testing.T) {
	got := spaced(`{"a:,\"":["x",1],"b":{}}`)
	if want := `{"a:,\"": ["x", 1], "b": {}}`; got != want {
		t.Error(got)
	}
}
