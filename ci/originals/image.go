package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
)

var imageFixtures = []fixture{
	rows("testdata/image/config.json", list, imageConfig),
	rows("testdata/image/expose.json", list, ask(exposed)),
	rows("testdata/image/go_time.json", list, goTime),
}

// imageConfig parses a config with encoding/json, and encodes it again. "health" is the health check as in the history.
// A config that is not text is in "bytes".
func imageConfig(old row) (row, error) {
	new := row{}
	var config []byte
	if _, ok := old["bytes"]; ok {
		var numbers []uint16
		if err := old.into("bytes", &numbers); err != nil {
			return nil, err
		}
		for _, number := range numbers {
			config = append(config, byte(number))
		}
		new["bytes"] = numbers
	} else {
		text, err := old.text("in")
		if err != nil {
			return nil, err
		}
		config = []byte(text)
		new["in"] = text
	}
	var image dockerspec.DockerOCIImage
	if err := json.Unmarshal(config, &image); err != nil {
		new["error"] = err.Error()
		return new, nil
	}
	out, err := json.Marshal(image)
	if err != nil {
		new["error"] = err.Error()
		return new, nil
	}
	new["out"] = string(out)
	if health := image.Config.Healthcheck; health != nil {
		new["health"] = fmt.Sprintf("%+v", *health)
	}
	return new, nil
}

// exposed asks dockerfile2llb to parse a word of EXPOSE, and whether the word breaks one of the two rules about it.
func exposed(in string) row {
	found := map[string]bool{}
	warn := func(rule, _, _, _ string, _ []parser.Range) { found[rule] = true }
	ports, err := parsePort(newPortSpecs(withLint(linter.New(&linter.Config{Warn: warn}))), in)
	if err != nil {
		return row{"error": err.Error()}
	}
	return row{
		"error":  nil,
		"ports":  ports,
		"casing": found[linter.RuleExposeProtoCasing.Name],
		"format": found[linter.RuleExposeInvalidFormat.Name],
	}
}

// goTime asks package time. "fn" selects the function.
func goTime(old row) (row, error) {
	in, err := old.text("in")
	if err != nil {
		return nil, err
	}
	new := row{"fn": old["fn"], "in": in}
	if old["fn"] == "parse_duration" {
		duration, err := time.ParseDuration(in)
		new["error"], new["out"] = failure(err), strconv.FormatInt(int64(duration), 10)
		return new, nil
	}
	number, err := strconv.ParseInt(in, 10, 64)
	if err != nil {
		return nil, err
	}
	switch old["fn"] {
	case "unix":
		new["out"] = time.Unix(number, 0).UTC().Format(time.RFC3339)
	case "duration":
		new["out"] = time.Duration(number).String()
	default:
		return nil, errors.New("no such function")
	}
	return new, nil
}
