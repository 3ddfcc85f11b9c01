//! RUN in stages for Windows, and what to write instead.

use crate::instruction::{Kind, Run};
use crate::plan::{self, Plan};
use crate::span::{Located, Range};

use super::ErrorKind;

/// Beginnings of commands, and what does the same without running anything.
const ADVICE: [(&[&str], &str); 7] = [
    (&["mkdir", "md", "new-item"], "WORKDIR makes the directory"),
    (
        &["curl", "curl.exe", "wget", "invoke-webrequest", "iwr", "start-bitstransfer", "certutil"],
        "ADD downloads the URL",
    ),
    (&["setx", "set", "[environment]::setenvironmentvariable"], "ENV sets the variable"),
    (
        &["tar", "unzip", "7z", "expand-archive"],
        "unpack in a stage FROM --platform=$BUILDPLATFORM and COPY the files, or use ADD --unpack=true",
    ),
    (
        &["copy", "xcopy", "robocopy", "move", "copy-item", "move-item", "ren"],
        "COPY puts files where they belong",
    ),
    (
        &["go", "cargo", "dotnet", "msbuild", "make", "gcc", "npm", "nuget"],
        "compile in a stage FROM --platform=$BUILDPLATFORM and COPY --from it",
    ),
    (&["del", "erase", "rmdir", "rd", "remove-item"], "leave the files out of the COPY that brings them"),
];

const ELSE: &str = "move it to a stage FROM --platform=$BUILDPLATFORM and COPY --from it";

/// A RUN in a stage that is built for Windows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Where it stands.
    pub location: Vec<Range>,
    /// The stage that it stands in.
    pub stage: String,
    /// As it is written.
    pub code: String,
    /// What to write instead.
    pub advice: &'static str,
}

impl Refused {
    /// The line where it begins.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.location.first().map_or(0, |range| range.start.line)
    }
}

/// Every RUN in every stage that is built for Windows, each once.
#[must_use]
pub fn refused<'p, 'a: 'p>(plans: impl IntoIterator<Item = &'p Plan<'a>>) -> Vec<Refused> {
    let mut found: Vec<Refused> = Vec::new();
    for (plan, id) in plans.into_iter().flat_map(|plan| plan.reachable.iter().map(move |id| (plan, id))) {
        let root = &plan.stages[plan.stages.root(*id)];
        let Some(resolved) = &root.resolved else { continue };
        if resolved.platform.os != "windows" || root.context.is_some() {
            continue;
        }
        for command in &plan.stages[*id].commands {
            let Kind::Run(run) = &command.instruction.kind else { continue };
            let location = command.instruction.location.clone();
            if found.iter().any(|one| one.location == location) {
                continue;
            }
            let stage = plan.stages[*id].name.clone();
            let code = command.instruction.code.clone();
            found.push(Refused { location, stage, code, advice: advice(run) });
        }
    }
    found
}

/// Refuses them, all in one error.
///
/// # Errors
///
/// Where there is such a RUN.
pub fn check<'p, 'a: 'p>(plans: impl IntoIterator<Item = &'p Plan<'a>>) -> Result<(), plan::Error> {
    let found = refused(plans);
    if found.is_empty() {
        return Ok(());
    }
    let texts: Vec<String> = found.iter().map(|one| format!("line {}: {}", one.line(), one.advice)).collect();
    let kind = ErrorKind::Run(texts.join("; "));
    let locations = found.into_iter().map(|one| one.location).collect();
    Err(Located { kind: plan::ErrorKind::Windows(Box::new(kind)), locations })
}

/// What to write instead of a RUN.
fn advice(run: &Run) -> &'static str {
    let text = run.command.args.join(" ").to_lowercase();
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, ';' | '&' | '|' | '"' | '\'' | '('));
    // Shells and their flags say nothing about what is done.
    let shells = ["powershell", "powershell.exe", "pwsh", "cmd", "cmd.exe"];
    let first = words
        .filter(|word| !word.is_empty() && !word.starts_with(['-', '/', '@', '$']))
        .find(|word| !shells.contains(word));
    let known = first.and_then(|word| ADVICE.iter().find(|(starts, _)| starts.contains(&word)));
    known.map_or(ELSE, |(_, text)| text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instruction::CommandLine;

    fn advise(line: &str) -> &'static str {
        advice(&Run {
            command: CommandLine { args: vec![line.to_owned()], ..Default::default() },
            ..Default::default()
        })
    }

    #[test]
    fn every_row_has_its_advice() {
        assert!(advise("mkdir C:\\app").starts_with("WORKDIR"));
        assert!(advise("powershell -Command Invoke-WebRequest http://x -OutFile y").starts_with("ADD"));
        assert!(advise("cmd /S /C setx PATH x").starts_with("ENV"));
        assert!(advise("tar -xf a.tgz").starts_with("unpack"));
        assert!(advise("xcopy a b").starts_with("COPY"));
        assert!(advise("go build .").starts_with("compile"));
        assert!(advise("del a").starts_with("leave"));
        assert_eq!(advise("net user x /add"), ELSE);
        assert_eq!(advise(""), ELSE);
    }
}
