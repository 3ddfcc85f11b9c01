//! The rules for stages that are built for Windows, and their messages.
//!
//! docker/dockerfile has none of these rules. They are named, skipped and shown like its own rules, and apply only to
//! Windows.

use super::rule::{Origin, Rule};

/// The address of the rules' documentation: one page, with a heading for each rule. build.rs sets the address.
macro_rules! page {
    () => {
        concat!(env!("FANLIGHT_DOCS"), "checks.md")
    };
}

macro_rules! rules {
    ($($id:ident $origin:ident $name:literal $heading:literal $description:literal;)*) => {
        $(
            #[doc = $description]
            pub static $id: Rule = Rule {
                name: $name,
                description: $description,
                url: concat!(page!(), "#", $heading),
                experimental: false,
                deprecated: false,
                origin: Origin::$origin,
            };
        )*

        /// All rules for Windows.
        #[cfg(test)]
        pub static RULES: &[&Rule] = &[$(&$id),*];
    };
}

rules! {
    RUN Windows "WindowsRun" "windowsrun"
        "RUN in a stage for Windows needs a Windows worker";
    BACKSLASH Windows "WindowsBackslash" "windowsbackslash"
        "A backslash in a path is an escape character unless the escape directive names another one";
    PATH_LOST Windows "WindowsPathLost" "windowspathlost"
        "A PATH without Windows' own directories hides its programs";
    PATH_DEFAULT WindowsNote "WindowsPathDefault" "windowspathdefault"
        "Windows bases set no PATH, so ${PATH} is the default of Windows";
    BASE_UNPINNED WindowsAdvice "WindowsBaseUnpinned" "windowsbaseunpinned"
        "A Windows base should name its version, since hosts run only some of them";
    BASE_TAG WindowsAdvice "WindowsBaseTag" "windowsbasetag"
        "The tag of a Windows base should name the version that its image has";
    OTHER_VERSION WindowsAdvice "WindowsOtherVersion" "windowsotherversion"
        "Files of another Windows version may not work in an image";
    OUT_OF_SUPPORT WindowsAdvice "WindowsOutOfSupport" "windowsoutofsupport"
        "Versions of Windows that are out of support get no security updates";
    USER Windows "WindowsUser" "windowsuser"
        "USER should name a user that Windows has";
    DESTINATION WindowsAdvice "WindowsDestination" "windowsdestination"
        "A destination that may be a directory should end with a slash";
    OWNER WindowsAdvice "WindowsOwner" "windowsowner"
        "--chown and --chmod have no effect on Windows";
    STOP_SIGNAL WindowsAdvice "WindowsStopSignal" "windowsstopsignal"
        "Windows has no signals";
    FILE_NAME Windows "WindowsFileName" "windowsfilename"
        "Windows rejects some names of files and directories";
    TARGET_HIDDEN Windows "WindowsTargetHidden" "windowstargethidden"
        "A default for TARGETOS, TARGETARCH or TARGETPLATFORM hides the platform that is built";
    WHOLE_LIST WindowsAdvice "WindowsWholeList" "windowswholelist"
        "An ARG in a stage is an element of the list only if FROM uses that ARG";
    ARGUMENT WindowsAdvice "WindowsArgument" "windowsargument"
        "A build argument that no ARG declares has no effect";
    LINE_ENDINGS WindowsAdvice "WindowsLineEndings" "windowslineendings"
        "A shell reads the carriage returns of a heredoc as part of its commands";
    SCRATCH WindowsAdvice "WindowsScratch" "windowsscratch"
        "An image for Windows without a base cannot be started, and other builds find no files in it";
    PROGRAM Windows "WindowsProgram" "windowsprogram"
        "Windows must be able to start the program of an image";
    PROGRAM_MISSING WindowsAdvice "WindowsProgramMissing" "windowsprogrammissing"
        "The program of ENTRYPOINT or CMD should be in the image";
    EMULATED WindowsAdvice "WindowsEmulated" "windowsemulated"
        "Programs for amd64 run slowly on Windows for arm64";
    LIBRARY Windows "WindowsLibrary" "windowslibrary"
        "A program needs its libraries in the image";
    REDISTRIBUTABLE WindowsAdvice "WindowsRedistributable" "windowsredistributable"
        "Programs built with Visual C++ need its runtime, which Windows does not include";
    RUNTIME Windows "WindowsRuntime" "windowsruntime"
        "A .NET program needs its runtime in the image";
    SYMLINK Windows "WindowsSymlink" "windowssymlink"
        "BuildKit writes symbolic links for Windows with a wrong target";
    UNREAD WindowsNote "WindowsUnread" "windowsunread"
        "Some files of the image were not checked";
}

