//! A single pass over a word.

use std::collections::BTreeSet;

use super::level::{After, Level, Modifier};
use super::scanner::Scanner;
use super::words::Words;
use super::{Error, ErrorKind, Lexer, MAX_EXPANSION_BYTES, pattern};
use crate::env::Env;
use crate::go::regexp::Budget;
use crate::go::unicode::{is_digit, is_letter};

type Result<T> = std::result::Result<T, ErrorKind>;

/// The state of a pass (`shellWord`).
///
/// `${a:-${b:-...` may be nested to any depth: open levels are in a list, not on the stack, and all write to
/// the end of one text, so that no level copies the output of the levels inside it.
pub(super) struct Pass<'a> {
    lexer: Lexer,
    word: &'a str,
    scanner: Scanner<'a>,
    env: &'a dyn Env,
    /// The expanded text so far; the part of the last level is its end.
    text: String,
    /// The open `${...}`, the innermost last.
    levels: Vec<Level<'a>>,
    /// The start of the word's own open double quotes in the text.
    quotes: Option<usize>,
    /// The words outside of all levels.
    words: Words,
    pub(super) budget: Budget,
    matched: BTreeSet<String>,
    unmatched: BTreeSet<String>,
}

impl<'a> Pass<'a> {
    pub(super) fn new(lexer: Lexer, word: &'a str, env: &'a dyn Env) -> Self {
        Self {
            lexer,
            word,
            scanner: Scanner::new(word),
            env,
            text: String::new(),
            levels: Vec::new(),
            quotes: None,
            words: Words::default(),
            budget: Budget::default(),
            matched: BTreeSet::new(),
            unmatched: BTreeSet::new(),
        }
    }

    /// Expands the whole word, to a single text and to words.
    pub(super) fn whole(&mut self) -> std::result::Result<(String, Vec<String>), Error> {
        self.expand().map_err(|kind| Error { word: self.word.to_owned(), kind: self.blame(kind) })?;
        Ok((std::mem::take(&mut self.text), std::mem::take(&mut self.words).finish()))
    }

    /// Returns the names that were read: set ones, unset ones.
    pub(super) fn into_names(self) -> (BTreeSet<String>, BTreeSet<String>) {
        (self.matched, self.unmatched)
    }

    /// Replaces an error at the end of the word by what the outermost open level lacks there.
    fn blame(&self, kind: ErrorKind) -> ErrorKind {
        match self.levels.first() {
            Some(level) if self.scanner.at_end() && !kind.is_limit() => level.missing(),
            _ => kind,
        }
    }

    fn expand(&mut self) -> Result<()> {
        while let Some(c) = self.scanner.peek() {
            if self.in_quotes() {
                self.quoted(c)?;
            } else {
                self.plain(c)?;
            }
            if self.text.len() > MAX_EXPANSION_BYTES {
                return Err(ErrorKind::TooLong);
            }
        }
        if self.in_quotes() {
            return Err(ErrorKind::DoubleQuote);
        }
        // Levels that are still open report this in their own words.
        if self.levels.is_empty() { Ok(()) } else { Err(ErrorKind::MissingBrace) }
    }

    fn in_quotes(&self) -> bool {
        self.levels.last().map_or(self.quotes, |level| level.quotes).is_some()
    }

    /// Records that double quotes start here.
    fn open_quotes(&mut self) {
        let quotes = self.levels.last_mut().map_or(&mut self.quotes, |level| &mut level.quotes);
        *quotes = Some(self.text.len());
    }

    /// Returns the start of the double quotes that end here.
    fn take_quotes(&mut self) -> Option<usize> {
        self.levels.last_mut().map_or(&mut self.quotes, |level| &mut level.quotes).take()
    }

    fn raw_escapes(&self) -> bool {
        self.levels.last().map_or(self.lexer.raw_escapes, |level| level.raw_escapes)
    }

    /// Returns whether an escape character in quotes must be literal when the pattern is read.
    fn in_pattern(&self) -> bool {
        self.levels.last().is_some_and(Level::is_pattern)
    }

    /// Processes a step outside quotes (`processStopOn`).
    fn plain(&mut self, c: char) -> Result<()> {
        if self.levels.last().is_some_and(|level| level.stop == c) {
            self.scanner.next();
            return self.close();
        }
        match c {
            '$' => self.dollar()?,
            '"' if !self.lexer.skip_process_quotes => {
                self.open_quotes();
                self.quote();
            }
            '\'' if !self.lexer.skip_process_quotes => self.single_quotes()?,
            '<' => self.possible_heredoc(),
            _ => {
                self.scanner.next();
                if c != self.lexer.escape {
                    self.text.push(c);
                    self.split(|words| words.add(c));
                    return Ok(());
                }
                if self.raw_escapes() {
                    self.text.push(c);
                    self.split(|words| words.add_raw(c));
                }
                if let Some(escaped) = self.scanner.next() {
                    self.text.push(escaped);
                    self.split(|words| words.add_raw(escaped));
                }
            }
        }
        Ok(())
    }

