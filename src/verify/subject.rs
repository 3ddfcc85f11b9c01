//! Checks what Windows refuses in an image: its program, libraries and runtimes.

use std::collections::BTreeSet;

use super::base::Base;
use super::content::Content;
use super::dotnet::{Installed, RuntimeConfig};
use super::files::{Entry, Files, Id, shown};
use super::library::{self, Origin};
use super::machine::{self, Fit};
use super::pe::Pe;
use super::program::{Program, stem};
use super::{About, Finding, MAX_FINDINGS};
use crate::go::path::{base, dir, ext};
use crate::lint::{Rule, windows as rule};
use crate::windows::base_directories::is_within_windows;

/// An image to check.
#[derive(Debug)]
pub struct Subject<'s> {
    /// The files that its steps added.
    pub files: Files<'s>,
    /// True if all of its files are known.
    pub is_complete: bool,
    /// The program that it starts, if the Dockerfile names it.
    pub program: Option<Program>,
    /// Its base image.
    pub base: Base,
    /// `amd64` or `arm64`.
    pub architecture: &'s str,
    /// The .NET runtimes of its base.
    pub installed: Installed,
}

/// The file of the program.
struct Found<'s> {
    id: Id,
    entry: &'s Entry,
}

/// The extensions of Windows programs and libraries.
const PROGRAMS: [&str; 2] = [".exe", ".dll"];

impl<'s> Subject<'s> {
    /// Returns the files that have to be read, the program first.
    #[must_use]
    pub fn wanted(&self) -> Vec<Id> {
        let program = self.found().into_iter().map(|found| found.id);
        let config = self.runtime_config().into_iter().map(|(id, _)| id);
        let others = self.files.iter().filter(|(path, _, _)| PROGRAMS.contains(&ext(path)));
        program.chain(config).chain(others.map(|(_, id, _)| id)).collect()
    }

    /// Checks the image.
    #[must_use]
    pub fn check(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let found = self.found();
        match &found {
            Some(found) => findings.extend(self.program(found)),
            None => findings.extend(self.missing()),
        }
        findings.extend(self.runtime(found.as_ref()));
        let program = found.as_ref().map(|found| found.entry.path.as_str());
        let loaded = self.loaded(found.as_ref());
        let others = self.files.iter().filter(|(_, _, entry)| Some(entry.path.as_str()) != program);
        let others = others.filter(|(path, _, _)| PROGRAMS.contains(&ext(path)));
        let mut counts = Counts::default();
        for (path, id, entry) in others {
            let step = id.step;
            let Some(content) = &entry.content else { continue };
            let finding = if content.is_foreign() {
                Some((&rule::PROGRAM, rule::program_foreign(&shown(&entry.path), content)))
            } else {
                self.other(path, step, entry, &loaded)
            };
            findings.extend(finding.and_then(|(rule, message)| counts.add(step, rule, message)));
        }
        for (_, id, entry) in self.files.iter() {
            let missing = self.libraries(entry);
            let missing = missing.into_iter().filter_map(|(rule, text)| counts.add(id.step, rule, text));
            findings.extend(missing);
        }
        findings
    }