/// [`RUN`]
#[must_use]
pub fn run(advice: &str) -> String {
    format!("RUN is refused in a stage for Windows: {advice}")
}

/// [`BACKSLASH`], if a word loses backslashes.
#[must_use]
pub fn backslash(written: &str, left: &str) -> String {
    format!(
        "The backslashes of '{written}' are escape characters and leave '{left}': write slashes, or the directive # escape=`"
    )
}

/// [`BACKSLASH`], at the end of a line.
#[must_use]
pub fn backslash_continues(written: &str) -> String {
    format!(
        "The backslash at the end of '{written}' joins the next line to this one: end it with a slash, or write the directive # escape=`"
    )
}

/// [`BACKSLASH`], in a list that is not valid JSON.
#[must_use]
pub fn backslash_json(word: &str) -> String {
    format!(
        "This {word} is not a JSON list, because JSON needs doubled backslashes, and is read as plain text: write \\\\ or / for each"
    )
}

/// [`BACKSLASH`], in a JSON list whose escapes are valid.
#[must_use]
pub fn backslash_control(written: &str) -> String {
    format!(
        "In JSON, the backslashes of \"{written}\" are escapes: they leave a tab or a line break in the path. Write \\\\ or / for each"
    )
}

/// [`BACKSLASH`], in the text of a heredoc.
#[must_use]
pub fn backslash_heredoc(name: &str) -> String {
    format!(
        "The text of <<{name} loses its backslashes, with any escape directive: write <<\"{name}\" to keep the text as it is, or \\\\ for each"
    )
}

/// [`PATH_LOST`]
#[must_use]
pub fn path_lost(value: &str) -> String {
    let advice = if value.contains('%') {
        "Windows expands no %PATH% here: write ${PATH}"
    } else {
        "end it with ;${PATH}"
    };
    format!(
        "The PATH '{value}' leaves out C:\\Windows\\system32, so Windows' own programs are not found: {advice}"
    )
}

/// [`PATH_DEFAULT`]; `path` is the value of `${PATH}`.
#[must_use]
pub fn path_default(path: &str) -> String {
    format!("${{PATH}} is {path} here, Windows' own default, since the base sets no PATH")
}

/// [`BASE_UNPINNED`]
#[must_use]
pub fn base_unpinned(base: &str, os_version: &str) -> String {
    format!(
        "The base {base} names no version of Windows: it is {os_version} today and may be another one tomorrow. Name a version such as ltsc2022, or a digest"
    )
}

/// [`BASE_TAG`]
#[must_use]
pub fn base_tag(base: &str, os_version: &str) -> String {
    format!(
        "The tag of the base {base} names another version of Windows than that of its image, {os_version}"
    )
}

/// [`OTHER_VERSION`]
#[must_use]
pub fn other_version(build: &str, found: &str, base: &str) -> String {
    format!("The image for Windows {build} gets files of {found} from {base}")
}

/// [`OUT_OF_SUPPORT`]
#[must_use]
pub fn out_of_support(base: &str, name: &str, ended: &str) -> String {
    format!("The base {base} is Windows {name}, which has been out of support since {ended}")
}

/// [`USER`], for a user that a nanoserver does not have.
#[must_use]
pub fn user_of_nanoserver(user: &str) -> String {
    format!(
        "nanoserver has no user '{user}' and cannot create one; available: ContainerUser, ContainerAdministrator"
    )
}

