//! Sorts elements in the order in which Go's `sort.Slice` leaves them, including equal ones.
//!
//! The sort is not stable, but it is not arbitrary either: the same input always gives the same output. It is
//! a pattern-defeating quicksort with Go's own choice of pivots.

/// Up to this number of elements are sorted by insertion, which keeps equal ones in order.
const INSERTION_SORT_LIMIT: usize = 12;
/// From this number of elements on, the pivot is a median of medians.
const NINTHER_LIMIT: usize = 50;

/// Sorts like `sort.Slice`; `less` returns whether the first element comes before the second.
pub fn sort_by<T>(items: &mut [T], less: impl Fn(&T, &T) -> bool) {
    let bad_pivots = usize::BITS - items.len().leading_zeros();
    let end = items.len();
    Sorter { items, less }.sort(0, end, bad_pivots);
}

struct Sorter<'s, T, F> {
    items: &'s mut [T],
    less: F,
}

/// What the choice of a pivot reveals about the existing order.
#[derive(PartialEq, Eq)]
enum Hint {
    Unknown,
    Increasing,
    Decreasing,
}

impl<T, F: Fn(&T, &T) -> bool> Sorter<'_, T, F> {
    fn less(&self, a: usize, b: usize) -> bool {
        (self.less)(&self.items[a], &self.items[b])
    }

    fn swap(&mut self, a: usize, b: usize) {
        self.items.swap(a, b);
    }

    /// Sorts from `start` to `end`. Recursion goes into the smaller part, so it is shallow.
    fn sort(&mut self, mut start: usize, mut end: usize, mut bad_pivots: u32) {
        let (mut balanced, mut partitioned) = (true, true);
        loop {
            let length = end - start;
            if length <= INSERTION_SORT_LIMIT {
                return self.insertion(start, end);
            }
            if bad_pivots == 0 {
                return self.heap(start, end);
            }
            if !balanced {
                self.scatter(start, end);
                bad_pivots -= 1;
            }
            let (mut pivot, mut hint) = self.pivot(start, end);
            if hint == Hint::Decreasing {
                self.items[start..end].reverse();
                pivot = (end - 1) - (pivot - start);
                hint = Hint::Increasing;
            }
            if balanced && partitioned && hint == Hint::Increasing && self.nearly_sorted(start, end) {
                return;
            }
            // The element before the range is not less than the pivot, so many are equal.
            if start > 0 && !self.less(start - 1, pivot) {
                start = self.skip_equal(start, end, pivot);
                continue;
            }
            let middle;
            (middle, partitioned) = self.partition(start, end, pivot);
            let (left, right) = (middle - start, end - middle);
            balanced = left.min(right) >= length / 8;
            if left < right {
                self.sort(start, middle, bad_pivots);
                start = middle + 1;
            } else {
                self.sort(middle + 1, end, bad_pivots);
                end = middle;
            }
        }
    }

    fn insertion(&mut self, start: usize, end: usize) {
        for i in start + 1..end {
            let mut j = i;
            while j > start && self.less(j, j - 1) {
                self.swap(j, j - 1);
                j -= 1;
            }
        }
    }

    fn heap(&mut self, start: usize, end: usize) {
        let length = end - start;
        for root in (0..=(length - 1) / 2).rev() {
            self.sift(start, root, length);
        }
        for last in (0..length).rev() {
            self.swap(start, start + last);
            self.sift(start, 0, last);
        }
    }

    fn sift(&mut self, start: usize, mut root: usize, length: usize) {
        loop {
            let mut child = 2 * root + 1;
            if child >= length {
                return;
            }
            if child + 1 < length && self.less(start + child, start + child + 1) {
                child += 1;
            }
            if !self.less(start + root, start + child) {
                return;
            }
            self.swap(start + root, start + child);
            root = child;
        }
    }

    /// Moves smaller elements to the left of the pivot, the others to its right. Returns the index of the
    /// pivot, and whether nothing had to move.
    fn partition(&mut self, start: usize, end: usize, pivot: usize) -> (usize, bool) {
        self.swap(start, pivot);
        let (mut i, mut j) = (start + 1, end - 1);
        let mut moved = false;
        loop {
            while i <= j && self.less(i, start) {
                i += 1;
            }
            while i <= j && !self.less(j, start) {
                j -= 1;
            }
            if i > j {
                self.swap(j, start);
                return (j, !moved);
            }
            self.swap(i, j);
            moved = true;
            i += 1;
            j -= 1;
        }
    }

    /// Moves elements equal to the pivot to the left, if none is smaller; returns where they end.
    fn skip_equal(&mut self, start: usize, end: usize, pivot: usize) -> usize {
        self.swap(start, pivot);
        let (mut i, mut j) = (start + 1, end - 1);
        loop {
            while i <= j && !self.less(start, i) {
                i += 1;
            }
            while i <= j && self.less(start, j) {
                j -= 1;
            }
            if i > j {
                return i;
            }
            self.swap(i, j);
            i += 1;
            j -= 1;
        }
    }

    /// Repairs a few neighbors that are out of order; returns whether everything is sorted then.
    fn nearly_sorted(&mut self, start: usize, end: usize) -> bool {
        let mut i = start + 1;
        for _ in 0..5 {
            while i < end && !self.less(i, i - 1) {
                i += 1;
            }
            if i == end {
                return true;
            }
            if end - start < NINTHER_LIMIT {
                return false;
            }
            self.swap(i, i - 1);
            if i - start >= 2 {
                let mut j = i - 1;
                while j >= 1 && self.less(j, j - 1) {
                    self.swap(j, j - 1);
                    j -= 1;
                }
            }
            if end - i >= 2 {
                let mut j = i + 1;
                while j < end && self.less(j, j - 1) {
                    self.swap(j, j - 1);
                    j += 1;
                }
            }
        }
        false
    }

    /// Swaps middle elements with others that a xorshift generator selects.
    fn scatter(&mut self, start: usize, end: usize) {
        let length = end - start;
        let mut random = length as u64;
        let mask = (1_usize << (usize::BITS - length.leading_zeros())) - 1;
        let middle = start + length / 4 * 2;
        for i in middle - 1..=middle + 1 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let other = random as usize & mask;
            self.swap(i, start + if other >= length { other - length } else { other });
        }
    }

    fn pivot(&self, start: usize, end: usize) -> (usize, Hint) {
        let length = end - start;
        let mut swaps = 0;
        let mut quarters = [1, 2, 3].map(|quarter| start + length / 4 * quarter);
        if length >= NINTHER_LIMIT {
            quarters = quarters.map(|at| self.median([at - 1, at, at + 1], &mut swaps));
        }
        let median = self.median(quarters, &mut swaps);
        let hint = match swaps {
            0 => Hint::Increasing,
            12 => Hint::Decreasing,
            _ => Hint::Unknown,
        };
        (median, hint)
    }

    fn median(&self, [mut a, mut b, mut c]: [usize; 3], swaps: &mut u32) -> usize {
        let mut order = |x: &mut usize, y: &mut usize| {
            if self.less(*y, *x) {
                std::mem::swap(x, y);
                *swaps += 1;
            }
        };
        order(&mut a, &mut b);
        order(&mut b, &mut c);
        order(&mut a, &mut b);
        b
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares the results for lists of numbers with the order in which `sort.Slice` leaves them by their
    /// tens.
    #[test]
    fn as_go() {
        let vectors = include_str!("../../testdata/request/sort.tsv");
        for (number, line) in vectors.lines().enumerate() {
            let (keys, expected) = line.split_once('\t').unwrap();
            let numbers = |text: &str| text.split(' ').map(|n| n.parse().unwrap()).collect::<Vec<u32>>();
            let keys = numbers(keys);
            let mut order: Vec<u32> = (0..).take(keys.len()).collect();
            sort_by(&mut order, |a, b| keys[*a as usize] < keys[*b as usize]);
            assert_eq!(order, numbers(expected), "line {number}");
        }
    }
}
