//! Names and numbers of signals.
//!
//! Mirrors `ParseSignal` of `github.com/moby/sys/signal`.

use super::number::atoi;
use super::unicode::to_upper;

/// The error for a text that is not a signal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid signal: {0}")]
pub struct SignalError(pub String);

const NAMES: &[&str] = &[
    "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE",
    "POLL", "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU",
    "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ", "RTMIN", "RTMAX",
];

/// Checks a signal: any number except 0, or a case-insensitive Linux name, with or without `SIG`.
///
/// # Errors
///
/// Returns [`SignalError`] for any other text.
pub fn check_signal(text: &str) -> Result<(), SignalError> {
    let known = match atoi(text) {
        Ok(number) => number != 0,
        Err(_) => {
            let name = to_upper(text);
            let name = name.strip_prefix("SIG").unwrap_or(&name);
            NAMES.contains(&name) || is_real_time(name)
        }
    };
    if known { Ok(()) } else { Err(SignalError(text.to_owned())) }
}

/// Returns whether a name is `RTMIN+1` to `RTMIN+15` or `RTMAX-14` to `RTMAX-1`.
fn is_real_time(name: &str) -> bool {
    let (digits, last) = match (name.strip_prefix("RTMIN+"), name.strip_prefix("RTMAX-")) {
        (Some(digits), _) => (digits, 15),
        (_, Some(digits)) => (digits, 14),
        _ => return false,
    };
    (1..=last).any(|number: u32| number.to_string() == digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_moby() {
        let cases: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../../testdata/path/signal.json")).unwrap();
        for case in cases {
            let text = case["in"].as_str().unwrap();
            let error = check_signal(text).err().map(|e| e.to_string());
            assert_eq!(error.as_deref(), case["error"].as_str(), "{text:?}");
        }
    }
}
