//! Finds the lists that a target reaches, and the elements that replace them in each variant.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::env::{Env, EnvList};
use crate::expand::{Expansion, Lexer};
use crate::frontend::build::Elements;
use crate::instruction::{self, Dockerfile, Kind, Run, Stage};
use crate::list::{self, ErrorKind, Parts, is_list};
use crate::plan::BuildArgs;
use crate::span::{Located, Range};

type Error = Located<ErrorKind>;

/// The argument with the version that the client asks for.
const OS_VERSION: &str = "TARGETOSVERSION";

/// The result of a search for lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lists {
    /// For each variant, the elements that replace the lists. Without a list there is one variant.
    pub(super) variants: Vec<Elements>,
    /// True if a list produces the variants.
    pub(super) is_list: bool,
    /// True if a FROM that the target reaches depends on the version that the client asks for.
    pub(super) uses_version: bool,
}

/// The input of a search for lists.
pub(super) struct Search<'s> {
    /// The file.
    pub(super) dockerfile: &'s Dockerfile,
    /// Expansion with the file's escape character.
    pub(super) lexer: &'s Lexer,
    /// Arguments that every build has.
    pub(super) predefined: &'s EnvList,
    /// Build arguments of the client.
    pub(super) build_args: &'s BuildArgs,
    /// The stage to build, or a list of stages; empty for the last stage.
    pub(super) target: &'s str,
    /// Returns whether a context of the client replaces a stage, so that its FROM does not matter.
    pub(super) is_replaced: &'s dyn Fn(&Stage) -> bool,
}

/// The FROM of a stage, expanded.
#[derive(Debug, Default)]
struct From {
    /// The base names that it may expand to.
    bases: Vec<String>,
    /// The expanded text, if it is a list.
    list: Option<String>,
    /// The list arguments that it follows element by element.
    follows: BTreeSet<String>,
    uses_version: bool,
}

