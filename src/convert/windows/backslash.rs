//! Finds lost backslashes: escape characters of the Dockerfile, of JSON, and of heredocs.

use crate::convert::Converter;
use crate::convert::stage::StageState;
use crate::expand::Lexer;
use crate::instruction::{Add, CommandLine, Copy, Healthcheck, Instruction, Kind, SourceContent};
use crate::lint::{Linter, windows as rule};
use crate::span::{Range, first_line};

/// Checks an instruction as written.
pub(super) fn check(converter: &Converter<'_>, state: &StageState, instruction: &Instruction, lint: &Linter) {
    let location = &instruction.location;
    let operands = Operands::of(&instruction.kind);
    if operands.is_broken_json() {
        lint.run(&rule::BACKSLASH, location, rule::backslash_json(&instruction.word));
        return;
    }
    if let Some(word) = operands.with_control() {
        lint.run(&rule::BACKSLASH, location, rule::backslash_control(&as_json(word)));
        return;
    }
    if let Some(content) = operands.contents.iter().find(|content| loses_in_text(content)) {
        lint.run(&rule::BACKSLASH, location, rule::backslash_heredoc(&content.path));
    }
    let lexer = converter.input.setting.lexer;
    if lexer.escape != '\\' || !operands.are_expanded {
        return;
    }
    let source = &converter.input.source.data;
    if let Some(word) = continued_path(source, lines(location)) {
        lint.run(&rule::BACKSLASH, location, rule::backslash_continues(&word));
        return;
    }
    for word in operands.words.into_iter().filter(|word| loses_backslash(word)) {
        let left = left_of(lexer, word, state);
        lint.run(&rule::BACKSLASH, location, rule::backslash(word, &left));
    }
}

fn left_of(lexer: &Lexer, word: &str, state: &StageState) -> String {
    lexer.process_word(word, state).map(|expansion| expansion.result).unwrap_or_default()
}

/// The parts of an instruction that may hold paths.
#[derive(Default)]
struct Operands<'i> {
    /// Words of the Dockerfile, or of a JSON list.
    words: Vec<&'i str>,
    /// Words of a command: the program, then its arguments.
    command: &'i [String],
    /// The words are expanded, with escape characters.
    are_expanded: bool,
    /// The words may come from a JSON list; others contain no white space.
    may_be_list: bool,
    /// The texts of heredocs.
    contents: &'i [SourceContent],
}

impl<'i> Operands<'i> {
    fn of(kind: &'i Kind) -> Self {
        let words = |words: Vec<&'i str>| Self { words, are_expanded: true, ..Self::default() };
        match kind {
            Kind::Workdir(word) | Kind::User(word) => words(vec![word]),
            Kind::Volume(list) => {
                Self { may_be_list: true, ..words(list.iter().map(String::as_str).collect()) }
            }
            Kind::Env(pairs) => words(pairs.iter().map(|pair| pair.value.as_str()).collect()),
            Kind::Arg(args) => words(args.iter().filter_map(|arg| arg.value.as_deref()).collect()),
            Kind::Copy(Copy { paths, .. }) | Kind::Add(Add { paths, .. }) => Self {
                words: paths.sources.iter().chain([&paths.dest]).map(String::as_str).collect(),
                contents: &paths.contents,
                are_expanded: true,
                may_be_list: true,
                ..Self::default()
            },
            Kind::Cmd(line) | Kind::Entrypoint(line) => Self::command(line),
            Kind::Shell(command) => Self { command, ..Self::default() },
            Kind::Healthcheck(Healthcheck { test, .. }) => match test.split_first() {
                Some((form, command)) if form == "CMD" => Self { command, ..Self::default() },
                Some((_, text)) => {
                    Self { words: text.iter().map(String::as_str).collect(), ..Self::default() }
                }
                None => Self::default(),
            },
            _ => Self::default(),
        }
    }

    fn command(line: &'i CommandLine) -> Self {
        if line.prepend_shell {
            return Self { words: line.args.iter().map(String::as_str).collect(), ..Self::default() };
        }
        Self { command: &line.args, ..Self::default() }
    }

    /// Returns whether the words are an invalid JSON list with undoubled backslashes, parsed as plain words.
    fn is_broken_json(&self) -> bool {
        let first = self.words.iter().take(2).copied().collect::<Vec<_>>().join(" ");
        let opens = first.strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with('"'));
        opens && self.words.iter().any(|word| word.contains('\\'))
    }

    /// Returns a word in which JSON's escapes have put a tab or a line break into a path.
    fn with_control(&self) -> Option<&'i str> {
        let (program, args) = self.command.split_at(self.command.len().min(1));
        let paths = if self.may_be_list { self.words.as_slice() } else { &[] };
        let mut paths = paths.iter().copied().chain(program.iter().map(String::as_str));
        let mut args = args.iter().map(String::as_str);
        paths.find(|word| word.contains(is_control)).or_else(|| args.find(|word| is_path_with_control(word)))
    }
}

/// Returns whether a character is one that JSON's `\b`, `\t`, `\n`, `\f` and `\r` produce.
fn is_control(c: char) -> bool {
    matches!(c, '\u{8}' | '\t' | '\n' | '\u{c}' | '\r')
}

