package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/linter"
)

var lintFixtures = []fixture{
	{"testdata/lint/rules.jsonl", lintRules},
	rows("testdata/lint/options.jsonl", lines, lintOptions),
}

// rules are docker/dockerfile's rules by the names of their variables. lintRules fails if one is missing.
var rules = map[string]any{
	"RuleStageNameCasing":                 linter.RuleStageNameCasing,
	"RuleFromAsCasing":                    linter.RuleFromAsCasing,
	"RuleNoEmptyContinuation":             linter.RuleNoEmptyContinuation,
	"RuleConsistentInstructionCasing":     linter.RuleConsistentInstructionCasing,
	"RuleDuplicateStageName":              linter.RuleDuplicateStageName,
	"RuleReservedStageName":               linter.RuleReservedStageName,
	"RuleJSONArgsRecommended":             linter.RuleJSONArgsRecommended,
	"RuleMaintainerDeprecated":            linter.RuleMaintainerDeprecated,
	"RuleUndefinedArgInFrom":              linter.RuleUndefinedArgInFrom,
	"RuleWorkdirRelativePath":             linter.RuleWorkdirRelativePath,
	"RuleUndefinedVar":                    linter.RuleUndefinedVar,
	"RuleMultipleInstructionsDisallowed":  linter.RuleMultipleInstructionsDisallowed,
	"RuleLegacyKeyValueFormat":            linter.RuleLegacyKeyValueFormat,
	"RuleInvalidBaseImagePlatform":        linter.RuleInvalidBaseImagePlatform,
	"RuleRedundantTargetPlatform":         linter.RuleRedundantTargetPlatform,
	"RuleSecretsUsedInArgOrEnv":           linter.RuleSecretsUsedInArgOrEnv,
	"RuleInvalidDefaultArgInFrom":         linter.RuleInvalidDefaultArgInFrom,
	"RuleFromPlatformFlagConstDisallowed": linter.RuleFromPlatformFlagConstDisallowed,
	"RuleCopyIgnoredFile":                 linter.RuleCopyIgnoredFile,
	"RuleInvalidDefinitionDescription":    linter.RuleInvalidDefinitionDescription,
	"RuleExposeProtoCasing":               linter.RuleExposeProtoCasing,
	"RuleExposeInvalidFormat":             linter.RuleExposeInvalidFormat,
}

// lintRules returns a row for each rule, in the order of the linter's source, with its message for two sets of texts.
func lintRules([]byte) ([]byte, error) {
	variables, err := ruleVariables()
	if err != nil {
		return nil, err
	}
	var out strings.Builder
	for _, variable := range variables {
		rule, ok := rules[variable]
		if !ok {
			return nil, fmt.Errorf("linter.%s is new: add it to the table of ci/originals/lint.go", variable)
		}
		encoded, err := encode(describeRule(reflect.ValueOf(rule)))
		if err != nil {
			return nil, err
		}
		out.WriteString(encoded + "\n")
	}
	return []byte(out.String()), nil
}

func describeRule(rule reflect.Value) row {
	return row{
		"name": rule.FieldByName("Name").String(), "description": rule.FieldByName("Description").String(),
		"url": rule.FieldByName("URL").String(), "experimental": rule.FieldByName("Experimental").Bool(),
		"deprecated": rule.FieldByName("Deprecated").Bool(),
		"messages": []string{
			message(rule.FieldByName("Format"), `a"b`, `c\d`, "é"), message(rule.FieldByName("Format"), "x", "", "z"),
		},
	}
}

// message returns the message of a rule, with as many texts as it needs.
func message(format reflect.Value, texts ...string) string {
	var arguments []reflect.Value
	for _, text := range texts[:format.Type().NumIn()] {
		arguments = append(arguments, reflect.ValueOf(text))
	}
	return format.Call(arguments)[0].String()
}

// ruleVariables returns the names of the linter's rules, in order, from its source.
func ruleVariables() ([]string, error) {
	list := exec.Command("go", "list", "-f", "{{.Dir}}", reflect.TypeFor[linter.Config]().PkgPath())
	list.Dir = "ci/originals"
	folder, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	source, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(folder)), "ruleset.go"), nil, 0)
	if err != nil {
		return nil, err
	}
	var variables []string
	ast.Inspect(source, func(node ast.Node) bool {
		if spec, ok := node.(*ast.ValueSpec); ok {
			for _, name := range spec.Names {
				variables = append(variables, name.Name)
			}
			return false
		}
		return true
	})
	return variables, nil
}

// lintOptions asks linter.ParseLintOptions.
func lintOptions(old row) (row, error) {
	options, err := old.text("options")
	if err != nil {
		return nil, err
	}
	config, err := linter.ParseLintOptions(options)
	if err != nil {
		return row{"options": options, "error": err.Error()}, nil
	}
	skip, experimental := append([]string{}, config.SkipRules...), append([]string{}, config.ExperimentalRules...)
	return row{
		"options": options,
		"config":  []any{config.SkipAll, skip, config.ExperimentalAll, experimental, config.ReturnAsError},
	}, nil
}
