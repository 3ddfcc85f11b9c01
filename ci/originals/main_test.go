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
	for _, one := range []struct {
		old, new string
		written  bool
		want     string
	}{
		{"[\na\n]\n", "[\nb\n]\n", false, "x.json:2\n  file:     a\n  original: b"},
		{"[\na\n]\n", "[\nb\n]\n", true, "x.json:2: written"},
		{"a\nb\n", "a\n", false, "x.json:2\n  file:     b\n  original: (nothing)"},
		{"a\n", "a", false, "x.json: the end of the file differs"},
		{"a\n", "a", true, "x.json: the end of the file is written"},
		{"a\n", "a\n", false, ""},
	} {
		if got := strings.Join(compare("x.json", []byte(one.old), []byte(one.new), one.written), "\n"); got != one.want {
			t.Errorf("%+v: %q", one, got)
		}
	}
	if one, two := differ(1), differ(2); one != "1 file differs" || two != "2 files differ" {
		t.Error(one, two)
	}
}

// TestSyntaxRowsHaveNames checks that a row without a name is refused, because a failed test shows the name.
func TestSyntaxRowsHaveNames(t *testing.T) {
	for _, name := range []any{nil, "", 1} {
		if _, err := analyse(row{"name": name, "input": "FROM a"}); err == nil || !strings.Contains(err.Error(), "name") {
			t.Errorf("%v: %v", name, err)
		}
	}
	if _, err := analyse(row{"name": "from 1", "input": "FROM a"}); err != nil {
		t.Error(err)
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
