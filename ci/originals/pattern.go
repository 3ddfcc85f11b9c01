package main

import (
	"strings"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

var patternFixtures = []fixture{
	rows("testdata/pattern/ignorefile.json", list, ignoreFile),
	rows("testdata/pattern/match.json", list, patternMatch()),
}

// ignoreFile asks patternmatcher/ignorefile.
func ignoreFile(old row) (row, error) {
	in, err := old.text("in")
	if err != nil {
		return nil, err
	}
	patterns, err := ignorefile.ReadAll(strings.NewReader(in))
	return row{"in": in, "patterns": append([]string{}, patterns...)}, err
}

// patternMatch asks patternmatcher. The first row has the paths; each other row has patterns. "full" is the result of
// MatchesOrParentMatches: 0 for no, 1 for yes, 2 for an error.
func patternMatch() answer {
	var paths []string
	return func(old row) (row, error) {
		var err error
		if _, ok := old["paths"]; ok {
			paths, err = old.texts("paths")
			return row{"paths": paths}, err
		}
		patterns, err := old.texts("patterns")
		if err != nil {
			return nil, err
		}
		new := row{"patterns": patterns}
		matcher, err := patternmatcher.New(patterns)
		if err != nil {
			new["error"] = err.Error()
			return new, nil
		}
		kept := []string{}
		for _, pattern := range matcher.Patterns() {
			kept = append(kept, pattern.String())
		}
		new["exclusions"], new["kept"] = matcher.Exclusions(), kept
		new["full"] = matches(paths, matcher.MatchesOrParentMatches)
		return new, nil
	}
}

func matches(paths []string, match func(string) (bool, error)) []int {
	codes := []int{}
	for _, path := range paths {
		matched, err := match(path)
		switch {
		case err != nil:
			codes = append(codes, 2)
		case matched:
			codes = append(codes, 1)
		default:
			codes = append(codes, 0)
		}
	}
	return codes
}
