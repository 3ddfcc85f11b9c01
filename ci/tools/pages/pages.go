// Package pages parses the documentation as a reader of the repository sees it: its links, headings and examples.
package pages

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"
)

// Page is a Markdown file.
type Page struct {
	// Name is the path in the repository, with slashes.
	Name  string
	lines []line
}

// line is a line of a page, and whether it is in a fenced block.
type line struct {
	text string
	code bool
}

// skipped are folders without files of the project.
var skipped = map[string]bool{".git": true, "target": true}

// Read reads every page in a folder and its subfolders.
func Read(root string) ([]Page, error) {
	var pages []Page
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && skipped[entry.Name()] {
			return filepath.SkipDir
		}
		if entry.IsDir() || filepath.Ext(file) != ".md" {
			return nil
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, file)
		pages = append(pages, Page{Name: filepath.ToSlash(name), lines: read(string(text))})
		return err
	})
	return pages, err
}

func read(text string) []line {
	var lines []line
	fence := ""
	for one := range strings.Lines(text) {
		one = strings.TrimRight(one, "\r\n")
		mark := fenceOf(one)
		switch {
		case fence == "" && mark != "":
			fence = mark
			lines = append(lines, line{one, true})
		case fence != "" && mark == fence:
			fence = ""
			lines = append(lines, line{one, true})
		default:
			lines = append(lines, line{one, fence != ""})
		}
	}
	return lines
}

// prose returns the text outside of fenced blocks.
func (p Page) prose() string {
	var text strings.Builder
	for _, one := range p.lines {
		if !one.code {
			text.WriteString(one.text + "\n")
		}
	}
	return text.String()
}

// fenceOf returns the backticks or tildes at the beginning of a line that begins or ends a block.
func fenceOf(text string) string {
	text = strings.TrimLeft(text, " ")
	rest := strings.TrimLeft(text, "`")
	if rest == text {
		rest = strings.TrimLeft(text, "~")
	}
	if len(text)-len(rest) < 3 {
		return ""
	}
	return text[:len(text)-len(rest)]
}

// Link is a link from a page to something in the repository.
type Link struct {
	Page, Target string
	Line         int
}

var (
	inlineCode = regexp.MustCompile("`[^`]*`")
	inlineLink = regexp.MustCompile(`\]\(([^)\s]+)\)`)
)

// Links returns the links to files and headings, but not those to other sites.
func (p Page) Links() []Link {
	var links []Link
	for i, one := range p.lines {
		if one.code {
			continue
		}
		for _, match := range inlineLink.FindAllStringSubmatch(inlineCode.ReplaceAllString(one.text, "``"), -1) {
			if target := match[1]; !strings.Contains(target, "://") && !strings.HasPrefix(target, "mailto:") {
				links = append(links, Link{p.Name, target, i + 1})
			}
		}
	}
	return links
}

// Anchors returns the anchors of a page's headings, as GitHub creates them.
func (p Page) Anchors() map[string]bool {
	anchors, count := map[string]bool{}, map[string]int{}
	for _, one := range p.lines {
		heading := strings.TrimLeft(one.text, "#")
		if level := len(one.text) - len(heading); one.code || level == 0 || level > 6 || !strings.HasPrefix(heading, " ") {
			continue
		}
		name := anchor(heading)
		if n := count[name]; n > 0 {
			anchors[fmt.Sprintf("%s-%d", name, n)] = true
		} else {
			anchors[name] = true
		}
		count[name]++
	}
	return anchors
}

// anchor turns a heading into its anchor: lowercase letters, hyphens instead of spaces, and no other punctuation.
func anchor(heading string) string {
	heading = inlineLink.ReplaceAllString(strings.TrimSpace(heading), "]")
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, heading)
}

// Broken returns a line for each link whose file or heading does not exist.
func Broken(root string, pages []Page) []string {
	byName := map[string]Page{}
	for _, page := range pages {
		byName[page.Name] = page
	}
	var broken []string
	for _, page := range pages {
		for _, link := range page.Links() {
			file, heading, _ := strings.Cut(link.Target, "#")
			name := page.Name
			if file != "" {
				name = path.Join(path.Dir(page.Name), file)
			}
			at := fmt.Sprintf("%s:%d: %s: ", link.Page, link.Line, link.Target)
			if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(name))); err != nil {
				broken = append(broken, at+"no such file")
				continue
			}
			if heading == "" {
				continue
			}
			if target, isPage := byName[name]; !isPage || !target.Anchors()[heading] {
				broken = append(broken, at+"no such heading")
			}
		}
	}
	return broken
}
