//! RUN: a command, its heredocs and its flags.

use super::device;
use super::error::ErrorKind;
use super::flag;
use super::node::ParseRequest;
use super::types::{InlineFile, Run, RunNetwork, RunSecurity};
use crate::syntax::text::lossy;
use crate::syntax::{chomp_heredoc, parse_heredoc};

/// Parses RUN. Flags are checked in upstream's order: devices, mounts, network, security.
pub(super) fn run(request: &ParseRequest<'_>) -> Result<Run, ErrorKind> {
    let mut flags = request.flags(&flag::RUN)?;
    let flags_used = flags.used();
    let mut command = request.command();
    command.files = files(request);
    let devices = flags.texts("device").iter().map(|value| device::parse(value)).collect::<Result<_, _>>()?;
    let run = Run {
        command,
        mount_flags: flags.texts("mount"),
        network: RunNetwork::Default,
        security: RunSecurity::Sandbox,
        devices,
        invalid_utf8: false,
        flags_used,
    };
    run.mounts::<ErrorKind>(None)?;
    let run = Run {
        network: flags.given_text("network").map_or(Ok(RunNetwork::Default), network)?,
        security: flags.given_text("security").map_or(Ok(RunSecurity::Sandbox), security)?,
        ..run
    };
    let invalid_utf8 = request.node.invalid_utf8 || !run.files_are_sendable();
    Ok(Run { invalid_utf8, ..run })
}

fn files(request: &ParseRequest<'_>) -> Vec<InlineFile> {
    let heredocs = request.node.heredocs.iter();
    heredocs
        .map(|heredoc| InlineFile {
            name: heredoc.name.clone(),
            data: lossy(&heredoc.content),
            chomp: heredoc.chomp,
            raw: std::str::from_utf8(&heredoc.content).is_err().then(|| heredoc.content.clone()),
        })
        .collect()
}

impl Run {
    /// Returns whether the heredocs can be sent to BuildKit: as part of a command they must be valid UTF-8;
    /// as a script of its own (a single heredoc that starts with `#!`) they need not be.
    fn files_are_sendable(&self) -> bool {
        if self.command.files.iter().all(|file| file.raw.is_none()) {
            return true;
        }
        let ([file, ..], [word]) = (&self.command.files[..], &self.command.args[..]) else { return false };
        let data = if file.chomp { &chomp_heredoc(&file.data) } else { &file.data };
        matches!(parse_heredoc(word), Ok(Some(_))) && data.starts_with("#!")
    }
}

fn network(value: String) -> Result<RunNetwork, ErrorKind> {
    match value.as_str() {
        "default" => Ok(RunNetwork::Default),
        "none" => Ok(RunNetwork::None),
        "host" => Ok(RunNetwork::Host),
        _ => Err(ErrorKind::Network(value)),
    }
}

fn security(value: String) -> Result<RunSecurity, ErrorKind> {
    match value.as_str() {
        "sandbox" => Ok(RunSecurity::Sandbox),
        "insecure" => Ok(RunSecurity::Insecure),
        _ => Err(ErrorKind::Security(value)),
    }
}
