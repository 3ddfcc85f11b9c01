//! Expands variables in the operands of instructions that have them.
//!
//! Mirrors upstream's `Expand` and `ExpandRaw` methods. The caller decides how to expand a word.

use super::types::{Instruction, KeyValue, Kind, Paths};

/// Expands a word, with an error type of the caller's choice.
pub type Expander<'a, E> = dyn FnMut(&str) -> Result<String, E> + 'a;

impl Instruction {
    /// Expands the variables in the operands that allow them.
    ///
    /// RUN allows them only in its mounts, see [`super::Run::mounts`]. ARG is expanded like any other
    /// instruction; a caller that expands the values of ARG one by one must skip it.
    ///
    /// # Errors
    ///
    /// Returns the first error of the expander; the instruction may then be partially expanded.
    pub fn expand<E>(&mut self, expander: &mut Expander<'_, E>) -> Result<(), E> {
        match &mut self.kind {
            Kind::Add(add) => {
                each([&mut add.chown, &mut add.chmod, &mut add.checksum], expander)?;
                expand_paths(&mut add.paths, expander)
            }
            Kind::Copy(copy) => {
                each([&mut copy.chown, &mut copy.chmod], expander)?;
                expand_paths(&mut copy.paths, expander)
            }
            Kind::Env(pairs) | Kind::Label(pairs) => {
                each(pairs.iter_mut().flat_map(|KeyValue { key, value, .. }| [key, value]), expander)
            }
            Kind::Arg(pairs) => each(
                pairs.iter_mut().flat_map(|pair| std::iter::once(&mut pair.key).chain(pair.value.as_mut())),
                expander,
            ),
            Kind::StopSignal(word) | Kind::User(word) | Kind::Workdir(word) => each([word], expander),
            Kind::Volume(words) => each(words, expander),
            Kind::Cmd(_)
            | Kind::Entrypoint(_)
            | Kind::Expose(_)
            | Kind::Healthcheck(_)
            | Kind::Maintainer(_)
            | Kind::Onbuild(_)
            | Kind::Run(_)
            | Kind::Shell(_) => Ok(()),
        }
    }

    /// Expands the variables in the heredocs of COPY and ADD that allow them. The expander must keep quotes
    /// and escapes.
    ///
    /// # Errors
    ///
    /// Returns the first error of the expander; the instruction may then be partially expanded.
    pub fn expand_raw<E>(&mut self, expander: &mut Expander<'_, E>) -> Result<(), E> {
        let (Kind::Add(super::Add { paths, .. }) | Kind::Copy(super::Copy { paths, .. })) = &mut self.kind
        else {
            return Ok(());
        };
        let contents = paths.contents.iter_mut().filter(|content| content.expand);
        each(contents.map(|content| &mut content.data), expander)
    }
}

fn each<'w, E>(
    words: impl IntoIterator<Item = &'w mut String>,
    expander: &mut Expander<'_, E>,
) -> Result<(), E> {
    for word in words {
        *word = expander(word)?;
    }
    Ok(())
}

fn expand_paths<E>(paths: &mut Paths, expander: &mut Expander<'_, E>) -> Result<(), E> {
    each(paths.sources.iter_mut().chain([&mut paths.dest]), expander)
}
