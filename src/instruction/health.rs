//! HEALTHCHECK.

use std::time::Duration;

use super::error::ErrorKind;
use super::flag::{self, Flags};
use super::node::ParseRequest;
use super::types::Healthcheck;
use crate::go::duration;
use crate::go::number::parse_int;
use crate::go::unicode::to_upper;

/// Parses HEALTHCHECK NONE and HEALTHCHECK CMD. Like upstream, ignores the flags of NONE.
pub(super) fn healthcheck(request: &ParseRequest<'_>) -> Result<Healthcheck, ErrorKind> {
    let [kind, args @ ..] = request.args() else {
        return Err(ErrorKind::AtLeastOneArgument(request.keyword.name()));
    };
    let kind = to_upper(kind);
    if kind == "NONE" {
        return match args {
            [] => Ok(Healthcheck { test: vec![kind], ..Healthcheck::default() }),
            _ => Err(ErrorKind::NoneTakesNoArguments),
        };
    }
    let mut flags = request.flags(&flag::HEALTHCHECK)?;
    if kind != "CMD" {
        return Err(ErrorKind::HealthType(kind));
    }
    let command = request.command_words(args);
    if command.is_empty() {
        return Err(ErrorKind::NoHealthCommand);
    }
    let word = if request.node.json { "CMD" } else { "CMD-SHELL" };
    Ok(Healthcheck {
        test: std::iter::once(word.to_owned()).chain(command).collect(),
        interval: interval(&mut flags, "interval")?,
        timeout: interval(&mut flags, "timeout")?,
        start_period: interval(&mut flags, "start-period")?,
        start_interval: interval(&mut flags, "start-interval")?,
        retries: retries(&flags.text("retries"))?,
    })
}

/// Parses a duration of at least a millisecond, or zero if the flag was not given.
fn interval(flags: &mut Flags, name: &'static str) -> Result<Duration, ErrorKind> {
    let text = flags.text(name);
    if text.is_empty() {
        return Ok(Duration::ZERO);
    }
    let nanoseconds = u64::try_from(duration::parse(&text)?);
    match nanoseconds.map(Duration::from_nanos) {
        Ok(duration) if duration.is_zero() || duration >= Duration::from_millis(1) => Ok(duration),
        _ => Err(ErrorKind::ShortInterval(name)),
    }
}

fn retries(text: &str) -> Result<i64, ErrorKind> {
    if text.is_empty() {
        return Ok(0);
    }
    match parse_int(text, 10, 32)? {
        negative @ ..0 => Err(ErrorKind::NegativeRetries(negative)),
        retries => Ok(retries),
    }
}
