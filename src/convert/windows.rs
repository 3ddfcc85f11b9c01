//! What stages for Windows are checked for: see [`crate::lint::windows`].

use super::Converter;
use super::stage::{StageState, WINDOWS_PATH, key_value};
use crate::expand::Lexer;
use crate::image::OsVersion;
use crate::instruction::{CommandLine, Instruction, KeyValue, Kind, Paths};
use crate::lint::{Linter, windows as rule};
use crate::plan::{StageId, Start};
use crate::span::Range;
use crate::windows::{base_directories, bases, support};

/// Users of Windows that every base knows.
const USERS: [&str; 2] = ["containeruser", "containeradministrator"];

/// Accounts of the system.
const ACCOUNTS: &str = "nt authority";

/// Checks what a stage starts from.
pub(super) fn base(converter: &Converter<'_>, id: StageId, state: &StageState) {
    let stage = &converter.plan.stages[id];
    let (Some(from), Some(resolved)) = (stage.from, &stage.resolved) else { return };
    if !state.is_windows() {
        return;
    }
    let lint = converter.input.lint.with_comments(&from.comments);
    let plan = converter.plan;
    if matches!(resolved.start, Start::Scratch) && plan.stages.root(plan.target) == id {
        lint.run(&rule::SCRATCH, &from.location, rule::scratch());
    }
    let os_version = &resolved.image.platform.os_version;
    let Some(version) = OsVersion::parse(os_version) else { return };
    let name = &stage.written_base;
    // One of several versions of an index is chosen by what is in the index.
    let named = matches!(resolved.start, Start::Image(_));
    let pinned = converter.input.setting.pins.iter().any(|pin| pin.base == *name);
    if named && !pinned && bases::is_unpinned(name) {
        lint.run(&rule::BASE_UNPINNED, &from.location, rule::base_unpinned(name, os_version));
    }
    if let Some((called, ended)) = support::ended(version.build().0) {
        lint.run(&rule::OUT_OF_SUPPORT, &from.location, rule::out_of_support(name, called, ended));
    }
}

/// Checks an instruction; `written` has its variables not expanded.
pub(super) fn instruction(
    converter: &Converter<'_>,
    state: &StageState,
    written: &Instruction,
    expanded: &Instruction,
    lint: &Linter,
) {
    if !state.is_windows() {
        return;
    }
    let lexer = converter.input.setting.lexer;
    if lexer.escape == '\\' {
        backslashes(converter, state, written, lint);
    }
    match (&written.kind, &expanded.kind) {
        (Kind::Env(written_pairs), Kind::Env(pairs)) => {
            let location = &expanded.location;
            if written_pairs.iter().any(|pair| uses_default_path(lexer, state, pair)) {
                lint.run(&rule::PATH_DEFAULT, location, rule::path_default(WINDOWS_PATH));
            }
            for pair in pairs.iter().filter(|pair| pair.key.eq_ignore_ascii_case("PATH")) {
                if !pair.value.to_lowercase().replace('/', "\\").contains("\\windows\\system32") {
                    lint.run(&rule::PATH_LOST, location, rule::path_lost(&pair.value));
                }
            }
        }
        (_, Kind::User(user)) => {
            let lower = user.to_lowercase();
            let is_linux = user.contains(':') || user.parse::<u32>().is_ok();
            let root = &converter.plan.stages[state.root];
            if is_linux {
                lint.run(&rule::USER, &expanded.location, rule::user_of_linux(user));
            } else if bases::is_nanoserver(&root.written_base)
                && !USERS.contains(&lower.as_str())
                && !lower.starts_with(ACCOUNTS)
            {
                lint.run(&rule::USER, &expanded.location, rule::user_of_nanoserver(user));
            }
        }
        _ => {}
    }
}

/// Whether a value uses `${PATH}` where no image and no ENV has set it.
fn uses_default_path(lexer: &Lexer, state: &StageState, pair: &KeyValue) -> bool {
    let is_set = state.image.config.env.iter().any(|entry| key_value(entry).0 == "PATH");
    let expansion = lexer.process_word(&pair.value, state);
    !is_set && expansion.is_ok_and(|expansion| expansion.matched.contains("PATH"))
}

