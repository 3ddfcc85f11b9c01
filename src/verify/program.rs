//! Finds the program that a container starts, as Windows does.

use crate::container_path::{is_abs, normalize, to_slash};
use crate::go::path::{base, clean, ext};
use crate::image::Config;

/// The instruction that names the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// ENTRYPOINT.
    Entrypoint,
    /// CMD.
    Cmd,
}

/// The program of ENTRYPOINT or CMD.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The program as written in the Dockerfile.
    pub written: String,
    /// The instruction that names it.
    pub by: By,
    /// The arguments.
    pub args: Vec<String>,
    /// True if the Dockerfile names its directory. Otherwise Windows searches several directories.
    pub names_directory: bool,
    /// The paths to try, in order, without the extensions that Windows adds.
    paths: Vec<String>,
    /// The working directory.
    directory: String,
}

/// The extensions that Windows adds to a name without one (`PATHEXT`), as far as images have such programs.
const EXTENSIONS: [&str; 4] = [".exe", ".com", ".bat", ".cmd"];

/// Commands built into cmd, including those that run other commands.
const OF_CMD: &str = "assoc break call cd chdir cls color copy date del dir echo endlocal erase exit for ftype goto \
    if md mkdir mklink move path pause popd prompt pushd rd rem ren rename rmdir set setlocal shift start time title type \
    ver verify vol";

/// Characters with a special meaning, or that no name contains.
const SPECIAL: &str = "%!^*?<>|&()$\"[]";

impl Program {
    /// Returns the program of a config; `None` if it has none, or if a shell decides what runs.
    #[must_use]
    pub fn of(config: &Config) -> Option<Self> {
        let (by, words) = words(config)?;
        let (first, rest) = words.split_first()?;
        let (written, args) = match stem(first).as_str() {
            "cmd" => of_cmd(rest)?,
            "powershell" | "pwsh" => return None,
            _ => (first.clone(), rest.to_vec()),
        };
        if written.is_empty() || written.contains(|c: char| c.is_control() || SPECIAL.contains(c)) {
            return None;
        }
        let directory = normalize("/", &config.working_dir, "windows", false).ok()?;
        let slashed = to_slash(&written, "windows");
        let names_directory = slashed.contains('/') || slashed.contains(':');
        let mut paths = vec![normalize(&directory, &written, "windows", false).ok()?];
        if !names_directory {
            let search = config.env.iter().rev().find_map(|entry| {
                let (key, value) = entry.split_once('=')?;
                key.eq_ignore_ascii_case("PATH").then_some(value)
            });
            let search = search.into_iter().flat_map(|path| path.split(';'));
            let absolute = search.map(|one| one.trim_matches('"')).filter(|one| is_abs(one, "windows"));
            paths.extend(absolute.filter_map(|one| {
                let directory = normalize("/", one, "windows", false).ok()?;
                Some(clean(&format!("{directory}/{written}")))
            }));
        }
        Some(Self { written, by, args, names_directory, paths, directory })
    }

    /// Returns the paths to try, in the order in which Windows tries them.
    pub fn candidates(&self) -> impl Iterator<Item = String> {
        self.paths.iter().flat_map(|path| {
            let with = EXTENSIONS.iter().map(move |extension| format!("{path}{extension}"));
            let has_extension = !ext(path).is_empty();
            let (first, last) = if has_extension { (Some(path), None) } else { (None, Some(path)) };
            first.cloned().into_iter().chain(with).chain(last.cloned())
        })
    }

    /// Returns the assembly that `dotnet` runs.
    #[must_use]
    pub fn assembly(&self) -> Option<String> {
        if stem(&self.written) != "dotnet" {
            return None;
        }
        let assembly = self.args.iter().find(|arg| arg.to_lowercase().ends_with(".dll"))?;
        normalize(&self.directory, assembly, "windows", false).ok()
    }
}

/// Returns the command line, and the instruction that its program comes from.
fn words(config: &Config) -> Option<(By, Vec<String>)> {
    let filled = |words: &Option<Vec<String>>| words.clone().filter(|words| !words.is_empty());
    match (filled(&config.entrypoint), filled(&config.cmd)) {
        (Some(mut entrypoint), cmd) => {
            entrypoint.extend(cmd.into_iter().flatten());
            Some((By::Entrypoint, entrypoint))
        }
        (None, Some(cmd)) => Some((By::Cmd, cmd)),
        (None, None) => None,
    }
}

