package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
)

// row is a line of the ledger: a case and, for every question, the verdict.
type row struct {
	file, options string
	verdicts      []string
}

// compare asks both frontends everything about one case.
func (o *oracle) compare(ctx context.Context, one testCase) row {
	r := row{file: one.file, options: one.name}
	for _, q := range questions {
		if _, own := one.options["requestid"]; own && q.request != "" {
			// The options ask a question of their own.
			r.verdicts = append(r.verdicts, "-")
			continue
		}
		theirs, ours := o.ask(ctx, q, one, ""), o.ask(ctx, q, one, o.image)
		var own []string
		if one.options["requestid"] == "frontend.subrequests.describe" {
			own = takeOwn(ours)
		}
		verdict, details := o.judge(theirs, ours)
		if !agrees(verdict) && o.peer != "" {
			if second, other := o.judge(o.ask(ctx, q, one, o.peer), ours); agrees(second) {
				verdict, details = second, other
			}
		}
		if agrees(verdict) && len(own) > 0 {
			verdict += " and " + strings.Join(own, ", ")
		}
		r.verdicts = append(r.verdicts, verdict)
		if o.explain && len(details) > 0 {
			o.printing.Lock()
			fmt.Fprintf(os.Stderr, "== %s [%s] %s: %s\n%s\n", one.file, one.name, q.name, verdict, strings.Join(details, "\n"))
			o.printing.Unlock()
		}
	}
	return r
}

// judge gives the verdict on two answers, and the details of what differs.
func (o *oracle) judge(theirs, ours answer) (verdict string, details []string) {
	switch {
	case lost(theirs.err) || lost(ours.err):
		return "no answer", nil
	case theirs.err != nil && ours.err != nil:
		return o.judgeErrors(theirs.err, ours.err)
	case ours.err != nil:
		return "only ours refuses", []string{"ours: " + o.text(ours.err)}
	case theirs.err != nil:
		return "only theirs refuses", []string{"theirs: " + o.text(theirs.err)}
	}
	// The number of parts that differ, by kind; the operations' kind is the part that matters most.
	count := map[string]int{}
	operations := 0
	for name, value := range theirs.parts {
		kind := kindOf(name)
		if kind == "op" {
			operations++
		}
		if other, ok := ours.parts[name]; !ok || other != value {
			count[kind]++
			details = append(details, fmt.Sprintf("  theirs %s: %s", name, value))
		}
	}
	for name, value := range ours.parts {
		if other, ok := theirs.parts[name]; !ok || other != value {
			if !ok {
				count[kindOf(name)]++
			}
			details = append(details, fmt.Sprintf("  ours   %s: %s", name, value))
		}
	}
	if len(count) == 0 {
		if operations > 0 {
			return fmt.Sprintf("same %d", operations), nil
		}
		return "same", nil
	}
	var kinds []string
	for kind, n := range count {
		kinds = append(kinds, fmt.Sprintf("%s %d", kind, n))
	}
	slices.Sort(kinds)
	// Sides of one part stand below each other.
	slices.SortFunc(details, func(a, b string) int { return strings.Compare(a[9:], b[9:]) })
	return "differs: " + strings.Join(kinds, ", "), details
}

// kindOf is the first word of a part's name: op, metadata, location, last, or the key of the result's metadata.
func kindOf(name string) string {
	kind, _, _ := strings.Cut(name, " ")
	kind, _, _ = strings.Cut(kind, "/")
	return kind
}

func (o *oracle) judgeErrors(theirs, ours error) (string, []string) {
	var differ, details []string
	if a, b := o.text(theirs), o.text(ours); a != b {
		differ = append(differ, "text")
		details = append(details, "  theirs: "+a, "  ours:   "+b)
	}
	// docker/dockerfile drops the places of errors in answers to requests: to have them is no disagreement.
	if a, b := lines(theirs), lines(ours); a != b && a != "" {
		differ = append(differ, "lines")
		details = append(details, "  theirs at "+a, "  ours   at "+b)
	}
	if len(differ) == 0 {
		return "refused alike", nil
	}
	return "refused, other " + strings.Join(differ, " and "), details
}

func (o *oracle) text(err error) string { return o.hide.Replace(err.Error()) }
