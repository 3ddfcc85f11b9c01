package main

import (
	"slices"
	"testing"
)

func TestTakeOwn(t *testing.T) {
	ours := answer{parts: map[string]string{
		"result.json": `[{"name":"frontend.lint"},{"name":"frontend.plan"}]`,
		"result.txt":  "NAME VERSION\nlint 1\nplan 1\n",
	}}
	if taken := takeOwn(ours); !slices.Equal(taken, []string{"frontend.plan"}) {
		t.Errorf("taken: %q", taken)
	}
	if got := ours.parts["result.json"]; got != `[{"name":"frontend.lint"}]` {
		t.Error(got)
	}
	if got := ours.parts["result.txt"]; got != "NAME VERSION\nlint 1\n" {
		t.Error(got)
	}
	for _, text := range []string{"", `{"name":"frontend.plan"}`, `[{"name":"frontend.lint"}]`} {
		if taken := takeOwn(answer{parts: map[string]string{"result.json": text}}); taken != nil {
			t.Errorf("%s: taken %q", text, taken)
		}
	}
}