    /// Processes a step in double quotes, in which variables are expanded, and only a quote, a dollar and the
    /// escape character itself can be escaped.
    fn quoted(&mut self, c: char) -> Result<()> {
        match c {
            '"' => {
                self.quote();
                if let Some(start) = self.take_quotes() {
                    self.add_text(start);
                }
            }
            '$' => self.dollar()?,
            _ => {
                self.scanner.next();
                if c != self.lexer.escape {
                    self.text.push(c);
                    return Ok(());
                }
                self.quoted_escape();
            }
        }
        Ok(())
    }

    /// Processes an escape character in double quotes, which has been read.
    fn quoted_escape(&mut self) {
        let escape = self.lexer.escape;
        match self.scanner.peek() {
            // It is dropped at the end of the word.
            None => {}
            Some(escaped) if matches!(escaped, '"' | '$') || escaped == escape => {
                if self.raw_escapes() {
                    self.text.push(escape);
                }
                self.scanner.next();
                self.text.push(escaped);
            }
            Some(_) => {
                // A pattern is read again. Elsewhere, quotes that are kept protect it.
                if self.raw_escapes() && (!self.lexer.raw_quotes || self.in_pattern()) {
                    self.text.push(escape);
                }
                self.text.push(escape);
            }
        }
    }

    /// Reads a quote, which is kept in the text if quotes are.
    fn quote(&mut self) {
        let quote = self.scanner.next();
        if self.lexer.raw_quotes {
            self.text.extend(quote);
        }
    }

    fn single_quotes(&mut self) -> Result<()> {
        let start = self.text.len();
        self.quote();
        // docker/dockerfile doubles the file's escape character, although patterns support only the
        // backslash.
        let doubled = self.in_pattern().then_some(self.lexer.escape);
        while self.scanner.peek() != Some('\'') {
            let c = self.scanner.next().ok_or(ErrorKind::SingleQuote)?;
            if Some(c) == doubled {
                self.text.push(c);
            }
            self.text.push(c);
        }
        self.quote();
        self.add_text(start);
        Ok(())
    }

    /// Keeps `<<` and the spaces after it together, whatever follows.
    fn possible_heredoc(&mut self) {
        let start = self.text.len();
        self.text.extend(self.scanner.next());
        if self.scanner.peek() == Some('<') {
            self.text.extend(self.scanner.next());
            while let Some('\t' | '\r' | ' ') = self.scanner.peek() {
                self.text.extend(self.scanner.next());
            }
        }
        self.add_text(start);
    }

    /// Passes the end of the text to the words, if the text is split here.
    fn split(&mut self, add: impl FnOnce(&mut Words)) {
        if self.levels.is_empty() && self.quotes.is_none() {
            add(&mut self.words);
        }
    }

    /// Adds the text from `start` on to a single word.
    fn add_text(&mut self, start: usize) {
        if self.levels.is_empty() {
            self.words.add_text(&self.text[start..]);
        }
    }

    /// Adds the text from `start` on as a value, which its spaces split.
    fn add_value(&mut self, start: usize) {
        if self.levels.is_empty() && self.quotes.is_none() {
            self.text[start..].chars().for_each(|c| self.words.add(c));
        }
    }

    fn dollar(&mut self) -> Result<()> {
        self.scanner.next();
        if self.scanner.peek() == Some('{') {
            self.scanner.next();
            return self.braces();
        }
        let start = self.text.len();
        let name = self.name();
        if name.is_empty() {
            self.text.push('$');
        } else {
            match self.get(name)? {
                None if self.lexer.skip_unset_env => self.text.extend(["$", name]),
                value => self.text.push_str(value.unwrap_or_default()),
            }
        }
        self.add_value(start);
        Ok(())
    }

    fn braces(&mut self) -> Result<()> {
        match self.scanner.peek() {
            None => return Err(ErrorKind::MissingBrace),
            Some('{' | '}' | ':') => return Err(ErrorKind::BadSubstitution),
            Some(_) => {}
        }
        let start = self.text.len();
        let name = self.name();
        match self.scanner.next() {
            Some('}') => {
                match self.get(name)? {
                    None if self.lexer.skip_unset_env => self.text.extend(["${", name, "}"]),
                    value => self.text.push_str(value.unwrap_or_default()),
                }
                self.add_value(start);
            }
            Some('/') => {
                let all = self.scanner.peek() == Some('/');
                if all {
                    self.scanner.next();
                }
                self.open(start, '/', true, After::Pattern { name, all });
            }
            Some(':') => {
                let modifier = Modifier { sign: self.scanner.next(), colon: true };
                self.modifier(start, name, modifier)?;
            }
            sign @ Some('+' | '-' | '?' | '#' | '%') => {
                self.modifier(start, name, Modifier { sign, colon: false })?;
            }
            sign => return Err(Modifier { sign, colon: false }.unsupported()),
        }
        Ok(())
    }

