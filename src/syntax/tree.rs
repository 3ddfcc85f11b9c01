//! The parsed shape of a Dockerfile.

use crate::span::Range;

/// A Dockerfile as a list of instructions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// The escape character, `\` or `` ` ``.
    pub escape: char,
    /// The instructions, in file order; never empty.
    pub nodes: Vec<Node>,
    /// What upstream warns about while it parses.
    pub warnings: Vec<Warning>,
}

/// One instruction.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Node {
    /// The instruction's word as written.
    pub word: String,
    /// Its operands. For ENV and LABEL three for each pair: name, value and `=` or nothing (legacy form).
    pub args: Vec<String>,
    /// For ONBUILD, the instruction after it. The one after `ONBUILD ONBUILD` is checked and not kept.
    pub sub: Option<Box<Node>>,
    /// The words that start with `--`, quotes and escapes removed.
    pub flags: Vec<String>,
    /// The operands were written as a JSON array.
    pub json: bool,
    /// The heredocs, in order.
    pub heredocs: Vec<Heredoc>,
    /// The instruction with continuation lines joined, its comments and line ends left out.
    pub original: String,
    /// The operands, not written as JSON, are not valid UTF-8; [`Node::args`] has U+FFFD in their place.
    pub invalid_utf8: bool,
    /// The first line, counted from 1.
    pub start_line: u32,
    /// The last line, that of the last heredoc's end included.
    pub end_line: u32,
    /// The comments above, without `#`, since the last instruction or empty comment.
    pub comments: Vec<String>,
}

impl Node {
    /// Where the instruction stands: one range for each line.
    #[must_use]
    pub fn location(&self) -> Vec<Range> {
        lines_range(self.start_line, self.end_line)
    }
}

/// One range for each line from `start` to `end`, at least that of `start` (upstream's `toRanges`).
#[must_use]
pub fn lines_range(start: u32, end: u32) -> Vec<Range> {
    (start..=end.max(start)).map(|line| Range::lines(line, line)).collect()
}

/// A heredoc attached to an instruction.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Heredoc {
    /// The word that ends it.
    pub name: String,
    /// The number before `<<`, 0 where there is none.
    pub file_descriptor: u64,
    /// The word was not quoted: variables are expanded.
    pub expand: bool,
    /// `<<-`: leading tabs are to be cut, see [`super::chomp_heredoc`].
    pub chomp: bool,
    /// The text, exactly as in the file.
    pub content: Vec<u8>,
}

/// Something that works and should not be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The message.
    pub short: String,
    /// Where.
    pub location: Range,
}
