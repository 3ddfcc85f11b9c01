//! Expansion of variables in an instruction's operands.

use std::collections::BTreeSet;

use super::stage::StageState;
use super::{Converter, Error, ErrorKind};
use crate::env::Env;
use crate::expand::{self, Lexer};
use crate::instruction::{Instruction, Kind};
use crate::lint::{Linter, message, rule};
use crate::span::{Located, Range};
use crate::suggest::suggest;

/// Arguments that control the build and never become variables.
pub(super) const NOT_IN_ENV: [&str; 2] = ["BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE"];

/// Expands the operands of an instruction that may be expanded, except ARG's, whose default may be
/// overridden.
pub(super) fn expand(
    converter: &Converter<'_>,
    state: &StageState,
    instruction: &mut Instruction,
    lint: &Linter,
) -> Result<(), Error> {
    let location = instruction.location.clone();
    let mut report = Report { state, location: &location, lint };
    if !matches!(instruction.kind, Kind::Arg(_)) {
        let lexer = converter.input.setting.lexer;
        instruction
            .expand(&mut |word| report.expand(lexer, word))
            .map_err(|e| Located::nowhere(ErrorKind::Expand(e)))?;
    }
    // The text of a heredoc has no quotes, and its escape character is always the backslash.
    let raw = Lexer { skip_process_quotes: true, ..Lexer::new('\\') };
    instruction
        .expand_raw(&mut |word| report.expand(&raw, word))
        .map_err(|e| Located::nowhere(ErrorKind::Expand(e)))
}

/// Expands words and reports variables that nothing defines.
pub(super) struct Report<'r> {
    pub(super) state: &'r StageState,
    pub(super) location: &'r [Range],
    pub(super) lint: &'r Linter,
}

impl Report<'_> {
    pub(super) fn expand(&mut self, lexer: &Lexer, word: &str) -> Result<String, expand::Error> {
        let expansion = lexer.process_word(word, self.state).inspect_err(|_| {
            self.undefined(&lexer.unset_names(word, self.state));
        })?;
        self.undefined(&expansion.unmatched);
        Ok(expansion.result)
    }

    /// Reports undefined variables (upstream's `reportUnmatchedVariables`).
    fn undefined(&self, names: &BTreeSet<String>) {
        let declared = |name: &str| self.state.build_args.iter().any(|arg| arg.key == name);
        for name in names.iter().filter(|name| !declared(name)) {
            if NOT_IN_ENV.contains(&name.as_str()) {
                continue;
            }
            let hint = suggest(name, self.state.keys(), true);
            self.lint.run(&rule::UNDEFINED_VAR, self.location, message::undefined_var(name, hint.as_deref()));
        }
    }
}
