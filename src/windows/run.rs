//! RUN in stages for Windows, and what to write instead.

use crate::instruction::{Kind, Run};
use crate::plan::{self, Plan};
use crate::span::Located;

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

/// Refuses every RUN in every stage that is built for Windows, all of them in one error.
///
/// # Errors
///
/// Where there is such a RUN.
pub fn check<'p, 'a: 'p>(plans: impl IntoIterator<Item = &'p Plan<'a>>) -> Result<(), plan::Error> {
    let mut texts = Vec::new();
    let mut locations = Vec::new();
    for (plan, id) in plans.into_iter().flat_map(|plan| plan.reachable.iter().map(move |id| (plan, id))) {
        let root = &plan.stages[plan.stages.root(*id)];
        let Some(resolved) = &root.resolved else { continue };
        if resolved.platform.os != "windows" || root.context.is_some() {
            continue;
        }
        for command in &plan.stages[*id].commands {
            let Kind::Run(run) = &command.instruction.kind else { continue };
            let location = &command.instruction.location;
            if locations.contains(location) {
                continue;
            }
            let line = location.first().map_or(0, |range| range.start.line);
            texts.push(format!("line {line}: {}", advice(run)));
            locations.push(location.clone());
        }
    }
    if texts.is_empty() {
        return Ok(());
    }
    let kind = ErrorKind::Run(texts.join("; "));
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
