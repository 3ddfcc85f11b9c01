//! Prefixes of a command: shells, `call`, `start`, `if` and others.

use std::borrow::Cow;

use super::split::Language;
use super::words::first;
use crate::gateway::base64;

/// A command without its prefixes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Inner<'c> {
    /// A command.
    Command {
        /// Its text.
        text: &'c str,
        /// True if a PowerShell operator runs it, even if it is quoted.
        is_called: bool,
    },
    /// A script for another shell.
    Script(Language, Cow<'c, str>),
    /// A script in a file.
    File,
    /// A script that cannot be read.
    Unreadable,
}

/// Removes the prefixes of a command.
pub(super) fn strip(command: &str, language: Language) -> Inner<'_> {
    let mut text = command;
    let mut is_called = false;
    loop {
        text = text.trim_start_matches([' ', '\t', '(', '!', '@']);
        if language == Language::PowerShell {
            while let Some(rest) = text.strip_prefix('&').or_else(|| text.strip_prefix(". ")) {
                (text, is_called) = (rest.trim_start(), true);
            }
            if text.starts_with(['"', '\'']) && !is_called {
                // A quoted value.
                return Inner::Command { text, is_called };
            }
        }
        let (word, rest) = first(text);
        if is_assignment(word) && !rest.is_empty() {
            text = rest;
            continue;
        }
        let name = program(word);
        text = match (name.as_str(), language) {
            ("cmd", _) => return of_cmd(rest),
            ("powershell" | "pwsh", _) => return of_powershell(rest),
            ("bash" | "sh", _) if first(rest).0.starts_with('-') && first(rest).0.ends_with('c') => {
                return Inner::Script(Language::PowerShell, unquote(first(rest).1));
            }
            ("iex" | "invoke-expression", _) if rest.starts_with(['"', '\'']) && !rest.contains("http") => {
                return Inner::Script(Language::PowerShell, unquote(rest));
            }
            ("if", Language::Cmd) => after_condition(rest),
            ("for", Language::Cmd) => rest.split_once(" do ").map_or("", |(_, command)| command),
            ("start", Language::Cmd) => after_title(rest),
            ("call" | "else" | "do" | "-not" | "if" | "elseif" | "while" | "until" | "try", _) => rest,
            _ => return Inner::Command { text, is_called },
        }
    }
}

/// Returns the name of a program in lower case, without its directory and `.exe`.
pub(super) fn program(word: &str) -> String {
    let name = word.rsplit(['\\', '/']).next().unwrap_or_default();
    let name = name.trim_matches(['"', '\'', '(', ')', ';', ',', '`', '[', ']']).to_ascii_lowercase();
    name.strip_suffix(".exe").unwrap_or(&name).to_owned()
}

fn of_cmd(mut rest: &str) -> Inner<'_> {
    while rest.starts_with('/') {
        rest = first(rest).1;
    }
    Inner::Script(Language::Cmd, unquote(rest))
}

/// Parses the options of PowerShell, which may be abbreviated.
fn of_powershell(mut rest: &str) -> Inner<'_> {
    loop {
        let (word, after) = first(rest);
        let option = word.to_ascii_lowercase();
        let Some(option) = option.strip_prefix(['-', '/']) else {
            return Inner::Script(Language::PowerShell, unquote(rest));
        };
        let is = |full: &str, least: usize| option.len() >= least && full.starts_with(option);
        if is("command", 1) || is("commandwithargs", 1) || option == "cwa" {
            return Inner::Script(Language::PowerShell, unquote(after));
        } else if is("file", 1) {
            return Inner::File;
        } else if is("encodedcommand", 1) || option == "ec" {
            let script = decode(first(after).0);
            return script
                .map_or(Inner::Unreadable, |script| Inner::Script(Language::PowerShell, script.into()));
        }
        let has_value = is("executionpolicy", 2)
            || option == "ep"
            || is("version", 1)
            || is("outputformat", 1)
            || is("inputformat", 2)
            || is("windowstyle", 1)
            || is("workingdirectory", 2)
            || is("configurationname", 3)
            || is("psconsolefile", 1);
        rest = if has_value { first(after).1 } else { after };
    }
}

