// Package ledger reads, merges, compares and writes the ledgers of testdata: tables of results, with a tab between
// cells. They are committed, so that a changed result appears in a diff.
//
// The first cells of a row are its name, and the others are its results. A ledger with a header names its cells there.
// It may have a line below the header that counts its rows. Both lines begin with "# ".
package ledger

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

// Ledger is a table of results.
type Ledger struct {
	// Columns are the names of the results in every row, in order.
	Columns []string
	names   []string
	rows    []Row
	index   map[string]int
}

// Row is a line: its name, of as many cells as the ledger defines, and its results by column.
type Row struct {
	Name    []string
	Results map[string]string
}

// Key returns the name of a row as the text that begins its line.
func (r Row) Key() string { return strings.Join(r.Name, "\t") }

// New returns a ledger without rows. names are the titles of the cells that name a row.
func New(names, columns []string) *Ledger {
	return &Ledger{Columns: columns, names: names, index: map[string]int{}}
}

// ReadHeaded parses a file with a header, which names the columns.
func ReadHeaded(path string, names []string) (*Ledger, error) { return read(path, names, nil) }

// Read parses a file without a header.
func Read(path string, names, columns []string) (*Ledger, error) { return read(path, names, columns) }

// read takes the columns from the header if columns is nil. A line with the wrong number of cells is an error, and so
// is a second row with the same name.
func read(path string, names, columns []string) (*Ledger, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	l, headed := New(names, columns), columns == nil
	for i, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		cells := strings.Split(line, "\t")
		switch {
		case headed && i == 0:
			if len(cells) <= len(names) || "# "+strings.Join(names, "\t") != strings.Join(cells[:len(names)], "\t") {
				return nil, fmt.Errorf("%s:1: want a header: %q", path, line)
			}
			l.Columns = cells[len(names):]
			continue
		case headed && strings.HasPrefix(line, "# "), line == "" && len(text) == 0:
			continue
		}
		if len(cells) != len(names)+len(l.Columns) {
			return nil, fmt.Errorf("%s:%d: %d cells, want %d: %q", path, i+1, len(cells), len(names)+len(l.Columns), line)
		}
		if _, ok := l.Row(cells[:len(names)]...); ok {
			return nil, fmt.Errorf("%s:%d: a second row of this name: %q", path, i+1, line)
		}
		results := map[string]string{}
		for j, column := range l.Columns {
			results[column] = cells[len(names)+j]
		}
		l.Add(Row{Name: cells[:len(names)], Results: results})
	}
	return l, nil
}

// Add appends a row, or replaces the row with the same name.
func (l *Ledger) Add(row Row) {
	if at, ok := l.index[row.Key()]; ok {
		l.rows[at] = row
		return
	}
	l.index[row.Key()] = len(l.rows)
	l.rows = append(l.rows, row)
}

// Rows returns the rows in the order in which they were added.
func (l *Ledger) Rows() []Row { return l.rows }

// Row returns the row with that name, and whether it exists.
func (l *Ledger) Row(name ...string) (Row, bool) {
	at, ok := l.index[strings.Join(name, "\t")]
	if !ok {
		return Row{}, false
	}
	return l.rows[at], true
}

// Sort sorts the rows by their lines.
func (l *Ledger) Sort() {
	slices.SortFunc(l.rows, func(a, b Row) int { return strings.Compare(l.line(a), l.line(b)) })
	for i, row := range l.rows {
		l.index[row.Key()] = i
	}
}

// Keep adds the rows of an earlier ledger that this one lacks.
func (l *Ledger) Keep(earlier *Ledger) {
	for _, row := range earlier.rows {
		if _, ok := l.index[row.Key()]; !ok {
			l.Add(row)
		}
	}
}

func (l *Ledger) line(row Row) string {
	cells := slices.Clone(row.Name)
	for _, column := range l.Columns {
		cells = append(cells, row.Results[column])
	}
	return strings.Join(cells, "\t")
}

// Text returns the ledger without a header.
func (l *Ledger) Text() string {
	var text strings.Builder
	for _, row := range l.rows {
		text.WriteString(l.line(row) + "\n")
	}
	return text.String()
}

// Headed returns the ledger with a header, and below it the line that counts its rows.
func (l *Ledger) Headed(count string) string {
	return "# " + strings.Join(append(slices.Clone(l.names), l.Columns...), "\t") + "\n# " + count + "\n" + l.Text()
}

// Differences compares results with a committed ledger. It returns a line for each result of the columns that differs.
// If all is true, rows that the results lack are differences, too.
func (l *Ledger) Differences(committed *Ledger, columns []string, all bool) []string {
	var lines []string
	for _, row := range l.rows {
		was := committed.index
		at, ok := was[row.Key()]
		for _, column := range columns {
			before := ""
			if ok {
				before = committed.rows[at].Results[column]
			}
			if is := row.Results[column]; is != before {
				lines = append(lines, fmt.Sprintf("%s\t%s: %q, was %q", row.Key(), column, is, before))
			}
		}
	}
	if all {
		for _, key := range slices.Sorted(maps.Keys(committed.index)) {
			if _, ok := l.index[key]; !ok {
				lines = append(lines, key+": the ledger has it, the results do not")
			}
		}
	}
	return lines
}
