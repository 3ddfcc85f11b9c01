//! The checks of a Dockerfile (`docker build --check`, and the warnings of a build).
//!
//! Mirrors moby/buildkit's `frontend/dockerfile/linter`. The rules are a table ([`rule`]), and each has a function for
//! its message ([`message`]). The code that finds a violation calls [`Linter::run`] with both.

mod config;
pub mod message;
pub mod rule;
pub mod secret;
#[cfg(test)]
mod upstream_tests;
pub mod windows;

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use config::Config;
pub use rule::{Origin, Rule};

use crate::go::Quoted;
use crate::go::number::NumberError;
use crate::span::{Range, first_line};

/// Errors in the check options, or violations that fail the build.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// An unknown option, or one without `=`.
    #[error("invalid check option {}", Quoted(.0))]
    CheckOption(String),
    /// `error=` with a value that is not a boolean.
    #[error("failed to parse check option {}: {error}", Quoted(.option))]
    CheckBoolean {
        /// The option.
        option: String,
        /// What is wrong with its value.
        error: NumberError,
    },
    /// The `# check=` directive is wrong.
    #[error("failed to parse check options: {0}")]
    CheckDirective(Box<Self>),
    /// Rules were violated and `error=true` is set.
    #[error("lint violation found for rules: {}", .0.join(", "))]
    Violations(Vec<&'static str>),
}

/// A violation of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The rule.
    pub rule: &'static Rule,
    /// The message.
    pub message: String,
    /// Its location.
    pub location: Vec<Range>,
}

/// The destination for findings about an instruction.
#[derive(Debug, Clone)]
pub struct Site {
    /// A linter that follows the check options in the instruction's comments.
    pub lint: Linter,
    /// The location of the instruction.
    pub location: Vec<Range>,
}

impl Site {
    /// Records a violation of a rule.
    pub fn run(&self, rule: &'static Rule, message: String) {
        self.lint.run(rule, &self.location, message);
    }

    /// Returns whether a violation of a rule is recorded.
    #[must_use]
    pub fn has(&self, rule: &Rule) -> bool {
        self.lint.found().has_rule(rule, &self.location)
    }
}

/// Collects violations of the rules that are to be checked.
///
/// A clone collects into the same list. [`Linter::with_comments`] returns a linter that skips more rules but still
/// does.
#[derive(Debug, Clone)]
pub struct Linter {
    layer: Arc<Layer>,
    fails: bool,
    only_windows: bool,
    once: bool,
    warnings: Arc<Mutex<Found>>,
}

/// The violations so far.
#[derive(Debug, Default)]
struct Found {
    list: Vec<Warning>,
    /// Indexes of violations in the list, by the line where they begin: a file may have very many.
    by_line: BTreeMap<u32, Vec<usize>>,
    /// How many violations have been sent to the client.
    sent: usize,
}

impl Found {
    fn has(&self, warning: &Warning) -> bool {
        self.at(&warning.location).any(|known| known == warning)
    }

    fn has_rule(&self, rule: &Rule, location: &[Range]) -> bool {
        self.at(location).any(|known| known.rule == rule && known.location == location)
    }

    /// Returns the violations that begin on the same line.
    fn at(&self, location: &[Range]) -> impl Iterator<Item = &Warning> {
        let places = self.by_line.get(&first_line(location));
        places.into_iter().flatten().map(|place| &self.list[*place])
    }

    fn push(&mut self, warning: Warning) {
        self.by_line.entry(first_line(&warning.location)).or_default().push(self.list.len());
        self.list.push(warning);
    }
}

/// Check options, on top of others.
#[derive(Debug)]
struct Layer {
    skip_all: bool,
    skip: HashSet<String>,
    experimental_all: bool,
    experimental: HashSet<String>,
    below: Option<Arc<Self>>,
}

impl Layer {
    fn new(config: Config, below: Option<Arc<Self>>) -> Arc<Self> {
        Arc::new(Self {
            skip_all: config.skip_all,
            skip: config.skip.into_iter().collect(),
            experimental_all: config.experimental_all,
            experimental: config.experimental.into_iter().collect(),
            below,
        })
    }

    /// Returns whether the condition is true for any layer.
    fn any(&self, yes: impl Fn(&Self) -> bool) -> bool {
        let mut layer = Some(self);
        while let Some(this) = layer {
            if yes(this) {
                return true;
            }
            layer = this.below.as_deref();
        }
        false
    }
}

