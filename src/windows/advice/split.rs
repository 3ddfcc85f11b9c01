//! Splits the script of a RUN into its commands, by the rules of cmd and of PowerShell.
//!
//! Every script is read once from start to end, whatever it contains.

/// The language of a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// `cmd /S /C`, the default on Windows.
    Cmd,
    /// Windows PowerShell, or PowerShell.
    PowerShell,
}

/// A part of a script that runs one command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part<'s> {
    /// The command as written.
    pub(super) text: &'s str,
    /// True if it reads the output of the previous command.
    pub(super) is_piped: bool,
}

/// Returns the first `max` commands of `script`, and whether these are all.
pub(super) fn split(script: &str, language: Language, max: usize) -> (Vec<Part<'_>>, bool) {
    let mut parts = Parts { script, start: 0, is_piped: false, found: Vec::new(), max };
    match language {
        Language::Cmd => cmd(&mut parts),
        Language::PowerShell => powershell(&mut parts),
    }
    parts.end(script.len(), script.len(), false);
    let is_all = !parts.is_full();
    parts.found.truncate(max);
    (parts.found, is_all)
}

struct Parts<'s> {
    script: &'s str,
    /// The start of the current command.
    start: usize,
    is_piped: bool,
    found: Vec<Part<'s>>,
    max: usize,
}

impl Parts<'_> {
    /// Returns whether there are more commands than `max`.
    fn is_full(&self) -> bool {
        self.found.len() > self.max
    }

    /// Ends the command before the byte `end`; the next one begins at `start`.
    fn end(&mut self, end: usize, start: usize, is_piped: bool) {
        let text = self.script.get(self.start..end).unwrap_or_default().trim();
        if !text.is_empty() && !self.is_full() {
            self.found.push(Part { text, is_piped: self.is_piped });
        }
        (self.start, self.is_piped) = (start, is_piped);
    }
}

