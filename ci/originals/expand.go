package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/moby/buildkit/frontend/dockerfile/shell"
)

// expandFixtures are the words to expand. The first row has the variables; each other row has a word "w" and the number
// "c" of a lexer.
var expandFixtures = []fixture{rows("testdata/expand/words.json", list, expandWords())}

// lexers returns the settings of the lexers, in the order of src/expand/tests.rs.
func lexers() []*shell.Lex {
	set := func(escape rune, set func(*shell.Lex)) *shell.Lex {
		lexer := shell.NewLex(escape)
		set(lexer)
		return lexer
	}
	return []*shell.Lex{
		set('\\', func(*shell.Lex) {}),
		set('`', func(*shell.Lex) {}),
		set('\\', func(l *shell.Lex) { l.RawQuotes = true }),
		set('\\', func(l *shell.Lex) { l.RawEscapes = true }),
		set('\\', func(l *shell.Lex) { l.RawQuotes, l.RawEscapes = true, true }),
		set('\\', func(l *shell.Lex) { l.SkipProcessQuotes = true }),
		set('\\', func(l *shell.Lex) { l.SkipUnsetEnv = true }),
		set('\\', func(l *shell.Lex) { l.SkipUnsetEnv, l.SkipProcessQuotes, l.RawEscapes = true, true, true }),
	}
}

// expandWords asks shell.Lex. ProcessWordWithMatches returns the result "r", the variables that are set "m" and those
// that are not "u". ProcessWords returns the words "ws".
func expandWords() answer {
	var variables shell.EnvGetter
	return func(old row) (row, error) {
		if _, ok := old["env"]; ok {
			env, err := old.texts("env")
			variables = shell.EnvsFromSlice(env)
			return row{"env": env}, err
		}
		word, err := old.text("w")
		if err != nil {
			return nil, err
		}
		number, err := old["c"].(json.Number).Int64()
		if err != nil {
			return nil, err
		}
		lexer := lexers()[number]
		new := row{"w": word, "c": number}
		result, err := lexer.ProcessWordWithMatches(word, variables)
		words, wordsErr := lexer.ProcessWords(word, variables)
		if fmt.Sprint(err) != fmt.Sprint(wordsErr) {
			return nil, fmt.Errorf("%q: a word is %v, words are %v", word, err, wordsErr)
		}
		if err != nil {
			new["e"] = err.Error()
			return new, nil
		}
		new["r"] = result.Result
		new["m"] = names(result.Matched)
		new["u"] = names(result.Unmatched)
		new["ws"] = append([]string{}, words...)
		return new, nil
	}
}

func names(set map[string]struct{}) []string {
	return append([]string{}, slices.Sorted(maps.Keys(set))...)
}
