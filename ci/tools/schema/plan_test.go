// Package schema checks documents of the repository against their JSON schemas.
package schema

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// TestPlans checks every plan in testdata/plan against docs/plan.schema.json. The schema allows further fields, but
// here every field must be in it.
func TestPlans(t *testing.T) {
	file, err := os.Open("../../../docs/plan.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	document, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	forbidOthers(document)
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("plan.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("plan.json")
	if err != nil {
		t.Fatal(err)
	}
	plans, err := filepath.Glob("../../../testdata/plan/*.json")
	if err != nil || len(plans) < 10 {
		t.Fatalf("found %d plans, %v", len(plans), err)
	}
	checked := 0
	for _, name := range plans {
		if filepath.Base(name) == "images.json" {
			continue
		}
		file, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := jsonschema.UnmarshalJSON(file)
		file.Close()
		if err == nil {
			err = schema.Validate(plan)
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		checked++
	}
	t.Logf("%d plans", checked)
}

// forbidOthers makes every object of a schema reject fields that it does not name.
func forbidOthers(document any) {
	switch value := document.(type) {
	case map[string]any:
		if value["type"] == "object" {
			value["additionalProperties"] = false
		}
		for _, inner := range value {
			forbidOthers(inner)
		}
	case []any:
		for _, inner := range value {
			forbidOthers(inner)
		}
	}
}
