//! Lists in FROM: the axis along which a Windows platform fans out.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Error, ErrorKind};
use crate::env::EnvList;
use crate::expand::Lexer;
use crate::instruction::{self, Dockerfile, Kind, Run};
use crate::plan::args::{Globals, globals};
use crate::plan::{self, BuildArgs, Elements};
use crate::span::Located;

/// How many variants of one platform are built at most.
pub const MAX_ELEMENTS: usize = 64;

/// Whether a base is a list: neither a comma nor a brace is legal in a reference or a stage name.
#[must_use]
pub fn is_list(text: &str) -> bool {
    text.contains([',', '{', '}'])
}

/// The elements of a list: `REPO:a,b,c`, or `x-{a,b}-y`.
///
/// # Errors
///
/// An empty element; braces that are not one group; too many elements.
pub fn elements(list: &str) -> Result<Vec<String>, ErrorKind> {
    let found = if list.contains(['{', '}']) { brace_list(list)? } else { comma_list(list) };
    if found.iter().any(String::is_empty) {
        return Err(ErrorKind::EmptyElement(list.to_owned()));
    }
    if found.len() > MAX_ELEMENTS {
        return Err(ErrorKind::TooMany(found.len()));
    }
    Ok(found)
}

fn brace_list(list: &str) -> Result<Vec<String>, ErrorKind> {
    let broken = || ErrorKind::Braces(list.to_owned());
    let (prefix, rest) = list.split_once('{').ok_or_else(broken)?;
    let (inner, suffix) = rest.split_once('}').ok_or_else(broken)?;
    if inner.contains('{') || [prefix, suffix].iter().any(|text| is_list(text)) {
        return Err(broken());
    }
    if inner.split(',').any(|element| element.trim().is_empty()) {
        return Err(ErrorKind::EmptyElement(list.to_owned()));
    }
    Ok(inner.split(',').map(|element| format!("{prefix}{}{suffix}", element.trim())).collect())
}

fn comma_list(list: &str) -> Vec<String> {
    let is_reference = |text: &str| text.contains(['/', ':', '@']);
    let mut parts = list.split(',').map(str::trim);
    let first = parts.next().unwrap_or_default();
    let repository = is_reference(first).then(|| repository(first));
    std::iter::once(first.to_owned())
        .chain(parts.map(|part| match repository {
            // A bare tag belongs to the first element's repository.
            Some(repository) if !part.is_empty() && !is_reference(part) => format!("{repository}:{part}"),
            _ => part.to_owned(),
        }))
        .collect()
}

/// A reference without its tag and digest. A colon before the last slash is a port.
fn repository(reference: &str) -> &str {
    let name = reference.split('@').next().unwrap_or(reference);
    let last = name.rfind('/').map_or(0, |slash| slash + 1);
    name[last..].find(':').map_or(name, |colon| &name[..last + colon])
}

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
    /// The stage to build; empty for the last.
    pub target: &'s str,
}

impl Search<'_> {
    /// Finds the lists that the target reaches.
    ///
    /// # Errors
    ///
    /// A list that is none, and lists of different lengths.
    pub fn run(&self) -> Result<Axes, plan::Error> {
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
            bases.push(self.expand_all(stage, &of_stage).map_err(|kind| located(kind, &stage.location))?);
            args.insert(index, of_stage);
            lists.insert(index, expansion.result);
        }
        let reached = self.reachable(&bases);
        let mut axes = Axes::default();
        let mut first: Option<usize> = None;
        for (index, list) in lists.iter().filter(|(index, _)| reached.contains(index)) {
            let count = bases[*index].len();
            match first {
                None => {
                    first = Some(*index);
                    axes.len = Some(count);
                }
                Some(other) if axes.len != Some(count) => {
                    let kind = ErrorKind::Unequal {
                        first: lists[&other].clone(),
                        first_count: bases[other].len(),
                        second: list.clone(),
                        second_count: count,
                    };
                    let places = [other, *index].map(|i| self.dockerfile.stages[i].location.clone());
                    return Err(Located { kind: windows(kind), locations: places.to_vec() });
                }
                Some(_) => {}
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
            if let Some(kind) = failed {
                // Past the end of an argument's list.
                return if index == 0 || !matches!(kind, Failed::End) { Err(kind.into()) } else { Ok(found) };
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
            match own.get(index) {
                Some(text) => found.push(text.clone()),
                None => return Ok(found),
            }
        }
        Err(ErrorKind::TooMany(found.len()))
    }

    /// The stages that the target may need, whichever element its lists have.
    fn reachable(&self, bases: &[Vec<String>]) -> BTreeSet<usize> {
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
        let target = if self.target.is_empty() { stages.len().checked_sub(1) } else { find(self.target) };
        let mut found = BTreeSet::new();
        let mut pending: Vec<usize> = target.into_iter().collect();
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
    run.mounts::<instruction::ErrorKind>(None).unwrap_or_default().into_iter().map(|mount| mount.from).collect()
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

impl From<Failed> for ErrorKind {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::End => Self::EmptyElement(String::new()),
            Failed::Broken(kind) => kind,
        }
    }
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
mod tests {
    use super::*;

    fn list(text: &str) -> Vec<String> {
        elements(text).unwrap()
    }

    #[test]
    fn a_bare_tag_takes_the_first_repository() {
        assert_eq!(list("host:5000/nano:a,b"), ["host:5000/nano:a", "host:5000/nano:b"]);
        assert_eq!(list("nano:a, b ,other:c"), ["nano:a", "nano:b", "other:c"]);
        assert_eq!(list("nano@sha256:00,b"), ["nano@sha256:00", "nano:b"]);
        assert_eq!(list("host:5000/nano,b"), ["host:5000/nano", "host:5000/nano:b"]);
        assert_eq!(list("1809,ltsc2022"), ["1809", "ltsc2022"]);
    }

    #[test]
    fn braces_stand_in_the_middle() {
        assert_eq!(list("windows-{a,b}"), ["windows-a", "windows-b"]);
        assert_eq!(list("nano:{a@sha256:1,b@sha256:2}"), ["nano:a@sha256:1", "nano:b@sha256:2"]);
        assert_eq!(list("{a}"), ["a"]);
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for text in ["a,", ",a", "a,,b", "{a,}", "{}"] {
            assert_eq!(elements(text), Err(ErrorKind::EmptyElement(text.to_owned())), "{text}");
        }
        for text in ["{a", "a}", "{a}{b}", "{a,{b}}", "x,{a,b}", "{a,b},x", "}a{"] {
            assert_eq!(elements(text), Err(ErrorKind::Braces(text.to_owned())), "{text}");
        }
        assert_eq!(elements(&vec!["a"; 65].join(",")), Err(ErrorKind::TooMany(65)));
    }
}