/// [`USER`], for numbers and groups.
#[must_use]
pub fn user_of_linux(user: &str) -> String {
    format!(
        "'{user}' is not a Windows user: users of an image for Windows have neither numbers nor groups. Write ContainerUser or ContainerAdministrator"
    )
}

/// [`DESTINATION`]
#[must_use]
pub fn destination(dest: &str, slashed: &str) -> String {
    format!(
        "The base is not unpacked to see whether it has a directory '{dest}', so a file gets that name: write {slashed} for a file in a directory"
    )
}

/// [`OWNER`]
#[must_use]
pub fn owner(flag: &str) -> String {
    format!(
        "{flag} has no effect here: on Windows, administrators have all rights to each file, and users can read and run it"
    )
}

/// [`STOP_SIGNAL`]
#[must_use]
pub fn stop_signal(signal: &str) -> String {
    format!(
        "Windows has no signal {signal}: a container is stopped with a shutdown event, and ended some seconds later. Leave STOPSIGNAL out"
    )
}

/// [`FILE_NAME`], for a device.
#[must_use]
pub fn file_name_device(name: &str) -> String {
    format!("'{name}' is the name of a device on Windows, and no program can open a file of that name")
}

/// [`FILE_NAME`], for a dot or a space at the end.
#[must_use]
pub fn file_name_end(name: &str) -> String {
    format!(
        "'{name}' ends with a dot or a space, which Windows drops from every name, so no program can find the file"
    )
}

/// [`FILE_NAME`], for a character.
#[must_use]
pub fn file_name_character(name: &str, character: char) -> String {
    format!("'{name}' contains the character {character:?}, which Windows does not allow in names")
}

/// [`FILE_NAME`], for the name of a whiteout.
#[must_use]
pub fn file_name_whiteout(name: &str) -> String {
    format!("'{name}' is not added: in an image layer, a name that begins with .wh. removes a file")
}

/// [`TARGET_HIDDEN`]
#[must_use]
pub fn target_hidden(name: &str, default: &str, real: &str) -> String {
    format!(
        "{name} is '{default}' here instead of '{real}', which is built: write ARG {name} without a default"
    )
}

/// [`WHOLE_LIST`]
#[must_use]
pub fn whole_list(name: &str, list: &str, element: &str) -> String {
    format!("{name} is the whole list {list} here: write ARG {element} for the element that is built")
}

/// [`ARGUMENT`]
#[must_use]
pub fn argument(name: &str, hint: &str) -> String {
    format!("No ARG declares the build argument {name}{hint}")
}

/// [`LINE_ENDINGS`]
#[must_use]
pub fn line_endings() -> String {
    "The lines of this heredoc end with carriage returns, as Windows writes them, and the shell reads them as part of each command: save the Dockerfile with LF line endings".to_owned()
}

/// [`SCRATCH`]
#[must_use]
pub fn scratch() -> String {
    "An image on scratch has no Windows in it: its containers do not start, and once it is pushed, COPY --from and mounts find no files in it. Only tools that read layers get them, and --output type=local. Put files for other builds into an image for Linux, programs for HostProcess containers on mcr.microsoft.com/oss/kubernetes/windows-host-process-containers-base-image, all others on nanoserver or servercore".to_owned()
}

/// [`FILE_NAME`], for a file that a step added.
#[must_use]
pub fn file_name_in(path: &str, fault: &str) -> String {
    format!("{path} cannot be used: {fault}")
}

/// [`FILE_NAME`], for two names that differ only in case.
#[must_use]
pub fn file_name_case(path: &str) -> String {
    format!(
        "{path} differs from another file in case only: Windows treats both as one file and rejects the layer"
    )
}

/// [`PROGRAM`], for a file that is not a Windows program.
#[must_use]
pub fn program_foreign(path: &str, content: &dyn std::fmt::Display) -> String {
    format!(
        "{path} is {content}, which Windows cannot start: build it for Windows, from ARG TARGETOS TARGETARCH without defaults"
    )
}

