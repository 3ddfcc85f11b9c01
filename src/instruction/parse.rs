//! Parses the syntax tree to stages of instructions.

use super::comment::check_description;
use super::error::{Error, ErrorKind, Suggestion};
use super::node::ParseRequest;
use super::types::{Dockerfile, GlobalArg, Instruction, Kind, Stage};
use super::{add_copy, flag, from, health, pair, run};
use crate::go::unicode::to_upper;
use crate::lint::{Linter, message, rule};
use crate::span::Range;
use crate::suggest::suggest;
use crate::syntax::{self, Keyword, Node, Tree};

/// Parses a tree to typed instructions (upstream's `instructions.Parse`).
///
/// Reports findings in single instructions to the linter; [`super::check`] checks all instructions together.
/// A file without a FROM has no stages, and is not an error here.
///
/// # Errors
///
/// Returns an error for the first instruction that is invalid, with its line in the text, or that precedes
/// the first FROM.
pub fn parse(tree: &Tree, lint: Option<&Linter>) -> Result<Dockerfile, Error> {
    let mut dockerfile = Dockerfile { escape: tree.escape, global_args: Vec::new(), stages: Vec::new() };
    let mut after_backtick = false;
    for node in &tree.nodes {
        let parsed = parse_node(node, lint).map_err(|error| {
            error.map(|mut kind| {
                if let ErrorKind::UnknownInstruction { after_backtick: after, .. } = &mut kind {
                    *after = after_backtick;
                }
                ErrorKind::OnLine { line: node.start_line, kind: Box::new(kind) }
            })
        })?;
        after_backtick = tree.escape != '`' && node.original.trim_end().ends_with('`');
        match (parsed, dockerfile.stages.last_mut()) {
            (Parsed::Stage(stage), _) => dockerfile.stages.push(stage),
            (Parsed::Instruction(instruction), Some(stage)) => stage.instructions.push(instruction),
            (Parsed::Instruction(instruction), None) => {
                let Instruction { kind: Kind::Arg(args), location, comments, .. } = instruction else {
                    return Err(Error::at(ErrorKind::NoStage, &instruction.location));
                };
                dockerfile.global_args.push(GlobalArg { args, location, comments });
            }
        }
    }
    Ok(dockerfile)
}

/// Parses an ONBUILD trigger of a base image. `location` is that of the FROM it came with.
///
/// # Errors
///
/// Returns an error if the trigger has invalid syntax (the locations are then lines of the trigger), is not
/// exactly one instruction, or is an invalid instruction.
pub fn parse_trigger(trigger: &str, location: &[Range]) -> Result<Instruction, Error> {
    let mut tree = syntax::parse(trigger.as_bytes()).map_err(|error| error.map(ErrorKind::Syntax))?;
    let (Some(mut node), true) = (tree.nodes.pop(), tree.nodes.is_empty()) else {
        return Err(Error::nowhere(ErrorKind::NotOneTrigger));
    };
    node.start_line = location.iter().map(|range| range.start.line).min().unwrap_or(0);
    node.end_line = location.iter().map(|range| range.end.line).max().unwrap_or(0);
    match parse_node(&node, None)? {
        Parsed::Instruction(instruction) => Ok(instruction),
        Parsed::Stage(_) => Err(Error::at(ErrorKind::NotACommand, &node.location())),
    }
}

enum Parsed {
    Stage(Stage),
    Instruction(Instruction),
}

fn parse_node(node: &Node, lint: Option<&Linter>) -> Result<Parsed, Error> {
    let lint = lint.map(|lint| lint.with_comments(&node.comments));
    let location = node.location();
    let Some(keyword) = Keyword::parse(&node.word) else {
        let names = Keyword::ALL.iter().map(|keyword| keyword.name());
        let suggestion = Suggestion(suggest(&node.word, names, false));
        let kind =
            ErrorKind::UnknownInstruction { word: node.word.clone(), suggestion, after_backtick: false };
        return Err(Error::at(kind, &location));
    };
    let request = ParseRequest { node, keyword, location };
    let lint = lint.as_ref();
    let parsed = if keyword == Keyword::From {
        from::stage(&request, lint).map(Parsed::Stage)
    } else {
        kind(&request, lint).map(|kind| {
            Parsed::Instruction(Instruction {
                kind,
                word: node.word.clone(),
                code: request.code(),
                location: Vec::new(),
                comments: node.comments.clone(),
            })
        })
    };
    // The location of a long instruction is large, so it is moved instead of copied.
    let location = request.location;
    match parsed {
        Ok(Parsed::Stage(stage)) => Ok(Parsed::Stage(Stage { location, ..stage })),
        Ok(Parsed::Instruction(it)) => Ok(Parsed::Instruction(Instruction { location, ..it })),
        Err(kind) => Err(Error { kind, locations: vec![location] }),
    }
}

