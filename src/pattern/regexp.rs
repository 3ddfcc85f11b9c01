//! Translates patterns to regular expressions.
//!
//! Upstream converts each pattern to a Go regular expression and copies everything that it does not handle.
//! So classes, escapes and even `\d` in an ignore file have the meaning that they have in Go. Here the same
//! expression is written, and then parsed by the part of Go's syntax that can occur in it.

use super::matcher::Kind;
use crate::go::regexp::{Class, Program, Step};

/// Zero or more directories, which `**/` is translated to.
const DIRECTORIES: &str = "(.*/)?";

/// Translates a pattern (`Pattern.compile`).
pub(super) fn compile(pattern: &str) -> Kind {
    let mut expression = String::from("^");
    let mut kind = Kind::Exact;
    let search = || Kind::Program(Program::default());
    // As everywhere in Go's scanner, a byte order mark at the start is skipped.
    let mut chars = pattern.strip_prefix('\u{feff}').unwrap_or(pattern).chars().peekable();
    let mut first = true;
    while let Some(c) = chars.next() {
        match c {
            '*' if chars.next_if_eq(&'*').is_some() => {
                chars.next_if_eq(&'/');
                if chars.peek().is_some() {
                    expression.push_str(DIRECTORIES);
                    kind = search();
                } else if kind == Kind::Exact {
                    kind = Kind::Prefix;
                } else {
                    expression.push_str(".*");
                    kind = search();
                }
                if first {
                    kind = Kind::Suffix;
                }
            }
            '*' => {
                expression.push_str("[^/]*");
                kind = search();
            }
            '?' => {
                expression.push_str("[^/]");
                kind = search();
            }
            // Upstream intends to escape braces and bars too, but its table ends before them.
            '.' | '+' | '(' | ')' | '$' => {
                expression.push('\\');
                expression.push(c);
            }
            '\\' => {
                expression.push('\\');
                if let Some(escaped) = chars.next() {
                    expression.push(escaped);
                    kind = search();
                }
            }
            '[' | ']' => {
                expression.push(c);
                kind = search();
            }
            c => expression.push(c),
        }
        first = false;
    }
    if let Kind::Program(_) = kind {
        expression.push('$');
        return parse(&expression).map_or(Kind::Broken, Kind::Program);
    }
    kind
}

/// Parses an expression; `None` if Go's `regexp.Compile` rejects it, or if its counts expand to more than
/// [`MAX_PROGRAM_LEN`] instructions.
fn parse(expression: &str) -> Option<Program> {
    let mut alternatives = Vec::new();
    let mut program = Program::default();
    // The start of the last item, if it may be counted.
    let mut last = None;
    let mut rest = expression;
    while let Some(c) = rest.chars().next() {
        if let Some((min, max, after)) = parse_count(rest) {
            let limit = |count: &usize| *count <= MAX_REPETITIONS;
            if !limit(&min) || !max.is_none_or(|max| limit(&max) && min <= max) {
                return None;
            }
            let inner = program.split_off(last.take()?);
            program.repeat_program(&inner, min, max);
            rest = after;
        } else if let Some(after) = rest.strip_prefix('|') {
            alternatives.push(std::mem::take(&mut program));
            last = None;
            rest = after;
        } else {
            rest = &rest[c.len_utf8()..];
            last = item(&mut program, &mut rest, c)?;
        }
        if program.len() > MAX_PROGRAM_LEN {
            return None;
        }
    }
    alternatives.push(program);
    Some(Program::any_of(&alternatives))
}

/// The largest number of repetitions in Go.
const MAX_REPETITIONS: usize = 1000;

/// The limit on the instructions of an alternative. Go's limit is higher, but its instructions take less memory.
const MAX_PROGRAM_LEN: usize = 200_000;

/// Parses an item after its first character `c`; returns where it starts, if it may be counted.
fn item(program: &mut Program, rest: &mut &str, c: char) -> Option<Option<usize>> {
    let start = program.len();
    match c {
        '^' => program.push(Step::Start),
        '$' => program.push(Step::End),
        '(' => {
            *rest = rest.strip_prefix(&DIRECTORIES[1..])?;
            program.optional(|program| {
                program.repeat(Step::Any, true);
                program.push(Step::Char('/'));
            });
            return Some(None);
        }
        '.' => return Some(atom(program, rest, Step::Any)),
        '[' => {
            let class = parse_class(rest)?;
            return Some(atom(program, rest, Step::Class(class)));
        }
        '\\' if rest.starts_with('Q') => {
            let quoted = &rest[1..];
            let (literal, after) = quoted.split_once("\\E").unwrap_or((quoted, ""));
            literal.chars().for_each(|c| program.push(Step::Char(c)));
            *rest = after;
            // A count applies only to the last character.
            return Some(program.len().checked_sub(1).filter(|_| !literal.is_empty()));
        }
        '\\' => return parse_escape(rest).map(|step| atom(program, rest, step)),
        c => program.push(Step::Char(c)),
    }
    Some(Some(start))
}

/// Adds a step, repeated if a star follows.
fn atom(program: &mut Program, rest: &mut &str, step: Step) -> Option<usize> {
    let start = program.len();
    let Some(after) = rest.strip_prefix('*') else {
        program.push(step);
        return Some(start);
    };
    *rest = after;
    program.repeat(step, true);
    None
}

