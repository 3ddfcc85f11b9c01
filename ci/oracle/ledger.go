package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"fanlight/ci/tools/ledger"
)

// rowNames are the cells that name a row of testdata/agreement.tsv. Its columns are the questions, and its results the
// verdicts.
var rowNames = []string{"Dockerfile", "options"}

// settle compares the rows with the committed ledger, or writes the ledger. If only some rows or questions ran, it
// compares only those.
func settle(rows []row, questions []question, path string, update, partial bool) error {
	results := ledgerOf(rows, questions)
	if path == "" {
		_, err := os.Stdout.WriteString(render(results))
		return err
	}
	if update && len(questions) < len(allQuestions) {
		return fmt.Errorf("-update needs all questions: drop -questions")
	}
	committed, err := ledger.ReadHeaded(path, rowNames)
	if update && errors.Is(err, fs.ErrNotExist) {
		committed, err = ledger.New(rowNames, results.Columns), nil
	}
	if err != nil {
		return err
	}
	if update {
		if partial {
			results.Keep(committed)
		}
		return os.WriteFile(path, []byte(render(results)), 0o644)
	}
	differences := results.Differences(committed, results.Columns, !partial)
	for _, line := range differences {
		fmt.Println(line)
	}
	if len(differences) == 0 {
		return nil
	}
	err = fmt.Errorf("%d verdicts are not as in %s", len(differences), path)
	if lacks := lacking(committed, results); lacks != "" {
		err = fmt.Errorf("%w; it has no row for %s: ci/agreement -update adds rows, with -run TEXT for some cases only", err, lacks)
	}
	return err
}

// lacking returns the cases that the ledger has no row for: the first, and how many more.
func lacking(committed, results *ledger.Ledger) string {
	var names []string
	for _, r := range results.Rows() {
		if _, ok := committed.Row(r.Name...); !ok {
			names = append(names, strings.Join(r.Name, " "))
		}
	}
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0]
	}
	return fmt.Sprintf("%s and %d more", names[0], len(names)-1)
}

func ledgerOf(rows []row, questions []question) *ledger.Ledger {
	var columns []string
	for _, q := range questions {
		columns = append(columns, q.name)
	}
	results := ledger.New(rowNames, columns)
	for _, r := range rows {
		verdicts := map[string]string{}
		for i, q := range questions {
			verdicts[q.name] = r.verdicts[i]
		}
		results.Add(ledger.Row{Name: []string{r.file, r.options}, Results: verdicts})
	}
	return results
}

// render returns the text of the ledger: a header, the number of cases that agree and that were asked for every
// question, and the rows in order.
func render(results *ledger.Ledger) string {
	results.Sort()
	count := []string{"agreement", "of those asked"}
	for _, column := range results.Columns {
		agree, asked := 0, 0
		for _, r := range results.Rows() {
			if verdict := r.Results[column]; verdict != "-" {
				asked++
				if agrees(verdict) {
					agree++
				}
			}
		}
		count = append(count, fmt.Sprintf("%d of %d", agree, asked))
	}
	return results.Headed(strings.Join(count, "\t"))
}

func agrees(verdict string) bool {
	return strings.HasPrefix(verdict, "same") || verdict == refusedAlike || verdict == "-"
}
