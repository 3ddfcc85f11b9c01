//! Capabilities that the client requires of a frontend (`frontend.caps`).
//!
//! Mirrors `validateCaps` of moby/buildkit's `frontend/dockerfile/builder`.

use crate::gateway::error::Error;

/// The capabilities of this frontend. The image has the list as label `moby.buildkit.frontend.caps`.
pub const FRONTEND_CAPS: &[&str] = &[
    "moby.buildkit.frontend.inputs",
    "moby.buildkit.frontend.subrequests",
    "moby.buildkit.frontend.contexts",
    "moby.buildkit.frontend.gitquerystring",
    "moby.buildkit.frontend.contexts.zstd",
];

/// Checks a list such as `a,b+forward`. A capability marked `+forward` may be missing if the Dockerfile
/// forwards the build to another frontend: the answer then contains the error to report if it does not.
///
/// # Errors
///
/// Returns an error for the first missing capability without that mark.
pub fn check_required_caps(list: &str) -> Result<Option<Error>, Error> {
    let mut pending = None;
    for entry in list.split(',').filter(|_| !list.is_empty()) {
        let (name, _) = entry.split_once('+').unwrap_or((entry, ""));
        if FRONTEND_CAPS.contains(&name) {
            continue;
        }
        let failure = Error::unsupported_frontend_cap(name);
        if !entry.contains("+forward") {
            return Err(failure);
        }
        pending = Some(failure);
    }
    Ok(pending)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_image_says_the_same() {
        let file = include_str!("../../../frontend.Dockerfile");
        let (_, label) = file.split_once("moby.buildkit.frontend.caps=\"").unwrap();
        let list: Vec<&str> = label.split_once('"').unwrap().0.split(',').collect();
        assert_eq!(list, FRONTEND_CAPS);
    }

    #[test]
    fn what_is_required() {
        assert_eq!(check_required_caps(""), Ok(None));
        assert_eq!(
            check_required_caps("moby.buildkit.frontend.inputs,moby.buildkit.frontend.contexts+x"),
            Ok(None)
        );
        let missing = Error::unsupported_frontend_cap("future");
        assert_eq!(check_required_caps("moby.buildkit.frontend.inputs,future"), Err(missing.clone()));
        assert_eq!(check_required_caps("future+forward"), Ok(Some(missing.clone())));
        assert_eq!(check_required_caps("x+forward,future"), Err(missing));
    }
}