/// [`PROGRAM`], for a library or a driver.
#[must_use]
pub fn program_library(path: &str) -> String {
    format!("{path} is a library or a driver, and cannot be started as a program")
}

/// [`PROGRAM`], for another processor.
#[must_use]
pub fn program_machine(path: &str, machine: &str, image: &str) -> String {
    format!("{path} is for {machine}, and the image is for {image}: build it for TARGETARCH")
}

/// [`PROGRAM`], for a 32-bit program.
#[must_use]
pub fn program_32_bit(path: &str) -> String {
    format!(
        "{path} is a 32-bit program, which nanoserver cannot start: build it for 64 bits, or use servercore"
    )
}

/// [`PROGRAM`], for Windows PowerShell.
#[must_use]
pub fn program_powershell() -> String {
    "nanoserver has no Windows PowerShell: use cmd, copy PowerShell 7 (pwsh.exe) into the image, or use servercore".to_owned()
}

/// [`PROGRAM_MISSING`]; `near` is a file of that name elsewhere.
#[must_use]
pub fn program_missing(program: &str, near: Option<&str>) -> String {
    match near {
        Some(near) => {
            format!("{program} is not where Windows looks for it, but the image has {near}: name that path")
        }
        None => format!("No step copies {program} into the image, and the base does not have it"),
    }
}

/// [`EMULATED`]
#[must_use]
pub fn emulated(path: &str, machine: &str) -> String {
    format!(
        "{path} is for {machine} and runs emulated on arm64, if the host can do that: build it for TARGETARCH"
    )
}

/// [`LIBRARY`], for the runtime of MinGW or MSYS2.
#[must_use]
pub fn library_mingw(path: &str, library: &str) -> String {
    format!(
        "{path} needs {library}, which is not part of Windows: link with -static, or copy the library beside the program"
    )
}

/// [`LIBRARY`], for a debug build.
#[must_use]
pub fn library_debug(path: &str, library: &str) -> String {
    format!("{path} needs {library}, which comes only with Visual Studio: copy a release build")
}

/// [`LIBRARY`] and [`REDISTRIBUTABLE`], for the runtime of Visual C++.
#[must_use]
pub fn library_visual_cpp(path: &str, library: &str) -> String {
    format!(
        "{path} needs {library} of the Visual C++ runtime: link it statically (/MT, -Ctarget-feature=+crt-static), or copy the library beside the program"
    )
}

/// [`RUNTIME`]; `have` is the version that the base has, empty if it has none.
#[must_use]
pub fn runtime(program: &str, framework: &str, version: &str, have: &str) -> String {
    let has = if have.is_empty() { "does not have it".to_owned() } else { format!("has {have}") };
    format!(
        "{program} needs {framework} {version}, and the base {has}: use the base image for that version, or publish with --self-contained"
    )
}

/// [`RUNTIME`], for .NET Framework.
#[must_use]
pub fn runtime_framework(path: &str) -> String {
    format!(
        "{path} is a .NET Framework program, which nanoserver cannot run: use a servercore base, or build it for .NET"
    )
}

/// [`SYMLINK`]
#[must_use]
pub fn symlink(path: &str, target: &str) -> String {
    format!(
        "{path} is a symbolic link to '{target}', which BuildKit writes as 'Files/{target}': copy the file itself"
    )
}

/// [`UNREAD`]
#[must_use]
pub fn unread(why: &str) -> String {
    format!("Some files for Windows were not checked: {why}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint;

    /// The documentation page of the rules has a heading for each rule, with its description, and no others.
    #[test]
    fn every_rule_is_documented() {
        let page = include_str!("../../docs/checks.md");
        let headings: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(headings, RULES.iter().map(|rule| rule.name).collect::<Vec<_>>());
        for rule in RULES {
            assert_eq!(rule.url, format!(concat!(page!(), "#{}"), rule.name.to_lowercase()));
            assert!(page.contains(rule.description), "{}", rule.description);
            assert!(lint::rule::RULES.iter().all(|upstream| upstream.name != rule.name));
        }
    }
}
