package main

import (
	"encoding/json"
	"slices"
	"strings"
)

// settled removes what is random in docker/dockerfile's answers. It iterates over Go's maps, so names at one location
// of the Dockerfile come in any order.
func settled(name string, value []byte, request string) string {
	switch {
	case request == "frontend.outline" && name == "result.json":
		return settledLists(value, "args", "secrets", "ssh")
	case request == "frontend.lint" && name == "result.json":
		return settledLists(value, "warnings")
	case request == "frontend.outline" && name == "result.txt":
		return sorted(string(value), "\n")
	case request == "frontend.lint" && name == "result.txt":
		return sorted(string(value), "\nWARNING: ")
	}
	return canonical(value)
}

// settledLists sorts adjacent elements of the same location in lists of an object.
func settledLists(text []byte, names ...string) string {
	var object map[string]any
	if json.Unmarshal(text, &object) != nil {
		return canonical(text)
	}
	for _, name := range names {
		list, _ := object[name].([]any)
		for from := 0; from < len(list); {
			to := from + 1
			for to < len(list) && fieldOf(list[to], "location") == fieldOf(list[from], "location") {
				to++
			}
			slices.SortFunc(list[from:to], func(a, b any) int { return strings.Compare(jsonOf(a), jsonOf(b)) })
			from = to
		}
	}
	return jsonOf(object)
}

// jsonOf returns a value as JSON with sorted keys, and fieldOf one of its fields.
func jsonOf(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func fieldOf(value any, field string) string {
	object, _ := value.(map[string]any)
	return jsonOf(object[field])
}

func sorted(text, separator string) string {
	parts := strings.Split(text, separator)
	slices.Sort(parts)
	return strings.Join(parts, separator)
}
