//! Checks what Windows refuses in a layer of any image: names and links.

use std::collections::BTreeSet;

use super::files::{Kind, Step, shown};
use super::{About, Finding, MAX_FINDINGS, file_name};
use crate::go::path::base;
use crate::lint::windows as rule;
use crate::windows::directories::key;

/// Checks the names and links of a step.
#[must_use]
pub fn check(number: usize, step: &Step) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let mut names = Vec::new();
    let mut links = Vec::new();
    for entry in &step.entries {
        let path = shown(&entry.path);
        let name = base(&entry.path);
        if let Some(fault) = file_name::fault(name) {
            names.push(rule::file_name_in(&path, &file_name::message(name, fault)));
        }
        if !seen.insert(key(&entry.path)) {
            names.push(rule::file_name_case(&path));
        }
        if let Kind::Symlink(target) = &entry.kind {
            links.push(rule::symlink(&path, target));
        }
    }
    let finding = |rule| move |message| Finding { about: About::Step(number), rule, message };
    let names = names.into_iter().take(MAX_FINDINGS).map(finding(&rule::FILE_NAME));
    names.chain(links.into_iter().take(MAX_FINDINGS).map(finding(&rule::SYMLINK))).collect()
}
