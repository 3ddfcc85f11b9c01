//! An ordered environment: what variable expansion reads and what a container gets.
//!
//! Mirrors `llb.EnvList` and `shell.EnvGetter` of moby/buildkit: a key set again moves to the
//! end, and order shows in the digest of every step.

/// Variables by name.
pub trait Env {
    /// The value of `key`.
    fn get(&self, key: &str) -> Option<&str>;
    /// Every key, in the order a container sees them.
    fn keys(&self) -> Vec<&str>;
}

/// Variables in the order of their last assignment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EnvList(Vec<(String, String)>);

impl EnvList {
    /// No variables.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Sets `key`, which moves to the end.
    pub fn set(&mut self, key: impl Into<String>, value: impl Into<String>) {
        let key = key.into();
        self.remove(&key);
        self.0.push((key, value.into()));
    }

    /// Removes `key`.
    pub fn remove(&mut self, key: &str) {
        self.0.retain(|(k, _)| k != key);
    }

    /// Key and value pairs in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(k, v)| (k.as_str(), v.as_str()))
    }

    /// `KEY=value` strings in order.
    #[must_use]
    pub fn to_strings(&self) -> Vec<String> {
        self.iter().map(|(k, v)| format!("{k}={v}")).collect()
    }
}

impl Env for EnvList {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str())
    }

    fn keys(&self) -> Vec<&str> {
        self.0.iter().map(|(k, _)| k.as_str()).collect()
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
}
