//! Suggests replacements for RUN commands in Windows stages.
//!
//! A script is split into its commands ([`split`]), prefixes of each command are removed ([`prefix`]), and its name
//! ([`table`]) and arguments ([`refine`]) tell what it does. Each kind of command has one advice ([`kind`]); simple
//! commands are also shown as the instruction that does the same ([`rewrite`]).

mod judge;
mod kind;
mod prefix;
mod refine;
mod rewrite;
mod split;
mod table;
#[cfg(test)]
mod tests;
mod words;

use std::fmt;

pub use kind::Kind;
pub use split::Language;

/// What to write instead of one or more commands of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// What the commands do.
    pub kind: Kind,
    /// Instructions that do the same, if the commands are simple.
    pub instructions: Vec<String>,
}

impl Advice {
    /// Creates advice without instructions.
    const fn of(kind: Kind) -> Self {
        Self { kind, instructions: Vec::new() }
    }
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.text())?;
        for (index, instruction) in self.instructions.iter().enumerate() {
            write!(f, "{} {instruction}", if index == 0 { "; write:" } else { " and" })?;
        }
        Ok(())
    }
}

/// Returns what to write instead of the commands of a script: each advice once, in the order of the commands.
#[must_use]
pub fn of_script(script: &str, language: Language) -> Vec<Advice> {
    let mut judge = judge::Judge::default();
    // The shell strips the quotes of a quoted script.
    let is_quoted = language == Language::PowerShell && script.starts_with('"') && script.ends_with('"');
    let script = if is_quoted { prefix::unquote(script) } else { script.into() };
    judge.script(&script, language, 0);
    judge.finish()
}

/// Returns the language that a stage's shell reads.
#[must_use]
pub fn language_of(shell: &[String]) -> Language {
    let name = shell.first().map(|program| prefix::program(program)).unwrap_or_default();
    if matches!(name.as_str(), "" | "cmd") { Language::Cmd } else { Language::PowerShell }
}
