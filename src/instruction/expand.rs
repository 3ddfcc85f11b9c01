//! Which operands of an instruction have variables in them.
//!
//! Mirrors upstream's `Expand` and `ExpandRaw` methods. How a word is expanded is the caller's business.

use super::types::{Instruction, KeyValue, Kind, Paths};

/// Expands one word, with whatever errors the caller has.
pub type Expander<'a, E> = dyn FnMut(&str) -> Result<String, E> + 'a;

impl Instruction {
    /// Expands the variables in the operands that have any.
    ///
    /// RUN has them in its mounts only, see [`super::Run::mounts`]. ARG is expanded like any other; who
    /// expands the values of ARG one after the other leaves it out.
    ///
    /// # Errors
    /// The first error of the expander; the instruction may then be expanded in part.
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

    /// Expands the variables in the heredocs of COPY and ADD that have any. The expander is to keep quotes
    /// and escapes.
    ///
    /// # Errors
    /// The first error of the expander; the instruction may then be expanded in part.
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
