//! Instructions that do what simple commands do.
//!
//! They contain only text of the Dockerfile: a variable stays a variable, so that the value of a build argument is
//! never shown.

use std::collections::BTreeMap;

use super::words::Word;

/// How many variables of a script are stored, and how many bytes their values and an instruction may have.
const MAX_VARIABLES: usize = 64;
const MAX_BYTES: usize = 300;

/// Variables that a script assigns, with their values in Dockerfile syntax; `None` for a value that a Dockerfile cannot
/// express. Environment variables have the prefix `env:`.
#[derive(Debug, Default)]
pub(super) struct Variables(BTreeMap<String, Option<String>>);

impl Variables {
    /// Records `name = value`, or `name += value`.
    pub(super) fn assign(&mut self, name: &str, value: &[Word], is_sum: bool) {
        let before = if is_sum { self.expand(&format!("${{{name}}}")) } else { Some(String::new()) };
        let value = self.value(value).filter(|(_, rest)| rest.is_empty());
        let value = before.zip(value).map(|(before, (value, _))| before + &value);
        self.insert(name, value);
    }

    fn insert(&mut self, name: &str, value: Option<String>) {
        let name = name.to_ascii_lowercase();
        if self.0.len() < MAX_VARIABLES || self.0.contains_key(&name) {
            self.0.insert(name, value.filter(|value| value.len() <= MAX_BYTES));
        }
    }

    /// Returns the word with its variables expanded, or unchanged if they are not known.
    pub(super) fn expanded(&self, word: &Word) -> Word {
        let text = self.expand(&word.text).unwrap_or_else(|| word.text.clone());
        Word { text, is_quoted: word.is_quoted }
    }

    /// Parses a value: text, variables, and sums of both. Returns it with the words after it.
    fn value<'w>(&self, words: &'w [Word]) -> Option<(String, &'w [Word])> {
        let (mut value, mut rest) = self.term(words)?;
        while let [plus, after @ ..] = rest
            && plus.text == "+"
        {
            let (term, after) = self.term(after)?;
            value += &term;
            rest = after;
        }
        Some((value, rest))
    }

    fn term<'w>(&self, words: &'w [Word]) -> Option<(String, &'w [Word])> {
        let (word, rest) = words.split_first()?;
        let text = word.text.to_ascii_lowercase();
        if text.ends_with("]::getenvironmentvariable") {
            let (name, rest) = rest.split_first()?;
            let target = usize::from(rest.first().is_some_and(is_target));
            return Some((variable(&name.text)?, rest.get(target..)?));
        }
        let is_text = word.is_quoted || text.starts_with('$') || text.contains("://");
        is_text.then(|| self.expand(&word.text)).flatten().map(|text| (text, rest))
    }

    /// Converts `%NAME%`, `$env:NAME` and known variables to Dockerfile syntax. Returns `None` if a Dockerfile cannot
    /// express the text.
    fn expand(&self, text: &str) -> Option<String> {
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['$', '%']) {
            out += &rest[..at];
            let after = &rest[at + 1..];
            if rest[at..].starts_with('%') {
                let (name, after) = after.split_once('%')?;
                out += &self.environment(name)?;
                rest = after;
            } else {
                let (name, after) = name_of(after)?;
                match name.get(..4).filter(|prefix| prefix.eq_ignore_ascii_case("env:")) {
                    Some(_) => out += &self.environment(&name[4..])?,
                    None => out += self.0.get(&name.to_ascii_lowercase())?.as_ref()?,
                }
                rest = after;
            }
            if out.len() > MAX_BYTES {
                return None;
            }
        }
        out += rest;
        (!out.contains(['"', '`', '\'', '\n', '<', '>', '*'])).then_some(out)
    }

    /// Returns an environment variable: the value that the script assigned, or else the Dockerfile's variable.
    fn environment(&self, name: &str) -> Option<String> {
        match self.0.get(&format!("env:{}", name.to_ascii_lowercase())) {
            Some(value) => value.clone(),
            // Some variables may not have been stored.
            None if self.0.len() >= MAX_VARIABLES => None,
            None => variable(name),
        }
    }

    /// Returns a path with slashes.
    fn path(&self, text: &str) -> Option<String> {
        let mut path = self.expand(text)?.replace('\\', "/");
        while path.contains("//") {
            path = path.replace("//", "/");
        }
        let path = path.trim();
        // Only one colon, after the drive letter: other drives are not files.
        let after_drive = path.get(2..).unwrap_or_default();
        let is_plain =
            !path.is_empty() && path.len() <= MAX_BYTES && !path.contains('?') && !after_drive.contains(':');
        is_plain.then(|| path.to_owned())
    }

    fn path_of_one_word(&self, text: &str) -> Option<String> {
        self.path(text).filter(|path| !path.contains(char::is_whitespace))
    }

    fn url(&self, text: &str) -> Option<String> {
        let url = self.expand(text)?;
        (is_url(&url) && url.len() <= MAX_BYTES && !url.contains(char::is_whitespace)).then_some(url)
    }
}

