//! The part of Go's `regexp` that shell patterns and ignore patterns are translated to.
//!
//! A [`Program`] runs all its alternatives in parallel, one character at a time, in order of preference: the
//! result is the one that a backtracking matcher would find first, and the time is bounded by program length
//! times text length.

mod class;

use std::ops::Range;

pub use class::Class;

/// An instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The given character.
    Char(char),
    /// Any character except a newline: Go's `.`.
    Any,
    /// A character of a class.
    Class(Class),
    /// The start of the text.
    Start,
    /// The end of the text.
    End,
    /// The start or end of an ASCII word (`true`), or any other position (`false`).
    WordBoundary(bool),
    /// Continue at both instructions, preferring the first.
    Split(usize, usize),
    /// Continue at that instruction.
    Jump(usize),
}

/// A compiled pattern. Reaching its end is a match.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Program {
    steps: Vec<Step>,
}

/// The error of a search that took more than [`BUDGET`] steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("pattern takes too long to match")]
pub struct TooSlow;

/// The limit on the work of searches together, in executed instructions. Only texts and patterns of many
/// kilobytes, full of wildcards, come close: this is less than a second.
pub const BUDGET: usize = 50_000_000;

/// The unused part of [`BUDGET`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget(usize);

impl Default for Budget {
    fn default() -> Self {
        Self(BUDGET)
    }
}

impl Budget {
    /// Creates a budget of that many instructions.
    #[must_use]
    pub const fn new(instructions: usize) -> Self {
        Self(instructions)
    }

    /// Subtracts an amount of work.
    ///
    /// # Errors
    ///
    /// Returns [`TooSlow`] if not that much is left.
    pub fn spend(&mut self, work: usize) -> Result<(), TooSlow> {
        self.0 = self.0.checked_sub(work).ok_or(TooSlow)?;
        Ok(())
    }

    /// Returns how much is left.
    #[cfg(test)]
    pub const fn left(&self) -> usize {
        self.0
    }
}

impl Program {
    /// Adds an instruction.
    pub fn push(&mut self, step: Step) {
        self.steps.push(step);
    }

    /// Adds any number of characters that `step` accepts: as many as possible if `greedy`, otherwise as few.
    pub fn repeat(&mut self, step: Step, greedy: bool) {
        let start = self.steps.len();
        self.split(start + 1, start + 3, greedy);
        self.push(step);
        self.push(Step::Jump(start));
    }

    /// Adds `inner` as optional, preferring its presence.
    pub fn optional(&mut self, inner: impl FnOnce(&mut Self)) {
        let start = self.steps.len();
        self.push(Step::Jump(0));
        inner(self);
        self.steps[start] = Step::Split(start + 1, self.steps.len());
    }

    /// Returns the number of instructions.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.steps.len()
    }

    /// Appends another pattern.
    pub fn append(&mut self, other: &Self) {
        let offset = self.steps.len();
        self.steps.extend(other.steps.iter().map(|step| match step {
            Step::Jump(to) => Step::Jump(to + offset),
            Step::Split(first, second) => Step::Split(first + offset, second + offset),
            step => step.clone(),
        }));
    }

    /// Splits off the instructions from `start` on, as a pattern of their own. No earlier instruction may
    /// jump into them, except to the first.
    pub fn split_off(&mut self, start: usize) -> Self {
        let mut steps = self.steps.split_off(start);
        for step in &mut steps {
            match step {
                Step::Jump(to) => *to -= start,
                Step::Split(first, second) => {
                    *first -= start;
                    *second -= start;
                }
                _ => {}
            }
        }
        Self { steps }
    }

    /// Adds `inner` at least `min` times and at most `max` times, without limit if `max` is `None`.
    pub fn repeat_program(&mut self, inner: &Self, min: usize, max: Option<usize>) {
        for _ in 0..min {
            self.append(inner);
        }
        match max {
            Some(max) => (min..max).for_each(|_| self.optional(|program| program.append(inner))),
            None => {
                let start = self.steps.len();
                self.optional(|program| {
                    program.append(inner);
                    program.push(Step::Jump(start));
                });
            }
        }
    }

    /// Returns the pattern that matches what any of the alternatives matches, preferring the first ones.
    #[must_use]
    pub fn any_of(alternatives: &[Self]) -> Self {
        let Some((last, others)) = alternatives.split_last() else { return Self::default() };
        // Each alternative except the last has a split before it and a jump after it.
        let end = others.iter().map(|other| other.len() + 2).sum::<usize>() + last.len();
        let mut program = Self::default();
        for other in others {
            let start = program.len();
            program.push(Step::Split(start + 1, start + other.len() + 2));
            program.append(other);
            program.push(Step::Jump(end));
        }
        program.append(last);
        program
    }

    fn split(&mut self, repeat: usize, leave: usize, greedy: bool) {
        self.push(if greedy { Step::Split(repeat, leave) } else { Step::Split(leave, repeat) });
    }

    /// Returns whether the pattern matches anywhere in `text`.
    ///
    /// # Errors
    ///
    /// Returns [`TooSlow`] if the budget is used up.
    pub fn matches(&self, text: &str, budget: &mut Budget) -> Result<bool, TooSlow> {
        Ok(self.find(text, 0, false, budget)?.is_some())
    }

    /// Returns the leftmost match that starts at `from`, a character's offset in bytes, or after it; only at
    /// `from` if `anchored`.
    ///
    /// # Errors
    ///
    /// Returns [`TooSlow`] if the budget is used up.
    pub fn find(
        &self,
        text: &str,
        from: usize,
        anchored: bool,
        budget: &mut Budget,
    ) -> Result<Option<Range<usize>>, TooSlow> {
        // A search starts by initializing an entry for every instruction.
        budget.spend(self.steps.len() / 8)?;
        let mut search = Search {
            program: self,
            text,
            seen: vec![usize::MAX; self.steps.len() + 1],
            pending: Vec::new(),
            budget,
        };
        let mut found: Option<Range<usize>> = None;
        let (mut current, mut next) = (Vec::new(), Vec::new());
        let mut at = from;
        loop {
            let mut rest = text[at..].chars();
            let c = rest.next();
            let after = text.len() - rest.as_str().len();
            // A new attempt is less preferred than all earlier ones.
            if found.is_none() && (at == from || !anchored) {
                search.follow(&mut current, 0, at, at)?;
            }
            if current.is_empty() && (found.is_some() || anchored) {
                return Ok(found);
            }
            for &(step, start) in &current {
                let accepted = match self.steps.get(step) {
                    None => {
                        // Everything after this one is less preferred.
                        found = Some(start..at);
                        break;
                    }
                    Some(Step::Char(expected)) => c == Some(*expected),
                    Some(Step::Any) => c.is_some_and(|c| c != '\n'),
                    Some(Step::Class(class)) => c.is_some_and(|c| class.contains(c)),
                    Some(_) => false,
                };
                if accepted {
                    search.follow(&mut next, step + 1, start, after)?;
                }
            }
            if c.is_none() {
                return Ok(found);
            }
            current.clear();
            std::mem::swap(&mut current, &mut next);
            at = after;
        }
    }
}

