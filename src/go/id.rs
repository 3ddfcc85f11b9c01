//! Random names.

use std::hash::{BuildHasher, Hasher, RandomState};

/// A name of 25 letters and digits that no other build has (`identity.NewID`). It is never part of
/// a digest.
#[must_use]
pub fn random_id() -> String {
    // Every state is seeded with keys of the operating system, which is all the chance needed here.
    let random = || RandomState::new().build_hasher().finish();
    let mut rest = u128::from(random()) << 64 | u128::from(random());
    (0..25)
        .map(|_| {
            let digit = u32::try_from(rest % 36).ok().and_then(|digit| char::from_digit(digit, 36));
            rest /= 36;
            digit.unwrap_or('0')
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ() {
        let ids: std::collections::BTreeSet<String> = (0..100).map(|_| random_id()).collect();
        assert_eq!(ids.len(), 100);
        assert!(ids.iter().all(|id| id.len() == 25 && id.bytes().all(|b| b.is_ascii_alphanumeric())));
    }
}