/// Returns an ADD instruction for a download, if both its URL and its file are given. `in_place`: the script has not
/// changed its directory.
pub(super) fn download(words: &[Word], variables: &Variables, in_place: bool) -> Option<String> {
    let given = |names: &[&str]| {
        let at =
            words.iter().position(|word| names.iter().any(|name| word.text.eq_ignore_ascii_case(name)))?;
        words.get(at + 1).map(|word| word.text.as_str())
    };
    let urls: Vec<String> = words.iter().filter_map(|word| variables.url(&word.text)).collect();
    let [url] = urls.as_slice() else { return None };
    let after_url = || {
        let at = words.iter().position(|word| variables.url(&word.text).is_some())?;
        let last = words.get(at + 1).map(|word| word.text.as_str());
        last.filter(|word| !word.starts_with('-'))
    };
    // `-o`, also at the end of other short options, as in `-fsSLo`.
    let short = || {
        let is_output = |word: &Word| {
            let flags = word.text.strip_prefix('-').unwrap_or_default();
            flags.len() < 8 && flags.ends_with('o') && flags.bytes().all(|byte| byte.is_ascii_alphabetic())
        };
        let at = words.iter().position(is_output)?;
        words.get(at + 1).map(|word| word.text.as_str())
    };
    let file = given(&["-OutFile", "-Destination", "--output", "--output-document"]).or_else(short).or_else(
        || {
            let is_remote_name = |word: &Word| {
                let flags = word.text.strip_prefix('-').unwrap_or_default();
                word.text == "--remote-name"
                    || (flags.ends_with('O') && flags.bytes().all(|b| b.is_ascii_alphabetic()))
            };
            let own = words.iter().any(is_remote_name).then(|| url.rsplit('/').next().unwrap_or_default());
            own.or_else(after_url)
        },
    )?;
    let file = variables.path_of_one_word(file)?;
    (in_place || is_absolute(&file)).then(|| format!("ADD --checksum=sha256:... {url} {file}"))
}

/// Returns WORKDIR instructions for the directories that a command creates.
pub(super) fn directories(words: &[Word], variables: &Variables, in_place: bool) -> Vec<String> {
    let mut found = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let option = word.text.to_ascii_lowercase();
        match option.as_str() {
            "-itemtype" | "-type" | "-erroraction" | "-ea" | "-name" | "-value" => drop(words.next()),
            _ if option.starts_with('-') || (option.starts_with('/') && option.len() <= 2) => {}
            "|" | "out-null" => break,
            _ => found.extend(variables.path(&word.text)),
        }
    }
    found.retain(|path| in_place || is_absolute(path));
    found.into_iter().map(|path| format!("WORKDIR {path}")).collect()
}

/// Returns an ENV instruction for the words of `setx`, or for the arguments of `SetEnvironmentVariable`.
pub(super) fn environment(words: &[Word], variables: &Variables) -> Option<String> {
    let words: Vec<Word> =
        words.iter().filter(|word| !word.text.eq_ignore_ascii_case("/m")).cloned().collect();
    let (name, value) = words.split_first()?;
    let is_sum = value.get(1).is_some_and(|word| word.text == "+");
    let (value, rest) = match value.first()? {
        first if first.is_quoted || first.text.starts_with(['$', '[']) || is_sum => variables.value(value)?,
        first => (variables.expand(&first.text)?, &value[1..]),
    };
    (rest.is_empty() || is_target(&rest[0])).then(|| assignment(&name.text, &value)).flatten()
}

/// Returns an ENV instruction for `$env:NAME = VALUE`, which must have been recorded.
pub(super) fn assigned(name: &str, variables: &Variables) -> Option<String> {
    assignment(name, &variables.environment(name)?)
}

/// Returns an ENV instruction for `set NAME=VALUE`, and records the variable.
pub(super) fn set(words: &[Word], variables: &mut Variables) -> Option<String> {
    let word = words.iter().find(|word| word.text.contains('='))?;
    let (name, value) = word.text.split_once('=')?;
    let value = if words.len() == 1 { variables.expand(value) } else { None };
    variables.insert(&format!("env:{name}"), value);
    assigned(name, variables)
}