/// Parses `{2}`, `{2,}` or `{2,3}`; anything else in braces is literal text.
fn parse_count(text: &str) -> Option<(usize, Option<usize>, &str)> {
    // Numbers too large for the type are above the limit anyway.
    let number = |digits: &str| {
        let plain = digits.bytes().all(|b| b.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
        (plain && !digits.is_empty()).then(|| digits.parse().unwrap_or(usize::MAX))
    };
    let (inner, after) = text.strip_prefix('{')?.split_once('}')?;
    match inner.split_once(',') {
        None => number(inner).map(|count| (count, Some(count), after)),
        Some((min, "")) => Some((number(min)?, None, after)),
        Some((min, max)) => Some((number(min)?, Some(number(max)?), after)),
    }
}

fn next(rest: &mut &str) -> Option<char> {
    let mut chars = rest.chars();
    let c = chars.next();
    *rest = chars.as_str();
    c
}

/// Parses the rest of an escape outside a class, after its backslash.
fn parse_escape(rest: &mut &str) -> Option<Step> {
    let letter = rest.chars().next()?;
    let mut class = Class::default();
    let step = match letter {
        'A' => Step::Start,
        'z' => Step::End,
        'b' => Step::WordBoundary(true),
        'B' => Step::WordBoundary(false),
        'p' | 'P' => {
            parse_category(rest, &mut class)?;
            return Some(Step::Class(class));
        }
        letter if class.add_perl(letter) => Step::Class(class),
        _ => return parse_escaped_character(rest).map(Step::Char),
    };
    next(rest);
    Some(step)
}

/// Parses `pL`, `PL`, `p{L}` or `p{^L}`, after the backslash. Only the names of [`Class::add_category`] are
/// supported.
fn parse_category(rest: &mut &str, class: &mut Class) -> Option<()> {
    let mut negated = next(rest)? == 'P';
    let Some(braces) = rest.strip_prefix('{') else {
        return class.add_category(next(rest)?, negated).then_some(());
    };
    let (name, after) = braces.split_once('}')?;
    let name = name.strip_prefix('^').inspect(|_| negated = !negated).unwrap_or(name);
    *rest = after;
    let mut letters = name.chars();
    let letter = letters.next().filter(|_| letters.as_str().is_empty())?;
    class.add_category(letter, negated).then_some(())
}

/// Parses an escaped character, after the backslash (`parser.parseEscape`).
fn parse_escaped_character(rest: &mut &str) -> Option<char> {
    let octal = |c: &char| matches!(c, '0'..='7');
    let c = next(rest)?;
    match c {
        '0'..='7' => {
            // A single digit other than 0 would be a reference to a group.
            if c != '0' && !rest.chars().next().is_some_and(|c| octal(&c)) {
                return None;
            }
            let mut code = c.to_digit(8)?;
            for digit in rest.chars().take_while(octal).take(2).collect::<Vec<_>>() {
                code = code * 8 + digit.to_digit(8)?;
                next(rest);
            }
            char::from_u32(code)
        }
        'x' if rest.starts_with('{') => {
            let (digits, after) = rest[1..].split_once('}')?;
            *rest = after;
            let code = digits.chars().try_fold(0u32, |code, digit| {
                Some(code * 16 + digit.to_digit(16)?).filter(|code| *code <= u32::from(char::MAX))
            });
            code.filter(|_| !digits.is_empty()).and_then(char::from_u32)
        }
        'x' => {
            let code = next(rest)?.to_digit(16)? * 16;
            char::from_u32(code + next(rest)?.to_digit(16)?)
        }
        'a' => Some('\u{7}'),
        'f' => Some('\u{c}'),
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        'v' => Some('\u{b}'),
        c => (c.is_ascii() && !c.is_ascii_alphanumeric()).then_some(c),
    }
}

/// Parses a class, after its bracket (`parser.parseClass`).
fn parse_class(rest: &mut &str) -> Option<Class> {
    let mut class = Class::default();
    if let Some(after) = rest.strip_prefix('^') {
        class.negate();
        *rest = after;
    }
    let mut first = true;
    loop {
        if !first && let Some(after) = rest.strip_prefix(']') {
            *rest = after;
            return Some(class);
        }
        first = false;
        if let Some((name, after)) = rest.strip_prefix("[:").and_then(|inner| inner.split_once(":]")) {
            class.add_posix(name).then_some(())?;
            *rest = after;
            continue;
        }
        if let Some(escaped) = rest.strip_prefix('\\') {
            match escaped.chars().next() {
                Some('p' | 'P') => {
                    *rest = escaped;
                    parse_category(rest, &mut class)?;
                    continue;
                }
                Some(letter) if class.add_perl(letter) => {
                    *rest = &escaped[1..];
                    continue;
                }
                _ => {}
            }
        }
        let low = class_character(rest)?;
        let mut high = low;
        // A dash before the closing bracket is literal.
        if let Some(after) = rest.strip_prefix('-')
            && !after.is_empty()
            && !after.starts_with(']')
        {
            *rest = after;
            high = class_character(rest)?;
            if high < low {
                return None;
            }
        }
        class.add(low, high);
    }
}

fn class_character(rest: &mut &str) -> Option<char> {
    match next(rest)? {
        '\\' => parse_escaped_character(rest),
        c => Some(c),
    }
}
