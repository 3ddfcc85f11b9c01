package main

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// syntaxFixtures have a Dockerfile in each row, as text or as hexadecimal bytes, and everything that docker/dockerfile
// parses from it. src/instruction/upstream_dump.rs writes the same format for this crate. Zero values are left out.
var syntaxFixtures = func() (all []fixture) {
	for _, name := range []string{
		"bytes", "directives", "flags", "from", "healthcheck", "heredoc", "json", "lines", "mount", "onbuild", "pairs",
		"simple", "whole",
	} {
		all = append(all, rows("testdata/syntax/"+name+".jsonl", lines, analyse))
	}
	return all
}()

func analyse(old row) (row, error) {
	name, err := old.text("name")
	if err == nil && name == "" {
		err = errors.New("an empty \"name\" in the row")
	}
	if err != nil {
		return nil, err
	}
	new := row{"name": name}
	var dockerfile []byte
	if encoded, ok := old["input_bytes"].(string); ok {
		decoded, err := hex.DecodeString(encoded)
		if err != nil {
			return nil, err
		}
		dockerfile, new["input_bytes"] = decoded, encoded
	} else {
		text, err := old.text("input")
		if err != nil {
			return nil, err
		}
		dockerfile, new["input"] = []byte(text), text
	}
	want, err := dump(dockerfile)
	new["want"] = want
	return new, err
}

// dump returns everything in a Dockerfile: directives, tree, stages, warnings, errors.
func dump(dockerfile []byte) (row, error) {
	out := row{}
	if value, line, location, ok := parser.DetectSyntax(dockerfile); ok {
		out["syntax"] = directive(value, line, location)
	}
	check, line, location, ok := parser.ParseDirective("check", dockerfile)
	if ok {
		out["check"] = directive(check, line, location)
	}
	config, err := linter.ParseLintOptions(check)
	if err != nil {
		out["check_error"] = err.Error()
		config = &linter.Config{}
	}
	warnings := []row{}
	config.Warn = func(rule, _, _, message string, location []parser.Range) {
		warnings = append(warnings, row{"rule": rule, "msg": message, "lines": span(location)})
	}
	result, err := parser.Parse(bytes.NewReader(dockerfile))
	if err != nil {
		out["error"] = located(err)
		return out, nil
	}
	lint := linter.New(config)
	if err := dumpTree(out, result, lint); err != nil {
		return nil, err
	}
	out.set("warnings", warnings)
	// If several rules are broken, their order is random.
	if err := lint.Error(); err != nil && !strings.Contains(err.Error(), ",") {
		out["lint_error"] = err.Error()
	}
	return out, nil
}

func dumpTree(out row, result *parser.Result, lint *linter.Linter) error {
	out["escape"] = string(result.EscapeToken)
	out["nodes"] = each(result.AST.Children, func(node *parser.Node) row { return dumpNode(node, true) })
	out.set("syntax_warnings", each(result.Warnings, func(warning parser.Warning) row {
		return row{"short": warning.Short, "line": warning.Location.Start.Line}
	}))
	stages, globals, err := instructions.Parse(result.AST, lint)
	if err != nil {
		out["instruction_error"] = located(err)
		return nil
	}
	out.set("global_args", each(globals, func(arg instructions.ArgCommand) row {
		global := row{"args": optionalPairs(arg.Args), "lines": span(arg.Location())}
		global.set("comments", arg.Comments())
		return global
	}))
	dumped := []row{}
	for _, stage := range stages {
		described, err := dumpStage(stage)
		if err != nil {
			return err
		}
		dumped = append(dumped, described)
	}
	out["stages"] = dumped
	validateStageNames(stages, lint)
	validateCommandCasing(stages, lint)
	return dumpExpansions(out, stages)
}

// dumpExpansions adds the instructions that expansion changes, and the triggers parsed as instructions.
func dumpExpansions(out row, stages []instructions.Stage) error {
	expanded, triggers := []any{}, []row{}
	for number, stage := range stages {
		for index, command := range stage.Commands {
			if onbuild, ok := command.(*instructions.OnbuildCommand); ok {
				trigger, err := dumpTrigger(onbuild.Expression)
				if err != nil {
					return err
				}
				triggers = append(triggers, trigger)
			}
			if _, ok := command.(*instructions.RunCommand); ok {
				// Only its mounts are expanded, see dumpRun.
				continue
			}
			changed, err := dumpExpanded(command)
			if err != nil {
				return err
			}
			if changed != nil {
				expanded = append(expanded, []any{number, index, changed})
			}
		}
	}
	out.set("expanded", expanded)
	out.set("triggers", triggers)
	return nil
}

// dumpExpanded returns an instruction after expansion, or the error; nil if nothing changed.
func dumpExpanded(command instructions.Command) (row, error) {
	before, err := dumpCommand(command)
	if err != nil {
		return nil, err
	}
	if it, ok := command.(instructions.SupportsSingleWordExpansion); ok {
		err = it.Expand(mark)
	}
	if it, ok := command.(instructions.SupportsSingleWordExpansionRaw); ok && err == nil {
		err = it.ExpandRaw(mark)
	}
	if err != nil {
		return row{"error": err.Error()}, nil
	}
	after, err := dumpCommand(command)
	if err != nil || reflect.DeepEqual(before, after) {
		return nil, err
	}
	return after, nil
}

