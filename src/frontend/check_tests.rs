//! What `docker build --check` finds, rule and line, in files for Windows.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::build;
use crate::gateway::capabilities::names;
use crate::gateway::options::Environment;
use crate::gateway::testing::{Fake, bridge_to};

const CAPS: &[&str] = &[names::STAT_FILE, names::FRONTEND_INPUTS, names::SOURCE_META];

/// A base image that may bring programs of its own.
const TEAM: &str = "docker.io/team/tools:1-nanoserver-ltsc2022";
const NANO: &str = "mcr.microsoft.com/windows/nanoserver:ltsc2022";
const CORE: &str = "mcr.microsoft.com/windows/servercore:ltsc2022";

/// Images with their OS, version, features and variables.
fn images() -> Vec<(&'static str, Value)> {
    let of_version = |os_version: &str, features: &[&str], env: &[&str]| {
        json!({
            "os": "windows", "architecture": "amd64", "os.version": os_version, "os.features": features,
            "config": { "Env": env }, "rootfs": { "type": "layers", "diff_ids": [] },
            "history": [{ "created_by": "Apply image 10.0.20348.1" }],
        })
    };
    let windows = |features: &[&str], env: &[&str]| of_version("10.0.20348.1", features, env);
    let linux = json!({
        "os": "linux", "architecture": "amd64", "config": { "Env": ["PATH=/bin"] },
        "rootfs": { "type": "layers", "diff_ids": [] },
    });
    let mut team = windows(&[], &[]);
    team["history"] = json!([{ "created_by": "COPY bin C:/bin # buildkit" }]);
    let framework = "mcr.microsoft.com/dotnet/framework/runtime:4.8";
    vec![
        (NANO, windows(&[], &[])),
        (CORE, windows(&["win32k"], &[])),
        ("mcr.microsoft.com/windows/nanoserver:ltsc2019", of_version("10.0.17763.1", &[], &[])),
        (framework, windows(&["win32k"], &[])),
        ("docker.io/team/base:1-ltsc2022", windows(&[], &["Path=C:\\base"])),
        (TEAM, team),
        ("docker.io/library/golang:latest", linux),
    ]
}

/// Returns the JSON of an answer.
fn ask(request: &str, text: &str, options: &[(&str, &str)]) -> Result<Value, String> {
    let request = [("requestid", request)];
    let options: Vec<_> = options.iter().chain(&request).copied().collect();
    Ok(serde_json::from_slice(&run(text, &options)?["result.json"]).unwrap())
}

/// Returns the variables of the image that is built for Windows.
fn env(text: &str) -> Vec<String> {
    let options = [("platform", "windows/amd64"), ("build-arg:FANLIGHT_LAZY", "0")];
    let metadata = run(text, &options).unwrap();
    let config: Value = serde_json::from_slice(&metadata["containerimage.config"]).unwrap();
    let entries = config["config"]["Env"].as_array().into_iter().flatten();
    entries.map(|entry| entry.as_str().unwrap().to_owned()).collect()
}

/// Returns the metadata of a result.
fn run(text: &str, options: &[(&str, &str)]) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let result = runtime.block_on(async {
        let mut fake = Fake::default()
            .with_caps(CAPS)
            .with_all_llb_caps()
            .with_file("Dockerfile", text)
            .with_file(".dockerignore", "");
        for (name, config) in images() {
            fake = fake.with_image(name, config.to_string().as_bytes());
        }
        let bridge = bridge_to(&fake).await;
        let mut environment = Environment { session_id: "session".into(), ..Environment::default() };
        let given = options.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        environment.options.extend(given);
        environment.options.insert("cmdline".to_owned(), String::new());
        build(&bridge, environment).await
    });
    result.map(|result| result.metadata.into_iter().collect()).map_err(|error| error.to_string())
}

/// Returns the findings (rule, line and message, sorted by line), and the error, if any.
fn check(text: &str, options: &[(&str, &str)]) -> (Vec<(String, u64, String)>, Option<String>) {
    let answer = ask("frontend.lint", text, options).unwrap();
    let warning = |warning: &Value| {
        let line = warning["location"]["ranges"][0]["start"]["line"].as_u64().unwrap_or_default();
        let text = |key: &str| warning[key].as_str().unwrap_or_default().to_owned();
        (text("ruleName"), line, text("detail"))
    };
    let mut found: Vec<_> = answer["warnings"].as_array().into_iter().flatten().map(warning).collect();
    found.sort_by_key(|(_, line, _)| *line);
    (found, answer["buildError"]["message"].as_str().map(str::to_owned))
}

