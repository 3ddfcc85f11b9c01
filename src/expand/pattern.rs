//! Shell patterns in `${name#pattern}`: only `*` and `?`.
//!
//! As in docker/dockerfile, which converts them to Go regular expressions, neither wildcard matches a
//! newline.

use super::scanner::Scanner;
use super::{ErrorKind, MAX_EXPANSION_BYTES, template};
use crate::go::regexp::{Budget, Program, Step};

type Result<T> = std::result::Result<T, ErrorKind>;

/// Translates a pattern (`convertShellPatternToRegex`).
fn compile(pattern: &str, greedy: bool) -> Result<Program> {
    let mut program = Program::default();
    let mut scanner = Scanner::new(pattern);
    while let Some(c) = scanner.next() {
        match c {
            '*' => program.repeat(Step::Any, greedy),
            '?' => program.push(Step::Any),
            // The escape of a closing character belongs to the `${}`, not to the pattern.
            '\\' if matches!(scanner.peek(), Some('}' | '/')) => {}
            '\\' => match scanner.next() {
                Some(escaped @ ('*' | '?' | '\\')) => program.push(Step::Char(escaped)),
                other => {
                    return Err(ErrorKind::InvalidPattern {
                        pattern: pattern.to_owned(),
                        escape: other.unwrap_or(char::REPLACEMENT_CHARACTER),
                    });
                }
            },
            c => program.push(Step::Char(c)),
        }
    }
    Ok(program)
}

/// Removes the shortest or, if `greedy`, longest match from the front.
pub(super) fn trim_prefix(pattern: &str, value: &str, greedy: bool, budget: &mut Budget) -> Result<String> {
    let found = compile(pattern, greedy)?.find(value, 0, true, budget)?;
    Ok(value[found.map_or(0, |range| range.end)..].to_owned())
}

/// Removes the shortest or, if `greedy`, longest match from the end. Both texts are reversed, since a search
/// prefers the leftmost match.
pub(super) fn trim_suffix(pattern: &str, value: &str, greedy: bool, budget: &mut Budget) -> Result<String> {
    let value: String = value.chars().rev().collect();
    let rest = trim_prefix(&reverse(pattern), &value, greedy, budget)?;
    Ok(rest.chars().rev().collect())
}

/// Reverses a pattern, keeping each backslash before its character.
fn reverse(pattern: &str) -> String {
    let mut units: Vec<(char, Option<char>)> = Vec::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        units.push((c, if c == '\\' { chars.next() } else { None }));
    }
    units.into_iter().rev().flat_map(|(c, escaped)| std::iter::once(c).chain(escaped)).collect()
}

/// The number of bytes that are copied in the time of one of the budget's instructions.
const BYTES_A_STEP: usize = 64;
/// The cost of each part of a parsed replacement, in the budget's instructions; the memory counts.
const STEPS_A_PART: usize = 8;

/// Replaces the first match, or all of them (`regexp.ReplaceAllString`, in which the replacement is a
/// template). Both wildcards are greedy.
pub(super) fn replace(
    pattern: &str,
    value: &str,
    replacement: &str,
    all: bool,
    budget: &mut Budget,
) -> Result<String> {
    let program = compile(pattern, true)?;
    if !all {
        return Ok(match program.find(value, 0, false, budget)? {
            Some(range) => format!("{}{replacement}{}", &value[..range.start], &value[range.end..]),
            None => value.to_owned(),
        });
    }
    budget.spend(replacement.len() / BYTES_A_STEP + replacement.matches('$').count() * STEPS_A_PART)?;
    let template = template::Template::parse(replacement);
    let mut out = String::new();
    let mut copied = 0;
    let mut from = 0;
    while let Some(range) = program.find(value, from, false, budget)? {
        out.push_str(&value[copied..range.start]);
        // An empty match directly after another one does not count.
        if range.end > copied || range.start == 0 {
            let before = out.len();
            template.push(&mut out, &value[range.clone()]);
            budget.spend((out.len() - before) / BYTES_A_STEP + template.len())?;
        }
        copied = range.end;
        // The next search starts at least one character later.
        let step = value[from..].chars().next().map_or(1, char::len_utf8);
        from = range.end.max(from + step);
        if out.len() > MAX_EXPANSION_BYTES {
            return Err(ErrorKind::TooLong);
        }
        if from > value.len() {
            break;
        }
    }
    out.push_str(&value[copied..]);
    Ok(out)
}