    /// Reads `${name-word}` and similar forms, up to the word.
    fn modifier(&mut self, start: usize, name: &'a str, modifier: Modifier) -> Result<()> {
        if modifier.colon && modifier.trims() {
            return Err(modifier.unsupported());
        }
        if self.stays(name) {
            self.text.extend(["${", name]);
            self.text.push_str(&modifier.text());
        }
        self.open(start, '}', modifier.trims(), After::Modifier { name, modifier });
        Ok(())
    }

    /// Returns whether a substitution is left as written.
    fn stays(&self, name: &str) -> bool {
        self.lexer.skip_unset_env && self.env.get(name).is_none()
    }

    /// Opens a level. The content of the last word is lost, since docker/dockerfile has a single buffer for
    /// all levels.
    fn open(&mut self, start: usize, stop: char, raw_escapes: bool, after: After<'a>) {
        self.words.forget();
        let inner = self.text.len();
        self.levels.push(Level { start, inner, stop, raw_escapes, quotes: None, after });
    }

    /// Closes the innermost level, whose stop character has been read.
    fn close(&mut self) -> Result<()> {
        let Some(level) = self.levels.pop() else { return Ok(()) };
        match level.after {
            After::Pattern { name, all } => {
                let pattern = level.inner;
                self.open(level.start, '}', true, After::Replacement { name, all, pattern });
                return Ok(());
            }
            After::Replacement { name, all, pattern } => self.replace(&level, name, all, pattern)?,
            After::Modifier { name, modifier } => self.modified(&level, name, modifier)?,
        }
        self.add_value(level.start);
        Ok(())
    }

    /// Replaces the word of `${name-word}` by its value.
    fn modified(&mut self, level: &Level<'a>, name: &'a str, modifier: Modifier) -> Result<()> {
        let value = self.get(name)?;
        if self.stays(name) {
            self.text.push('}');
            return Ok(());
        }
        let word = &self.text[level.inner..];
        let present = value.filter(|value| !(modifier.colon && value.is_empty()));
        let result = match modifier.sign {
            Some('-') => present.map(str::to_owned),
            Some('+') => present.is_none().then(String::new),
            Some('?') => Some(present.map(str::to_owned).ok_or_else(|| ErrorKind::Required {
                name: name.to_owned(),
                message: match (word.is_empty(), value) {
                    (false, _) => word.to_owned(),
                    (true, None) => "is not allowed to be unset".to_owned(),
                    (true, Some(_)) => "is not allowed to be empty".to_owned(),
                },
            })?),
            Some(end @ ('#' | '%')) => {
                let value = value.unwrap_or_default();
                let (word, greedy) = word.strip_prefix(end).map_or((word, false), |word| (word, true));
                let trim = if end == '#' { pattern::trim_prefix } else { pattern::trim_suffix };
                Some(trim(word, value, greedy, &mut self.budget)?)
            }
            _ => return Err(modifier.unsupported()),
        };
        // Without a result, the word is the value and is already in place.
        if let Some(result) = result {
            self.text.truncate(level.start);
            self.text.push_str(&result);
        }
        Ok(())
    }

    /// Replaces a match in `${name/pattern/replacement}`, or with two slashes all matches.
    fn replace(&mut self, level: &Level<'a>, name: &'a str, all: bool, pattern: usize) -> Result<()> {
        let value = self.get(name)?;
        let (pattern, replacement) = (&self.text[pattern..level.inner], &self.text[level.inner..]);
        let result = if self.stays(name) {
            // The second slash is not restored; docker/dockerfile does not do so either.
            format!("${{{name}/{pattern}/{replacement}}}")
        } else {
            pattern::replace(pattern, value.unwrap_or_default(), replacement, all, &mut self.budget)?
        };
        self.text.truncate(level.start);
        self.text.push_str(&result);
        Ok(())
    }

    /// Reads a name: letters, digits and underscores, a number, or one special character.
    fn name(&mut self) -> &'a str {
        match self.scanner.peek() {
            Some(first) if is_digit(first) => self.scanner.take_while(is_digit),
            Some('@' | '*' | '#' | '?' | '-' | '$' | '!') => self.scanner.take_one(),
            _ => self.scanner.take_while(|c| c == '_' || is_letter(c) || is_digit(c)),
        }
    }

    /// Reads a variable. Its length counts as work, since a value can be read at every level and then
    /// dropped.
    fn get(&mut self, name: &str) -> Result<Option<&'a str>> {
        let value = self.env.get(name);
        self.budget.spend(value.unwrap_or_default().len() / 64)?;
        let names = if value.is_some() { &mut self.matched } else { &mut self.unmatched };
        if !names.contains(name) {
            names.insert(name.to_owned());
        }
        Ok(value)
    }
}
