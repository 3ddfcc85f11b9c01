//! Settings of containers besides their image: host names, and limits by `ulimit`.
//!
//! Mirrors `parseExtraHosts` and `parseUlimits` of moby/buildkit's `frontend/dockerui`, and `ParseUlimit` of
//! `github.com/docker/go-units`.

use std::net::IpAddr;

use super::error::{HostsError, UlimitError};
use crate::go::number::parse_int;
use crate::go::{csv, unicode};
use crate::proto::pb;

/// Parses `host=ip,host=ip`. Names are lower-cased, addresses converted to Go's form.
pub(super) fn hosts(text: &str) -> Result<Vec<pb::HostIp>, HostsError> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    csv::fields(text)?.iter().map(|field| host(field)).collect()
}

fn host(field: &str) -> Result<pb::HostIp, HostsError> {
    let lower = unicode::to_lower(field);
    let (host, address) = lower.split_once('=').ok_or_else(|| HostsError::Pair(field.to_owned()))?;
    let ip: IpAddr = address.parse().map_err(|_| HostsError::Address(address.to_owned()))?;
    // Go shows an IPv4-mapped IPv6 address as IPv4.
    Ok(pb::HostIp { host: host.to_owned(), ip: ip.to_canonical().to_string() })
}

const ULIMITS: &[&str] = &[
    "core",
    "cpu",
    "data",
    "fsize",
    "locks",
    "memlock",
    "msgqueue",
    "nice",
    "nofile",
    "nproc",
    "rss",
    "rtprio",
    "rttime",
    "sigpending",
    "stack",
];

/// Parses `name=soft[:hard],..`, where -1 is no limit.
pub(super) fn ulimits(text: &str) -> Result<Vec<pb::Ulimit>, UlimitError> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    csv::fields(text)?.iter().map(|field| ulimit(field)).collect()
}

fn ulimit(field: &str) -> Result<pb::Ulimit, UlimitError> {
    let (name, values) = field.split_once('=').ok_or_else(|| UlimitError::Argument(field.to_owned()))?;
    if !ULIMITS.contains(&name) {
        return Err(UlimitError::Type(name.to_owned()));
    }
    let (soft, hard) = match values.split(':').collect::<Vec<_>>().as_slice() {
        [soft] => {
            let soft = parse_int(soft, 10, 64)?;
            (soft, soft)
        }
        [soft, hard] => {
            let hard = parse_int(hard, 10, 64)?;
            (parse_int(soft, 10, 64)?, hard)
        }
        _ => return Err(UlimitError::Values(values.to_owned())),
    };
    if hard != -1 {
        if soft == -1 {
            return Err(UlimitError::Unlimited(hard));
        }
        if soft > hard {
            return Err(UlimitError::Order(soft, hard));
        }
    }
    Ok(pb::Ulimit { name: name.to_owned(), soft, hard })
}