impl Search<'_> {
    /// Finds the lists that the target reaches.
    ///
    /// # Errors
    ///
    /// Returns an error if a list cannot be parsed, or if lists differ in length.
    pub(super) fn run(&self) -> Result<Lists, Error> {
        let targets = if is_list(self.target) {
            list::elements(self.target).map_err(Located::nowhere)?
        } else {
            vec![self.target.to_owned()]
        };
        let words = self.arguments();
        let stages = &self.dockerfile.stages;
        let froms: Vec<From> =
            stages.iter().map(|stage| self.from(&words, stage)).collect::<Result<_, _>>()?;
        let reached = self.reachable(&froms, &targets);
        for index in &reached {
            if let Some(base) = froms[*index].bases.iter().find(|base| base.contains(char::is_whitespace)) {
                return Err(Error::at(ErrorKind::Space(base.clone()), &stages[*index].location));
            }
        }
        let length = self.length(&froms, &reached, &targets)?;
        let uses_version = reached.iter().any(|index| froms[*index].uses_version);
        let Some(length) = length else {
            return Ok(Lists { variants: vec![Elements::default()], is_list: false, uses_version });
        };
        let args = words.behind(reached.iter().flat_map(|index| &froms[*index].follows));
        let variant = |i: usize| Elements {
            bases: element_of(froms.iter().enumerate().filter(|(_, f)| f.list.is_some()), i, |f| &f.bases),
            args: element_of(args.iter().map(|name| (name.clone(), &words.lists[name])), i, |l| &l.elements),
            target: is_list(self.target).then(|| targets[i].clone()),
        };
        Ok(Lists { variants: (0..length).map(variant).collect(), is_list: true, uses_version })
    }

    /// Returns the global arguments, and which of them are lists.
    fn arguments(&self) -> Words<'_> {
        let mut words = Words::new(self.lexer, self.predefined.clone());
        for arg in self.dockerfile.global_args.iter().flat_map(|instruction| &instruction.args) {
            match (self.build_args.get(&arg.key), &arg.value) {
                (Some(given), _) => words.set_text(&arg.key, given),
                (None, Some(default)) => words.set(&arg.key, default),
                (None, None) => {}
            }
        }
        words
    }

    fn from(&self, words: &Words<'_>, stage: &Stage) -> Result<From, Error> {
        if (self.is_replaced)(stage) {
            return Ok(From::default());
        }
        // A FROM that cannot be expanded is reported with the stages.
        let Ok(expansion) = words.expand(&stage.base) else { return Ok(From::default()) };
        let of_platform = words
            .expand(&stage.platform)
            .map(|expansion| expansion.names().cloned().collect::<Vec<_>>())
            .unwrap_or_default();
        let uses_version = words.uses_version(expansion.names().chain(&of_platform));
        if !is_list(&expansion.result) {
            return Ok(From { bases: vec![expansion.result], uses_version, ..From::default() });
        }
        let found = words.list(&stage.base, &expansion).and_then(|list| {
            list::check_pins(&list.elements)?;
            list::check_count(&format!("the list {:?}", stage.base), list.elements.len()).map(|()| list)
        });
        let found = found.map_err(|kind| Error::at(kind, &stage.location))?;
        Ok(From { bases: found.elements, list: Some(expansion.result), follows: found.follows, uses_version })
    }

    /// Returns how many elements the lists have; `None` without a list.
    fn length(
        &self,
        froms: &[From],
        reached: &BTreeSet<usize>,
        targets: &[String],
    ) -> Result<Option<usize>, Error> {
        // The list whose length all others must have, and its location.
        let mut first: Option<(&str, usize, &[Range])> =
            is_list(self.target).then_some((self.target, targets.len(), &[]));
        for index in reached {
            let Some(text) = &froms[*index].list else { continue };
            let count = froms[*index].bases.len();
            let location = self.dockerfile.stages[*index].location.as_slice();
            match first {
                Some((other, length, place)) if length != count => {
                    let kind = unequal(other, length, text, count);
                    let locations = [place, location].into_iter().filter(|place| !place.is_empty());
                    return Err(Located { kind, locations: locations.map(<[Range]>::to_vec).collect() });
                }
                Some(_) => {}
                None => first = Some((text, count, location)),
            }
        }
        Ok(first.map(|(_, length, _)| length))
    }

    /// Returns the stages that the targets may need, whichever elements are used.
    fn reachable(&self, froms: &[From], targets: &[String]) -> BTreeSet<usize> {
        let stages = &self.dockerfile.stages;
        let mut by_name: HashMap<&str, usize> = HashMap::new();
        let mut below: Vec<Vec<usize>> = Vec::with_capacity(stages.len());
        for (from, stage) in froms.iter().zip(stages) {
            below.push(from.bases.iter().filter_map(|base| by_name.get(base.as_str()).copied()).collect());
            if !stage.name.is_empty() {
                by_name.insert(&stage.name, below.len() - 1);
            }
        }
        let find = |name: &str| {
            let lower = name.to_lowercase();
            by_name.get(lower.as_str()).copied().or_else(|| name.parse().ok().filter(|i| *i < stages.len()))
        };
        let target = |name: &String| if name.is_empty() { stages.len().checked_sub(1) } else { find(name) };
        let mut found = BTreeSet::new();
        let mut pending: Vec<usize> = targets.iter().filter_map(target).collect();
        while let Some(index) = pending.pop() {
            if !found.insert(index) || (self.is_replaced)(&stages[index]) {
                continue;
            }
            pending.extend(&below[index]);
            pending
                .extend(stages[index].instructions.iter().flat_map(sources).filter_map(|from| find(&from)));
        }
        found
    }
}

/// Returns element `i` of each list that is long enough.
fn element_of<K: Ord, L>(
    lists: impl Iterator<Item = (K, L)>,
    i: usize,
    elements: impl Fn(&L) -> &Vec<String>,
) -> BTreeMap<K, String> {
    lists.filter_map(|(key, list)| Some((key, elements(&list).get(i)?.clone()))).collect()
}

/// Returns the stages or images that an instruction copies or mounts from.
fn sources(instruction: &instruction::Instruction) -> Vec<String> {
    match &instruction.kind {
        Kind::Copy(copy) => vec![copy.from.clone()],
        Kind::Run(run) => mounted(run),
        _ => Vec::new(),
    }
}

fn mounted(run: &Run) -> Vec<String> {
    // An invalid mount is reported with the stages.
    let mounts = run.mounts::<instruction::ErrorKind>(None).unwrap_or_default();
    mounts.into_iter().map(|mount| mount.from).collect()
}

/// The elements of a word that is a list.
#[derive(Debug, Clone, Default)]
struct List {
    elements: Vec<String>,
    /// The list arguments that it follows element by element.
    follows: BTreeSet<String>,
}