fn kind(request: &ParseRequest<'_>, lint: Option<&Linter>) -> Result<Kind, ErrorKind> {
    let no_flags = || request.flags(&flag::NONE).map(drop);
    Ok(match request.keyword {
        Keyword::Add => Kind::Add(add_copy::add(request)?),
        Keyword::Copy => Kind::Copy(add_copy::copy(request)?),
        Keyword::Run => Kind::Run(run::run(request)?),
        Keyword::Env => Kind::Env(pair::pairs(request)?),
        Keyword::Label => Kind::Label(pair::pairs(request)?),
        Keyword::Healthcheck => Kind::Healthcheck(health::healthcheck(request)?),
        Keyword::Onbuild => Kind::Onbuild(onbuild(request)?),
        // Upstream ignores the flags of STOPSIGNAL.
        Keyword::StopSignal => Kind::StopSignal(request.only_operand()?),
        Keyword::Arg => {
            let args = pair::args(request)?;
            if let Some(lint) = lint {
                let names: Vec<_> = args.iter().map(|arg| arg.key.as_str()).collect();
                check_description("ARG", &names, &request.node.comments, &request.location, lint);
            }
            Kind::Arg(args)
        }
        Keyword::Cmd => {
            no_flags()?;
            Kind::Cmd(request.command())
        }
        Keyword::Entrypoint => {
            no_flags()?;
            Kind::Entrypoint(request.command())
        }
        Keyword::Expose => {
            let mut ports = request.operands()?;
            no_flags()?;
            ports.sort_unstable();
            Kind::Expose(ports)
        }
        Keyword::Maintainer => {
            if let Some(lint) = lint {
                lint.run(&rule::MAINTAINER_DEPRECATED, &request.location, message::maintainer_deprecated());
            }
            let maintainer = request.only_operand()?;
            no_flags()?;
            Kind::Maintainer(maintainer)
        }
        Keyword::Shell => {
            no_flags()?;
            let words = request.operands()?;
            if !request.node.json {
                return Err(ErrorKind::NotJson(request.keyword.name()));
            }
            Kind::Shell(words)
        }
        Keyword::User => {
            let user = request.only_operand()?;
            no_flags()?;
            Kind::User(user)
        }
        Keyword::Volume => {
            let volumes = request.operands()?;
            no_flags()?;
            Kind::Volume(trimmed_volumes(&volumes)?)
        }
        Keyword::Workdir => {
            let path = request.only_operand()?;
            no_flags()?;
            Kind::Workdir(path)
        }
        // FROM is parsed separately.
        Keyword::From => return Err(ErrorKind::NoStage),
    })
}

fn trimmed_volumes(volumes: &[String]) -> Result<Vec<String>, ErrorKind> {
    let trimmed = volumes.iter().map(|volume| match volume.trim() {
        "" => Err(ErrorKind::EmptyVolume),
        volume => Ok(volume.to_owned()),
    });
    trimmed.collect()
}

/// Returns the trigger in the form that is parsed again: the rest of the line, and its heredocs.
fn onbuild(request: &ParseRequest<'_>) -> Result<String, ErrorKind> {
    let Some(sub) = &request.node.sub else {
        return Err(ErrorKind::AtLeastOneArgument(request.keyword.name()));
    };
    request.flags(&flag::NONE)?;
    match to_upper(sub.word.trim()) {
        word if word == "ONBUILD" => return Err(ErrorKind::ChainedOnbuild),
        word if word == "MAINTAINER" || word == "FROM" => return Err(ErrorKind::NotATrigger(word)),
        _ => {}
    }
    let original = &request.node.original;
    let space = |c: char| matches!(c, '\t' | '\n' | '\x0C' | '\r' | ' ');
    let line = original.trim_start_matches(space);
    let mut trigger = match line.split_at_checked(request.keyword.name().len()) {
        Some((word, rest)) if word.eq_ignore_ascii_case(request.keyword.name()) => {
            rest.trim_start_matches(space)
        }
        _ => original,
    }
    .to_owned();
    for heredoc in &request.node.heredocs {
        trigger.push('\n');
        trigger.push_str(&syntax::text::lossy(&heredoc.content));
        trigger.push_str(&heredoc.name);
    }
    Ok(trigger)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advice(text: &str) -> &'static str {
        let tree = syntax::parse(text.as_bytes()).unwrap();
        parse(&tree, None).map(drop).unwrap_err().kind.advice_for_windows()
    }

    #[test]
    fn a_backtick_without_the_directive_is_told() {
        let lines = "FROM a\nRUN $x = 1; `\n    Write-Host $x\n";
        assert!(advice(lines).contains("backtick"));
        // A comment before the directive turns it into a comment.
        assert!(advice(&format!("# tools\n# escape=`\n{lines}")).contains("backtick"));
        assert_eq!(advice("# escape=`\nFROM a\nRUN $x = 1\nWrite-Host $x\n"), "");
    }
}
