//! Waits for several futures concurrently.
//!
//! `futures_util` can do the same, but adds a copy of its scheduler to the executable for each type of future. The
//! futures here are boxed, so there is one copy for each type of output. Whenever one of them makes progress, all
//! running futures are polled again, so only a few dozen run at once.

use std::future::poll_fn;
use std::task::Poll;

use futures_util::future::{Future, LocalBoxFuture};

/// How many futures run at once.
const AT_ONCE: usize = 64;

/// Returns the outputs of all futures, in order.
pub(crate) async fn all<'f, T>(futures: impl IntoIterator<Item = impl Future<Output = T> + 'f>) -> Vec<T> {
    answers(futures.into_iter().map(|future| Box::pin(future) as LocalBoxFuture<'f, T>).collect(), |_| false)
        .await
}

/// Returns the outputs of all futures, in order, or the first error.
///
/// # Errors
///
/// Returns the error of the first future that fails.
pub(crate) async fn try_all<'f, T, E>(
    futures: impl IntoIterator<Item = impl Future<Output = Result<T, E>> + 'f>,
) -> Result<Vec<T>, E> {
    let futures = futures.into_iter().map(|future| Box::pin(future) as LocalBoxFuture<'f, Result<T, E>>);
    let mut answers = answers(futures.collect(), Result::is_err).await;
    // Futures that were not awaited to the end have no answer here.
    match answers.iter().position(Result::is_err) {
        Some(failed) => answers.swap_remove(failed).map(|_| Vec::new()),
        None => answers.into_iter().collect(),
    }
}

/// Returns the outputs, in order. An output for which `ends` is true ends the wait, and the outputs so far are
/// returned.
async fn answers<T>(mut futures: Vec<LocalBoxFuture<'_, T>>, ends: fn(&T) -> bool) -> Vec<T> {
    let mut answers: Vec<Option<T>> = futures.iter().map(|_| None).collect();
    let mut first = 0;
    poll_fn(|context| {
        let mut waiting = 0;
        for (future, answer) in futures.iter_mut().zip(&mut answers).skip(first) {
            if answer.is_some() {
                first += usize::from(waiting == 0);
                continue;
            }
            match future.as_mut().poll(context) {
                Poll::Ready(ready) => {
                    let is_last = ends(&ready);
                    *answer = Some(ready);
                    if is_last {
                        return Poll::Ready(());
                    }
                }
                Poll::Pending => waiting += 1,
            }
            if waiting == AT_ONCE {
                break;
            }
        }
        if waiting > 0 { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    answers.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn later<T>(turns: usize, value: T) -> T {
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
        value
    }

    #[tokio::test]
    async fn answers_come_in_order() {
        assert_eq!(all((0..300_usize).map(|i| later(300 - i, i))).await, (0..300).collect::<Vec<_>>());
        assert_eq!(all(std::iter::empty::<std::future::Ready<u8>>()).await, [0; 0]);
        assert_eq!(try_all([later(3, Ok::<u8, ()>(1)), later(0, Ok(2))]).await, Ok(vec![1, 2]));
    }

    #[tokio::test]
    async fn the_first_error_ends_the_wait() {
        let never = std::future::pending::<Result<u8, &str>>();
        let futures: Vec<LocalBoxFuture<'_, Result<u8, &str>>> =
            vec![Box::pin(never), Box::pin(later(9, Err("late"))), Box::pin(later(2, Err("early")))];
        assert_eq!(try_all(futures).await, Err("early"));
    }
}