/// Arguments, as text and as lists.
struct Words<'w> {
    lexer: &'w Lexer,
    env: EnvList,
    /// Arguments whose text is a list.
    lists: BTreeMap<String, List>,
    /// Arguments whose text looks like a list but cannot be parsed.
    broken: BTreeMap<String, ErrorKind>,
    /// Arguments that depend on the version that the client asks for.
    of_version: BTreeSet<String>,
}

/// An environment in which some arguments have other values.
struct Overlay<'o> {
    env: &'o EnvList,
    values: Vec<(&'o str, &'o str)>,
}

impl Env for Overlay<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        let value = self.values.iter().find(|(name, _)| *name == key).map(|(_, value)| *value);
        value.or_else(|| self.env.get(key))
    }

    fn keys(&self) -> Vec<&str> {
        self.env.keys()
    }
}

impl<'w> Words<'w> {
    fn new(lexer: &'w Lexer, env: EnvList) -> Self {
        let of_version = BTreeSet::from([OS_VERSION.to_owned()]);
        Self { lexer, env, lists: BTreeMap::new(), broken: BTreeMap::new(), of_version }
    }

    /// Sets an argument to a literal text.
    fn set_text(&mut self, key: &str, text: &str) {
        self.put(key, text, list_of(text));
    }

    /// Sets an argument to a word of the file, expanded.
    fn set(&mut self, key: &str, word: &str) {
        // A default that cannot be expanded is reported with the stages.
        let Ok(expansion) = self.expand(word) else { return };
        let list = if is_list(&expansion.result) { self.list(word, &expansion).map(Some) } else { Ok(None) };
        if self.uses_version(expansion.names()) {
            self.of_version.insert(key.to_owned());
        }
        self.put(key, &expansion.result, list);
    }

    fn put(&mut self, key: &str, text: &str, list: Result<Option<List>, ErrorKind>) {
        self.env.set(key, text);
        self.lists.remove(key);
        self.broken.remove(key);
        match list {
            Ok(Some(mut list)) => {
                // An argument that is built from its own earlier value does not follow itself.
                list.follows.remove(key);
                self.lists.insert(key.to_owned(), list);
            }
            Ok(None) => {}
            Err(kind) => _ = self.broken.insert(key.to_owned(), kind),
        }
    }

    fn expand(&self, word: &str) -> Result<Expansion, crate::expand::Error> {
        self.lexer.process_word(word, &self.env)
    }

