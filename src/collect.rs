//! Ordered maps and lists that do not instantiate a sort of their own.
//!
//! `BTreeMap::from_iter` and `BTreeMap::from` sort first, and each type of key and value adds its own copy of that sort
//! to the executable, a good 4 KB each. The maps here are small and often already sorted, so entries are inserted one
//! by one. An executable that is pulled for a build should be small.

use std::collections::{BTreeMap, BTreeSet};

/// Returns a map of these entries. The last of several entries with the same key wins, as with `collect`.
pub fn map<K: Ord, V>(entries: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    map.extend(entries);
    map
}

/// Returns a set of these items.
pub fn set<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    set.extend(items);
    set
}

/// Sorts items by their keys. Items with equal keys keep their order: `sort_by_key`, with one sort for all types.
pub fn by_key<T>(items: Vec<T>, key: impl Fn(&T) -> u32) -> Vec<T> {
    let mut order: Vec<(u32, usize)> = items.iter().map(key).zip(0..).collect();
    order.sort_unstable();
    let mut items: Vec<Option<T>> = items.into_iter().map(Some).collect();
    order.into_iter().filter_map(|(_, index)| items[index].take()).collect()
}

/// A map from names to values, ordered by name like `BTreeMap<String, V>`. The tree is the same for all value types,
/// because the values are stored beside it: a copy of the tree for each type takes 2 to 4 KB of the executable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByName<V> {
    positions: BTreeMap<String, usize>,
    values: Vec<V>,
}

impl<V> Default for ByName<V> {
    fn default() -> Self {
        Self { positions: BTreeMap::new(), values: Vec::new() }
    }
}

impl<V> ByName<V> {
    /// Inserts a value under a name. Replaces the existing value, if any.
    pub fn insert(&mut self, name: String, value: V) {
        match self.get_mut(&name) {
            Some(known) => *known = value,
            None => {
                self.positions.insert(name, self.values.len());
                self.values.push(value);
            }
        }
    }

    /// Returns the value of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&V> {
        self.values.get(*self.positions.get(name)?)
    }

    /// Returns the value of a name, mutably.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut V> {
        self.values.get_mut(*self.positions.get(name)?)
    }

    /// Returns whether the name has a value.
    #[must_use]
    pub fn contains_key(&self, name: &str) -> bool {
        self.positions.contains_key(name)
    }

    /// Returns the names, in order.
    pub fn keys(&self) -> impl Iterator<Item = &String> {
        self.positions.keys()
    }

    /// Returns names and values, ordered by name.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &V)> {
        self.positions.iter().map(|(name, position)| (name, &self.values[*position]))
    }
}

impl<V: Default> ByName<V> {
    /// Returns the value of a name, mutably. Inserts a default value if there is none.
    pub fn or_default(&mut self, name: &str) -> &mut V {
        if !self.contains_key(name) {
            self.insert(name.to_owned(), V::default());
        }
        &mut self.values[self.positions[name]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_collect() {
        let entries = [("b", 1), ("a", 2), ("b", 3)];
        assert_eq!(map(entries), entries.into_iter().collect());
    }

    #[test]
    fn by_name_is_like_a_map() {
        let (mut named, mut map) = (ByName::default(), BTreeMap::new());
        for (name, value) in [("b", 1), ("a", 2), ("b", 3), ("c", 4)] {
            named.insert(name.to_owned(), value);
            map.insert(name.to_owned(), value);
        }
        *named.or_default("a") += 5;
        *named.or_default("d") += 6;
        *map.entry("a".to_owned()).or_default() += 5;
        *map.entry("d".to_owned()).or_default() += 6;
        assert!(named.iter().eq(map.iter()) && named.keys().eq(map.keys()));
        assert_eq!((named.get("b"), named.get("x")), (Some(&3), None));
    }

    #[test]
    fn like_sort_by_key() {
        let mut items: Vec<(u32, usize)> = (0..100).map(|i| ((i as u32 * 37) % 11, i)).collect();
        let sorted = by_key(items.clone(), |item| item.0);
        items.sort_by_key(|item| item.0);
        assert_eq!(sorted, items);
    }
}