/// Checks for backslashes that are not meant as escape characters.
fn backslashes(converter: &Converter<'_>, state: &StageState, instruction: &Instruction, lint: &Linter) {
    let lexer = converter.input.setting.lexer;
    let location = &instruction.location;
    let mut words: Vec<&String> = Vec::new();
    match &instruction.kind {
        Kind::Workdir(word) | Kind::User(word) => words.push(word),
        Kind::Volume(list) => words.extend(list),
        Kind::Env(pairs) => words.extend(pairs.iter().map(|pair| &pair.value)),
        Kind::Copy(crate::instruction::Copy { paths, .. })
        | Kind::Add(crate::instruction::Add { paths, .. }) => {
            let Paths { sources, dest, .. } = paths;
            words.extend(sources.iter().chain([dest]));
        }
        Kind::Cmd(line) | Kind::Entrypoint(line) => {
            let CommandLine { args, prepend_shell, .. } = line;
            words.extend(args.first().filter(|_| *prepend_shell));
        }
        _ => return,
    }
    if words.first().is_some_and(|word| word.starts_with("[\""))
        && words.iter().any(|word| word.contains('\\'))
    {
        lint.run(&rule::BACKSLASH, location, rule::backslash_json(&instruction.word));
        return;
    }
    if matches!(instruction.kind, Kind::Cmd(_) | Kind::Entrypoint(_)) {
        return;
    }
    let source = &converter.input.source.data;
    if let Some(word) = continued_path(source, lines(location)) {
        lint.run(&rule::BACKSLASH, location, rule::backslash_continues(&word));
        return;
    }
    for word in words.into_iter().filter(|word| loses_backslash(word)) {
        let left = lexer.process_word(word, state).map(|expansion| expansion.result).unwrap_or_default();
        lint.run(&rule::BACKSLASH, location, rule::backslash(word, &left));
    }
}

/// From the first line of a place to the one before its last.
fn lines(location: &[Range]) -> std::ops::Range<u32> {
    let start = location.first().map_or(0, |range| range.start.line);
    start..location.last().map_or(start, |range| range.end.line)
}

/// A path at the end of one of these lines (from 1) whose backslash continues the line.
fn continued_path(text: &[u8], lines: std::ops::Range<u32>) -> Option<String> {
    let first = usize::try_from(lines.start.checked_sub(1)?).ok()?;
    let found = text.split(|byte| *byte == b'\n').skip(first).take(lines.len()).find_map(|line| {
        let word = line.trim_ascii_end().rsplit(|byte| byte.is_ascii_whitespace()).next()?;
        let path = word.strip_suffix(b"\\")?;
        (path.contains(&b'\\') || path.get(1) == Some(&b':')).then_some(word)
    })?;
    Some(String::from_utf8_lossy(found).into_owned())
}

/// Whether a word outside of quotes has a backslash before what nobody escapes.
fn loses_backslash(word: &str) -> bool {
    let mut quote = None;
    let mut chars = word.chars().peekable();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            (None, '\\') => match chars.next() {
                Some(next) if next.is_alphanumeric() || "._-%{".contains(next) => return true,
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

/// Checks a destination that no rule knows for a directory; `written` is what the Dockerfile has.
pub(super) fn destination(
    converter: &Converter<'_>,
    state: &StageState,
    written: &str,
    dest: &str,
    location: &[Range],
    lint: &Linter,
) {
    let name = &converter.plan.stages[state.root].written_base;
    let is_plain = state.base_image.as_ref().is_some_and(|image| base_directories::is_plain(image, name));
    // Windows alone has no directory outside of its own trees.
    if !is_plain || base_directories::is_within_windows(dest) {
        lint.run(&rule::DESTINATION, location, rule::destination(written, &format!("{written}/")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backslashes_that_are_lost() {
        for word in [r"C:\app", r"\app", r"C:\", r"a\.b", r#""x"\b"#] {
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
}