// mark is a fake lexer.
func mark(word string) (string, error) {
	if strings.Contains(word, "$FAIL") {
		return "", fmt.Errorf("cannot expand %s", word)
	}
	return strings.ReplaceAll(word, "$X", "<x>"), nil
}

// dumpTrigger parses a trigger as dockerfile2llb does, for a stage in lines 7 and 8.
func dumpTrigger(expression string) (row, error) {
	tree, err := parser.Parse(strings.NewReader(expression))
	if err != nil {
		return row{"error": located(err)}, nil
	}
	if len(tree.AST.Children) != 1 {
		return row{"error": located(errors.New("onbuild trigger should be a single expression"))}, nil
	}
	node := tree.AST.Children[0]
	node.StartLine, node.EndLine = 7, 8
	command, err := instructions.ParseCommand(node)
	if err != nil {
		return row{"error": located(err)}, nil
	}
	dumped, err := dumpCommand(command)
	return row{"command": dumped}, err
}

// set adds a value unless it is empty, false or zero.
func (r row) set(name string, value any) {
	it := reflect.ValueOf(value)
	if it.IsZero() || (it.Kind() == reflect.Slice && it.Len() == 0) {
		return
	}
	r[name] = value
}

func each[T any](list []T, describe func(T) row) []row {
	described := []row{}
	for _, item := range list {
		described = append(described, describe(item))
	}
	return described
}

func directive(value, line string, location []parser.Range) row {
	return row{"value": value, "line": line, "lines": span(location)}
}

// span returns the first and the last line.
func span(location []parser.Range) []int {
	if len(location) == 0 {
		return []int{}
	}
	return []int{location[0].Start.Line, location[len(location)-1].End.Line}
}

// located returns an error with the lines of its locations.
func located(err error) row {
	places := [][]int{}
	var location *parser.LocationError
	if errors.As(err, &location) {
		for _, ranges := range location.Locations {
			place := []int{}
			for _, one := range ranges {
				place = append(place, one.Start.Line)
			}
			places = append(places, place)
		}
	}
	return row{"text": err.Error(), "lines": places}
}

func dumpNode(node *parser.Node, top bool) row {
	out := row{"word": node.Value, "original": node.Original}
	if sub := node.Next; top && sub != nil && len(sub.Children) > 0 {
		out["sub"] = dumpNode(sub.Children[0], false)
	}
	out.set("args", nodeArgs(node))
	out.set("flags", node.Flags)
	out.set("json", node.Attributes["json"])
	out.set("comments", node.PrevComment)
	if top {
		out["lines"] = []int{node.StartLine, node.EndLine}
	}
	out.set("heredocs", each(node.Heredocs, func(heredoc parser.Heredoc) row {
		return row{
			"name": heredoc.Name, "fd": heredoc.FileDescriptor, "expand": heredoc.Expand, "chomp": heredoc.Chomp,
			"content": heredoc.Content,
		}
	}))
	return out
}

// nodeArgs returns the arguments of a node. It skips nodes that contain an instruction, and the single empty node of an
// instruction without arguments.
func nodeArgs(node *parser.Node) []string {
	if node.Next != nil && reflect.DeepEqual(*node.Next, parser.Node{}) && !node.Attributes["json"] {
		return nil
	}
	var args []string
	for next := node.Next; next != nil; next = next.Next {
		if len(next.Children) == 0 {
			args = append(args, next.Value)
		}
	}
	return args
}

func dumpStage(stage instructions.Stage) (row, error) {
	out := row{"base": stage.BaseName, "word": stage.OrigCmd, "code": stage.SourceCode, "lines": span(stage.Location)}
	out.set("name", stage.Name)
	out.set("platform", stage.Platform)
	out.set("doc", stage.DocComment)
	out.set("comments", stage.Comments)
	commands := []row{}
	for _, command := range stage.Commands {
		dumped, err := dumpCommand(command)
		if err != nil {
			return nil, err
		}
		commands = append(commands, dumped)
	}
	out.set("commands", commands)
	return out, nil
}

