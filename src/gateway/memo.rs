//! A cache of answers: a question that is pending or answered is not asked again.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

/// Answers by question, failures included (upstream's `flightcontrol.CachedGroup`).
#[derive(Debug)]
pub(crate) struct Memo<K, V> {
    cells: Arc<Mutex<BTreeMap<K, Arc<OnceCell<V>>>>>,
}

impl<K, V> Clone for Memo<K, V> {
    fn clone(&self) -> Self {
        Self { cells: Arc::clone(&self.cells) }
    }
}

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Self { cells: Arc::default() }
    }
}

impl<K: Ord, V: Clone> Memo<K, V> {
    /// Returns the answer to `question`, which only the first caller looks up, with `ask`.
    ///
    /// If that caller gives up waiting, the next one takes over.
    pub(crate) async fn get(&self, question: K, ask: impl Future<Output = V>) -> V {
        let cell = {
            let mut cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(cells.entry(question).or_default())
        };
        cell.get_or_init(|| ask).await.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn asks_once_for_those_who_wait_and_those_who_come_later() {
        let asked = AtomicUsize::new(0);
        let memo = Memo::<u8, usize>::default();
        let ask = || async {
            tokio::task::yield_now().await;
            asked.fetch_add(1, Ordering::Relaxed) + 40
        };
        let (first, second, other) = tokio::join!(memo.get(1, ask()), memo.get(1, ask()), memo.get(2, ask()));
        assert_eq!(first, second);
        assert_ne!(first, other);
        assert_eq!(memo.get(1, ask()).await, first);
        assert_eq!(asked.load(Ordering::Relaxed), 2);
    }
}
