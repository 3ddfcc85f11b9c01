package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fanlight/ci/tools/ledger"
)

func TestTogether(t *testing.T) {
	for want, verdicts := range map[string][]string{
		"-":                       nil,
		"same 3":                  {"same 3"},
		"same":                    {"same"},
		"same 5":                  {"same 3", "same 2"},
		"same 3, 1 refused alike": {"same 3", refusedAlike},
		refusedAlike:              {refusedAlike, refusedAlike},
		"target=x: differs: op 1": {"same 3", "target=x: differs: op 1"},
		"target=y: no answer":     {"target=y: no answer", "target=x: differs: op 1"},
	} {
		if got := together(verdicts); got != want {
			t.Errorf("together(%q) = %q, want %q", verdicts, got, want)
		}
	}
}

// TestSettle updates a part of a ledger. The other rows must stay, and comparing equal rows must report nothing.
func TestSettle(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.tsv")
	verdicts := func(first string) []string {
		all := slices.Repeat([]string{"same 1"}, len(allQuestions))
		all[0] = first
		return all
	}
	one, two := row{"a", "x", verdicts("same 4")}, row{"b", "x", verdicts("-")}
	if err := settle([]row{one, two}, allQuestions, path, true, false); err != nil {
		t.Fatal(err)
	}
	changed := row{"b", "x", verdicts("same 9")}
	if err := settle([]row{changed}, allQuestions, path, false, true); err == nil || strings.Contains(err.Error(), "-update") {
		t.Errorf("a verdict that differs: %v", err)
	}
	added := []row{{"c", "x", verdicts("same 1")}, {"c", "y", verdicts("same 1")}}
	for count, want := range map[int]string{1: "no row for c x: ci/agreement -update", 2: "no row for c x and 1 more: ci/agreement -update"} {
		if err := settle(added[:count], allQuestions, path, false, true); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	other := row{"b", "x", []string{"same 1"}}
	if err := settle([]row{other}, allQuestions[1:2], path, false, true); err != nil {
		t.Error(err)
	}
	if err := settle([]row{changed}, allQuestions, path, true, true); err != nil {
		t.Fatal(err)
	}
	if err := settle([]row{one, changed}, allQuestions, path, false, false); err != nil {
		t.Error(err)
	}
	if err := settle([]row{one}, allQuestions, path, false, false); err == nil {
		t.Error("a row too many in the ledger is no disagreement")
	}
}

// TestCommitted checks that the committed ledger stays the same when it is parsed and rendered again, with new counts.
func TestCommitted(t *testing.T) {
	const path = "../../testdata/agreement.tsv"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	committed, err := ledger.ReadHeaded(path, rowNames)
	if err != nil {
		t.Fatal(err)
	}
	if got := render(committed); got != string(text) {
		t.Errorf("written anew it begins with\n%.600s", got)
	}
}

func TestFactsOf(t *testing.T) {
	path := filepath.Join(t.TempDir(), "Dockerfile")
	text := "ARG V=1\nFROM --platform=linux/amd64 alpine:3 as one\r\nFROM img:${V} AS two\nfrom one\nARG W X\nFROM scratch\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	found := factsOf(path)
	if found.count != 4 || !slices.Equal(found.bases, []string{"alpine:3"}) || !slices.Equal(found.stages, []string{"one"}) ||
		!slices.Equal(found.arguments, []string{"V", "W"}) {
		t.Errorf("%+v", found)
	}
	one := testCase{file: path, name: "x", first: true, options: map[string]string{"build-arg:V": "2"}}
	if cases := mode(otherArguments).derive(one); len(cases) != 1 || cases[0].options["build-arg:W"] != "other" ||
		cases[0].options["build-arg:V"] != "2" || cases[0].name != "x build-arg:W=other" {
		t.Errorf("%+v", cases)
	}
	if cases := mode(eachTarget).derive(one); len(cases) != 2 || cases[1].options["target"] != "one" {
		t.Errorf("%+v", cases)
	}
	one.first = false
	if cases := mode(noCache).derive(one); len(cases) != 0 {
		t.Errorf("%+v", cases)
	}
}