func dumpCommand(command instructions.Command) (row, error) {
	out := row{"word": command.Name(), "lines": span(command.Location())}
	if code, ok := command.(fmt.Stringer); ok {
		out["code"] = code.String()
	}
	out.set("comments", command.Comments())
	switch it := command.(type) {
	case *instructions.EnvCommand:
		out["kind"], out["pairs"] = "env", pairs(it.Env)
	case *instructions.LabelCommand:
		out["kind"], out["pairs"] = "label", pairs(it.Labels)
	case *instructions.ArgCommand:
		out["kind"], out["args"] = "arg", optionalPairs(it.Args)
	case *instructions.MaintainerCommand:
		out["kind"], out["text"] = "maintainer", it.Maintainer
	case *instructions.OnbuildCommand:
		out["kind"], out["text"] = "onbuild", it.Expression
	case *instructions.WorkdirCommand:
		out["kind"], out["text"] = "workdir", it.Path
	case *instructions.UserCommand:
		out["kind"], out["text"] = "user", it.User
	case *instructions.StopSignalCommand:
		out["kind"], out["text"] = "stopsignal", it.Signal
	case *instructions.ExposeCommand:
		out["kind"], out["words"] = "expose", slices.Clone(it.Ports)
	case *instructions.VolumeCommand:
		out["kind"], out["words"] = "volume", slices.Clone(it.Volumes)
	case *instructions.ShellCommand:
		out["kind"], out["words"] = "shell", slices.Clone(it.Shell)
	case *instructions.CmdCommand:
		out["kind"] = "cmd"
		commandLine(out, it.ShellDependantCmdLine)
	case *instructions.EntrypointCommand:
		out["kind"] = "entrypoint"
		commandLine(out, it.ShellDependantCmdLine)
	case *instructions.RunCommand:
		out["kind"] = "run"
		dumpRun(out, it)
	case *instructions.AddCommand:
		out["kind"] = "add"
		dumpAdd(out, it)
	case *instructions.CopyCommand:
		out["kind"] = "copy"
		dumpCopy(out, it)
	case *instructions.HealthCheckCommand:
		health := it.Health
		out["kind"], out["test"], out["retries"] = "healthcheck", health.Test, health.Retries
		out["times"] = []int64{
			int64(health.Interval), int64(health.Timeout), int64(health.StartPeriod), int64(health.StartInterval),
		}
	default:
		return nil, fmt.Errorf("%T is new: dump it in ci/originals/syntax.go", command)
	}
	return out, nil
}

func pairs(list instructions.KeyValuePairs) []row {
	return each(list, func(pair instructions.KeyValuePair) row {
		out := row{"key": pair.Key, "value": pair.Value}
		out.set("legacy", pair.NoDelim)
		return out
	})
}

func optionalPairs(list []instructions.KeyValuePairOptional) []row {
	return each(list, func(pair instructions.KeyValuePairOptional) row {
		out := row{"key": pair.Key}
		if pair.Value != nil {
			out["value"] = *pair.Value
		}
		out.set("doc", pair.DocComment)
		return out
	})
}

func commandLine(out row, it instructions.ShellDependantCmdLine) {
	out["args"], out["shell"] = append([]string{}, it.CmdLine...), it.PrependShell
	out.set("files", each(it.Files, func(file instructions.ShellInlineFile) row {
		return row{"name": file.Name, "data": file.Data, "chomp": file.Chomp}
	}))
}

func dumpPaths(out row, it instructions.SourcesAndDest) {
	out["sources"], out["dest"] = append([]string{}, it.SourcePaths...), it.DestPath
	out.set("contents", each(it.SourceContents, func(content instructions.SourceContent) row {
		return row{"path": content.Path, "data": content.Data, "expand": content.Expand}
	}))
}

func dumpAdd(out row, it *instructions.AddCommand) {
	dumpPaths(out, it.SourcesAndDest)
	out.set("chown", it.Chown)
	out.set("chmod", it.Chmod)
	out.set("checksum", it.Checksum)
	out.set("link", it.Link)
	out.set("exclude", it.ExcludePatterns)
	out.setPointer("keep_git_dir", it.KeepGitDir)
	out.setPointer("unpack", it.Unpack)
}

func dumpCopy(out row, it *instructions.CopyCommand) {
	dumpPaths(out, it.SourcesAndDest)
	out.set("from", it.From)
	out.set("chown", it.Chown)
	out.set("chmod", it.Chmod)
	out.set("link", it.Link)
	out.set("parents", it.Parents)
	out.set("exclude", it.ExcludePatterns)
}

// setPointer adds the value of a pointer, even if it is zero.
func (r row) setPointer(name string, pointer any) {
	if !reflect.ValueOf(pointer).IsNil() {
		r[name] = pointer
	}
}

// dumpRun adds the mounts after expansion.
func dumpRun(out row, it *instructions.RunCommand) {
	commandLine(out, it.ShellDependantCmdLine)
	out.set("flags_used", slices.Sorted(slices.Values(it.FlagsUsed)))
	out["network"], out["security"] = instructions.GetNetwork(it), instructions.GetSecurity(it)
	out.set("devices", each(instructions.GetDevices(it), func(device *instructions.Device) row {
		return row{"name": device.Name, "required": device.Required}
	}))
	if err := it.Expand(mark); err != nil {
		out["mount_error"] = err.Error()
		return
	}
	out.set("mounts", each(instructions.GetMounts(it), dumpMount))
}

func dumpMount(it *instructions.Mount) row {
	out := row{"type": it.Type, "ro": it.ReadOnly}
	out.set("from", it.From)
	out.set("source", it.Source)
	out.set("target", it.Target)
	out.set("id", it.CacheID)
	out.set("sharing", it.CacheSharing)
	out.set("size", it.SizeLimit)
	out.set("required", it.Required)
	out.setPointer("env", it.Env)
	out.setPointer("mode", it.Mode)
	out.setPointer("uid", it.UID)
	out.setPointer("gid", it.GID)
	return out
}
