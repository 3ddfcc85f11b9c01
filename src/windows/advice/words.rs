//! Splits a command into words.

use super::split::Language;

/// How many words of a command are read.
const MAX_WORDS: usize = 256;

/// A word, without its quotes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Word {
    /// The text.
    pub(super) text: String,
    /// True if it begins with a quote.
    pub(super) is_quoted: bool,
}

/// A command, split into words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Words {
    /// The words without redirections.
    pub(super) list: Vec<Word>,
    /// True if the output goes to a file.
    pub(super) writes: bool,
}

/// Parses a command. In PowerShell, parentheses and commas separate words like spaces.
pub(super) fn read(command: &str, language: Language) -> Words {
    let mut reader = Reader { language, quote: None, word: None, is_output: false, words: Words::default() };
    let mut chars = command.chars().peekable();
    while let Some(char) = chars.next() {
        if reader.words.list.len() >= MAX_WORDS {
            break;
        }
        if reader.escapes(char) {
            reader.push(chars.next().unwrap_or(char));
        } else {
            reader.read(char);
        }
    }
    reader.end();
    reader.words
}

struct Reader {
    language: Language,
    quote: Option<char>,
    word: Option<Word>,
    /// True if the next word is the target of a redirection.
    is_output: bool,
    words: Words,
}

impl Reader {
    fn escapes(&self, char: char) -> bool {
        match self.language {
            Language::Cmd => char == '^' && self.quote.is_none(),
            Language::PowerShell => char == '`' && self.quote != Some('\''),
        }
    }

    fn push(&mut self, char: char) {
        self.word.get_or_insert_default().text.push(char);
    }

    fn read(&mut self, char: char) {
        let is_powershell = self.language == Language::PowerShell;
        match char {
            _ if self.quote == Some(char) => self.quote = None,
            _ if self.quote.is_some() => self.push(char),
            '\'' | '"' if is_powershell || char == '"' => {
                self.quote = Some(char);
                self.word.get_or_insert(Word { text: String::new(), is_quoted: true });
            }
            '>' => {
                // The number of a stream, as in `2>nul`.
                let is_stream =
                    |word: &Word| word.text == "*" || word.text.bytes().all(|b| b.is_ascii_digit());
                if self.word.as_ref().is_some_and(is_stream) {
                    self.word = None;
                }
                self.end();
                self.is_output = true;
            }
            ',' | '(' | ')' if is_powershell => self.end(),
            _ if char.is_whitespace() => self.end(),
            _ => self.push(char),
        }
    }

    fn end(&mut self) {
        let Some(word) = self.word.take() else { return };
        if std::mem::take(&mut self.is_output) {
            let target = word.text.to_ascii_lowercase();
            self.words.writes |= !target.starts_with('&') && !matches!(target.as_str(), "nul" | "$null");
        } else {
            self.words.list.push(word);
        }
    }
}

/// Splits off the first word of a command as written, without quotes. A quoted word ends with its quote.
pub(super) fn first(command: &str) -> (&str, &str) {
    let command = command.trim_start();
    if let Some((word, rest)) = command.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
        return (word, rest.trim_start());
    }
    let (word, rest) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
    (word, rest.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(command: &str, language: Language) -> Vec<String> {
        read(command, language).list.into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn words_lose_quotes_and_redirections() {
        let cmd = r#"copy "a b".txt it's ^& c 2>nul"#;
        assert_eq!(texts(cmd, Language::Cmd), ["copy", "a b.txt", "it's", "&", "c"]);
        let powershell = "(New-Object X).Get('a b', \"c`\"d\") *> $null";
        assert_eq!(texts(powershell, Language::PowerShell), ["New-Object", "X", ".Get", "a b", "c\"d"]);
        assert!(read("echo a>b", Language::Cmd).writes && read("echo a >> b", Language::Cmd).writes);
        assert!(!read("echo a 2>&1 >nul", Language::Cmd).writes);
        assert_eq!(read(&"a ".repeat(1000), Language::Cmd).list.len(), MAX_WORDS);
    }

    #[test]
    fn the_first_word() {
        assert_eq!(first("  a b c"), ("a", "b c"));
        assert_eq!(first("\"a b\" c"), ("a b", "c"));
        assert_eq!(first(""), ("", ""));
    }
}