    /// Finds the file of the program.
    fn found(&self) -> Option<Found<'s>> {
        let candidates = self.program.as_ref()?.candidates();
        candidates.filter_map(|path| self.files.get(&path)).map(|(id, entry)| Found { id, entry }).next()
    }

    /// Checks the program's file.
    fn program(&self, found: &Found<'_>) -> Option<Finding> {
        let path = shown(&found.entry.path);
        let content = found.entry.content.as_ref()?;
        let extension = ext(&found.entry.path).to_lowercase();
        let is_named_so = [".exe", ".com"].contains(&extension.as_str());
        let (rule, message) = match content {
            Content::Pe(pe) if !pe.is_program() => (&rule::PROGRAM, rule::program_library(&path)),
            Content::Pe(pe) => self.machine(pe, &path)?,
            _ if content.is_foreign() && (is_named_so || extension.is_empty()) => {
                (&rule::PROGRAM, rule::program_foreign(&path, content))
            }
            _ if is_named_so && !content.is_foreign() => {
                (&rule::PROGRAM, rule::program_foreign(&path, content))
            }
            _ => return None,
        };
        Some(Finding { about: About::Step(found.id.step), rule, message })
    }

    /// Checks a program's processor.
    fn machine(&self, pe: &Pe, path: &str) -> Option<(&'static Rule, String)> {
        let (name, image) = (machine::name(pe.machine), self.architecture);
        Some(match Fit::of(pe, image, self.base) {
            Fit::Runs => return None,
            Fit::Emulated => (&rule::EMULATED, rule::emulated(path, &name)),
            Fit::No32Bit => (&rule::PROGRAM, rule::program_32_bit(path)),
            Fit::Other => (&rule::PROGRAM, rule::program_machine(path, &name, image)),
        })
    }

    /// Reports a program that does not exist.
    fn missing(&self) -> Option<Finding> {
        let program = self.program.as_ref().filter(|_| self.base.is_plain && self.is_complete)?;
        let path = program.candidates().next()?;
        if stem(&program.written) == "dotnet" || is_within_windows(&path) {
            return None;
        }
        let name = base(&path).to_lowercase();
        let near = self.files.named(&name).or_else(|| self.files.named(name.strip_suffix(".exe")?));
        if near.is_none() && !program.names_directory {
            // It may be a program of Windows.
            return None;
        }
        let near = near.map(|entry| shown(&entry.path));
        let message = rule::program_missing(&program.written, near.as_deref());
        Some(Finding { about: About::Program(program.by), rule: &rule::PROGRAM_MISSING, message })
    }

    /// Returns the `.runtimeconfig.json` of a .NET program.
    fn runtime_config(&self) -> Option<(Id, &'s Entry)> {
        let program = self.program.as_ref()?;
        let path = program.assembly().or_else(|| Some(self.found()?.entry.path.clone()))?;
        let stem = path.strip_suffix(ext(&path))?;
        self.files.get(&format!("{stem}.runtimeconfig.json"))
    }

    /// Checks the runtime of a .NET program.
    fn runtime(&self, found: Option<&Found<'_>>) -> Option<Finding> {
        let program = self.program.as_ref().filter(|_| !self.base.is_host_process)?;
        let (_, entry) = match self.runtime_config() {
            Some(config) => config,
            None => return self.framework(found?),
        };
        let config = RuntimeConfig::parse(entry.text.as_deref()?)?;
        // If the base names no version, only a plain base is known to have no runtime.
        let is_unknown = self.installed.runtime.is_empty() && !self.base.is_plain;
        if is_unknown || !self.is_complete || self.files.named("hostfxr.dll").is_some() {
            return None;
        }
        let (framework, have) = config.missing(&self.installed)?;
        let message = rule::runtime(&program.written, &framework.name, &framework.version, &have);
        Some(Finding { about: About::Program(program.by), rule: &rule::RUNTIME, message })
    }

    /// Reports a program of .NET Framework, which no nanoserver has.
    fn framework(&self, found: &Found<'_>) -> Option<Finding> {
        let Some(Content::Pe(pe)) = &found.entry.content else { return None };
        if !pe.is_managed || pe.is_library || !self.base.is_nanoserver || !self.is_complete {
            return None;
        }
        let message = rule::runtime_framework(&shown(&found.entry.path));
        Some(Finding { about: About::Step(found.id.step), rule: &rule::RUNTIME, message })
    }

    /// Checks a file other than the program. Some packages contain programs for several processors, and use those for
    /// the image's. So a file is reported only if the program loads it, or if its step has no program that runs.
    fn other(
        &self,
        path: &str,
        step: usize,
        entry: &Entry,
        loaded: &BTreeSet<String>,
    ) -> Option<(&'static Rule, String)> {
        let Some(Content::Pe(pe)) = &entry.content else { return None };
        if Fit::of(pe, self.architecture, self.base).starts() {
            return None;
        }
        let alone = || {
            let of_step = self.files.iter().filter(|(_, other, _)| other.step == step);
            let runs = |entry: &Entry| match &entry.content {
                Some(Content::Pe(pe)) => !pe.is_managed && Fit::of(pe, self.architecture, self.base).starts(),
                content => content.is_none() && PROGRAMS.contains(&ext(&entry.path.to_lowercase())),
            };
            path.ends_with(".exe") && self.is_complete && !of_step.map(|(_, _, entry)| entry).any(runs)
        };
        if loaded.contains(path) || alone() { self.machine(pe, &shown(&entry.path)) } else { None }
    }

    /// Returns the libraries that the program loads from its own directory, directly or through other libraries.
    fn loaded(&self, found: Option<&Found<'_>>) -> BTreeSet<String> {
        let mut loaded = BTreeSet::new();
        let Some(found) = found else { return loaded };
        let directory = dir(&found.entry.path).to_lowercase();
        let mut left = vec![found.entry];
        while let Some(entry) = left.pop() {
            let Some(Content::Pe(pe)) = &entry.content else { continue };
            for name in &pe.imports {
                let path = format!("{}/{}", directory.trim_end_matches('/'), name.to_lowercase());
                let library = self.files.get(&path);
                left.extend(library.filter(|_| loaded.insert(path)).map(|(_, entry)| entry));
            }
        }
        loaded
    }

    /// Returns the libraries that a file needs and that neither the image nor its base has.
    fn libraries(&self, entry: &Entry) -> Vec<(&'static Rule, String)> {
        let Some(Content::Pe(pe)) = &entry.content else { return Vec::new() };
        if !self.base.is_plain || !self.is_complete {
            return Vec::new();
        }
        let missing = |name: &String| {
            let name = name.to_lowercase();
            let origin = library::origin(&name).filter(|_| self.files.named(&name).is_none())?;
            let path = shown(&entry.path);
            Some(match origin {
                Origin::Mingw => (&rule::LIBRARY, rule::library_mingw(&path, &name)),
                Origin::Debug => (&rule::LIBRARY, rule::library_debug(&path, &name)),
                Origin::VisualCpp if self.base.is_nanoserver => {
                    (&rule::LIBRARY, rule::library_visual_cpp(&path, &name))
                }
                Origin::VisualCpp => (&rule::REDISTRIBUTABLE, rule::library_visual_cpp(&path, &name)),
            })
        };
        pe.imports.iter().filter_map(missing).collect()
    }
}

/// The number of findings for each step and rule.
#[derive(Default)]
struct Counts(Vec<(usize, &'static str, usize)>);

impl Counts {
    /// Returns a finding, unless the step already has too many for this rule.
    fn add(&mut self, step: usize, rule: &'static Rule, message: String) -> Option<Finding> {
        let known = self.0.iter_mut().find(|(of, name, _)| (*of, *name) == (step, rule.name));
        match known {
            Some((_, _, count)) if *count >= MAX_FINDINGS => return None,
            Some((_, _, count)) => *count += 1,
            None => self.0.push((step, rule.name, 1)),
        }
        Some(Finding { about: About::Step(step), rule, message })
    }
}
