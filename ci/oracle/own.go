package main

import (
	"encoding/json"
	"slices"
	"strings"
)

// ownRequests are the requests that docker/dockerfile does not have.
var ownRequests = []string{"frontend.plan"}

// takeOwn removes fanlight's own requests from a list of requests, and returns their names for the ledger.
func takeOwn(ours answer) []string {
	var list []map[string]any
	if json.Unmarshal([]byte(ours.parts["result.json"]), &list) != nil {
		return nil
	}
	var taken []string
	list = slices.DeleteFunc(list, func(request map[string]any) bool {
		name, _ := request["name"].(string)
		if !slices.Contains(ownRequests, name) {
			return false
		}
		taken = append(taken, name)
		return true
	})
	if len(taken) == 0 {
		return nil
	}
	ours.parts["result.json"] = jsonOf(list)
	var lines []string
	for line := range strings.Lines(ours.parts["result.txt"]) {
		name, _, _ := strings.Cut(line, " ")
		if !slices.Contains(taken, "frontend."+name) {
			lines = append(lines, line)
		}
	}
	ours.parts["result.txt"] = strings.Join(lines, "")
	return taken
}