struct Search<'a> {
    program: &'a Program,
    text: &'a str,
    /// For each step, the position at which it was last queued.
    seen: Vec<usize>,
    /// The steps to process, the most preferred on top.
    pending: Vec<usize>,
    budget: &'a mut Budget,
}

impl Search<'_> {
    /// Queues the steps that can be reached from `step` at position `at` without reading a character.
    fn follow(
        &mut self,
        queue: &mut Vec<(usize, usize)>,
        step: usize,
        start: usize,
        at: usize,
    ) -> Result<(), TooSlow> {
        self.pending.push(step);
        while let Some(step) = self.pending.pop() {
            if std::mem::replace(&mut self.seen[step], at) == at {
                continue;
            }
            self.budget.spend(1)?;
            match self.program.steps.get(step) {
                Some(Step::Jump(to)) => self.pending.push(*to),
                Some(Step::Split(first, second)) => self.pending.extend([*second, *first]),
                Some(Step::Start) if at != 0 => {}
                Some(Step::End) if at != self.text.len() => {}
                Some(Step::WordBoundary(wanted)) if self.at_word_boundary(at) != *wanted => {}
                Some(Step::Start | Step::End | Step::WordBoundary(_)) => self.pending.push(step + 1),
                _ => queue.push((step, start)),
            }
        }
        Ok(())
    }

    fn at_word_boundary(&self, at: usize) -> bool {
        let bytes = self.text.as_bytes();
        let word = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
        word(at.checked_sub(1).and_then(|i| bytes.get(i))) != word(bytes.get(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(
        program: &Program,
        text: &str,
        from: usize,
        anchored: bool,
    ) -> Result<Option<Range<usize>>, TooSlow> {
        program.find(text, from, anchored, &mut Budget::default())
    }

    fn literal(text: &str) -> Program {
        let mut program = Program::default();
        text.chars().for_each(|c| program.push(Step::Char(c)));
        program
    }

    #[test]
    fn finds_the_leftmost_preferred_match() {
        let mut lazy = literal("a");
        lazy.repeat(Step::Any, false);
        lazy.push(Step::Char('b'));
        assert_eq!(find(&lazy, "xaabxb", 0, false), Ok(Some(1..4)));
        let mut greedy = literal("a");
        greedy.repeat(Step::Any, true);
        greedy.push(Step::Char('b'));
        assert_eq!(find(&greedy, "xaabxb", 0, false), Ok(Some(1..6)));
        assert_eq!(find(&greedy, "xaab\nxb", 0, false), Ok(Some(1..4)));
        assert_eq!(find(&greedy, "xaab", 0, true), Ok(None));
        assert_eq!(find(&greedy, "xaab", 2, true), Ok(Some(2..4)));
        assert_eq!(find(&Program::default(), "é", 2, false), Ok(Some(2..2)));
    }

    #[test]
    fn alternatives_and_counts() {
        let program = Program::any_of(&[literal("ab"), literal("a"), literal("")]);
        assert_eq!(find(&program, "ab", 0, false), Ok(Some(0..2)));
        assert_eq!(find(&program, "xab", 1, false), Ok(Some(1..3)));
        assert_eq!(find(&program, "xb", 0, false), Ok(Some(0..0)));
        let mut counted = literal("x");
        let inner = counted.split_off(0);
        counted.repeat_program(&inner, 2, Some(3));
        assert_eq!(find(&counted, "xxxx", 0, false), Ok(Some(0..3)));
        assert_eq!(find(&counted, "x", 0, false), Ok(None));
        let mut open = Program::default();
        open.repeat_program(&inner, 1, None);
        assert_eq!(find(&open, "yxxxx", 0, false), Ok(Some(1..5)));
    }

    #[test]
    fn many_wildcards_take_no_exponential_time() {
        let mut program = Program::default();
        for _ in 0..100 {
            program.repeat(Step::Any, true);
            program.push(Step::Char('a'));
        }
        program.push(Step::Char('b'));
        assert_eq!(find(&program, &"a".repeat(5000), 0, false), Ok(None));
    }
}
