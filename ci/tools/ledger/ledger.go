// Package ledger reads, merges, compares and writes the ledgers of testdata: tables of results with a tab between cells,
// which are committed so that a change of a result shows in a diff.
//
// The first cells of a row are its name, and the others are its results. A ledger with a header names its cells there; it
// may have a line below the header that counts its rows. Both lines begin with "# ".
package ledger

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

// Ledger is such a table.
type Ledger struct {
	// Columns name the results of every row, in the order of its cells.
	Columns []string
	names   []string
	rows    []Row
	index   map[string]int
}

// Row is a line: its name, as many cells as the ledger has for that, and its results by column.
type Row struct {
	Name    []string
	Results map[string]string
}

// Key is the name of a row as one text, as it begins its line.
func (r Row) Key() string { return strings.Join(r.Name, "\t") }

// New is a ledger without rows. The names are those of the cells that name a row.
func New(names, columns []string) *Ledger {
	return &Ledger{Columns: columns, names: names, index: map[string]int{}}
}

// ReadHeaded reads a file with a header, which names the columns.
func ReadHeaded(path string, names []string) (*Ledger, error) { return read(path, names, nil) }

// Read reads a file without a header.
func Read(path string, names, columns []string) (*Ledger, error) { return read(path, names, columns) }

// read takes the columns from the header where there are none. A line with too few or too many cells is an error, and so
// is a second row of one name.
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

// Add puts a row at the end, or in the place of the one that has its name.
func (l *Ledger) Add(row Row) {
	if at, ok := l.index[row.Key()]; ok {
		l.rows[at] = row
		return
	}
	l.index[row.Key()] = len(l.rows)
	l.rows = append(l.rows, row)
}

// Rows are the rows in the order in which they were added.
func (l *Ledger) Rows() []Row { return l.rows }

// Row is the row of that name, and whether the ledger has it.
func (l *Ledger) Row(name ...string) (Row, bool) {
	at, ok := l.index[strings.Join(name, "\t")]
	if !ok {
		return Row{}, false
	}
	return l.rows[at], true
}

// Sort puts the rows into the order of their lines.
func (l *Ledger) Sort() {
	slices.SortFunc(l.rows, func(a, b Row) int { return strings.Compare(l.line(a), l.line(b)) })
	for i, row := range l.rows {
		l.index[row.Key()] = i
	}
}

// Keep adds the rows of an earlier ledger that this one does not have.
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

// Text is the ledger without a header.
func (l *Ledger) Text() string {
	var text strings.Builder
	for _, row := range l.rows {
		text.WriteString(l.line(row) + "\n")
	}
	return text.String()
}

// Headed is the ledger with a header, and below it the line that counts its rows.
func (l *Ledger) Headed(count string) string {
	return "# " + strings.Join(append(slices.Clone(l.names), l.Columns...), "\t") + "\n# " + count + "\n" + l.Text()
}

// Differences compares results with a committed ledger: a line for each result of the columns that is another one there.
// Rows that the results do not have are differences only if the results are all there are.
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
