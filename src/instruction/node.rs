//! An instruction of the tree, on its way to a typed one.

use super::error::ErrorKind;
use super::flag::{Flags, Table};
use super::types::CommandLine;
use crate::span::Range;
use crate::syntax::{Keyword, Node};

/// An instruction of the tree, with the accessors that most instructions need (upstream's `parseRequest`).
pub(super) struct ParseRequest<'a> {
    pub(super) node: &'a Node,
    /// The name of the instruction.
    pub(super) keyword: Keyword,
    pub(super) location: Vec<Range>,
}

impl ParseRequest<'_> {
    pub(super) fn args(&self) -> &[String] {
        &self.node.args
    }

    pub(super) fn flags(&self, table: &Table) -> Result<Flags, ErrorKind> {
        Flags::parse(table, &self.node.flags)
    }

    /// Returns the only operand.
    pub(super) fn only_operand(&self) -> Result<String, ErrorKind> {
        match self.args() {
            [only] => Ok(only.clone()),
            _ => Err(ErrorKind::ExactlyOneArgument(self.keyword.name())),
        }
    }

    /// Returns the operands, of which there must be at least one.
    pub(super) fn operands(&self) -> Result<Vec<String>, ErrorKind> {
        match self.args() {
            [] => Err(ErrorKind::AtLeastOneArgument(self.keyword.name())),
            args => Ok(args.to_vec()),
        }
    }

    /// Returns the instruction as written, trimmed.
    pub(super) fn code(&self) -> String {
        self.node.original.trim().to_owned()
    }

    /// Returns the words of a command: those of a JSON array, or everything as one word (upstream's
    /// `handleJSONArgs`).
    pub(super) fn command_words(&self, args: &[String]) -> Vec<String> {
        if self.node.json || args.is_empty() { args.to_vec() } else { vec![args.join(" ")] }
    }

    /// Returns a command in shell or exec form, without heredocs.
    pub(super) fn command(&self) -> CommandLine {
        CommandLine {
            args: self.command_words(self.args()),
            files: Vec::new(),
            prepend_shell: !self.node.json,
        }
    }
}