    /// Returns whether one of these arguments depends on the version that the client asks for.
    fn uses_version<'n>(&self, mut names: impl Iterator<Item = &'n String>) -> bool {
        names.any(|name| self.of_version.contains(name))
    }

    /// Returns these arguments and all arguments that their lists follow.
    fn behind<'n>(&self, names: impl Iterator<Item = &'n String>) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut pending: Vec<String> = names.cloned().collect();
        while let Some(name) = pending.pop() {
            let follows = self.lists.get(&name).into_iter().flat_map(|list| &list.follows);
            pending.extend(follows.filter(|name| !found.contains(*name)).cloned());
            found.insert(name);
        }
        found
    }

    /// Returns the elements of a word whose text is a list.
    ///
    /// A text around other lists follows them: it has one element for each of theirs. In a list with elements of its
    /// own, an element that contains other lists expands to one element for each of theirs.
    fn list(&self, word: &str, expansion: &Expansion) -> Result<List, ErrorKind> {
        let names: Vec<&str> = expansion.matched.iter().map(String::as_str).collect();
        if let Some(kind) = names.iter().find_map(|name| self.broken.get(*name)) {
            return Err(kind.clone());
        }
        let lists: Vec<&str> = names.into_iter().filter(|name| self.lists.contains_key(*name)).collect();
        let first = self.with(word, lists.iter().map(|name| (*name, 0)))?;
        if !is_list(&first) {
            let follows = lists.iter().map(|name| (*name).to_owned()).collect();
            return Ok(List { elements: self.walk(word, &lists, &lists, Ok)?, follows });
        }
        let parts = list::parse(&first)?;
        list::check_count(&format!("the list {word:?}"), parts.inner.len())?;
        let around: Vec<&str> = self.moving(word, &lists, |row| (row.prefix.clone(), row.suffix.clone()))?;
        if !around.is_empty() {
            return self.lockstep(word, &first, &parts, &lists, &around);
        }
        let mut inner = Vec::new();
        for position in 0..parts.inner.len() {
            let of_row = |row: &Parts| row.inner.get(position).cloned();
            let moving = self.moving(word, &lists, of_row)?;
            if moving.is_empty() {
                inner.push(parts.inner[position].clone());
                continue;
            }
            let one = |text: String| {
                let row = list::parse(&text)?;
                row.inner.get(position).cloned().ok_or(ErrorKind::Braces(text))
            };
            inner.extend(self.walk(word, &lists, &moving, one)?);
        }
        let elements = list::complete(Parts { inner, ..parts }.into_elements());
        Ok(List { elements, follows: BTreeSet::new() })
    }

    /// Combines a list with the lists in its prefix or suffix, element by element.
    fn lockstep(
        &self,
        word: &str,
        first: &str,
        parts: &Parts,
        lists: &[&str],
        around: &[&str],
    ) -> Result<List, ErrorKind> {
        let rows = self.walk(word, lists, around, Ok)?;
        if rows.len() != parts.inner.len() {
            let name = around[0];
            let text = self.env.get(name).unwrap_or_default();
            return Err(unequal(text, rows.len(), first, parts.inner.len()));
        }
        let mut elements = Vec::with_capacity(rows.len());
        for (position, row) in rows.iter().enumerate() {
            let element = list::parse(row)?.into_elements().into_iter().nth(position);
            elements.push(element.ok_or_else(|| ErrorKind::Braces(row.clone()))?);
        }
        let follows = around.iter().map(|name| (*name).to_owned()).collect();
        Ok(List { elements: list::complete(elements), follows })
    }

    /// Returns which lists a part of a word's own list depends on.
    fn moving<'n, T: PartialEq>(
        &self,
        word: &str,
        lists: &[&'n str],
        part: impl Fn(&Parts) -> T,
    ) -> Result<Vec<&'n str>, ErrorKind> {
        let at = |moved: Option<(&'n str, usize)>| {
            let place = |name: &&'n str| moved.filter(|(other, _)| other == name).unwrap_or((*name, 0));
            Ok::<T, ErrorKind>(part(&list::parse(&self.with(word, lists.iter().map(place))?)?))
        };
        let first = at(None)?;
        let mut found = Vec::new();
        for name in lists {
            for index in 1..self.lists[*name].elements.len() {
                if at(Some((name, index)))? != first {
                    found.push(*name);
                    break;
                }
            }
        }
        Ok(found)
    }

    /// Expands a word once for each element of the `moving` lists, which must be equally long. The other lists keep
    /// their first element.
    fn walk(
        &self,
        word: &str,
        lists: &[&str],
        moving: &[&str],
        part: impl Fn(String) -> Result<String, ErrorKind>,
    ) -> Result<Vec<String>, ErrorKind> {
        let mut found = Vec::new();
        let Some(first) = moving.first() else { return Ok(found) };
        let length = self.lists[*first].elements.len();
        for other in moving {
            let count = self.lists[*other].elements.len();
            if count != length {
                let text = |name: &str| self.env.get(name).unwrap_or_default();
                return Err(unequal(text(first), length, text(other), count));
            }
        }
        for index in 0..length {
            let place = |name: &&'_ str| if moving.contains(name) { index } else { 0 };
            found.push(part(self.with(word, lists.iter().map(|name| (*name, place(name))))?)?);
        }
        Ok(found)
    }

    /// Expands a word with these elements in place of its lists.
    fn with<'n>(
        &self,
        word: &str,
        places: impl Iterator<Item = (&'n str, usize)>,
    ) -> Result<String, ErrorKind> {
        let element =
            |(name, index): (&'n str, usize)| Some((name, self.lists[name].elements.get(index)?.as_str()));
        let env = Overlay { env: &self.env, values: places.filter_map(element).collect() };
        let expansion = self.lexer.process_word(word, &env);
        expansion.map(|expansion| expansion.result).map_err(|_| ErrorKind::Braces(word.to_owned()))
    }
}

fn list_of(text: &str) -> Result<Option<List>, ErrorKind> {
    if !is_list(text) {
        return Ok(None);
    }
    Ok(Some(List { elements: list::elements(text)?, follows: BTreeSet::new() }))
}

fn unequal(first: &str, first_count: usize, second: &str, second_count: usize) -> ErrorKind {
    let (first, second) = (first.to_owned(), second.to_owned());
    ErrorKind::Unequal { first, first_count, second, second_count }
}

#[cfg(test)]
mod tests;
