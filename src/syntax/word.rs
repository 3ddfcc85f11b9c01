//! Words of a line as a shell would split it, to find heredocs.
//!
//! This is upstream's `shell.Lex` with no variable set and `SkipUnsetEnv`: substitutions are recognised
//! and stay as they are. The escape character is always `\`, whatever the directive says.

use std::str::Chars;

/// The deepest nesting of `${..}` that is read. Upstream has no limit but its stack.
const MAX_DEPTH: usize = 500;

/// What is wrong with a word.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WordError {
    /// `'` without its end.
    #[error("unexpected end of statement while looking for matching single-quote")]
    SingleQuote,
    /// `"` without its end.
    #[error("unexpected end of statement while looking for matching double-quote")]
    DoubleQuote,
    /// `${` without its end.
    #[error("syntax error: missing '}}'")]
    MissingBrace,
    /// `${name/` without the second `/`.
    #[error("syntax error: missing '/' in ${{}}")]
    MissingSlash,
    /// `${}` and the like.
    #[error("syntax error: bad substitution")]
    BadSubstitution,
    /// An unknown character after the name in `${name..}`.
    #[error("unsupported modifier ({0}) in substitution")]
    Modifier(String),
    /// Substitutions inside substitutions, too many.
    #[error("substitutions nested more than {MAX_DEPTH} deep")]
    TooDeep,
}

/// What stays in the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// Quotes and escape characters.
    All,
    /// Quotes.
    Quotes,
    /// Neither.
    Nothing,
}

/// Splits `text` into words (upstream's `Lex.ProcessWords`).
pub(super) fn words(text: &str, keep: Keep) -> Result<Vec<String>, WordError> {
    // A byte order mark in front is passed over, as Go's scanner does.
    let chars = text.strip_prefix('\u{FEFF}').unwrap_or(text).chars();
    let mut lexer = Lexer { chars, raw_quotes: keep != Keep::Nothing, nested: false };
    let raw = keep == Keep::All;
    let mut words = Words::default();
    while let Some(c) = lexer.peek() {
        if matches!(c, '$' | '<' | '\'' | '"') {
            let mut text = String::new();
            lexer.special(c, raw, &mut text, 0)?;
            if std::mem::take(&mut lexer.nested) {
                // Upstream shares one buffer with the substitution, which empties it.
                words.word.clear();
            }
            if c == '$' {
                text.chars().for_each(|c| words.push(c));
            } else {
                words.word.push_str(&text);
            }
            continue;
        }
        lexer.chars.next();
        if c != '\\' {
            words.push(c);
            continue;
        }
        if raw {
            words.word.push(c);
        }
        match lexer.chars.next() {
            Some(escaped) => words.word.push(escaped),
            None => break,
        }
    }
    words.end();
    Ok(words.done)
}

#[derive(Default)]
struct Words {
    done: Vec<String>,
    word: String,
}

impl Words {
    /// Adds a character; white space ends the word.
    fn push(&mut self, c: char) {
        if c.is_whitespace() {
            self.end();
        } else {
            self.word.push(c);
        }
    }

    fn end(&mut self) {
        if !self.word.is_empty() {
            self.done.push(std::mem::take(&mut self.word));
        }
    }
}

struct Lexer<'a> {
    chars: Chars<'a>,
    raw_quotes: bool,
    /// A substitution with a word in it was read.
    nested: bool,
}

