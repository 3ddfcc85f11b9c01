//! Matches names against shell patterns: `filepath.Match` on Linux.

/// The error for a pattern with an unclosed class, an empty one, or a backslash at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("syntax error in pattern")]
pub struct BadPattern;

/// Returns whether the whole `name` matches `pattern`: `*` and `?` match anything but slashes, `[a-z]` and
/// `[^a-z]` are classes, and a backslash makes the next character literal.
///
/// # Errors
///
/// Returns [`BadPattern`], for the part of the pattern that was read: as in Go, a mismatch ends the reading
/// at the next `*`.
pub fn matches(pattern: &str, name: &str) -> Result<bool, BadPattern> {
    let (mut pattern, mut name) = (pattern, name);
    while !pattern.is_empty() {
        let (star, chunk, rest) = next_chunk(pattern);
        pattern = rest;
        if star && chunk.is_empty() {
            return Ok(!name.contains('/'));
        }
        // The first chunk, and one that must end the name, can match at only one position.
        if let Some(after) = match_chunk(chunk, name)?
            && (after.is_empty() || !pattern.is_empty())
        {
            name = after;
            continue;
        }
        if star && let Some(after) = skip_to(chunk, name, pattern.is_empty())? {
            name = after;
            continue;
        }
        return Ok(false);
    }
    Ok(name.is_empty())
}

/// Tries `chunk` after every further character of `name` up to a slash.
fn skip_to<'a>(chunk: &str, name: &'a str, last: bool) -> Result<Option<&'a str>, BadPattern> {
    for (at, c) in name.char_indices() {
        if c == '/' {
            break;
        }
        if let Some(after) = match_chunk(chunk, &name[at + c.len_utf8()..])?
            && (after.is_empty() || !last)
        {
            return Ok(Some(after));
        }
    }
    Ok(None)
}

/// Splits off leading stars and the chunk up to the next star outside a class.
fn next_chunk(pattern: &str) -> (bool, &str, &str) {
    let trimmed = pattern.trim_start_matches('*');
    let star = trimmed.len() < pattern.len();
    let (mut escaped, mut in_class) = (false, false);
    for (at, byte) in trimmed.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'*' if !in_class => return (star, &trimmed[..at], &trimmed[at..]),
            _ => {}
        }
    }
    (star, trimmed, "")
}

/// Matches a chunk without stars at the start of `name`; returns the rest of the name. Even after a mismatch,
/// the chunk is read to its end for errors.
fn match_chunk<'a>(chunk: &str, name: &'a str) -> Result<Option<&'a str>, BadPattern> {
    let mut chunk = chunk.chars();
    let mut rest = name.chars();
    let mut failed = false;
    while let Some(c) = chunk.next() {
        failed |= rest.as_str().is_empty();
        let expected = match c {
            '[' => {
                let found = if failed { None } else { rest.next() };
                failed |= !class(&mut chunk, found)?;
                continue;
            }
            '?' => {
                failed |= !failed && rest.next() == Some('/');
                continue;
            }
            '\\' => chunk.next().ok_or(BadPattern)?,
            c => c,
        };
        failed |= !failed && rest.next() != Some(expected);
    }
    Ok(if failed { None } else { Some(rest.as_str()) })
}

/// Reads a class after its bracket; returns whether it contains the character.
fn class(chunk: &mut std::str::Chars<'_>, found: Option<char>) -> Result<bool, BadPattern> {
    let negated = chunk.as_str().starts_with('^');
    if negated {
        chunk.next();
    }
    let (mut matched, mut first) = (false, true);
    loop {
        if chunk.as_str().starts_with(']') && !first {
            chunk.next();
            return Ok(matched != negated);
        }
        first = false;
        let low = class_character(chunk)?;
        let mut high = low;
        if chunk.as_str().starts_with('-') {
            chunk.next();
            high = class_character(chunk)?;
        }
        matched |= found.is_some_and(|c| (low..=high).contains(&c));
    }
}

/// Reads one end of a range. A class cannot end directly after it: something must be left.
fn class_character(chunk: &mut std::str::Chars<'_>) -> Result<char, BadPattern> {
    let c = match chunk.next() {
        None | Some('-' | ']') => return Err(BadPattern),
        Some('\\') => chunk.next().ok_or(BadPattern)?,
        Some(c) => c,
    };
    if chunk.as_str().is_empty() { Err(BadPattern) } else { Ok(c) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_go() {
        let cases: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../../testdata/path/match.json")).unwrap();
        let names = cases[0]["names"].as_array().unwrap();
        for case in &cases[1..] {
            let pattern = case["pattern"].as_str().unwrap();
            for (name, expected) in names.iter().zip(case["results"].as_array().unwrap()) {
                let result = match matches(pattern, name.as_str().unwrap()) {
                    Ok(matched) => serde_json::Value::Bool(matched),
                    Err(error) => serde_json::Value::String(error.to_string()),
                };
                assert_eq!(&result, expected, "{pattern:?} {name}");
            }
        }
    }
}