impl Linter {
    /// Creates a linter with an empty list.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self {
            fails: config.error,
            layer: Layer::new(config, None),
            only_windows: false,
            once: false,
            warnings: Arc::default(),
        }
    }

    /// Returns a linter that also follows the `# check=` in an instruction's comments (upstream's
    /// `WithMergedConfigFromComments`). The directive can only add rules to skip; its `error` has no effect.
    #[must_use]
    pub fn with_comments(&self, comments: &[String]) -> Self {
        let mut merged = self.clone();
        if let Some(config) = Config::of_comments(comments) {
            merged.layer = Layer::new(config, Some(Arc::clone(&self.layer)));
        }
        merged
    }

    /// Returns a linter for the Windows rules only, for what has been checked for another platform or version.
    #[must_use]
    pub fn only_windows(&self) -> Self {
        Self { only_windows: true, ..self.clone() }
    }

    /// Returns a linter that records nothing twice, for what is checked for several platforms.
    #[must_use]
    pub fn once(&self) -> Self {
        Self { once: true, ..self.clone() }
    }

    /// Returns whether a rule is to be checked.
    #[must_use]
    pub fn checks(&self, rule: &Rule) -> bool {
        let has = |rules: &HashSet<String>| rules.contains(rule.name);
        if rule.deprecated || (self.only_windows && rule.origin == Origin::Upstream) {
            false
        } else if rule.experimental {
            self.layer.any(|layer| layer.experimental_all || has(&layer.experimental))
        } else {
            !self.layer.any(|layer| layer.skip_all || has(&layer.skip))
        }
    }

    /// Records a violation, if the rule is to be checked.
    pub fn run(&self, rule: &'static Rule, location: &[Range], message: String) {
        if !self.checks(rule) {
            return;
        }
        let warning = Warning { rule, message, location: location.to_vec() };
        let mut found = self.found();
        let is_known = match rule.origin {
            Origin::Upstream => self.once && found.has(&warning),
            // Every version of a base has the same finding.
            Origin::Windows | Origin::WindowsAdvice => found.has(&warning),
            Origin::WindowsNote => found.list.iter().any(|known| known.rule == rule),
        };
        if !is_known {
            found.push(warning);
        }
    }

    /// Returns the violations so far, in the order they were found.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        self.found().list.clone()
    }

    /// Returns the violations that were not returned before, in the order they were found.
    #[must_use]
    pub fn unsent(&self) -> Vec<Warning> {
        let mut found = self.found();
        let unsent = found.list[found.sent..].to_vec();
        found.sent = found.list.len();
        unsent
    }

    /// Returns an error if violations fail the build (upstream's `Linter.Error`). It lists the rules in the order in
    /// which they were first violated.
    ///
    /// # Errors
    ///
    /// Returns an error if there are violations and `# check=error=true` is set.
    pub fn error(&self) -> Result<(), ErrorKind> {
        if !self.fails {
            return Ok(());
        }
        let mut names = Vec::new();
        for warning in self.found().list.iter().filter(|warning| warning.rule.origin.can_fail()) {
            if !names.contains(&warning.rule.name) {
                names.push(warning.rule.name);
            }
        }
        if names.is_empty() { Ok(()) } else { Err(ErrorKind::Violations(names)) }
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        // Nothing panics while it holds the list, since it only pushes.
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linter(options: &str) -> Linter {
        Linter::new(Config::parse(options).unwrap())
    }

    #[test]
    fn skips_and_shares() {
        let linter = linter("skip=StageNameCasing;error=true");
        assert_eq!(linter.error(), Ok(()));
        linter.run(&rule::STAGE_NAME_CASING, &[], "a".into());
        linter.run(&rule::INVALID_DEFINITION_DESCRIPTION, &[], "b".into());
        linter.run(&rule::FROM_AS_CASING, &[Range::lines(2, 2)], "c".into());
        let inner = linter.with_comments(&["check=skip=FromAsCasing;experimental=all".into()]);
        inner.run(&rule::FROM_AS_CASING, &[], "d".into());
        inner.run(&rule::STAGE_NAME_CASING, &[], "e".into());
        inner.run(&rule::INVALID_DEFINITION_DESCRIPTION, &[], "f".into());
        let messages: Vec<_> = linter.warnings().into_iter().map(|warning| warning.message).collect();
        assert_eq!(messages, ["c", "f"]);
        assert_eq!(linter.error().unwrap_err().to_string(), {
            "lint violation found for rules: FromAsCasing, InvalidDefinitionDescription"
        });
    }

    #[test]
    fn what_is_found_for_windows_is_found_once() {
        let linter = linter("error=true");
        let found = |linter: &Linter| {
            linter.warnings().into_iter().map(|warning| warning.message).collect::<Vec<_>>()
        };
        linter.run(&windows::PATH_DEFAULT, &[], "a".into());
        linter.run(&windows::PATH_DEFAULT, &[Range::lines(2, 2)], "b".into());
        // A note is not a violation.
        assert_eq!((found(&linter), linter.error()), (vec!["a".to_owned()], Ok(())));
        let second = linter.only_windows();
        for linter in [&linter, &second] {
            linter.run(&windows::USER, &[], "c".into());
            linter.run(&rule::UNDEFINED_VAR, &[], "d".into());
        }
        linter.run(&rule::UNDEFINED_VAR, &[], "d".into());
        assert_eq!(found(&linter), ["a", "c", "d", "d"]);
        linter.once().run(&rule::UNDEFINED_VAR, &[], "d".into());
        assert_eq!(found(&linter), ["a", "c", "d", "d"]);
        assert_eq!(
            linter.error().unwrap_err().to_string(),
            "lint violation found for rules: WindowsUser, UndefinedVar"
        );
    }

    #[test]
    fn skip_all_leaves_experimental_rules() {
        let linter = linter("skip=all;experimental=InvalidDefinitionDescription");
        assert!(!linter.checks(&rule::FROM_AS_CASING));
        assert!(linter.checks(&rule::INVALID_DEFINITION_DESCRIPTION));
    }
}