fn assignment(name: &str, value: &str) -> Option<String> {
    let is_path =
        value.contains(":\\") || value.starts_with(['\\', '$']) || name.eq_ignore_ascii_case("path");
    let value = if is_path { value.replace('\\', "/") } else { value.to_owned() };
    let is_plain = is_name(name) && value.len() <= MAX_BYTES && !value.contains('\\');
    is_plain.then(|| format!("ENV {name}=\"{value}\""))
}

/// Returns an ADD instruction for `git clone`.
pub(super) fn clone(words: &[Word], variables: &Variables, in_place: bool) -> Option<String> {
    let (mut reference, mut operands) = (None, Vec::new());
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.text.as_str() {
            "-b" | "--branch" => reference = words.next().map(|word| word.text.as_str()),
            "--depth" | "-c" | "--jobs" | "-j" => drop(words.next()),
            text if text.starts_with("--branch=") => reference = text.split('=').nth(1),
            text if text.starts_with('-') => {}
            text => operands.push(text),
        }
    }
    let url = variables.url(operands.first()?)?;
    let name = url.rsplit('/').next()?.trim_end_matches(".git");
    let directory = match operands.get(1) {
        Some(directory) => variables.path_of_one_word(directory)?,
        None => name.to_owned(),
    };
    let reference = match reference {
        Some(reference) => format!("#{}", variables.expand(reference)?),
        None => String::new(),
    };
    let url = url.trim_end_matches('/').trim_end_matches(".git");
    (in_place || is_absolute(&directory)).then(|| format!("ADD {url}.git{reference} {directory}"))
}

/// Adds the reference of `git checkout` to the instruction of the clone before it. If that is not possible, removes the
/// instruction, because it would be wrong without the reference.
pub(super) fn check_out(clone: &mut Vec<String>, words: &[Word], variables: &Variables) {
    let Some(instruction) = clone.pop() else { return };
    let [verb, reference] = words else { return };
    let reference = variables.expand(&reference.text).filter(|text| !text.starts_with('-'));
    if let Some((reference, (start, directory))) = reference.zip(instruction.rsplit_once(' '))
        && verb.text == "checkout"
        && !start.contains('#')
    {
        clone.push(format!("{start}#{reference} {directory}"));
    }
}

/// Returns a WORKDIR instruction for `cd`.
pub(super) fn change(words: &[Word], variables: &Variables) -> Option<String> {
    let word = words.iter().find(|word| !word.text.starts_with(['-', '/']) || word.text.len() > 2)?;
    variables.path(&word.text).map(|path| format!("WORKDIR {path}"))
}

/// Returns whether it is a URL that ADD downloads.
pub(super) fn is_url(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || path.get(1..2) == Some(":") || path.starts_with("${")
}

/// Returns whether a word states the scope of a variable.
fn is_target(word: &Word) -> bool {
    let text = word.text.to_ascii_lowercase();
    let name = text.rsplit("::").next().unwrap_or_default();
    text.starts_with('[') && text.contains("target]") || matches!(name, "machine" | "user")
}

/// Splits the name of a variable from the text after a `$`.
fn name_of(text: &str) -> Option<(&str, &str)> {
    if let Some(text) = text.strip_prefix('{') {
        return text.split_once('}');
    }
    let end = text.find(|char: char| !char.is_ascii_alphanumeric() && !matches!(char, '_' | ':'));
    let name = text[..end.unwrap_or(text.len())].trim_end_matches(':');
    (!name.is_empty()).then(|| (name, &text[name.len()..]))
}

/// Returns the value of a variable of Windows, or a variable of the Dockerfile.
fn variable(name: &str) -> Option<String> {
    Some(match name.to_ascii_lowercase().as_str() {
        "path" => "${PATH}".to_owned(),
        "programfiles" => "C:/Program Files".to_owned(),
        "programdata" | "allusersprofile" => "C:/ProgramData".to_owned(),
        "systemroot" | "windir" => "C:/Windows".to_owned(),
        "systemdrive" => "C:".to_owned(),
        "temp" | "tmp" | "userprofile" | "appdata" | "localappdata" | "username" | "cd" | "homepath"
        | "public" | "comspec" | "errorlevel" | "computername" | "random" => return None,
        _ if is_name(name) => format!("${{{name}}}"),
        _ => return None,
    })
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
