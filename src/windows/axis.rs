//! Lists in FROM: the axis along which a Windows platform fans out.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::list::{MAX_ELEMENTS, elements, is_list};
use super::{Error, ErrorKind};
use crate::env::EnvList;
use crate::expand::Lexer;
use crate::instruction::{self, Dockerfile, Kind, Run};
use crate::plan::args::{Globals, globals};
use crate::plan::{self, BuildArgs, Elements};
use crate::span::Located;

/// The lists of a Dockerfile that a target reaches.
#[derive(Debug, Clone, Default)]
pub struct Axes {
    /// The arguments whose values are lists.
    args: BTreeSet<String>,
    /// How many elements each list has; none where there is no list.
    len: Option<usize>,
}

/// Where lists are looked for.
pub struct Search<'s> {
    /// The file.
    pub dockerfile: &'s Dockerfile,
    /// Expansion with the file's escape character.
    pub lexer: &'s Lexer,
    /// Arguments every build has.
    pub predefined: &'s EnvList,
    /// Build arguments of the client.
    pub build_args: &'s BuildArgs,
    /// The stage to build, or a list of stages; empty for the last.
    pub target: &'s str,
}

impl Search<'_> {
    /// Finds the lists that the target reaches.
    ///
    /// # Errors
    ///
    /// A list that is none, and lists of different lengths.
    pub fn run(&self) -> Result<Axes, plan::Error> {
        let targets = if is_list(self.target) {
            elements(self.target).map_err(|kind| plan::Error::nowhere(windows(kind)))?
        } else {
            vec![self.target.to_owned()]
        };
        let plain = globals(
            self.predefined.clone(),
            self.lexer,
            &self.dockerfile.global_args,
            self.build_args,
            &mut |_, v| v,
        )?;
        let mut bases: Vec<Vec<String>> = Vec::with_capacity(self.dockerfile.stages.len());
        let mut lists: BTreeMap<usize, String> = BTreeMap::new();
        let mut args: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
        for (index, stage) in self.dockerfile.stages.iter().enumerate() {
            // A FROM that cannot be expanded is reported with the plan.
            let Ok(expansion) = self.lexer.process_word(&stage.base, &plain.env) else {
                bases.push(Vec::new());
                continue;
            };
            if !is_list(&expansion.result) {
                bases.push(vec![expansion.result]);
                continue;
            }
            let of_stage = list_args(&expansion.matched, &plain);
            equal(&of_stage, &plain).map_err(|kind| located(kind, &stage.location))?;
            bases.push(self.expand_all(stage, &of_stage).map_err(|kind| located(kind, &stage.location))?);
            args.insert(index, of_stage);
            lists.insert(index, expansion.result);
        }
        let reached = self.reachable(&bases, &targets);
        for index in &reached {
            if let Some(base) = bases[*index].iter().find(|base| base.contains(char::is_whitespace)) {
                let kind = ErrorKind::Space(base.clone());
                return Err(located(kind, &self.dockerfile.stages[*index].location));
            }
        }
        let mut axes = Axes::default();
        // The list that all others have to be as long as, and its stage, where it stands in one.
        let mut first: Option<(&str, Option<usize>)> = None;
        if is_list(self.target) {
            first = Some((self.target, None));
            axes.len = Some(targets.len());
        }
        for (index, list) in lists.iter().filter(|(index, _)| reached.contains(index)) {
            let count = bases[*index].len();
            match (first, axes.len) {
                (Some((other, stage)), Some(len)) if len != count => {
                    let kind = unequal(other, len, list, count);
                    let stages = stage.into_iter().chain([*index]);
                    let locations = stages.map(|i| self.dockerfile.stages[i].location.clone()).collect();
                    return Err(Located { kind: windows(kind), locations });
                }
                (Some(_), _) => {}
                (None, _) => {
                    first = Some((list, Some(*index)));
                    axes.len = Some(count);
                }
            }
            axes.args.extend(args.remove(index).unwrap_or_default());
        }
        Ok(axes)
    }

    /// A FROM for each element.
    fn expand_all(
        &self,
        stage: &instruction::Stage,
        args: &BTreeSet<String>,
    ) -> Result<Vec<String>, ErrorKind> {
        let mut found = Vec::new();
        let mut own_list: Option<(String, usize)> = None;
        for index in 0..=MAX_ELEMENTS {
            let axes = Axes { args: args.clone(), len: Some(index + 1) };
            let element = axes.variant(index);
            let mut failed = None;
            let values = globals(
                self.predefined.clone(),
                self.lexer,
                &self.dockerfile.global_args,
                &element.build_args(self.build_args),
                &mut |key, value| element.of_arg(key, value, &mut failed),
            );
            match failed {
                None => {}
                Some(Failed::Broken(kind)) => return Err(kind),
                // Past the end of an argument's list.
                Some(Failed::End) => {
                    return match own_list {
                        Some((list, count)) if count != index => {
                            Err(unequal(&list, count, &stage.base, index))
                        }
                        _ => Ok(found),
                    };
                }
            }
            let Ok(values) = values else { return Ok(found) };
            let Ok(expansion) = self.lexer.process_word(&stage.base, &values.env) else { return Ok(found) };
            if !is_list(&expansion.result) {
                found.push(expansion.result);
                continue;
            }
            // The list stands in the FROM itself.
            let own = elements(&expansion.result)?;
            if args.is_empty() {
                return Ok(own);
            }
            own_list = Some((expansion.result.clone(), own.len()));
            match own.get(index) {
                Some(text) => found.push(text.clone()),
                None => return Err(unequal(&expansion.result, own.len(), &stage.base, index + 1)),
            }
        }
        Err(ErrorKind::TooMany(found.len()))
    }

    /// The stages that the targets may need, whichever element their lists have.
    fn reachable(&self, bases: &[Vec<String>], targets: &[String]) -> BTreeSet<usize> {
        let stages = &self.dockerfile.stages;
        let mut by_name: HashMap<&str, usize> = HashMap::new();
        let mut below: Vec<Vec<usize>> = Vec::with_capacity(stages.len());
        for (index, stage) in stages.iter().enumerate() {
            below.push(bases[index].iter().filter_map(|base| by_name.get(base.as_str()).copied()).collect());
            if !stage.name.is_empty() {
                by_name.insert(&stage.name, index);
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
            if !found.insert(index) {
                continue;
            }
            pending.extend(&below[index]);
            for instruction in &stages[index].instructions {
                match &instruction.kind {
                    Kind::Copy(copy) => pending.extend(find(&copy.from)),
                    Kind::Run(run) => pending.extend(mounted(run).iter().filter_map(|from| find(from))),
                    _ => {}
                }
            }
        }
        found
    }
}

