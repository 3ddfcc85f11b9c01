//! Comments that document a stage or an argument: `# name description`.

use std::collections::HashMap;

use crate::lint::{Linter, message, rule};
use crate::span::Range;

/// Returns the descriptions of `names` in the comments above them (upstream's `getDocComment`: for each name,
/// the first comment that starts with it and a space).
pub(super) fn descriptions<'a>(comments: &[String], names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let names: Vec<&str> = names.collect();
    let mut found = vec![String::new(); names.len()];
    if comments.is_empty() {
        return found;
    }
    if let [name] = names[..] {
        found[0] = comments.iter().find_map(|comment| description(comment, name)).unwrap_or_default();
        return found;
    }
    // A trie of the names, so that the time is linear even for many names and many comments.
    let mut steps: HashMap<(usize, u8), usize> = HashMap::new();
    let mut ends: HashMap<usize, (Vec<usize>, bool)> = HashMap::new();
    let mut size = 0;
    for (index, name) in names.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        let end = name.bytes().fold(0, |at, byte| {
            *steps.entry((at, byte)).or_insert_with(|| {
                size += 1;
                size
            })
        });
        ends.entry(end).or_default().0.push(index);
    }
    for comment in comments {
        let mut at = 0;
        for (length, byte) in comment.bytes().enumerate() {
            if byte == b' '
                && let Some((indices, seen)) = ends.get_mut(&at)
                && !std::mem::replace(seen, true)
            {
                for index in indices {
                    found[*index] = comment[length + 1..].to_owned();
                }
            }
            match steps.get(&(at, byte)) {
                Some(next) => at = *next,
                None => break,
            }
        }
    }
    found
}

fn description(comment: &str, name: &str) -> Option<String> {
    if name.is_empty() {
        return None;
    }
    comment.strip_prefix(name)?.strip_prefix(' ').map(ToOwned::to_owned)
}

/// Checks that the last comment above an instruction starts with a name that it defines.
pub(super) fn check_description(
    word: &str,
    names: &[&str],
    comments: &[String],
    location: &[Range],
    lint: &Linter,
) {
    let (Some(last), Some(first)) = (comments.last(), names.first()) else { return };
    if names.contains(&last.split(' ').next().unwrap_or_default()) {
        return;
    }
    let example = if names.len() > 1 { "<arg_key>" } else { first };
    let message = message::invalid_definition_description(word, example);
    lint.run(&rule::INVALID_DEFINITION_DESCRIPTION, location, message);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_comment_counts() {
        let comments = ["a one", "b", "ab  two", "a again", "c d three"].map(ToOwned::to_owned);
        let one = |name| descriptions(&comments, [name].into_iter()).remove(0);
        let names = ["a", "b", "ab", "c d", "c", "", "a"];
        assert_eq!(descriptions(&comments, names.into_iter()), names.map(one));
        assert_eq!(names.map(one), ["one", "", " two", "three", "d three", "", "one"]);
    }
}