impl Lexer<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.clone().next()
    }

    fn next_if(&mut self, wanted: impl FnOnce(char) -> bool) -> Option<char> {
        let c = self.peek().filter(|c| wanted(*c))?;
        self.chars.next();
        Some(c)
    }

    /// Reads what starts with `first`, which is next, and adds it to `out`.
    fn special(&mut self, first: char, raw: bool, out: &mut String, depth: usize) -> Result<(), WordError> {
        match first {
            '$' => self.dollar(out, depth),
            '\'' => self.single_quote(out),
            '"' => self.double_quote(raw, out, depth),
            _ => {
                self.heredoc(out);
                Ok(())
            }
        }
    }

    /// `<<` takes the white space after it, so that the word for the heredoc is not cut off.
    fn heredoc(&mut self, out: &mut String) {
        self.chars.next();
        out.push('<');
        if self.next_if(|c| c == '<').is_some() {
            out.push('<');
            while let Some(space) = self.next_if(|c| matches!(c, '\t' | '\r' | ' ')) {
                out.push(space);
            }
        }
    }

    fn quote_mark(&self, mark: char, out: &mut String) {
        if self.raw_quotes {
            out.push(mark);
        }
    }

    fn single_quote(&mut self, out: &mut String) -> Result<(), WordError> {
        self.chars.next();
        self.quote_mark('\'', out);
        for c in self.chars.by_ref() {
            if c == '\'' {
                self.quote_mark('\'', out);
                return Ok(());
            }
            out.push(c);
        }
        Err(WordError::SingleQuote)
    }

    fn double_quote(&mut self, raw: bool, out: &mut String, depth: usize) -> Result<(), WordError> {
        self.chars.next();
        self.quote_mark('"', out);
        while let Some(c) = self.peek() {
            if c == '$' {
                self.dollar(out, depth)?;
                continue;
            }
            self.chars.next();
            match c {
                '"' => {
                    self.quote_mark('"', out);
                    return Ok(());
                }
                '\\' => {
                    if raw {
                        out.push(c);
                    }
                    if self.peek().is_none() {
                        break;
                    }
                    out.push(self.next_if(|c| matches!(c, '"' | '$' | '\\')).unwrap_or(c));
                }
                c => out.push(c),
            }
        }
        Err(WordError::DoubleQuote)
    }

    fn dollar(&mut self, out: &mut String, depth: usize) -> Result<(), WordError> {
        self.chars.next();
        out.push('$');
        if self.next_if(|c| c == '{').is_none() {
            self.name(out);
            return Ok(());
        }
        match self.peek() {
            None => return Err(WordError::MissingBrace),
            Some('{' | '}' | ':') => return Err(WordError::BadSubstitution),
            Some(_) => out.push('{'),
        }
        self.name(out);
        let mut modifier = self.chars.next();
        let colon = modifier == Some(':');
        if colon {
            out.push(':');
            modifier = self.chars.next();
        }
        // What Go prints for the end of the text.
        let printed = modifier.unwrap_or(char::REPLACEMENT_CHARACTER);
        match modifier {
            Some('}') if !colon => {
                out.push('}');
                return Ok(());
            }
            Some('/') if !colon => {
                out.push('/');
                let _ = self.next_if(|c| c == '/');
                self.until('/', true, out, depth)
                    .map_err(|error| self.missing(error, WordError::MissingSlash))?;
                self.until('}', true, out, depth)
                    .map_err(|error| self.missing(error, WordError::MissingBrace))?;
            }
            Some('#' | '%') if colon => return Err(WordError::Modifier(format!(":{printed}"))),
            _ if colon || matches!(printed, '+' | '-' | '?' | '#' | '%') => {
                out.push(printed);
                let raw = matches!(printed, '#' | '%');
                self.until('}', raw, out, depth)
                    .map_err(|error| self.missing(error, WordError::MissingBrace))?;
            }
            _ => return Err(WordError::Modifier(printed.to_string())),
        }
        out.push('}');
        Ok(())
    }

    /// At the end of the text it is the end that is missing, whatever went wrong inside.
    fn missing(&self, error: WordError, end: WordError) -> WordError {
        if self.peek().is_none() && error != WordError::TooDeep { end } else { error }
    }

    /// Reads up to `stop` and past it.
    fn until(&mut self, stop: char, raw: bool, out: &mut String, depth: usize) -> Result<(), WordError> {
        self.nested = true;
        if depth == MAX_DEPTH {
            return Err(WordError::TooDeep);
        }
        while let Some(c) = self.peek() {
            if c == stop {
                self.chars.next();
                if stop == '/' {
                    out.push(stop);
                }
                return Ok(());
            }
            if matches!(c, '$' | '<' | '\'' | '"') {
                self.special(c, raw, out, depth + 1)?;
                continue;
            }
            self.chars.next();
            if c != '\\' {
                out.push(c);
                continue;
            }
            if raw {
                out.push(c);
            }
            match self.chars.next() {
                Some(escaped) => out.push(escaped),
                None => break,
            }
        }
        Err(WordError::MissingBrace)
    }

    /// A variable's name: digits, one special character, or letters, digits and `_`.
    fn name(&mut self, out: &mut String) {
        if let Some(digit) = self.next_if(char::is_numeric) {
            out.push(digit);
            while let Some(digit) = self.next_if(char::is_numeric) {
                out.push(digit);
            }
        } else if let Some(special) = self.next_if(|c| "@*#?-$!".contains(c)) {
            out.push(special);
        } else {
            while let Some(c) = self.next_if(|c| c.is_alphanumeric() || c == '_') {
                out.push(c);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_like_a_shell() {
        let split = |text, keep| words(text, keep).unwrap();
        assert_eq!(split("a 'b c' \"d e\"\\ f", Keep::All), ["a", "'b c'", "\"d e\"\\ f"]);
        assert_eq!(split("a 'b c' \"d e\"\\ f", Keep::Nothing), ["a", "b c", "d e f"]);
        assert_eq!(split("cat << EOF 3<<-'X'", Keep::All), ["cat", "<< EOF", "3<<-'X'"]);
        assert_eq!(split("$a ${b} ${c:-d} ${e/f/g}", Keep::All), ["$a", "${b}", "${c:-d}", "${e/f/g}"]);
        assert_eq!(split("lost${a:-b}c", Keep::All), ["${a:-b}c"]);
    }

    #[test]
    fn says_what_is_missing() {
        let error = |text| words(text, Keep::All).unwrap_err().to_string();
        assert!(error("'a").ends_with("matching single-quote"));
        assert!(error("\"a\\").ends_with("matching double-quote"));
        assert_eq!(error("${a"), "unsupported modifier (\u{FFFD}) in substitution");
        assert_eq!(error("${a:"), "syntax error: missing '}'");
        assert_eq!(error("${"), "syntax error: missing '}'");
        assert_eq!(error("${}"), "syntax error: bad substitution");
        assert_eq!(error("${a:#b}"), "unsupported modifier (:#) in substitution");
        assert_eq!(error("${a/b"), "syntax error: missing '/' in ${}");
        assert_eq!(error("${a/b/"), "syntax error: missing '}'");
        assert_eq!(error(&"${a:-".repeat(1_000_000)), "substitutions nested more than 500 deep");
    }
}