/// Returns the first program of a command line for cmd.
fn of_cmd(args: &[String]) -> Option<(String, Vec<String>)> {
    let line: Vec<&str> = args.iter().map(String::as_str).skip_while(|arg| arg.starts_with('/')).collect();
    let line = line.join(" ");
    let line = line.trim_start().trim_start_matches('@');
    let (first, rest) = match line.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"')?,
        None => line.split_once(char::is_whitespace).unwrap_or((line, "")),
    };
    let name = stem(first);
    if OF_CMD.split_whitespace().any(|command| command == name) {
        return None;
    }
    Some((first.to_owned(), rest.split_whitespace().map(str::to_owned).collect()))
}

/// Returns the name of a program in lower case, without its directory and `.exe`.
#[must_use]
pub fn stem(written: &str) -> String {
    let name = base(&to_slash(written, "windows")).to_lowercase();
    name.strip_suffix(".exe").unwrap_or(&name).to_owned()
}

/// Returns whether a command line starts Windows PowerShell, which a nanoserver lacks.
#[must_use]
pub fn starts_powershell(words: &[String]) -> bool {
    words.first().is_some_and(|first| stem(first) == "powershell")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(entrypoint: &[&str], cmd: &[&str]) -> Config {
        let words = |words: &[&str]| Some(words.iter().map(|word| (*word).to_owned()).collect());
        Config {
            entrypoint: words(entrypoint),
            cmd: words(cmd),
            working_dir: r"C:\app".to_owned(),
            env: vec![r"Path=C:\Windows;C:\tools".to_owned()],
            ..Config::default()
        }
    }

    fn candidates(entrypoint: &[&str]) -> Vec<String> {
        let program = Program::of(&config(entrypoint, &[]));
        program.map_or_else(Vec::new, |program| program.candidates().collect())
    }

    #[test]
    fn windows_looks_in_directories_and_adds_extensions() {
        assert_eq!(candidates(&["C:\\bin\\a.exe"])[0], "/bin/a.exe");
        let found = candidates(&["a"]);
        assert_eq!(found[..5], ["/app/a.exe", "/app/a.com", "/app/a.bat", "/app/a.cmd", "/app/a"]);
        assert!(found.contains(&"/tools/a.exe".to_owned()));
        assert!(!candidates(&["bin/a.exe"]).contains(&"/tools/bin/a.exe".to_owned()));
        assert_eq!(candidates(&[".\\a.exe"])[0], "/app/a.exe");
        for unknown in
            ["D:\\a.exe", "%APP%\\a.exe", "", "C:\nginx\nginx.exe", "[\"a.exe\"]", r"\\host\share\a.exe"]
        {
            assert_eq!(candidates(&[unknown]), [""; 0], "{unknown}");
        }
    }

    #[test]
    fn the_first_program_of_a_shell_form() {
        let first = |line: &str| {
            let program = Program::of(&config(&["cmd", "/S", "/C", line], &[]));
            program.map(|program| program.written)
        };
        assert_eq!(first("app.exe -x").as_deref(), Some("app.exe"));
        assert_eq!(first("\"C:\\my app\\a.exe\" -x").as_deref(), Some("C:\\my app\\a.exe"));
        for decided_by_cmd in ["echo hello", "set X=1 && app.exe", "%APP%", "if exist x y", "(app)"] {
            assert_eq!(first(decided_by_cmd), None, "{decided_by_cmd}");
        }
        assert_eq!(Program::of(&config(&["powershell", "-c", "x"], &[])), None);
    }

    #[test]
    fn entrypoint_goes_before_cmd() {
        let by = |entrypoint: &[&str], cmd: &[&str]| {
            Program::of(&config(entrypoint, cmd)).map(|program| (program.by, program.written))
        };
        assert_eq!(by(&["a"], &["b"]), Some((By::Entrypoint, "a".to_owned())));
        assert_eq!(by(&[], &["b"]), Some((By::Cmd, "b".to_owned())));
        assert_eq!(by(&["cmd", "/c"], &["b.exe"]), Some((By::Entrypoint, "b.exe".to_owned())));
        assert_eq!(by(&[], &[]), None);
    }

    #[test]
    fn what_dotnet_runs() {
        let assembly = |words: &[&str]| Program::of(&config(words, &[])).unwrap().assembly();
        assert_eq!(assembly(&["dotnet", "exec", "my.dll"]).as_deref(), Some("/app/my.dll"));
        assert_eq!(assembly(&["my.exe", "x.dll"]), None);
    }
}
