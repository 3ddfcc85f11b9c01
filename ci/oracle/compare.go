package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
)

// row is a line of the ledger: a case, and the verdict on every question.
type row struct {
	file, options string
	verdicts      []string
}

// compare asks both frontends all questions about one case.
func (o *oracle) compare(ctx context.Context, one testCase) row {
	r := row{file: one.file, options: one.name}
	for _, q := range o.questions {
		cases := []testCase{one}
		if q.mode != nil {
			cases = q.mode.derive(one)
		} else if _, own := one.options["requestid"]; own && q.request != "" {
			// The options contain their own question.
			cases = nil
		}
		var verdicts []string
		for _, one := range cases {
			verdict := o.verdict(ctx, q, one)
			if !agrees(verdict) && q.mode != nil {
				verdict = strings.TrimPrefix(one.name, r.options+" ") + ": " + verdict
			}
			verdicts = append(verdicts, verdict)
		}
		r.verdicts = append(r.verdicts, together(verdicts))
	}
	return r
}

// attempts is how many times a question is asked before a disagreement counts. Some answers of docker/dockerfile are
// random: Go's maps decide which of several stages' arguments of one name an outline lists, and its scheduler which of
// several errors comes first.
const attempts = 5

// verdict asks one question and explains the differences.
func (o *oracle) verdict(ctx context.Context, q question, one testCase) (verdict string) {
	var details []string
	for range attempts {
		if verdict, details = o.attempt(ctx, q, one); agrees(verdict) {
			break
		}
	}
	if o.explain && len(details) > 0 {
		o.printing.Lock()
		defer o.printing.Unlock()
		fmt.Fprintf(os.Stderr, "== %s [%s] %s: %s\n%s\n", one.file, one.name, q.name, verdict, strings.Join(details, "\n"))
	}
	return verdict
}

// attempt compares in all ways until one agrees.
func (o *oracle) attempt(ctx context.Context, q question, one testCase) (verdict string, details []string) {
	for _, pair := range o.pairs(q) {
		theirs, ours := pair.theirs(ctx, q, one), pair.ours(ctx, q, one)
		var own []string
		if one.options["requestid"] == "frontend.subrequests.describe" {
			own = takeOwn(ours)
		}
		verdict, details = o.judge(theirs, ours)
		if agrees(verdict) && len(own) > 0 {
			verdict += " and " + strings.Join(own, ", ")
		}
		if agrees(verdict) || theirs.err == nil && ours.err == nil {
			break
		}
	}
	return verdict, details
}

// together combines the verdicts on the cases of one mode: the first disagreement, or else how much is the same.
func together(verdicts []string) string {
	operations, refused := 0, 0
	for _, verdict := range verdicts {
		switch {
		case !agrees(verdict):
			return verdict
		case verdict == refusedAlike:
			refused++
		default:
			n, _ := strconv.Atoi(strings.TrimPrefix(verdict, "same "))
			operations += n
		}
	}
	switch {
	case len(verdicts) == 0:
		return "-"
	case len(verdicts) == 1:
		return verdicts[0]
	case refused == len(verdicts):
		return refusedAlike
	case refused > 0:
		return fmt.Sprintf("same %d, %d refused alike", operations, refused)
	}
	return fmt.Sprintf("same %d", operations)
}

// refusedAlike is the verdict if both frontends return the same error at the same location.
const refusedAlike = "refused alike"

// asker asks a frontend a question.
type asker func(context.Context, question, testCase) answer

// pair is two askers whose answers must agree.
type pair struct{ theirs, ours asker }

// pairs returns the ways to compare the answers to a question. If the answers are errors, one pair must agree: no image
// can have the exact errors of the built-in frontend, and the errors of a container differ from those of a program.
func (o *oracle) pairs(q question) []pair {
	builtIn, ours, peer := o.byImage(""), o.byImage(o.image), o.byImage(o.peer)
	if o.programs == nil {
		return []pair{{builtIn, ours}, {peer, ours}}
	}
	program, peerProgram := o.programs.asker(o.program, o.image), o.programs.asker(o.peerProgram, o.peer)
	switch {
	case q.name == "build":
		// Only programs report their warnings here.
		return []pair{{peerProgram, program}, {peer, ours}, {builtIn, ours}}
	case q.name == "targets":
		// A comment that begins with "check=" crashes the built-in frontend on this question, and buildkitd with it.
		return []pair{{peerProgram, program}, {peer, ours}}
	}
	return []pair{{builtIn, silent(program)}, {peerProgram, program}, {builtIn, ours}, {peer, ours}}
}

// silent removes the warnings from a program's answer, because only programs report them.
func silent(program asker) asker {
	return func(ctx context.Context, q question, one testCase) answer {
		given := program(ctx, q, one)
		maps.DeleteFunc(given.parts, func(name, _ string) bool { return kindOf(name) == "warning" })
		return given
	}
}

// judge returns the verdict on two answers, and the details of the differences.
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
	// This is the number of parts that differ, by kind. The most important kind are the operations.
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
	// Sort by name, so that both sides of a part are adjacent.
	slices.SortFunc(details, func(a, b string) int { return strings.Compare(a[9:], b[9:]) })
	return "differs: " + strings.Join(kinds, ", "), details
}

// kindOf returns the first word of a part's name: op, metadata, location, last, or a key of the result's metadata.
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
	// docker/dockerfile drops the locations of errors in answers to requests. An answer that has them does not
	// disagree.
	if a, b := lines(theirs), lines(ours); a != b && a != "" {
		differ = append(differ, "lines")
		details = append(details, "  theirs at "+a, "  ours   at "+b)
	}
	if len(differ) == 0 {
		return refusedAlike, nil
	}
	return "refused, other " + strings.Join(differ, " and "), details
}

func (o *oracle) text(err error) string { return o.hide.Replace(err.Error()) }