fn cmd(parts: &mut Parts<'_>) {
    let bytes = parts.script.as_bytes();
    let (mut at, mut is_quoted) = (0, false);
    let mut is_powershell = starts_powershell(parts.script);
    while let Some(&byte) = bytes.get(at).filter(|_| !parts.is_full()) {
        let is_double = bytes.get(at + 1) == Some(&byte);
        match byte {
            // Text that is quoted for PowerShell goes on after a quote with a backslash.
            b'\\' if is_powershell && bytes.get(at + 1) == Some(&b'"') => at += 1,
            b'"' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            b'^' => at += 1,
            // A redirection to another stream, as in `2>&1`.
            b'&' if at > 0 && bytes[at - 1] == b'>' => {}
            // cmd would split the line here. But the author means a PowerShell pipe.
            b'&' | b'|' if is_powershell && !is_double => {}
            b'&' | b'|' | b'\n' => {
                let next = at + 1 + usize::from(is_double && byte != b'\n');
                parts.end(at, next, byte == b'|' && !is_double);
                at = next;
                is_powershell = parts.script.get(next..).is_some_and(starts_powershell);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
}

/// Returns whether the command at the start of `text` starts PowerShell.
fn starts_powershell(text: &str) -> bool {
    let text = text.trim_start_matches([' ', '\t', '@', '(', '"']);
    let name = text.split([' ', '\t', '\n', '"', '&', '|']).next().unwrap_or_default();
    // A name is short, but a line may be very long.
    let name = name.get(name.len().saturating_sub(14)..).unwrap_or(name).to_ascii_lowercase();
    let name = name.strip_suffix(".exe").unwrap_or(&name);
    let name = name.rsplit(['\\', '/']).next().unwrap_or(name);
    matches!(name, "powershell" | "pwsh")
}

fn powershell(parts: &mut Parts<'_>) {
    let bytes = parts.script.as_bytes();
    let mut brackets = Brackets::default();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at).filter(|_| !parts.is_full()) {
        let next = bytes.get(at + 1).copied().unwrap_or_default();
        if let Some(end) = end_of_literal(bytes, at) {
            at = end + 1;
            continue;
        }
        match byte {
            b'#' if at == 0 || matches!(bytes[at - 1], b' ' | b'\t' | b'\n' | b';') => {
                let end = end_of(bytes, at, b"\n");
                parts.end(at, end, false);
                at = end;
                continue;
            }
            b'@' if next == b'{' => {
                at += 1;
                brackets.open(b'@');
            }
            b'(' => brackets.open(byte),
            b'{' => {
                brackets.open(byte);
                if brackets.inside == 0 {
                    parts.end(at, at + 1, false);
                }
            }
            b')' | b'}' => {
                let ends = brackets.close(byte);
                if ends && brackets.inside == 0 {
                    parts.end(at, at + 1, false);
                }
            }
            b';' | b'\n' if brackets.inside == 0 => parts.end(at, at + 1, false),
            b'|' | b'&' if brackets.inside == 0 && (byte == b'|' || next == b'&') => {
                let is_double = next == byte;
                at += usize::from(is_double);
                parts.end(at - usize::from(is_double), at + 1, !is_double);
            }
            _ => {}
        }
        at += 1;
    }
}

/// The open brackets in a PowerShell script: `(`, `@` for a table, `{` for a block.
#[derive(Default)]
struct Brackets {
    open: Vec<u8>,
    /// How many of them are not blocks. Text inside those is part of a command.
    inside: usize,
}

impl Brackets {
    fn open(&mut self, bracket: u8) {
        self.open.push(bracket);
        self.inside += usize::from(bracket != b'{');
    }

    /// Closes a bracket. Returns true if it ends a block, or matches nothing.
    fn close(&mut self, bracket: u8) -> bool {
        let last = self.open.last().copied();
        match (bracket, last) {
            (b')', Some(b'(')) | (b'}', Some(b'@')) => {
                self.open.pop();
                self.inside -= 1;
                false
            }
            (b')', _) => false,
            (_, Some(b'{')) => {
                self.open.pop();
                true
            }
            _ => true,
        }
    }
}

/// Returns the last byte of text that starts at `at` and is not code: an escaped character, quotes, a here-string, a
/// comment, or `${..}`.
fn end_of_literal(bytes: &[u8], at: usize) -> Option<usize> {
    let next = bytes.get(at + 1).copied().unwrap_or_default();
    Some(match bytes.get(at)? {
        b'`' => at + 1,
        b'\'' | b'"' => end_of_quote(bytes, at),
        b'@' if matches!(next, b'\'' | b'"') => end_of(bytes, at + 2, &[b'\n', next, b'@']),
        b'<' if next == b'#' => end_of(bytes, at + 2, b"#>"),
        b'$' if next == b'{' => end_of(bytes, at, b"}").saturating_sub(1),
        _ => return None,
    })
}

/// Returns the end of the quoted text that begins at `at`. An unclosed quote is an ordinary character: no other quote
/// of its kind comes after it, so the search is not repeated.
fn end_of_quote(bytes: &[u8], at: usize) -> usize {
    let quote = bytes[at];
    let mut end = at + 1;
    while let Some(&byte) = bytes.get(end) {
        if byte == quote {
            return end;
        }
        end += if byte == b'`' && quote == b'"' { 2 } else { 1 };
    }
    at
}

/// Returns the position after the first `end` from `at` on, or else the end of the text.
fn end_of(bytes: &[u8], at: usize, end: &[u8]) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    rest.windows(end.len())
        .position(|window| window == end)
        .map_or(bytes.len(), |found| at + found + end.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(script: &str, language: Language) -> Vec<&str> {
        split(script, language, 100).0.into_iter().map(|part| part.text).collect()
    }

    #[test]
    fn cmd_is_split_outside_of_quotes() {
        let cmd = |script| texts(script, Language::Cmd);
        assert_eq!(cmd("a & b && c || d | e\nf"), ["a", "b", "c", "d", "e", "f"]);
        assert_eq!(cmd(r#"echo "a && b" ^& c 2>&1 && d; e"#), [r#"echo "a && b" ^& c 2>&1"#, "d; e"]);
        assert_eq!(cmd("powershell a | b; & c && d | e"), ["powershell a | b; & c", "d", "e"]);
        assert_eq!(cmd(r#"pwsh.exe -c "a \"b && c\" d" && e"#), [r#"pwsh.exe -c "a \"b && c\" d""#, "e"]);
        assert_eq!(cmd("echo \"no end && x"), ["echo \"no end && x"]);
    }

    #[test]
    fn powershell_is_split_outside_of_quotes_and_brackets() {
        let powershell = |script| texts(script, Language::PowerShell);
        assert_eq!(powershell("a; b | c && d || e\nf"), ["a", "b", "c", "d", "e", "f"]);
        assert_eq!(powershell("if (x; y) { a } else { b }"), ["if (x; y)", "a", "else", "b"]);
        assert_eq!(powershell("& 'a;b' \"c`\";d\"; e # f; g\nh"), ["& 'a;b' \"c`\";d\"", "e", "h"]);
        assert_eq!(powershell("a @{b=1; c='}'}; ${env:d;e}; f"), ["a @{b=1; c='}'}", "${env:d;e}", "f"]);
        assert_eq!(powershell("a @'\nb; c\n'@ | d; <# e; f #> g"), ["a @'\nb; c\n'@", "d", "<# e; f #> g"]);
        assert_eq!(powershell("it's; fine } ) ("), ["it's", "fine", ") ("]);
        let (parts, _) = split("a | b; c || d", Language::PowerShell, 100);
        assert_eq!(parts.iter().map(|part| part.is_piped).collect::<Vec<_>>(), [false, true, false, false]);
    }

    #[test]
    fn the_number_of_commands_is_bounded() {
        let script = "a;".repeat(1000);
        let (parts, is_all) = split(&script, Language::PowerShell, 10);
        assert_eq!((parts.len(), is_all), (10, false));
        assert!(split("a;b", Language::PowerShell, 2).1);
    }
}
