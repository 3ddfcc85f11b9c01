package main

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// unicodeFixtures are tables in the code: the characters that Go and Rust classify differently.
var unicodeFixtures = []fixture{{"src/go/unicode_tables.rs", unicodeTables}}

// characters is the file with the output of characters.rs; a flag sets it.
var characters string

// characterRange includes both its ends.
type characterRange struct{ first, last rune }

// unicodeTables asks packages unicode and strconv about every character of Rust.
func unicodeTables(old []byte) ([]byte, error) {
	answers, err := os.ReadFile(characters)
	if err != nil {
		return nil, fmt.Errorf("what Rust says of characters: %w", err)
	}
	var newer, marks, digits []characterRange
	for _, line := range splitLines(answers) {
		var first, last rune
		var printable, alphabetic, numeric int
		if _, err := fmt.Sscan(line, &first, &last, &printable, &alphabetic, &numeric); err != nil {
			return nil, fmt.Errorf("%q: %w", line, err)
		}
		for c := first; c <= last; c++ {
			unassigned := printable == 1 && !strconv.IsPrint(c)
			if unassigned {
				newer = extend(newer, c)
			}
			if alphabetic == 1 && numeric == 0 && !unassigned && !unicode.IsLetter(c) {
				marks = extend(marks, c)
			}
			if unicode.IsDigit(c) {
				digits = extend(digits, c)
			}
		}
	}
	text := old
	for name, table := range map[string][]characterRange{"NEWER": newer, "MARKS": marks, "DIGITS": digits} {
		if text, err = setTable(text, name, table); err != nil {
			return nil, err
		}
	}
	return text, nil
}

// extend adds a character that is greater than all in the table.
func extend(table []characterRange, c rune) []characterRange {
	if last := len(table) - 1; last >= 0 && table[last].last == c-1 {
		table[last].last = c
		return table
	}
	return append(table, characterRange{c, c})
}

// setTable replaces the ranges of a constant.
func setTable(text []byte, name string, table []characterRange) ([]byte, error) {
	body := regexp.MustCompile(`(?s)(const ` + name + `: &\[\(u32, u32\)\] = &\[\n).*?(\n\];)`)
	place := body.FindSubmatchIndex(text)
	if place == nil {
		return nil, fmt.Errorf("there is no table %s", name)
	}
	return bytes.Join([][]byte{text[:place[3]], []byte(tableLines(table)), text[place[4]:]}, nil), nil
}

// tableLines formats the ranges, with as many on a line as fit. rustfmt ignores the tables.
func tableLines(table []characterRange) string {
	const width = 103
	var lines []string
	line := "   "
	for _, it := range table {
		item := fmt.Sprintf(" (0x%x, 0x%x),", it.first, it.last)
		if len(line)+len(item) > width {
			lines = append(lines, line)
			line = "   "
		}
		line += item
	}
	return strings.Join(append(lines, line), "\n")
}
