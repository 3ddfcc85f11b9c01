//! Joins the lines of a file to instructions.

use super::command::Command;
use super::directive::{Directives, Name, discard_bom};
use super::error::{Error, ErrorKind};
use super::heredoc::{HeredocWord, heredocs_of_line};
use super::keyword::Keyword;
use super::lines::{Lines, trim_newline};
use super::operand::{Form, Operands};
use super::text::{lossy, trim, trim_start};
use super::tree::{Heredoc, Node, Tree, Warning, lines_range};
use crate::span::Range;

/// Parses a Dockerfile (upstream's `parser.Parse`).
///
/// # Errors
///
/// Returns an error if a directive, an instruction's form or a heredoc is invalid, if a line is longer than
/// 65535 bytes, or if there is no instruction.
pub fn parse(text: &[u8]) -> Result<Tree, Error> {
    let mut parser = Parser {
        lines: Lines::new(text),
        line: 0,
        directives: Directives::new("#", 0),
        escape: b'\\',
        warnings: Vec::new(),
    };
    let mut nodes = Vec::new();
    let mut comments = Vec::new();
    while let Some(line) = parser.lines.next() {
        if let Some(node) = parser.instruction(line, &mut comments)? {
            nodes.push(node);
        }
    }
    if nodes.is_empty() {
        return Err(parser.error(ErrorKind::NoInstructions));
    }
    if parser.lines.too_long() {
        return Err(parser.error(ErrorKind::LineTooLong));
    }
    Ok(Tree { escape: char::from(parser.escape), nodes, warnings: parser.warnings })
}

struct Parser<'a> {
    lines: Lines<'a>,
    /// The number of lines that were read.
    line: u32,
    directives: Directives,
    escape: u8,
    warnings: Vec<Warning>,
}

impl<'a> Parser<'a> {
    fn error(&self, kind: ErrorKind) -> Error {
        Error::at(kind, &lines_range(self.line, self.line))
    }

    /// Parses the instruction that starts with `line`; `None` for a comment or an empty line.
    fn instruction(&mut self, line: &'a [u8], comments: &mut Vec<String>) -> Result<Option<Node>, Error> {
        let line = if self.line == 0 { discard_bom(line) } else { line };
        let content = trim_start(trim_newline(line));
        // Upstream counts the line after parsing its directive, so an error is reported one line early.
        let directive = self.directive(content)?;
        self.line += 1;
        if is_comment(line) {
            // The first byte is assumed to be the `#`, even if the comment is indented.
            let comment = trim(&line[1..]);
            if comment.is_empty() {
                comments.clear();
            } else if !directive {
                comments.push(lossy(comment));
            }
            return Ok(None);
        }
        let start = self.line;
        let (content, continued) = self.cut_continuation(content);
        if content.is_empty() && !continued {
            return Ok(None);
        }
        let mut joined = content.to_vec();
        if continued {
            self.continuation(&mut joined)?;
        }
        let mut node = node(&joined, self.escape).map_err(|kind| self.error_from(start, kind))?;
        node.heredocs = self.heredocs(&node, start)?;
        (node.start_line, node.end_line) = (start, self.line);
        node.comments = std::mem::take(comments);
        Ok(Some(node))
    }

    fn error_from(&self, start: u32, kind: ErrorKind) -> Error {
        Error::at(kind, &lines_range(start, self.line))
    }

    /// Adds the lines that continue an instruction.
    fn continuation(&mut self, joined: &mut Vec<u8>) -> Result<(), Error> {
        let mut empty = false;
        while let Some(line) = self.lines.next() {
            let content = trim_newline(line);
            self.directive(content)?;
            self.line += 1;
            if is_comment(line) {
                continue;
            }
            if trim_start(content).is_empty() {
                empty = true;
                continue;
            }
            let (content, continued) = self.cut_continuation(content);
            joined.extend_from_slice(content);
            if !continued {
                break;
            }
        }
        if empty {
            self.warnings.push(Warning {
                short: format!("Empty continuation line found in: {}", lossy(joined)),
                location: Range::lines(self.line, self.line),
            });
        }
        Ok(())
    }

