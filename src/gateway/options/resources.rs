//! Limits of containers: `memory`, `cpushares`, `cpusetcpus` and related options.
//!
//! Mirrors `parseLinuxResources` of moby/buildkit's `frontend/dockerui` and `util/cpuset`.

use std::collections::BTreeMap;

use super::error::{ErrorKind, ResourceError};
use crate::go::number::{atoi, parse_int, parse_uint};
use crate::proto::pb;

/// The largest processor or memory node that a list may name.
pub(super) const MAX_CPU: i64 = 8192;

/// Returns the limits, if any is set. An empty value sets nothing.
pub(super) fn parse(options: &BTreeMap<String, String>) -> Result<Option<pb::LinuxResources>, ErrorKind> {
    let limits = pb::LinuxResources {
        memory: limit(options, "memory", positive)?,
        memory_swap: limit(options, "memswap", positive_or_unlimited)?,
        cpu_shares: limit(options, "cpushares", positive_unsigned)?,
        cpu_period: limit(options, "cpuperiod", positive_unsigned)?,
        cpu_quota: limit(options, "cpuquota", positive)?,
        cpuset_cpus: limit(options, "cpusetcpus", cpuset)?,
        cpuset_mems: limit(options, "cpusetmems", cpuset)?,
    };
    Ok((limits != pb::LinuxResources::default()).then_some(limits))
}

fn limit<T: Default>(
    options: &BTreeMap<String, String>,
    key: &'static str,
    parse: impl Fn(&str) -> Result<T, ResourceError>,
) -> Result<T, ErrorKind> {
    match options.get(key) {
        Some(value) if !value.is_empty() => {
            parse(value).map_err(|error| ErrorKind::Resource { key, value: value.clone(), error })
        }
        _ => Ok(T::default()),
    }
}

fn positive(text: &str) -> Result<i64, ResourceError> {
    Some(parse_int(text, 10, 64)?).filter(|n| *n > 0).ok_or(ResourceError::Positive)
}

fn positive_or_unlimited(text: &str) -> Result<i64, ResourceError> {
    let number = parse_int(text, 10, 64)?;
    Some(number).filter(|n| *n > 0 || *n == -1).ok_or(ResourceError::PositiveOrUnlimited)
}

fn positive_unsigned(text: &str) -> Result<u64, ResourceError> {
    Some(parse_uint(text, 10, 64)?).filter(|n| *n > 0).ok_or(ResourceError::Positive)
}

/// Checks a list such as `0-3,5` and returns it unchanged.
fn cpuset(text: &str) -> Result<String, ResourceError> {
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let number = |text: &str| atoi(text).ok().filter(|n| *n >= 0);
        if let Some((low, high)) = part.split_once('-') {
            let range = number(low.trim()).zip(number(high.trim())).filter(|(low, high)| low <= high);
            let (_, high) = range.ok_or_else(|| ResourceError::Range(part.to_owned()))?;
            if high > MAX_CPU {
                return Err(ResourceError::LargeRange(part.to_owned()));
            }
        } else if number(part).ok_or_else(|| ResourceError::Element(part.to_owned()))? > MAX_CPU {
            return Err(ResourceError::LargeElement(part.to_owned()));
        }
    }
    Ok(text.to_owned())
}
