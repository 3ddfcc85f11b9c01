// Command engine-table merges the results of ci/table into the ledger of engines, and writes the ledger as a table into
// the page about engines.
//
//	engine-table -engines NAME,... -results FILE -ledger FILE -page FILE [-update]
//
// Rows of engines and columns that did not run stay as they are. It prints every result that differs from the ledger.
// It fails if there is one, or if the page has another table; -update writes both files instead.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"fanlight/ci/tools/ledger"
)

// names and columns are the cells of a row: the engine and the property, and the result.
var names, columns = []string{"engine", "thing"}, []string{"result"}

func main() {
	engines := flag.String("engines", "", "names of all engines, in order, separated by commas")
	results := flag.String("results", "", "rows of the engines that ran")
	path := flag.String("ledger", "", "the committed ledger")
	page := flag.String("page", "", "the page that has the table")
	update := flag.Bool("update", false, "write the ledger and the page")
	flag.Parse()
	if err := run(strings.Split(*engines, ","), *results, *path, *page, *update); err != nil {
		fmt.Fprintln(os.Stderr, "engine-table:", err)
		os.Exit(1)
	}
}

func run(engines []string, results, path, page string, update bool) error {
	ran, err := ledger.Read(results, names, columns)
	if err != nil {
		return err
	}
	committed, err := ledger.Read(path, names, columns)
	if update && errors.Is(err, fs.ErrNotExist) {
		committed, err = ledger.New(names, columns), nil
	}
	if err != nil {
		return err
	}
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	merged := merge(engines, committed, ran)
	made, err := withTable(string(text), table(merged))
	if err != nil {
		return fmt.Errorf("%s: %w", page, err)
	}
	differences := merged.Differences(committed, columns, true)
	for _, line := range differences {
		fmt.Println(line)
	}
	switch {
	case update:
		if err := os.WriteFile(path, []byte(merged.Text()), 0o644); err != nil {
			return err
		}
		return os.WriteFile(page, []byte(made), 0o644)
	case len(differences) > 0:
		return fmt.Errorf("%d results are not as in %s", len(differences), path)
	case merged.Text() != committed.Text():
		return fmt.Errorf("%s has the rows in another order", path)
	case made != string(text):
		return fmt.Errorf("%s has another table than %s: -update writes it", page, path)
	}
	return nil
}

// merge returns the rows of the engines, in their order. For each engine they are those of the ledger, with new
// results, and then the rows that the ledger lacks.
func merge(engines []string, committed, ran *ledger.Ledger) *ledger.Ledger {
	merged := ledger.New(names, columns)
	for _, engine := range engines {
		for _, from := range []*ledger.Ledger{committed, ran} {
			for _, row := range from.Rows() {
				if row.Name[0] != engine {
					continue
				}
				if found, ok := ran.Row(row.Name...); ok {
					row = found
				}
				merged.Add(row)
			}
		}
	}
	return merged
}

// table formats the ledger as Markdown, with a line for each property and a column for each engine. An engine that ran
// with several snapshotters has one column, with both results if they differ.
func table(l *ledger.Ledger) string {
	var engines, things []string
	cells := map[[2]string]string{}
	for _, row := range l.Rows() {
		engine, snapshotter := title(row.Name[0])
		thing, result := row.Name[1], row.Results[columns[0]]
		if !slices.Contains(engines, engine) {
			engines = append(engines, engine)
		}
		if !slices.Contains(things, thing) {
			things = append(things, thing)
		}
		key := [2]string{engine, thing}
		if before, ok := cells[key]; !ok {
			cells[key] = result
		} else if before != result {
			cells[key] = before + "; " + snapshotter + ": " + result
		}
	}
	var text strings.Builder
	text.WriteString("| | " + strings.Join(engines, " | ") + " |\n|---|" + strings.Repeat("---|", len(engines)) + "\n")
	for _, thing := range things {
		text.WriteString("| " + thing + " |")
		for _, engine := range engines {
			text.WriteString(" " + cells[[2]string{engine, thing}] + " |")
		}
		text.WriteString("\n")
	}
	return text.String()
}

// title returns an engine's name in the page, and its snapshotter, if the name contains one.
func title(name string) (engine, snapshotter string) {
	for _, kind := range []string{"overlayfs", "native"} {
		if rest, ok := strings.CutSuffix(name, "-"+kind); ok {
			name, snapshotter = rest, kind
		}
	}
	if version, ok := strings.CutPrefix(name, "buildkitd-"); ok {
		return "BuildKit " + version, snapshotter
	}
	if version, ok := strings.CutPrefix(name, "docker-"); ok {
		return "Docker Engine " + version, snapshotter
	}
	return name, snapshotter
}

const begin, end = "<!-- written by ci/table -update -->\n", "<!-- end -->\n"

// withTable writes a table between the two comments of a page.
func withTable(page, table string) (string, error) {
	before, rest, ok := strings.Cut(page, begin)
	_, after, ended := strings.Cut(rest, end)
	if !ok || !ended {
		return "", fmt.Errorf("there is no %q, or no %q after it", strings.TrimSpace(begin), strings.TrimSpace(end))
	}
	return before + begin + "\n" + table + "\n" + end + after, nil
}
