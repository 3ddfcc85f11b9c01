package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// ledger is what is written: for every case, by its Dockerfile and options, the verdicts by question.
type ledger map[string]map[string]string

// settle compares the rows with the committed ledger, or writes it. Part of the rows, or of the questions, is compared
// with the same part of the ledger.
func settle(rows []row, questions []question, path string, update, partial bool) error {
	if path == "" {
		_, err := os.Stdout.WriteString(render(rows, questions))
		return err
	}
	committed, err := os.ReadFile(path)
	if err != nil && !update {
		return err
	}
	known := readLedger(string(committed))
	switch {
	case update && len(questions) < len(allQuestions):
		return fmt.Errorf("-update needs all questions: drop -questions")
	case update && partial:
		rows = append(rows, known.others(rows)...)
		fallthrough
	case update:
		return os.WriteFile(path, []byte(render(rows, questions)), 0o644)
	}
	changed := 0
	for _, r := range rows {
		for i, q := range questions {
			if was, is := known[r.name()][q.name], r.verdicts[i]; was != is {
				fmt.Printf("%s\t%s: %q, was %q\n", r.name(), q.name, is, was)
				changed++
			}
		}
		delete(known, r.name())
	}
	if !partial {
		for name := range known {
			fmt.Printf("%s: there is no such case\n", name)
			changed++
		}
	}
	if changed > 0 {
		return fmt.Errorf("%d verdicts are not as in %s", changed, path)
	}
	return nil
}

// name is what a row has before its verdicts.
func (r row) name() string { return r.file + "\t" + r.options }

func readLedger(text string) ledger {
	known := ledger{}
	var header []string
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		fields := strings.Split(line, "\t")
		switch {
		case header == nil:
			header = fields
		case len(fields) == len(header) && !strings.HasPrefix(line, "#"):
			verdicts := map[string]string{}
			for i, verdict := range fields[2:] {
				verdicts[header[i+2]] = verdict
			}
			known[fields[0]+"\t"+fields[1]] = verdicts
		}
	}
	return known
}

// others are the ledger's rows besides these.
func (l ledger) others(rows []row) []row {
	for _, r := range rows {
		delete(l, r.name())
	}
	var others []row
	for name, verdicts := range l {
		file, options, _ := strings.Cut(name, "\t")
		r := row{file: file, options: options}
		for _, q := range allQuestions {
			r.verdicts = append(r.verdicts, verdicts[q.name])
		}
		others = append(others, r)
	}
	return others
}

// render gives the ledger's text: a header, for every question how many cases agree of those that it was asked of, and
// the rows in order.
func render(rows []row, questions []question) string {
	header, summary := "# Dockerfile\toptions", "# agreement\tof those asked"
	for i, q := range questions {
		agree, asked := 0, 0
		for _, r := range rows {
			if r.verdicts[i] != "-" {
				asked++
				if agrees(r.verdicts[i]) {
					agree++
				}
			}
		}
		header += "\t" + q.name
		summary += fmt.Sprintf("\t%d of %d", agree, asked)
	}
	var lines []string
	for _, r := range rows {
		lines = append(lines, r.name()+"\t"+strings.Join(r.verdicts, "\t"))
	}
	slices.Sort(lines)
	return strings.Join(append([]string{header, summary}, lines...), "\n") + "\n"
}

func agrees(verdict string) bool {
	return strings.HasPrefix(verdict, "same") || verdict == refusedAlike || verdict == "-"
}