/// Asserts which rules and lines are found in a Dockerfile.
fn assert_finds(text: &str, want: &[&str]) {
    let (found, error) = check(text, &[]);
    let found: Vec<String> = found
        .iter()
        .filter(|(rule, ..)| rule.starts_with("Windows"))
        .map(|(rule, line, _)| format!("{} {line}", rule.trim_start_matches("Windows")))
        .collect();
    assert_eq!((found, error), (want.iter().map(|s| (*s).to_owned()).collect(), None), "{text}");
}

#[test]
fn backslashes() {
    for (lines, want) in [
        (r#"ENTRYPOINT ["C:\nginx\nginx.exe"]"#, Some("Backslash 2")),
        (r#"CMD ["nginx.exe", "-c", "C:\nginx\conf"]"#, Some("Backslash 2")),
        (r#"CMD ["nginx.exe", "-c", "C:\nginx\test.conf"]"#, Some("Backslash 2")),
        (r#"VOLUME ["C:\temp"]"#, Some("Backslash 2")),
        (r#"COPY ["x","C:\temp/"]"#, Some("Backslash 2")),
        (r#"SHELL ["C:\bin\bash.exe", "-c"]"#, Some("Backslash 2")),
        (r#"HEALTHCHECK CMD ["C:\tools\test.exe"]"#, Some("Backslash 2")),
        (r"COPY bin\*.dll C:/app/", Some("Backslash 2")),
        (r"ARG DIR=C:\app", Some("Backslash 2")),
        ("COPY <<EOF C:/nginx.conf\nroot C:\\www;\nEOF", Some("Backslash 2")),
        ("COPY <<\"EOF\" C:/nginx.conf\nroot C:\\www;\nEOF", None),
        ("COPY <<EOF C:/a.ps1\n\\$x = \"C:\\\\www\"\nEOF", None),
        (r#"CMD ["pwsh", "-Command", "Write-Host 1\nWrite-Host 2"]"#, None),
        (r#"CMD ["cmd", "/c", "echo a\tb"]"#, None),
        (r#"ENTRYPOINT ["C:\\nginx\\nginx.exe"]"#, None),
        ("CMD echo\ta", None),
        (r#"ENV A="x	y""#, None),
        (r"CMD C:\app\app.exe", None),
    ] {
        assert_finds(&format!("FROM {TEAM}\n{lines}\n"), &want.into_iter().collect::<Vec<_>>());
    }
    for (lines, want) in [
        (r#"ENTRYPOINT ["C:\nginx\nginx.exe"]"#, Some("Backslash 3")),
        (r#"ENTRYPOINT ["C:\tools\app.exe"]"#, Some("Backslash 3")),
        (r#"ENTRYPOINT [ "C:\app\app.exe" ]"#, Some("Backslash 3")),
        (r#"VOLUME ["C:\data"]"#, Some("Backslash 3")),
        ("COPY <<EOF C:/nginx.conf\nroot C:\\www;\nEOF", Some("Backslash 3")),
        (r"COPY bin\*.dll C:\app\", None),
        (r"WORKDIR C:\app", None),
        (r#"COPY ["bin\\x.dll", "C:\\app\\"]"#, None),
    ] {
        assert_finds(&format!("# escape=`\nFROM {TEAM}\n{lines}\n"), &want.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn programs_that_are_known_without_files() {
    for (lines, want) in [
        (r#"CMD ["powershell", "-c", "x"]"#, &["Program 2"][..]),
        ("SHELL [\"powershell\"]\nCMD Get-Date", &["Program 3"]),
        ("SHELL [\"powershell\"]\nHEALTHCHECK CMD exit 0", &["Program 3"]),
        ("HEALTHCHECK CMD [\"powershell.exe\"]", &["Program 2"]),
        ("ENTRYPOINT [\"app\"]\nCMD [\"powershell\"]", &[]),
        ("COPY x C:/tools/powershell.exe\nCMD [\"powershell\"]", &[]),
        (r#"ENTRYPOINT ["C:\\app\\app.exe"]"#, &["ProgramMissing 2"]),
        ("WORKDIR C:/app\nCOPY a.exe C:/b/\nENTRYPOINT [\"bin/a.exe\"]", &["ProgramMissing 4"]),
        ("COPY a C:/app/app.exe\nENTRYPOINT [\"C:/APP/app\"]", &[]),
        ("COPY dist C:/app/\nENTRYPOINT [\"C:/app/bin/app.exe\"]", &[]),
        ("COPY dist /\nENTRYPOINT [\"C:/app/bin/app.exe\"]", &[]),
        ("ENTRYPOINT [\"C:/Windows/System32/cmd.exe\"]", &[]),
        ("ENTRYPOINT [\"dotnet\", \"app.dll\"]", &[]),
        ("# check=skip=WindowsProgramMissing\nENTRYPOINT [\"C:/a.exe\"]", &[]),
    ] {
        assert_finds(&format!("FROM {NANO}\n{lines}\n"), want);
    }
    assert_finds(&format!("FROM {CORE}\nCMD [\"powershell\"]\n"), &[]);
    assert_finds(&format!("FROM {TEAM}\nCMD [\"C:/app/app.exe\"]\n"), &[]);
    assert_finds(&format!("FROM {TEAM}\nCMD [\"powershell\"]\n"), &["Program 2"]);
}

#[test]
fn what_windows_ignores() {
    assert_finds(
        &format!(
            "FROM {NANO}\nCOPY --chown=app --chmod=755 a C:/x/\nADD --chown=1:1 a C:/x/\nCOPY a C:/x/\n"
        ),
        &["Owner 2", "Owner 2", "Owner 3"],
    );
    assert_finds(
        &format!("FROM {NANO}\nSTOPSIGNAL SIGQUIT\nFROM {CORE}\nSTOPSIGNAL SIGTERM\n"),
        &["StopSignal 2"],
    );
    assert_finds(&format!("FROM {CORE}\nUSER root\nUSER ContainerAdministrator\nUSER svc\n"), &["User 2"]);
    // Owners matter in a Linux image that copies from a Windows stage.
    let linux = format!(
        "FROM --platform=windows/amd64 {NANO} AS w\nCOPY --chown=1:1 a /a\nFROM golang AS last\nCOPY --from=w /a /a\n"
    );
    let (found, error) = check(&linux, &[("platform", "linux/amd64"), ("target", "last")]);
    assert!(error.is_none() && found.iter().all(|(rule, ..)| rule != "WindowsOwner"), "{found:?} {error:?}");
    // Reported once for all versions.
    assert_finds(
        "FROM mcr.microsoft.com/windows/nanoserver:ltsc2019,ltsc2022\nCOPY --chown=a a b/\n",
        &["Owner 2"],
    );
}

#[test]
fn names_that_windows_refuses() {
    let lines = "COPY a C:/CON\nWORKDIR C:/x.\nCOPY a \"C:/a<b\"\nCOPY src/nul.c C:/src/\nCOPY src/nul.c C:/src/n.c\n";
    assert_finds(&format!("FROM {NANO}\n{lines}"), &["FileName 2", "FileName 3", "FileName 4", "FileName 5"]);
}

#[test]
fn what_hides_the_platform() {
    let image = format!("FROM {NANO}\nCOPY --from=build /a C:/a/\n");
    let stage = "FROM --platform=$BUILDPLATFORM golang AS build\n";
    for (head, lines, want) in [
        ("", "ARG TARGETOS=linux\n", &["TargetHidden 2"][..]),
        ("", "ARG TARGETARCH=arm64\n", &["TargetHidden 2"]),
        ("", "ARG TARGETPLATFORM=linux/amd64\n", &["TargetHidden 2"]),
        ("ARG TARGETOS=linux\n", "ARG TARGETOS\n", &["TargetHidden 1"]),
        ("", "ARG TARGETOS=windows TARGETARCH=amd64\nARG TARGETOS\nARG OS=linux\n", &[]),
    ] {
        assert_finds(&format!("{head}{stage}{lines}{image}"), want);
    }
    // No Windows image copies from it.
    assert_finds(&format!("{stage}ARG TARGETOS=linux\nFROM {NANO}\n"), &[]);
    let given = [("build-arg:TARGETOS", "linux")];
    let (found, _) = check(&format!("{stage}ARG TARGETOS=linux\n{image}"), &given);
    assert!(found.iter().all(|(rule, ..)| rule != "WindowsTargetHidden"), "{found:?}");
}

#[test]
fn line_endings() {
    let file = |run: &str| {
        let text = format!(
            "FROM --platform=$BUILDPLATFORM golang AS build\n{run}\nFROM {NANO}\nCOPY --from=build /a C:/a/\n"
        );
        text.replace('\n', "\r\n")
    };
    assert_finds(&file("RUN <<EOF\nset -e\nmake\nEOF"), &["LineEndings 2"]);
    assert_finds(&file("RUN <<EOF\n#!/bin/bash\nmake\nEOF"), &["LineEndings 2"]);
    assert_finds(&file("RUN sh <<EOF\nmake\nEOF"), &["LineEndings 2"]);
    assert_finds(&file("RUN python3 <<EOF\nprint(1)\nEOF"), &[]);
    assert_finds(&file("RUN <<EOF\n#!/usr/bin/env python3\nprint(1)\nEOF"), &[]);
    assert_finds(&file("RUN make && \\\n make install"), &[]);
    assert_finds(&file("RUN <<EOF\nmake\nEOF").replace("\r\n", "\n"), &[]);
}

#[test]
fn variables_have_no_case() {
    let base = "team/base:1-ltsc2022";
    let line = r#"ENV PATH="C:\Windows\system32;${Path}""#;
    assert_finds(&format!("FROM {base}\n{line}\n"), &[]);
    assert_finds(&format!("FROM {base}\nENV path=C:/x\n"), &["PathLost 2"]);
    assert_eq!(env(&format!("FROM {base}\nENV PATH=C:/tools;${{PATH}}\n")), ["PATH=C:/tools;C:\\base"]);
    assert_eq!(env(&format!("FROM {base}\nENV A=1\nENV a=2 b=$A\n")), ["Path=C:\\base", "a=2", "b=1"]);
    // The directories that Windows itself has in the PATH of a container, by base image.
    let windows = "C:\\Windows\\system32;C:\\Windows";
    assert_eq!(env(&format!("FROM {NANO}\nENV PATH=C:/x;${{PATH}}\n")), [format!("PATH=C:/x;{windows}")]);
    let shells = "C:\\Windows\\System32\\Wbem;C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\";
    assert_eq!(
        env(&format!("FROM {CORE}\nENV PATH=C:/x;${{PATH}}\n")),
        [format!("PATH=C:/x;{windows};{shells}")]
    );
}

#[test]
fn microsofts_images_need_no_platform() {
    assert_finds(
        "FROM mcr.microsoft.com/dotnet/framework/runtime:4.8\nUSER 1000\n",
        &["BaseUnpinned 1", "User 2"],
    );
}

#[test]
fn misspelled_versions() {
    let base = "mcr.microsoft.com/windows/nanoserver";
    for from in [
        format!("{base}:ltcs2022"),
        format!("{base}:ltsc2019,ltsc222"),
        "golang:1-nanoserver-ltsc20022".to_owned(),
    ] {
        let (_, error) = check(&format!("FROM {from}\n"), &[]);
        assert!(
            error.as_deref().is_some_and(|error| error.contains("(did you mean ltsc2022?)")),
            "{error:?}"
        );
    }
    // 1803 is not a misspelled 1809.
    let (_, error) = check(&format!("FROM {base}:1803\n"), &[]);
    assert!(error.is_some_and(|error| !error.contains("did you mean")));
}

#[test]
fn the_outline_is_of_the_stage_that_is_built() {
    let text = "# WINBASE the bases\nARG WINBASE=mcr.microsoft.com/windows/nanoserver:ltsc2019,ltsc2022\n\
                FROM ${WINBASE} AS windows\nARG ONLY=1\nFROM scratch AS linux\nARG OTHER=2\nCOPY a /$OTHER\n";
    let args = |answer: &Value| {
        let args = answer["args"].as_array().into_iter().flatten();
        args.map(|arg| format!("{}={}", arg["name"].as_str().unwrap(), arg["value"].as_str().unwrap()))
            .collect::<Vec<_>>()
    };
    let list = "WINBASE=mcr.microsoft.com/windows/nanoserver:ltsc2019,ltsc2022";
    let windows = ask("frontend.outline", text, &[("platform", "windows/amd64")]).unwrap();
    assert_eq!(
        (windows["name"].as_str(), args(&windows)),
        (Some("windows"), vec![list.to_owned(), "ONLY=1".to_owned()])
    );
    let target = ask("frontend.outline", text, &[("target", "windows")]).unwrap();
    assert_eq!(args(&target), args(&windows));
    let given = [
        ("target", "windows"),
        ("build-arg:WINBASE", "mcr.microsoft.com/windows/nanoserver:{ltsc2022,ltsc2019}"),
    ];
    let given = ask("frontend.outline", text, &given).unwrap();
    assert_eq!(args(&given)[0], "WINBASE=mcr.microsoft.com/windows/nanoserver:{ltsc2022,ltsc2019}");
    let linux = ask("frontend.outline", text, &[]).unwrap();
    assert_eq!((linux["name"].as_str(), args(&linux)), (Some("linux"), vec!["OTHER=2".to_owned()]));
    let list = format!("FROM {}", &list["WINBASE=".len()..]);
    for request in ["frontend.outline", "frontend.convertllb"] {
        ask(request, &list, &[]).unwrap();
    }
}

#[test]
fn the_default_target_is_the_stage_that_is_built() {
    let text = format!("FROM {NANO} AS windows\nFROM scratch AS linux\n");
    let default = |platform| {
        let answer = ask("frontend.targets", &text, &[("platform", platform)]).unwrap();
        let targets = answer["targets"].as_array().unwrap().clone();
        targets.into_iter().find(|target| target["default"] == true).unwrap()["name"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        (default("windows/amd64"), default("linux/amd64,windows/amd64")),
        ("windows".into(), "linux".into())
    );
}
