package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"
)

// row is a case of a fixture: a question and its answer, by name.
type row map[string]any

// answer returns the new row for the questions in a row.
type answer func(old row) (row, error)

// layout is the format of rows in a file.
type layout struct {
	start, between, end string
	// first is the name that comes before the others, which are sorted.
	first string
	// spaced is true if a space follows each colon and comma.
	spaced bool
}

var (
	// list is a JSON list with a row on each line.
	list = layout{start: "[\n", between: ",\n", end: "\n]\n"}
	// lines is a row on each line.
	lines = layout{between: "\n", end: "\n"}
	// spacedLines is a row on each line, with spaces, and with the options first.
	spacedLines = layout{between: "\n", end: "\n", first: "options", spaced: true}
)

// rows returns a fixture with a row on each line.
func rows(path string, layout layout, answer answer) fixture {
	return fixture{path, func(old []byte) ([]byte, error) {
		var texts []string
		for number, text := range splitLines(old) {
			text = strings.TrimSuffix(text, ",")
			if text == "[" || text == "]" {
				continue
			}
			text, err := layout.again(text, answer)
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", number+1, err)
			}
			texts = append(texts, text)
		}
		return []byte(layout.start + strings.Join(texts, layout.between) + layout.end), nil
	}}
}

func (l layout) again(text string, answer answer) (string, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var old row
	if err := decoder.Decode(&old); err != nil {
		return "", err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return "", errors.New("more than one row")
	}
	new, err := answer(old)
	if err != nil {
		return "", err
	}
	encoded, err := encode(new)
	if err == nil && l.first != "" {
		encoded, err = l.firstFirst(new)
	}
	if err == nil && l.spaced {
		encoded = spaced(encoded)
	}
	return encoded, err
}

func (l layout) firstFirst(row row) (string, error) {
	first, err := encode(map[string]any{l.first: row[l.first]})
	if err != nil {
		return "", err
	}
	rest := maps.Clone(row)
	delete(rest, l.first)
	others, err := encode(rest)
	return strings.TrimSuffix(first, "}") + "," + strings.TrimPrefix(others, "{"), err
}

// encode returns JSON with sorted names, without HTML escapes.
func encode(value any) (string, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return "", err
	}
	return strings.TrimSuffix(out.String(), "\n"), nil
}

// spaced adds a space after each colon and comma outside of strings.
func spaced(text string) string {
	var out strings.Builder
	quoted, escaped := false, false
	for _, c := range text {
		out.WriteRune(c)
		switch {
		case escaped:
			escaped = false
		case quoted && c == '\\':
			escaped = true
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ':' || c == ','):
			out.WriteByte(' ')
		}
	}
	return out.String()
}

// text returns a question that is a string.
func (r row) text(name string) (string, error) {
	text, ok := r[name].(string)
	if !ok {
		return "", fmt.Errorf("no text %q in the row", name)
	}
	return text, nil
}

// texts returns a question that is a list of strings.
func (r row) texts(name string) ([]string, error) {
	list, ok := r[name].([]any)
	if !ok {
		return nil, fmt.Errorf("no list %q in the row", name)
	}
	texts := make([]string, 0, len(list))
	for _, item := range list {
		text, ok := item.(string)
		if !ok {
			return nil, fmt.Errorf("%v in %q is no text", item, name)
		}
		texts = append(texts, text)
	}
	return texts, nil
}

// into decodes a question of any other type.
func (r row) into(name string, target any) error {
	encoded, err := json.Marshal(r[name])
	if err != nil {
		return err
	}
	return json.Unmarshal(encoded, target)
}

// ask returns the answer for rows whose only question is the text "in".
func ask(about func(in string) row) answer {
	return func(old row) (row, error) {
		in, err := old.text("in")
		if err != nil {
			return nil, err
		}
		new := about(in)
		new["in"] = in
		return new, nil
	}
}

// failure returns the text of an error, or null.
func failure(err error) any {
	if err == nil {
		return nil
	}
	return err.Error()
}

func splitLines(text []byte) []string {
	if len(text) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

// compare returns the lines of a file that differ, each with both texts. If the file is written, it returns the numbers
// of these lines only.
func compare(path string, old, new []byte, written bool) []string {
	if bytes.Equal(old, new) {
		return nil
	}
	file, original := splitLines(old), splitLines(new)
	var differences []string
	for number := range max(len(file), len(original)) {
		a, b := at(file, number), at(original, number)
		switch {
		case a == b:
		case written:
			differences = append(differences, fmt.Sprintf("%s:%d: written", path, number+1))
		default:
			differences = append(differences, fmt.Sprintf("%s:%d\n  file:     %s\n  original: %s", path, number+1, a, b))
		}
	}
	if len(differences) == 0 {
		end := map[bool]string{true: ": the end of the file is written", false: ": the end of the file differs"}[written]
		differences = append(differences, path+end)
	}
	return differences
}

func at(lines []string, number int) string {
	if number < len(lines) {
		return lines[number]
	}
	return "(nothing)"
}
