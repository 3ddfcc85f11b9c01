//! Ordered maps and lists without a sort of their own.
//!
//! `BTreeMap::from_iter` and `BTreeMap::from` sort first, and each type of key and value has its own
//! copy of that sort in the executable, a good 4 KB each. The maps here are small, often sorted
//! already, so entries are inserted one by one. An executable that is pulled for a build should be
//! small.

use std::collections::{BTreeMap, BTreeSet};

/// A map of these entries. Of entries with the same key the last stays, as with `collect`.
pub fn map<K: Ord, V>(entries: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    map.extend(entries);
    map
}

/// A set of these items.
pub fn set<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    set.extend(items);
    set
}

/// The items in the order of their keys, equal ones in the order they have: `sort_by_key`, with one
/// sort for all types.
pub fn by_key<T>(items: Vec<T>, key: impl Fn(&T) -> u32) -> Vec<T> {
    let mut order: Vec<(u32, usize)> = items.iter().map(key).zip(0..).collect();
    order.sort_unstable();
    let mut items: Vec<Option<T>> = items.into_iter().map(Some).collect();
    order.into_iter().filter_map(|(_, index)| items[index].take()).collect()
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
    fn like_sort_by_key() {
        let mut items: Vec<(u32, usize)> = (0..100).map(|i| ((i as u32 * 37) % 11, i)).collect();
        let sorted = by_key(items.clone(), |item| item.0);
        items.sort_by_key(|item| item.0);
        assert_eq!(sorted, items);
    }
}
