//! The syntax tree of a Dockerfile.

use crate::span::Range;

/// A Dockerfile as a list of instructions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// The escape character, `\` or `` ` ``.
    pub escape: char,
    /// The instructions, in file order; never empty.
    pub nodes: Vec<Node>,
    /// The warnings that upstream gives while parsing.
    pub warnings: Vec<Warning>,
}

/// An instruction.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Node {
    /// The instruction's word as written.
    pub word: String,
    /// Its operands. For ENV and LABEL three for each pair: name, value, and `=` or empty (legacy form).
    pub args: Vec<String>,
    /// For ONBUILD, the instruction after it. The one after `ONBUILD ONBUILD` is checked but not kept.
    pub sub: Option<Box<Node>>,
    /// The words that start with `--`, with quotes and escapes removed.
    pub flags: Vec<String>,
    /// The operands were written as a JSON array.
    pub json: bool,
    /// The heredocs, in order.
    pub heredocs: Vec<Heredoc>,
    /// The instruction with continuation lines joined, without comments and line ends.
    pub original: String,
    /// The operands, not written as JSON, are not valid UTF-8; [`Node::args`] has U+FFFD instead of the
    /// invalid bytes.
    pub invalid_utf8: bool,
    /// The first line, counted from 1.
    pub start_line: u32,
    /// The last line, including the end of the last heredoc.
    pub end_line: u32,
    /// The comments above, without `#`, since the last instruction or empty comment.
    pub comments: Vec<String>,
}

impl Node {
    /// Returns the location of the instruction: one range for each line.
    #[must_use]
    pub fn location(&self) -> Vec<Range> {
        lines_range(self.start_line, self.end_line)
    }
}

/// Returns one range for each line from `start` to `end`, at least that of `start` (upstream's `toRanges`).
#[must_use]
pub fn lines_range(start: u32, end: u32) -> Vec<Range> {
    (start..=end.max(start)).map(|line| Range::lines(line, line)).collect()
}

/// A heredoc attached to an instruction.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Heredoc {
    /// The word that ends it.
    pub name: String,
    /// The number before `<<`; 0 if there is none.
    pub file_descriptor: u64,
    /// The word was not quoted, so variables are expanded.
    pub expand: bool,
    /// `<<-`: leading tabs are to be removed, see [`super::chomp_heredoc`].
    pub chomp: bool,
    /// The text, exactly as in the file.
    pub content: Vec<u8>,
}

/// A construct that works but should not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The message.
    pub short: String,
    /// The location.
    pub location: Range,
}