/// Decodes the script of `-EncodedCommand`.
fn decode(text: &str) -> Option<String> {
    let bytes = base64::decode(text)?;
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    String::from_utf16(&units).ok()
}

/// Returns whether the word sets a variable for a command, as in Unix shells: `GOOS=windows go build`.
fn is_assignment(word: &str) -> bool {
    let name = word.split_once('=').map_or("", |(name, _)| name);
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

/// Removes the quotes around a script.
pub(super) fn unquote(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    let Some(quote) = text.chars().next().filter(|char| matches!(char, '"' | '\'')) else {
        return text.into();
    };
    let Some((inner, after)) = text[1..].rsplit_once(quote) else { return text[1..].into() };
    match (after.trim(), inner.contains("\\\"")) {
        ("", false) => inner.into(),
        (after, _) => format!("{} {after}", inner.replace("\\\"", "\"")).into(),
    }
}

/// Returns the command of cmd's `if`.
fn after_condition(rest: &str) -> &str {
    let (mut word, mut rest) = first(rest);
    while word.eq_ignore_ascii_case("/i") || word.eq_ignore_ascii_case("not") {
        (word, rest) = first(rest);
    }
    match word.to_ascii_lowercase().as_str() {
        "exist" | "defined" | "errorlevel" => first(rest).1,
        word if word.contains("==") => rest,
        // `"A"=="B"`: the first word ends with its quote.
        _ if rest.starts_with("==") => first(rest.trim_start_matches('=')).1,
        // `A EQU B`
        _ => first(first(rest).1).1,
    }
}

/// Returns the command of `start`, without its options and the window title.
fn after_title(mut rest: &str) -> &str {
    loop {
        let (word, after) = first(rest);
        let is_title = rest.starts_with('"') && !word.contains('.') && !after.is_empty();
        if !is_title && !word.starts_with('/') {
            return rest;
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(text: &str, language: Language) -> &str {
        match strip(text, language) {
            Inner::Command { text, .. } => text,
            other => panic!("{text}: {other:?}"),
        }
    }

    fn script(text: &str) -> (Language, String) {
        match strip(text, Language::Cmd) {
            Inner::Script(language, script) => (language, script.trim().to_owned()),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn cmd_puts_words_before_commands() {
        for text in [
            "@call (x y",
            "start /wait x y",
            r#"start "" /w x y"#,
            "if not exist C:\\x x y",
            r#"IF "%A%"=="3010" x y"#,
            "if errorlevel 1 x y",
            "if %A% EQU 3 x y",
            "for %i in (a b) do x y",
            "GOOS=windows x y",
        ] {
            assert_eq!(command(text, Language::Cmd), "x y", "{text}");
        }
        assert_eq!(command("if (-not (Test-Path x))", Language::PowerShell), "Test-Path x))");
        assert_eq!(
            strip("& 'x y' z", Language::PowerShell),
            Inner::Command { text: "'x y' z", is_called: true }
        );
    }

    #[test]
    fn shells_run_scripts() {
        let powershell = |text: &str| (Language::PowerShell, text.to_owned());
        for options in
            ["", "-Command ", "-c ", "-NoLogo -ep Bypass -NonInteractive -com ", "-ExecutionPolicy Bypass "]
        {
            assert_eq!(script(&format!("powershell.exe {options}a; b")), powershell("a; b"));
        }
        assert_eq!(script(r#"pwsh -c "a \"b\"; c""#), powershell("a \"b\"; c"));
        assert_eq!(script(r#"powershell "& 'a'" b"#), powershell("& 'a' b"));
        assert_eq!(script("powershell -enc YQA7ACAAYgA="), powershell("a; b"));
        assert_eq!(strip("powershell -e no-base64", Language::Cmd), Inner::Unreadable);
        assert_eq!(strip("powershell -File x.ps1", Language::Cmd), Inner::File);
        assert_eq!(script(r#"cmd /S /C "a && b""#), (Language::Cmd, "a && b".to_owned()));
        assert_eq!(script("C:\\msys64\\usr\\bin\\bash.exe -lc 'a b'"), powershell("a b"));
    }
}
