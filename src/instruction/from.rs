//! FROM: a stage.

use super::comment::{check_description, descriptions};
use super::error::ErrorKind;
use super::flag;
use super::node::ParseRequest;
use super::types::Stage;
use crate::go::unicode::{to_lower, to_upper};
use crate::lint::{Linter, message, rule};
use crate::syntax::text::equal_fold;

/// Parses the stage that a FROM starts. The casing is checked even if the FROM is invalid.
pub(super) fn stage(request: &ParseRequest<'_>, lint: Option<&Linter>) -> Result<Stage, ErrorKind> {
    if let Some(lint) = lint {
        check_casing(request, lint);
    }
    let name = stage_name(request.args())?;
    let mut flags = request.flags(&flag::FROM)?;
    let base = request.args().first().cloned().ok_or(ErrorKind::FromArguments)?;
    let comments = &request.node.comments;
    if let (Some(lint), false) = (lint, name.is_empty()) {
        check_description("FROM", &[&name], comments, &request.location, lint);
    }
    Ok(Stage {
        doc_comment: descriptions(comments, [name.as_str()].into_iter()).swap_remove(0),
        name,
        original_word: request.node.word.clone(),
        base,
        platform: flags.text("platform"),
        code: request.code(),
        // Set by the caller.
        location: Vec::new(),
        comments: comments.clone(),
        instructions: Vec::new(),
    })
}

/// Returns the name after AS in lower case; empty if there is none.
fn stage_name(args: &[String]) -> Result<String, ErrorKind> {
    match args {
        [_] => Ok(String::new()),
        [_, word, name] if equal_fold(word, "as") => {
            let lowered = to_lower(name);
            let rest = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.');
            if lowered.starts_with(|c: char| c.is_ascii_lowercase()) && lowered.bytes().all(rest) {
                Ok(lowered)
            } else {
                Err(ErrorKind::StageName(name.clone()))
            }
        }
        _ => Err(ErrorKind::FromArguments),
    }
}

fn check_casing(request: &ParseRequest<'_>, lint: &Linter) {
    let args = request.args();
    if let [_, _, name] = args
        && *name != to_lower(name)
    {
        lint.run(&rule::STAGE_NAME_CASING, &request.location, message::stage_name_casing(name));
    }
    if let [_, as_word, _, ..] = args {
        let from = &request.node.word;
        // Another rule reports a FROM in mixed case.
        let matches = if *from == to_lower(from) {
            *as_word == to_lower(as_word)
        } else if *from == to_upper(from) {
            *as_word == to_upper(as_word)
        } else {
            true
        };
        if !matches {
            lint.run(&rule::FROM_AS_CASING, &request.location, message::from_as_casing(from, as_word));
        }
    }
}
