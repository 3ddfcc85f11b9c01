package failures

import (
	"slices"
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	log := `=== RUN   TestA
=== RUN   TestA/one
=== PAUSE TestA/one
=== RUN   TestA/two
    a_test.go:7: of two
=== CONT  TestA/one
    a_test.go:5: of one
        a second line
=== NAME  TestA/two
    a_test.go:8: more of two
--- FAIL: TestA (0.00s)
    --- FAIL: TestA/one (0.00s)
    --- PASS: TestA/two (0.00s)
=== RUN   TestB
--- PASS: TestB (0.00s)
FAIL
test frontend::tests::a_name ... FAILED
test frontend::tests::another ... ok
`
	found, err := Read(strings.NewReader(log))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, test := range found {
		names = append(names, test.Name)
	}
	if want := []string{"TestA/one", "frontend::tests::a_name"}; !slices.Equal(names, want) {
		t.Fatalf("failed: %q, want %q", names, want)
	}
	if want := "a_test.go:5: of one"; found[0].First != want {
		t.Fatalf("first line: %q, want %q", found[0].First, want)
	}
	if want := []string{"    a_test.go:5: of one", "        a second line"}; !slices.Equal(found[0].Output, want) {
		t.Fatalf("output: %q, want %q", found[0].Output, want)
	}
}