fn mounted(run: &Run) -> Vec<String> {
    // A mount that is wrong is reported with the plan.
    run.mounts::<instruction::ErrorKind>(None)
        .unwrap_or_default()
        .into_iter()
        .map(|mount| mount.from)
        .collect()
}

/// The arguments behind a FROM whose values are lists, by whatever way they come into it.
fn list_args(matched: &BTreeSet<String>, globals: &Globals) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut pending: Vec<String> = matched.iter().cloned().collect();
    while let Some(name) = pending.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        let Some(info) = globals.infos.get(&name) else { continue };
        pending.extend(info.uses.iter().cloned());
        if is_list(&info.value) {
            found.insert(name);
        }
    }
    found
}

/// Lists in one FROM have to be equally long. What is made of other lists follows those.
fn equal(args: &BTreeSet<String>, globals: &Globals) -> Result<(), ErrorKind> {
    let mut first: Option<(&str, usize)> = None;
    for info in args.iter().filter_map(|name| globals.infos.get(name)) {
        if !info.uses.is_disjoint(args) {
            continue;
        }
        let count = elements(&info.value)?.len();
        match first {
            Some((text, known)) if known != count => return Err(unequal(text, known, &info.value, count)),
            Some(_) => {}
            None => first = Some((&info.value, count)),
        }
    }
    Ok(())
}

fn unequal(first: &str, first_count: usize, second: &str, second_count: usize) -> ErrorKind {
    let (first, second) = (first.to_owned(), second.to_owned());
    ErrorKind::Unequal { first, first_count, second, second_count }
}

impl Axes {
    /// How many variants there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.len.unwrap_or(1)
    }

    /// Whether there is a list at all.
    #[must_use]
    pub const fn is_list(&self) -> bool {
        self.len.is_some()
    }

    /// The elements of one variant.
    #[must_use]
    pub const fn variant(&self, index: usize) -> Element<'_> {
        Element { axes: self, index }
    }
}

/// The elements of one variant.
#[derive(Debug, Clone, Copy)]
pub struct Element<'a> {
    axes: &'a Axes,
    index: usize,
}

/// Why there is no element.
#[derive(Debug)]
pub(super) enum Failed {
    /// The list is shorter.
    End,
    /// It is no list.
    Broken(ErrorKind),
}

impl Element<'_> {
    fn of_arg(&self, key: &str, value: String, failed: &mut Option<Failed>) -> String {
        if !self.axes.args.contains(key) || !is_list(&value) {
            return value;
        }
        match elements(&value) {
            Ok(list) => list.get(self.index).cloned().unwrap_or_else(|| {
                *failed = Some(Failed::End);
                value
            }),
            Err(kind) => {
                *failed = Some(Failed::Broken(kind));
                value
            }
        }
    }

    /// Build arguments with this variant's elements in the place of lists.
    #[must_use]
    pub fn build_args(&self, given: &BuildArgs) -> BuildArgs {
        given
            .iter()
            .map(|(key, value)| {
                // A list that is broken stays, and is reported where it is used.
                (key.clone(), self.of_arg(key, value.clone(), &mut None))
            })
            .collect()
    }

    /// The stage to build in this variant: the element of a list of stages.
    #[must_use]
    pub fn target(&self, stage: String) -> String {
        // Without an axis it stays a list, which names no stage.
        if !self.axes.is_list() || !is_list(&stage) {
            return stage;
        }
        let element = elements(&stage).ok().and_then(|list| list.get(self.index).cloned());
        element.unwrap_or(stage)
    }

    /// The value of a global argument in this variant.
    pub fn of_global(&self, key: &str, value: String) -> String {
        self.of_arg(key, value, &mut None)
    }
}

impl Elements for Element<'_> {
    /// Lists that this variant does not reach may be shorter; they stay as they are.
    fn pick(&self, _index: usize, expanded: String) -> Result<String, plan::ErrorKind> {
        if !self.axes.is_list() || !is_list(&expanded) {
            return Ok(expanded);
        }
        let list = elements(&expanded).map_err(windows)?;
        Ok(list.get(self.index).cloned().unwrap_or(expanded))
    }
}

fn windows(kind: ErrorKind) -> plan::ErrorKind {
    plan::ErrorKind::Windows(Box::new(kind))
}

fn located(kind: ErrorKind, location: &[crate::span::Range]) -> plan::Error {
    Error::at(kind, location).map(windows)
}

#[cfg(test)]
mod tests;