    /// Returns whether the line is a directive, and sets the escape character if it is one for it.
    fn directive(&mut self, line: &[u8]) -> Result<bool, Error> {
        let found = self.directives.line(line).map_err(|kind| self.error(kind))?;
        if let Some((Name::Escape, value)) = &found {
            self.escape = match value.as_str() {
                "\\" => b'\\',
                "`" => b'`',
                _ => return Err(self.error(ErrorKind::EscapeToken(value.clone()))),
            };
        }
        Ok(found.is_some())
    }

    /// Removes an escape character at the end of a line, and the blanks after it. Another escape character
    /// before it makes it an ordinary character.
    fn cut_continuation<'l>(&self, line: &'l [u8]) -> (&'l [u8], bool) {
        let mut end = line;
        while let [rest @ .., b' ' | b'\t'] = end {
            end = rest;
        }
        match end {
            [rest @ .., last] if *last == self.escape && rest.last() != Some(&self.escape) => (rest, true),
            _ => (line, false),
        }
    }

    /// Reads the heredocs that the instruction opens.
    fn heredocs(&mut self, node: &Node, start: u32) -> Result<Vec<Heredoc>, Error> {
        if !may_have_heredocs(node) || !node.original.contains("<<") {
            return Ok(Vec::new());
        }
        let words = heredocs_of_line(&node.original).map_err(|kind| self.error_from(start, kind))?;
        words.into_iter().map(|word| self.heredoc(word, start)).collect()
    }

    fn heredoc(&mut self, word: HeredocWord, start: u32) -> Result<Heredoc, Error> {
        let mut content = Vec::new();
        for line in self.lines.by_ref() {
            self.line += 1;
            let mut end = trim_newline(line);
            while let [b'\t', rest @ ..] = end
                && word.chomp
            {
                end = rest;
            }
            if end == word.name.as_bytes() {
                let HeredocWord { name, file_descriptor, expand, chomp } = word;
                return Ok(Heredoc { name, file_descriptor, expand, chomp, content });
            }
            content.extend_from_slice(line);
        }
        Err(self.error_from(start, ErrorKind::UnterminatedHeredoc))
    }
}

fn is_comment(line: &[u8]) -> bool {
    trim_start(line).starts_with(b"#")
}

/// Returns whether an instruction allows heredocs: RUN, COPY and ADD do, also after ONBUILD, unless the
/// operands are a JSON array.
fn may_have_heredocs(node: &Node) -> bool {
    let node = node.sub.as_deref().unwrap_or(node);
    matches!(Keyword::parse(&node.word), Some(Keyword::Run | Keyword::Copy | Keyword::Add)) && !node.json
}

/// Parses the instruction on a joined line.
fn node(line: &[u8], escape: u8) -> Result<Node, ErrorKind> {
    let command = Command::split(line, escape);
    let form = Form::of(&command.word);
    let sub = match form {
        Form::Instruction if !command.rest.is_empty() => Some(Box::new(sub_node(command.rest, escape)?)),
        _ => None,
    };
    let operands = Operands::parse(form, command.rest, escape)?;
    Ok(Node { sub, ..assemble(line, command, operands) })
}

/// Parses the instruction after ONBUILD. After another ONBUILD, it is only checked for errors: it is not
/// allowed, and a chain of any length must not need an equally deep stack.
fn sub_node(line: &[u8], escape: u8) -> Result<Node, ErrorKind> {
    let first = Command::split(line, escape);
    if Form::of(&first.word) != Form::Instruction {
        let operands = Operands::parse(Form::of(&first.word), first.rest, escape)?;
        return Ok(assemble(line, first, operands));
    }
    let mut rest = first.rest;
    while !rest.is_empty() {
        let inner = Command::split(rest, escape);
        rest = match Form::of(&inner.word) {
            Form::Instruction => inner.rest,
            form => {
                Operands::parse(form, inner.rest, escape)?;
                b""
            }
        };
    }
    Ok(assemble(line, first, Operands::default()))
}

fn assemble(line: &[u8], command: Command<'_>, operands: Operands) -> Node {
    let Operands { args, json } = operands;
    Node {
        word: command.word,
        args,
        flags: command.flags,
        json,
        original: lossy(line),
        invalid_utf8: !json && std::str::from_utf8(command.rest).is_err(),
        ..Node::default()
    }
}
