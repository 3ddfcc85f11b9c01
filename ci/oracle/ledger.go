package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// settle compares the rows with the committed ledger, or writes it.
func settle(rows []row, path string, update, partial bool) error {
	lines := render(rows)
	text := strings.Join(lines, "\n") + "\n"
	switch {
	case path == "":
		_, err := os.Stdout.WriteString(text)
		return err
	case update && partial:
		return fmt.Errorf("-update needs all cases: drop -run")
	case update:
		return os.WriteFile(path, []byte(text), 0o644)
	}
	committed, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	known := strings.Split(strings.TrimRight(string(committed), "\n"), "\n")
	changed := 0
	for _, line := range lines {
		// The summary of a part is not that of the whole.
		if !slices.Contains(known, line) && !(partial && strings.HasPrefix(line, "#")) {
			fmt.Println("+ " + line)
			changed++
		}
	}
	for _, line := range known {
		if !partial && !slices.Contains(lines, line) {
			fmt.Println("- " + line)
			changed++
		}
	}
	if changed > 0 {
		return fmt.Errorf("%d lines are not as in %s", changed, path)
	}
	return nil
}

// render gives the ledger's lines: a header, the rows in order, and for every question how many agree.
func render(rows []row) []string {
	header := "# Dockerfile\toptions"
	for _, q := range questions {
		header += "\t" + q.name
	}
	var lines []string
	for _, r := range rows {
		lines = append(lines, r.file+"\t"+r.options+"\t"+strings.Join(r.verdicts, "\t"))
	}
	slices.Sort(lines)
	summary := fmt.Sprintf("# agreement\tof %d", len(rows))
	for i := range questions {
		agree := 0
		for _, r := range rows {
			if agrees(r.verdicts[i]) {
				agree++
			}
		}
		summary += fmt.Sprintf("\t%d", agree)
	}
	return append([]string{header, summary}, lines...)
}

func agrees(verdict string) bool {
	return strings.HasPrefix(verdict, "same") || verdict == "refused alike" || verdict == "-"
}
