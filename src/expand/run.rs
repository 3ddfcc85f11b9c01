//! One pass over a word.

use std::collections::BTreeSet;

use super::scanner::Scanner;
use super::{DEEPEST, Error, ErrorKind, LONGEST, Lexer, pattern};
use crate::env::Env;
use crate::go::unicode::{is_digit, is_letter};

type Result<T> = std::result::Result<T, ErrorKind>;

/// The state of one pass (`shellWord`).
pub(super) struct Run<'a> {
    lexer: Lexer,
    word: &'a str,
    scanner: Scanner<'a>,
    env: &'a dyn Env,
    raw_escapes: bool,
    depth: usize,
    /// The word being collected. One for all levels: what an inner level leaves and takes shows
    /// in the outer one's words.
    buffer: String,
    matched: BTreeSet<String>,
    unmatched: BTreeSet<String>,
}

/// The words of one level, split at white space.
#[derive(Default)]
struct Words {
    words: Vec<String>,
    in_word: bool,
}

impl Words {
    fn flush(&mut self, buffer: &mut String) {
        if !buffer.is_empty() {
            self.words.push(std::mem::take(buffer));
            self.in_word = false;
        }
    }

    fn add(&mut self, buffer: &mut String, c: char) {
        if !c.is_whitespace() {
            self.add_raw(buffer, c);
        } else if self.in_word {
            self.flush(buffer);
        }
    }

    fn add_raw(&mut self, buffer: &mut String, c: char) {
        buffer.push(c);
        self.in_word = true;
    }
}

impl<'a> Run<'a> {
    pub(super) fn new(lexer: Lexer, word: &'a str, env: &'a dyn Env) -> Self {
        Self {
            lexer,
            word,
            scanner: Scanner::new(word),
            env,
            raw_escapes: lexer.raw_escapes,
            depth: 0,
            buffer: String::new(),
            matched: BTreeSet::new(),
            unmatched: BTreeSet::new(),
        }
    }

    /// Expands the whole word, to one text and to words.
    pub(super) fn whole(&mut self) -> std::result::Result<(String, Vec<String>), Error> {
        self.until(None, self.raw_escapes).map_err(|kind| Error { word: self.word.to_owned(), kind })
    }

    /// The names that were read: set ones, unset ones.
    pub(super) fn into_names(self) -> (BTreeSet<String>, BTreeSet<String>) {
        (self.matched, self.unmatched)
    }