/// Returns whether an argument of a command is a path that has lost backslashes, rather than a text of
/// several lines.
fn is_path_with_control(word: &str) -> bool {
    word.split(' ').any(|part| {
        let Some(at) = part.find(is_control) else { return false };
        let (before, after) = part.split_at(at);
        let drive = ends_with_drive(before);
        let name = after.trim_start_matches(is_control);
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        let is_file = (2..=5).contains(&extension.len()) && extension.chars().all(char::is_alphanumeric);
        // `conf\nginx.conf` is a single word, `first line\nsecond.` is a text.
        drive || (is_file && word.len() == part.len() && part.matches(is_control).count() == 1)
    })
}

/// Returns whether a text ends with a drive, as `C:` and `--file=C:` do.
fn ends_with_drive(text: &str) -> bool {
    let mut chars = text.chars().rev();
    chars.next() == Some(':')
        && chars.next().is_some_and(|letter| letter.is_ascii_alphabetic())
        && !chars.next().is_some_and(char::is_alphanumeric)
}

/// Returns the word as written in the JSON list.
fn as_json(word: &str) -> String {
    word.replace('\u{8}', "\\b")
        .replace('\t', "\\t")
        .replace('\n', "\\n")
        .replace('\u{c}', "\\f")
        .replace('\r', "\\r")
}

/// Returns whether the text of a heredoc has backslashes before characters that need no escape. Its escape
/// character is always the backslash.
fn loses_in_text(content: &SourceContent) -> bool {
    let mut chars = content.data.chars();
    while content.expand
        && let Some(c) = chars.next()
    {
        if c == '\\' && !matches!(chars.next(), Some('$' | '\\') | None) {
            return true;
        }
    }
    false
}

/// Returns the lines from the first of a location up to, not including, its last.
fn lines(location: &[Range]) -> std::ops::Range<u32> {
    let start = first_line(location);
    start..location.last().map_or(start, |range| range.end.line)
}

/// Returns a path at the end of one of these lines (from 1) whose backslash continues the line.
fn continued_path(text: &[u8], lines: std::ops::Range<u32>) -> Option<String> {
    let first = usize::try_from(lines.start.checked_sub(1)?).ok()?;
    let found = text.split(|byte| *byte == b'\n').skip(first).take(lines.len()).find_map(|line| {
        let word = line.trim_ascii_end().rsplit(|byte| byte.is_ascii_whitespace()).next()?;
        let path = word.strip_suffix(b"\\")?;
        (path.contains(&b'\\') || path.get(1) == Some(&b':')).then_some(word)
    })?;
    Some(String::from_utf8_lossy(found).into_owned())
}

/// Returns whether a word has, outside of quotes, a backslash before a character that needs no escape.
fn loses_backslash(word: &str) -> bool {
    let mut quote = None;
    let mut chars = word.chars().peekable();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            (None, '\\') => match chars.next() {
                Some(next) if next.is_alphanumeric() || "._-%{*?[(@#!&+~".contains(next) => return true,
                Some(_) => {}
                None => return true,
            },
            (Some('"'), '\\') if chars.peek().is_some_and(|next| "\"$\\".contains(*next)) => {
                chars.next();
            }
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backslashes_that_are_lost() {
        for word in [r"C:\app", r"\app", r"C:\", r"a\.b", r#""x"\b"#, r"bin\*.dll", r"a\[b]"] {
            assert!(loses_backslash(word), "{word}");
        }
        for word in [r#""C:\app""#, r"'C:\app'", r"C:\\app", r"C:/app", r"a\ b", r"\$x", r#""a\"\b""#] {
            assert!(!loses_backslash(word), "{word}");
        }
    }

    #[test]
    fn paths_that_continue_a_line() {
        let text = b"FROM x\nCOPY a C:\\app\\\nUSER b\nENV a=b \\\n c=d\nCOPY \\\n a b\n";
        assert_eq!(continued_path(text, 2..3).as_deref(), Some(r"C:\app\"));
        assert_eq!(continued_path(text, 4..5), None);
        assert_eq!(continued_path(text, 6..7), None);
        assert_eq!(continued_path(text, 0..0), None);
        assert_eq!(continued_path(b"WORKDIR c:\\\nRUN x", 1..2).as_deref(), Some(r"c:\"));
    }

    #[test]
    fn arguments_that_are_paths() {
        for word in ["C:\nginx", "-c C:\temp", "--config=C:\new\test", "conf\nginx.conf"] {
            assert!(is_path_with_control(word), "{word:?}");
        }
        for word in ["Write-Host 1\nWrite-Host 2", "a\tb", "one:\n two", "x", "first\nsecond.", "a\nb\nc.txt"]
        {
            assert!(!is_path_with_control(word), "{word:?}");
        }
    }

    #[test]
    fn texts_of_heredocs() {
        let text = |data: &str, expand| {
            let data = data.to_owned();
            loses_in_text(&SourceContent { path: "EOF".to_owned(), data, expand, raw: None })
        };
        assert!(text("root C:\\www\n", true));
        assert!(text("a\\\nb\n", true));
        assert!(!text("root C:\\www\n", false));
        assert!(!text("a\\$b C:\\\\www\n", true));
    }
}
