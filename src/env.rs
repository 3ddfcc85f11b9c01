//! An ordered environment: what variable expansion reads and what a container gets.
//!
//! Mirrors `llb.EnvList` and `shell.EnvGetter` of moby/buildkit: a key that is set again moves to the end, and the
//! order affects the digest of every step.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// Variables by name.
pub trait Env {
    /// Returns the value of `key`.
    fn get(&self, key: &str) -> Option<&str>;
    /// Returns every key, in the order a container sees them.
    fn keys(&self) -> Vec<&str>;
}

/// Variables in the order of their last assignment.
///
/// A key that is set again leaves a gap at its old position, so that a Dockerfile with a million arguments does not
/// move entries a million times.
#[derive(Debug, Clone, Default)]
pub struct EnvList {
    list: Vec<Option<(String, String)>>,
    /// The index of each key in `list`. Keys are in lower case if case is ignored.
    places: BTreeMap<String, usize>,
    ignores_case: bool,
}

impl EnvList {
    /// Creates an empty list.
    #[must_use]
    pub const fn new() -> Self {
        Self { list: Vec::new(), places: BTreeMap::new(), ignores_case: false }
    }

    /// Makes keys case-insensitive from now on, as on Windows. A key is spelled as it was last set.
    pub fn ignore_case(&mut self) {
        self.ignores_case = true;
        let list = std::mem::take(&mut self.list);
        self.places.clear();
        list.into_iter().flatten().for_each(|(key, value)| self.set(key, value));
    }

    /// Sets `key`, and moves it to the end.
    pub fn set(&mut self, key: impl Into<String>, value: impl Into<String>) {
        let key = key.into();
        self.remove(&key);
        self.places.insert(fold(self.ignores_case, &key).into_owned(), self.list.len());
        self.list.push(Some((key, value.into())));
    }

    /// Removes `key`.
    pub fn remove(&mut self, key: &str) {
        let Some(place) = self.places.remove(&*fold(self.ignores_case, key)) else { return };
        self.list[place] = None;
        if self.list.len() > 2 * self.places.len() + 8 {
            self.list.retain(Option::is_some);
            for (place, (key, _)) in self.list.iter().flatten().enumerate() {
                if let Some(old) = self.places.get_mut(&*fold(self.ignores_case, key)) {
                    *old = place;
                }
            }
        }
    }

    /// Returns key and value pairs in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.list.iter().flatten().map(|(k, v)| (k.as_str(), v.as_str()))
    }

    /// Returns `KEY=value` strings in order.
    #[must_use]
    pub fn to_strings(&self) -> Vec<String> {
        self.iter().map(|(k, v)| format!("{k}={v}")).collect()
    }
}

/// Returns a key in the form in which it is looked up.
fn fold(ignores_case: bool, key: &str) -> Cow<'_, str> {
    if ignores_case { Cow::Owned(key.to_lowercase()) } else { Cow::Borrowed(key) }
}

impl PartialEq for EnvList {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for EnvList {}

impl Env for EnvList {
    fn get(&self, key: &str) -> Option<&str> {
        self.list
            .get(*self.places.get(&*fold(self.ignores_case, key))?)?
            .as_ref()
            .map(|(_, value)| value.as_str())
    }

    fn keys(&self) -> Vec<&str> {
        self.iter().map(|(key, _)| key).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_set_again_moves_to_the_end() {
        let mut env = EnvList::new();
        env.set("A", "1");
        env.set("B", "2");
        env.set("A", "3");
        assert_eq!(env.to_strings(), ["B=2", "A=3"]);
        assert_eq!(env.get("A"), Some("3"));
    }

    #[test]
    fn on_windows_keys_have_no_case() {
        let mut env = EnvList::new();
        env.set("Path", "1");
        env.set("PATH", "2");
        env.ignore_case();
        assert_eq!(env.to_strings(), ["PATH=2"]);
        for round in 0..20 {
            env.set("path", round.to_string());
            env.set("Other", "x");
        }
        assert_eq!(
            (env.get("Path"), env.to_strings()),
            (Some("19"), vec!["path=19".into(), "Other=x".into()])
        );
        env.remove("OTHER");
        assert_eq!(env.keys(), ["path"]);
    }

    #[test]
    fn gaps_do_not_show() {
        let mut env = EnvList::new();
        for round in 0..10 {
            for key in ["A", "B", "C"] {
                env.set(key, format!("{key}{round}"));
            }
            env.remove("D");
        }
        env.remove("B");
        env.set("D", "d");
        assert_eq!(env.to_strings(), ["A=A9", "C=C9", "D=d"]);
        assert_eq!(env.keys(), ["A", "C", "D"]);
        assert_eq!((env.get("B"), env.get("C")), (None, Some("C9")));
        assert!(env.list.len() <= 2 * 3 + 8);
        let mut plain = EnvList::new();
        [("A", "A9"), ("C", "C9"), ("D", "d")].iter().for_each(|(key, value)| plain.set(*key, *value));
        assert_eq!(env, plain);
    }

    #[test]
    fn a_million_variables_take_no_square_of_time() {
        let mut env = EnvList::new();
        for round in 0..2 {
            (0..500_000).for_each(|n| env.set(format!("A{n}"), round.to_string()));
        }
        assert_eq!((env.keys().len(), env.get("A499999")), (500_000, Some("1")));
    }
}