    /// Expands up to `stop`, which is consumed, or to the end (`processStopOn`).
    fn until(&mut self, stop: Option<char>, raw_escapes: bool) -> Result<(String, Vec<String>)> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(ErrorKind::TooDeep);
        }
        let outer = std::mem::replace(&mut self.raw_escapes, raw_escapes);
        self.buffer.clear();
        let expanded = self.level(stop);
        self.raw_escapes = outer;
        self.depth -= 1;
        expanded
    }

    fn level(&mut self, stop: Option<char>) -> Result<(String, Vec<String>)> {
        let mut result = String::new();
        let mut words = Words::default();
        while let Some(c) = self.scanner.peek() {
            if stop == Some(c) {
                self.scanner.next();
                words.flush(&mut self.buffer);
                return Ok((result, words.words));
            }
            match c {
                '$' => {
                    let value = self.dollar()?;
                    value.chars().for_each(|c| words.add(&mut self.buffer, c));
                    result.push_str(&value);
                }
                '\'' | '"' if !self.lexer.skip_process_quotes => {
                    let text = if c == '"' { self.double_quotes()? } else { self.single_quotes()? };
                    self.buffer.push_str(&text);
                    words.in_word = true;
                    result.push_str(&text);
                }
                '<' => {
                    let text = self.possible_heredoc();
                    self.buffer.push_str(&text);
                    words.in_word = true;
                    result.push_str(&text);
                }
                _ => {
                    self.scanner.next();
                    if c == self.lexer.escape {
                        if self.raw_escapes {
                            words.add_raw(&mut self.buffer, c);
                            result.push(c);
                        }
                        let Some(escaped) = self.scanner.next() else { break };
                        words.add_raw(&mut self.buffer, escaped);
                        result.push(escaped);
                    } else {
                        words.add(&mut self.buffer, c);
                        result.push(c);
                    }
                }
            }
            if result.len() > LONGEST {
                return Err(ErrorKind::TooLong);
            }
        }
        if stop.is_some() {
            // Every caller that sets a stop has its own words for this.
            return Err(ErrorKind::MissingBrace);
        }
        words.flush(&mut self.buffer);
        Ok((result, words.words))
    }

    /// Like [`Run::until`], but an error at the end of the word says what is missing there.
    fn until_or(&mut self, stop: char, raw_escapes: bool, missing: ErrorKind) -> Result<String> {
        match self.until(Some(stop), raw_escapes) {
            Ok((text, _)) => Ok(text),
            Err(limit @ (ErrorKind::TooDeep | ErrorKind::TooLong | ErrorKind::TooSlow(_))) => Err(limit),
            Err(_) if self.scanner.at_end() => Err(missing),
            Err(error) => Err(error),
        }
    }

    fn single_quotes(&mut self) -> Result<String> {
        let mut result = String::new();
        self.scanner.next();
        if self.lexer.raw_quotes {
            result.push('\'');
        }
        loop {
            match self.scanner.next() {
                None => return Err(ErrorKind::SingleQuote),
                Some('\'') => {
                    if self.lexer.raw_quotes {
                        result.push('\'');
                    }
                    return Ok(result);
                }
                Some(c) => result.push(c),
            }
        }
    }

    /// In double quotes variables are expanded, and only a quote, a dollar and the escape
    /// character itself can be escaped.
    fn double_quotes(&mut self) -> Result<String> {
        let mut result = String::new();
        self.scanner.next();
        if self.lexer.raw_quotes {
            result.push('"');
        }
        loop {
            match self.scanner.peek() {
                None => return Err(ErrorKind::DoubleQuote),
                Some('"') => {
                    self.scanner.next();
                    if self.lexer.raw_quotes {
                        result.push('"');
                    }
                    return Ok(result);
                }
                Some('$') => result.push_str(&self.dollar()?),
                Some(c) => {
                    self.scanner.next();
                    if c != self.lexer.escape {
                        result.push(c);
                        continue;
                    }
                    if self.raw_escapes {
                        result.push(c);
                    }
                    match self.scanner.peek() {
                        // An escape character at the end of the word is dropped.
                        None => {}
                        Some(escaped) if matches!(escaped, '"' | '$') || escaped == self.lexer.escape => {
                            self.scanner.next();
                            result.push(escaped);
                        }
                        Some(_) => result.push(c),
                    }
                }
            }
            if result.len() > LONGEST {
                return Err(ErrorKind::TooLong);
            }
        }
    }

    /// `<<` and the spaces after it stay together, whatever they start.
    fn possible_heredoc(&mut self) -> String {
        let mut text = String::from('<');
        self.scanner.next();
        if self.scanner.peek() == Some('<') {
            self.scanner.next();
            text.push('<');
            while let Some(space @ ('\t' | '\r' | ' ')) = self.scanner.peek() {
                self.scanner.next();
                text.push(space);
            }
        }
        text
    }

    fn dollar(&mut self) -> Result<String> {
        self.scanner.next();
        if self.scanner.peek() == Some('{') {
            self.scanner.next();
            return self.braces();
        }
        let name = self.name();
        if name.is_empty() {
            return Ok("$".to_owned());
        }
        Ok(match self.get(&name) {
            None if self.lexer.skip_unset_env => format!("${name}"),
            value => value.unwrap_or_default(),
        })
    }

    fn braces(&mut self) -> Result<String> {
        match self.scanner.peek() {
            None => return Err(ErrorKind::MissingBrace),
            Some('{' | '}' | ':') => return Err(ErrorKind::BadSubstitution),
            Some(_) => {}
        }
        let name = self.name();
        match self.scanner.next() {
            Some('}') => Ok(match self.get(&name) {
                None if self.lexer.skip_unset_env => format!("${{{name}}}"),
                value => value.unwrap_or_default(),
            }),
            Some('/') => self.replacement(&name),
            Some(':') => {
                let modifier = self.scanner.next();
                self.modifier(&name, modifier, true)
            }
            modifier @ Some('+' | '-' | '?' | '#' | '%') => self.modifier(&name, modifier, false),
            other => Err(unsupported(false, other)),
        }
    }

    /// `${name-word}` and its kin; with a colon an empty value counts as unset.
    fn modifier(&mut self, name: &str, modifier: Option<char>, colon: bool) -> Result<String> {
        let trims = matches!(modifier, Some('#' | '%'));
        if colon && trims {
            return Err(unsupported(colon, modifier));
        }
        let word = self.until_or('}', trims, ErrorKind::MissingBrace)?;
        let value = self.get(name);
        if value.is_none() && self.lexer.skip_unset_env {
            return Ok(format!("${{{name}{}{word}}}", modifier_text(colon, modifier)));
        }
        let present = value.clone().filter(|v| !(colon && v.is_empty()));
        match modifier {
            Some('-') => Ok(present.unwrap_or(word)),
            Some('+') => Ok(if present.is_some() { word } else { String::new() }),
            Some('?') => present.ok_or_else(|| ErrorKind::Required {
                name: name.to_owned(),
                message: match (word.is_empty(), value) {
                    (false, _) => word,
                    (true, None) => "is not allowed to be unset".to_owned(),
                    (true, Some(_)) => "is not allowed to be empty".to_owned(),
                },
            }),
            Some(end @ ('#' | '%')) => {
                let value = value.unwrap_or_default();
                let (word, greedy) = word.strip_prefix(end).map_or((word.as_str(), false), |w| (w, true));
                if end == '#' {
                    pattern::trim_prefix(word, &value, greedy)
                } else {
                    pattern::trim_suffix(word, &value, greedy)
                }
            }
            other => Err(unsupported(colon, other)),
        }
    }

    /// `${name/pattern/replacement}`, and with two slashes for every match.
    fn replacement(&mut self, name: &str) -> Result<String> {
        let all = self.scanner.peek() == Some('/');
        if all {
            self.scanner.next();
        }
        let pattern = self.until_or('/', true, ErrorKind::MissingSlash)?;
        let replacement = self.until_or('}', true, ErrorKind::MissingBrace)?;
        match self.get(name) {
            // The second slash is not put back; docker/dockerfile does not either.
            None if self.lexer.skip_unset_env => Ok(format!("${{{name}/{pattern}/{replacement}}}")),
            value => pattern::replace(&pattern, &value.unwrap_or_default(), &replacement, all),
        }
    }

    /// Reads a name: letters, digits and underscores, a number, or one special character.
    fn name(&mut self) -> String {
        let mut name = String::new();
        let Some(first) = self.scanner.peek() else { return name };
        if is_digit(first) {
            self.take_while(&mut name, is_digit);
        } else if matches!(first, '@' | '*' | '#' | '?' | '-' | '$' | '!') {
            self.scanner.next();
            name.push(first);
        } else {
            self.take_while(&mut name, |c| c == '_' || is_letter(c) || is_digit(c));
        }
        name
    }

    fn take_while(&mut self, out: &mut String, accept: impl Fn(char) -> bool) {
        while let Some(c) = self.scanner.peek().filter(|c| accept(*c)) {
            self.scanner.next();
            out.push(c);
        }
    }

    fn get(&mut self, name: &str) -> Option<String> {
        let value = self.env.get(name).map(str::to_owned);
        let names = if value.is_some() { &mut self.matched } else { &mut self.unmatched };
        names.insert(name.to_owned());
        value
    }
}

fn modifier_text(colon: bool, modifier: Option<char>) -> String {
    // Go prints the end of the text as the replacement character.
    let modifier = modifier.unwrap_or(char::REPLACEMENT_CHARACTER);
    if colon { format!(":{modifier}") } else { modifier.to_string() }
}

fn unsupported(colon: bool, modifier: Option<char>) -> ErrorKind {
    ErrorKind::UnsupportedModifier(modifier_text(colon, modifier))
}
