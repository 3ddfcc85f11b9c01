//! Heredocs: the words that open them, and the tabs of their contents.

use super::error::ErrorKind;
use super::text::is_regex_space;
use crate::env::EnvList;
use crate::expand::{self, Lexer};

/// A word that opens a heredoc: `<<EOF`, `<<-EOF`, `3<<"EOF"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeredocWord {
    /// The word that ends it, without quotes.
    pub name: String,
    /// The number before `<<`; 0 if there is none.
    pub file_descriptor: u64,
    /// The word was not quoted, so variables are expanded.
    pub expand: bool,
    /// `<<-`: leading tabs are removed.
    pub chomp: bool,
}

/// Parses a word as the opening of a heredoc (upstream's `ParseHeredoc`). `None` for any other word.
///
/// # Errors
///
/// Returns an error if quotes or substitutions in the word are not closed.
pub fn parse_heredoc(word: &str) -> Result<Option<HeredocWord>, ErrorKind> {
    let Some((number, rest)) = word.split_once("<<") else { return Ok(None) };
    if !number.bytes().all(|byte| byte.is_ascii_digit()) || rest.contains('<') {
        return Ok(None);
    }
    let (chomp, rest) = match rest.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let rest = rest.trim_start_matches(|c| u8::try_from(c).is_ok_and(is_regex_space));
    if rest.is_empty() {
        return Ok(None);
    }
    // A shell would remove the quotes that are present in only one of the two results.
    let names = split(rest, false, false)?;
    let [name] = names.as_slice() else { return Ok(None) };
    let raw = split(rest, true, false)?;
    let [raw] = raw.as_slice() else { return Err(ErrorKind::HeredocWords(rest.to_owned())) };
    let quotes = |text: &str| text.bytes().filter(|byte| matches!(byte, b'\'' | b'"')).count();
    Ok(Some(HeredocWord {
        name: name.clone(),
        // A number that is too large becomes the largest one, as in Go.
        file_descriptor: if number.is_empty() { 0 } else { number.parse().unwrap_or(u64::MAX) },
        expand: quotes(name) == quotes(raw),
        chomp,
    }))
}

/// Returns the heredocs that a line opens, in order (upstream's `heredocsFromLine`). A line that cannot be
/// split into words opens none.
pub(super) fn heredocs_of_line(line: &str) -> Result<Vec<HeredocWord>, ErrorKind> {
    let words = match split(line, true, true) {
        Ok(words) => words,
        Err(error) if error.kind.is_limit() => return Err(error.into()),
        Err(_) => Vec::new(),
    };
    words.iter().filter_map(|word| parse_heredoc(word).transpose()).collect()
}

/// Splits a text into words as a shell would. No variable is set, and substitutions are left as they are; the
/// escape character is `\\`, whatever the directive says.
fn split(text: &str, raw_quotes: bool, raw_escapes: bool) -> Result<Vec<String>, expand::Error> {
    let lexer = Lexer { raw_quotes, raw_escapes, skip_unset_env: true, ..Lexer::new('\\') };
    lexer.process_words(text, &EnvList::new())
}

/// Removes the tabs at the start of every line (upstream's `ChompHeredocContent`).
#[must_use]
pub fn chomp_heredoc(content: &str) -> String {
    content.split_inclusive('\n').map(|line| line.trim_start_matches('\t')).collect()
}

/// Works like [`chomp_heredoc`], for text that need not be valid UTF-8.
pub fn chomp_bytes(content: &[u8]) -> Vec<u8> {
    let lines = content.split_inclusive(|byte| *byte == b'\n');
    lines.flat_map(|line| line.iter().copied().skip_while(|byte| *byte == b'\t')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_word() {
        let parse = |word: &str| parse_heredoc(word).unwrap();
        let heredoc = |name: &str, file_descriptor, expand, chomp| {
            Some(HeredocWord { name: name.into(), file_descriptor, expand, chomp })
        };
        assert_eq!(parse("<<EOF"), heredoc("EOF", 0, true, false));
        assert_eq!(parse("12<<-\"E'F\""), heredoc("E'F", 12, false, true));
        assert_eq!(parse("<< \tE\\F"), heredoc("EF", 0, true, false));
        assert_eq!(parse("99999999999999999999<<E"), heredoc("E", u64::MAX, true, false));
        for none in ["", "<<", "<<-", "<<<E", "a<<E", "<E", "<<\"\"", "<<E<F", "<<a b"] {
            assert_eq!(parse(none), None, "{none}");
        }
        assert_eq!(parse_heredoc("<<'E").unwrap_err().to_string(), {
            "failed to process \"'E\": unexpected end of statement while looking for matching single-quote"
        });
    }

    #[test]
    fn cuts_tabs() {
        assert_eq!(chomp_heredoc("\t\ta\tb\n\n\t c\r\n\td"), "a\tb\n\n c\r\nd");
    }
}
