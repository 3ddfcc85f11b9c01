package main

import (
	"errors"
	"net"
	"path"
	"path/filepath"
	"strconv"

	"github.com/moby/buildkit/util/system"
	"github.com/moby/sys/signal"
	mode "github.com/tonistiigi/dchapes-mode"
)

var pathFixtures = []fixture{
	rows("testdata/path/go.json", list, goPath),
	rows("testdata/path/match.json", list, pathMatch()),
	rows("testdata/path/mode.json", list, ask(checkMode)),
	rows("testdata/path/net.json", list, ask(address)),
	rows("testdata/path/signal.json", list, ask(checkSignal)),
	rows("testdata/path/strconv.json", list, numbers),
	rows("testdata/path/system.json", list, systemPath),
}

// goPath asks package path.
func goPath(old row) (row, error) {
	in, err := old.text("in")
	with, withErr := old.text("with")
	return row{
		"in": in, "with": with,
		"base": path.Base(in), "clean": path.Clean(in), "dir": path.Dir(in), "ext": path.Ext(in), "join": path.Join(in, with),
	}, errors.Join(err, withErr)
}

// pathMatch asks filepath.Match. The first row has the names; each other row has a pattern.
func pathMatch() answer {
	var names []string
	return func(old row) (row, error) {
		var err error
		if _, ok := old["names"]; ok {
			names, err = old.texts("names")
			return row{"names": names}, err
		}
		pattern, err := old.text("pattern")
		results := []any{}
		for _, name := range names {
			matched, err := filepath.Match(pattern, name)
			if err != nil {
				results = append(results, err.Error())
			} else {
				results = append(results, matched)
			}
		}
		return row{"pattern": pattern, "results": results}, err
	}
}

// checkMode asks dchapes-mode. "number" is true if the error is about a number.
func checkMode(in string) row {
	_, err := mode.Parse(in)
	var number *strconv.NumError
	return row{"error": failure(err), "number": errors.As(err, &number)}
}

// address asks package net: ParseIP and SplitHostPort.
func address(in string) row {
	new := row{"ip": nil}
	if ip := net.ParseIP(in); ip != nil {
		new["ip"] = ip.String()
	}
	host, port, err := net.SplitHostPort(in)
	if err != nil {
		new["split"] = err.Error()
	} else {
		new["split"] = []string{host, port}
	}
	return new
}

// checkSignal asks moby/sys/signal.
func checkSignal(in string) row {
	_, err := signal.ParseSignal(in)
	return row{"error": failure(err)}
}

// numbers asks package strconv. Rows about quoting have no numbers.
func numbers(old row) (row, error) {
	in, err := old.text("in")
	new := row{"in": in, "quote": strconv.Quote(in)}
	if _, ok := old["bool"]; !ok {
		return new, err
	}
	i64, i64Err := strconv.ParseInt(in, 10, 64)
	i32, i32Err := strconv.ParseInt(in, 10, 32)
	o32, o32Err := strconv.ParseUint(in, 8, 32)
	u32, u32Err := strconv.ParseUint(in, 10, 32)
	atoi, atoiErr := strconv.Atoi(in)
	truth, truthErr := strconv.ParseBool(in)
	new["i64"] = outcome(strconv.FormatInt(i64, 10), i64Err)
	new["i32"] = outcome(strconv.FormatInt(i32, 10), i32Err)
	new["o32"] = outcome(strconv.FormatUint(o32, 10), o32Err)
	new["u32"] = outcome(strconv.FormatUint(u32, 10), u32Err)
	new["atoi"] = outcome(strconv.Itoa(atoi), atoiErr)
	new["bool"] = outcome(strconv.FormatBool(truth), truthErr)
	return new, err
}

// outcome returns a value, or an error after an exclamation mark.
func outcome(value string, err error) string {
	if err != nil {
		return "!" + err.Error()
	}
	return value
}

// systemPath asks buildkit's util/system about a path on an operating system.
func systemPath(old row) (row, error) {
	parent, parentErr := old.text("parent")
	in, pathErr := old.text("path")
	os, osErr := old.text("os")
	pair := func(value string, err error) []any { return []any{value, failure(err)} }
	return row{
		"parent": parent, "path": in, "os": os,
		"abs":        system.IsAbs(in, os),
		"normal":     pair(system.NormalizePath(parent, in, os, false)),
		"keep":       pair(system.NormalizePath(parent, in, os, true)),
		"workdir":    pair(system.NormalizeWorkdir(parent, in, os)),
		"strip":      pair(system.CheckSystemDriveAndRemoveDriveLetter(in, os, false)),
		"strip_keep": pair(system.CheckSystemDriveAndRemoveDriveLetter(in, os, true)),
	}, errors.Join(parentErr, pathErr, osErr)
}
