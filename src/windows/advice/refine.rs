//! Decides what a command does by its arguments, if its name is not enough.

use super::kind::Kind;
use super::rewrite::is_url;
use super::table;
use super::words::Word;

/// A command whose name is known.
pub(super) struct Call<'c> {
    /// The name in lower case.
    pub(super) name: &'c str,
    /// The words after the name.
    pub(super) words: &'c [Word],
    /// The whole command in lower case.
    pub(super) text: &'c str,
}

impl Call<'_> {
    /// Returns the first word that is not an option, in lower case.
    fn verb(&self) -> String {
        let mut words = self.words.iter().map(|word| word.text.to_ascii_lowercase());
        words.find(|word| !word.starts_with(['-', '/'])).unwrap_or_default()
    }

    fn has(&self, parts: &[&str]) -> bool {
        parts.iter().any(|part| self.text.contains(part))
    }

    fn has_word(&self, words: &[&str]) -> bool {
        self.words.iter().any(|word| words.contains(&word.text.as_str()))
    }

    fn if_has(&self, parts: &[&str], kind: Kind, other: Kind) -> Kind {
        if self.has(parts) { kind } else { other }
    }

    /// Returns whether the command only shows something, such as its version or its help.
    pub(super) fn is_question(&self) -> bool {
        const QUESTIONS: &[&str] = &[
            "--version",
            "-version",
            "-v",
            "-V",
            "version",
            "--help",
            "-help",
            "-h",
            "/?",
            "-?",
            "help",
            "--info",
            "/help",
            "--list-sdks",
            "--list-runtimes",
            "list",
            "env",
            "info",
            "--list",
        ];
        match self.words {
            [word] => QUESTIONS.contains(&word.text.as_str()),
            _ => false,
        }
    }

    /// Returns what the command does, starting from the kind of its name.
    pub(super) fn refine(&self, kind: Kind) -> Kind {
        match kind {
            Kind::Download => self.download(),
            Kind::Unpack => self.archive(),
            Kind::Environment if self.name == "set" => self.if_has(&["="], Kind::Environment, Kind::Nothing),
            Kind::Copy => {
                self.provider(self.if_has(&["windows\\fonts", "windows/fonts"], Kind::Font, Kind::Copy))
            }
            Kind::Delete => self.provider(Kind::Delete),
            Kind::Registry => self.if_has(&["reg query", "reg export", "reg.exe query"], Kind::Nothing, kind),
            Kind::Settings => self.settings(),
            Kind::Certificate => self.certificate(),
            Kind::User => self.net(),
            Kind::Service => self.if_has(&["sc query", "sc.exe query", "nssm version"], Kind::Nothing, kind),
            Kind::Feature => self.if_has(&["/get-", "-get-"], Kind::Nothing, kind),
            Kind::Installer => self.installer(),
            Kind::Framework => self.if_has(&[".vcxproj"], Kind::Native, kind),
            Kind::Dotnet => self.dotnet(),
            Kind::Nuget => self.nuget(),
            Kind::Go | Kind::Rust | Kind::Node | Kind::Python | Kind::Java => self.language(kind),
            Kind::Clone => self.git(),
            Kind::Nothing => self.provider(kind),
            _ => kind,
        }
    }

    fn download(&self) -> Kind {
        let sends = self.has_word(&[
            "-d",
            "--data",
            "--data-binary",
            "--data-raw",
            "-F",
            "--form",
            "-T",
            "--upload-file",
        ]);
        let method = self.words.windows(2).any(|pair| {
            ["-x", "--request", "-method"].contains(&pair[0].text.to_ascii_lowercase().as_str())
                && !pair[1].text.eq_ignore_ascii_case("get")
        });
        if sends
            || method
            || self.has(&["-xpost", "-xput", "-body ", "-infile ", ".uploadfile", ".uploadstring"])
        {
            return Kind::Request;
        }
        let header = self.words.windows(2).any(|pair| {
            let value = pair[1].text.to_ascii_lowercase();
            matches!(pair[0].text.as_str(), "-H" | "--header")
                && !value.starts_with("accept")
                && !value.starts_with("user-agent")
        });
        let is_private = header
            || self.has_word(&["-u", "--user", "--oauth2-bearer", "--netrc", "-n"])
            || self.has(&["-headers ", "-credential ", "-usedefaultcredentials", ".credentials"]);
        if is_private { Kind::DownloadPrivate } else { Kind::Download }
    }

    fn archive(&self) -> Kind {
        let Some(first) = self.words.first() else { return Kind::Unpack };
        let is_7z = self.name.starts_with("7z");
        let flags = first.text.trim_start_matches('-');
        match flags {
            "a" | "u" if is_7z => Kind::Pack,
            "l" | "t" if is_7z => Kind::Nothing,
            "create" => Kind::Pack,
            "list" => Kind::Nothing,
            _ if self.name != "tar" || flags.len() > 6 || flags.contains('x') => Kind::Unpack,
            _ if flags.contains('c') && flags != "C" => Kind::Pack,
            _ if flags.contains('t') => Kind::Nothing,
            _ => Kind::Unpack,
        }
    }

    /// Returns what a cmdlet does with items that are not files, and `files` for files.
    pub(super) fn provider(&self, files: Kind) -> Kind {
        let reads = files == Kind::Nothing;
        if self.name == "import-module" || self.name == "ipmo" {
            return self.if_has(&["webadministration", "iisadministration"], Kind::Iis, Kind::Nothing);
        }
        if reads {
            return Kind::Nothing;
        }
        if self.has(&["session manager\\environment"]) {
            Kind::Environment
        } else if self.has(&["hklm:", "hkcu:", "hkcr:", "hku:", "registry::", "hkey_"]) {
            Kind::Registry
        } else if self.has(&["iis:\\", "iis:/"]) {
            Kind::Iis
        } else if self.has(&["cert:\\", "cert:/"]) {
            Kind::Certificate
        } else if self.has(&["wsman:"]) {
            Kind::Settings
        } else if self.has(&[" env:", "'env:", "\"env:"]) {
            Kind::Nothing
        } else {
            files
        }
    }

    /// Returns what `New-Item` creates: files, directories, links and keys.
    pub(super) fn new_item(&self) -> Kind {
        let text = self.text.replace(['\'', '"'], "");
        let is = |types: &[&str]| types.iter().any(|kind| text.contains(&format!("type {kind}")));
        if is(&["symboliclink", "junction", "hardlink"]) {
            Kind::Link
        } else if is(&["file"]) {
            Kind::WriteFile
        } else if is(&["directory", "container", "dir"]) {
            Kind::Directory
        } else {
            self.provider(self.if_has(&["-value "], Kind::WriteFile, Kind::Directory))
        }
    }

    fn settings(&self) -> Kind {
        match self.name {
            "set-executionpolicy" => self.if_has(&["process"], Kind::Nothing, Kind::Settings),
            "netsh" => self.if_has(&["firewall"], Kind::Firewall, Kind::Settings),
            "wmic" => {
                let asks = self.if_has(&[" get", " list"], Kind::Nothing, Kind::Settings);
                self.if_has(&["useraccount where", "useraccount set"], Kind::User, asks)
            }
            "schtasks" | "wevtutil" | "powercfg" => {
                self.if_has(&["/query", " qe ", " gl "], Kind::Nothing, Kind::Settings)
            }
            _ => Kind::Settings,
        }
    }

    fn certificate(&self) -> Kind {
        match self.name {
            "certutil" if self.has(&["-hashfile", "/hashfile"]) => Kind::Checksum,
            "certutil" if self.has(&["-urlcache", "/urlcache"]) => self.download(),
            "certutil" if self.has(&["-decode", "-encode"]) => Kind::EditFile,
            "keytool" => self.if_has(&["-list"], Kind::Nothing, Kind::Certificate),
            _ => Kind::Certificate,
        }
    }

    fn net(&self) -> Kind {
        if self.name != "net" && self.name != "net1" {
            return Kind::User;
        }
        match self.verb().as_str() {
            "user" | "localgroup" | "accounts" | "group" => Kind::User,
            "start" | "stop" | "pause" | "continue" => Kind::Service,
            "use" | "share" | "config" => Kind::Settings,
            _ => Kind::Nothing,
        }
    }

    /// Returns what package managers, installers and `Start-Process` do.
    fn installer(&self) -> Kind {
        match (self.name, self.verb().as_str()) {
            (
                "choco" | "winget" | "scoop" | "nvm",
                "list" | "search" | "info" | "feature" | "config" | "source" | "cache",
            ) => self.if_has(&["cache rm", "cache remove"], Kind::CleanUp, Kind::Nothing),
            ("pacman", _) if self.has(&["-scc", "-sc "]) => Kind::CleanUp,
            ("conda" | "mamba", "clean") => Kind::CleanUp,
            ("conda", "config" | "init") => Kind::ToolSettings,
            ("start-process" | "saps", _) => self.started(),
            _ => self.named_installer().unwrap_or(Kind::Installer),
        }
    }

    /// Returns what the program does that `Start-Process` starts.
    fn started(&self) -> Kind {
        let by_name = |word: &Word| word.text.eq_ignore_ascii_case("-filepath");
        let at = self.words.iter().position(by_name).map_or(0, |at| at + 1);
        let mut words = self.words.get(at..).unwrap_or_default().iter();
        let program =
            words.find(|word| !word.text.starts_with('-')).map(|word| super::prefix::program(&word.text));
        let program = program.unwrap_or_default();
        let is_shell = matches!(program.as_str(), "powershell" | "pwsh" | "cmd" | "bash");
        let program = program.strip_suffix(".cmd").or(program.strip_suffix(".bat")).unwrap_or(&program);
        if self.is_silent() {
            return self.named_installer().unwrap_or(Kind::Installer);
        }
        match table::of_name(program) {
            _ if is_shell => self.if_has(&["choco", "msiexec"], Kind::Installer, Kind::Script),
            Some(Kind::Nothing) => Kind::Nothing,
            Some(Kind::Installer) => self.named_installer().unwrap_or(Kind::Installer),
            Some(kind) => Call { name: program, ..*self }.refine(kind),
            None if program.is_empty() || program.starts_with('$') => Kind::Installer,
            None => self.of_unknown(program),
        }
    }

    /// Returns what a program does that is in no table. An installer is recognized by its name, or by an option to run
    /// without questions.
    pub(super) fn of_unknown(&self, name: &str) -> Kind {
        if let Some(kind) = self.named_installer() {
            return kind;
        }
        let is_named = !name.starts_with("install-")
            && ["setup", "install", "redist"].iter().any(|part| name.contains(part));
        if self.is_silent() || is_named || name.ends_with(".msi") { Kind::Installer } else { Kind::Other }
    }

    /// Returns whether an option makes the command run without questions.
    fn is_silent(&self) -> bool {
        const SILENT: &[&str] = &[
            "/quiet",
            "/silent",
            "/verysilent",
            "/norestart",
            "/passive",
            "/s",
            "/q",
            "/qn",
            "/qs",
            "/qb",
            "--silent",
            "--quiet",
            "-silent",
            "-quiet",
            "-q",
            "-s",
            "/install",
            "--unattended",
            "/suppressmsgboxes",
            "installallusers=1",
        ];
        self.words
            .iter()
            .any(|word| word.text.to_ascii_lowercase().split([' ', ',']).any(|word| SILENT.contains(&word)))
    }

    fn named_installer(&self) -> Option<Kind> {
        if self.has(&["vc_redist", "vcredist", "vcruntime"]) {
            Some(Kind::Runtime)
        } else if self.has(&[
            "vs_buildtools",
            "vs_community",
            "vs_enterprise",
            "buildtools",
            "visualstudio",
            "vs_setup",
        ]) {
            Some(Kind::BuildTools)
        } else {
            None
        }
    }

    fn dotnet(&self) -> Kind {
        match self.verb().as_str() {
            "nuget" => self.if_has(
                &[" locals"],
                Kind::CleanUp,
                self.if_has(&[" push"], Kind::Request, Kind::ToolSettings),
            ),
            "test" | "vstest" => Kind::Test,
            "dev-certs" => Kind::Certificate,
            "build-server" | "sdk" => Kind::Nothing,
            _ => Kind::Dotnet,
        }
    }

    fn nuget(&self) -> Kind {
        match self.verb().as_str() {
            "restore" | "pack" => Kind::Framework,
            "locals" => Kind::CleanUp,
            "sources" | "config" | "setapikey" => Kind::ToolSettings,
            "push" => Kind::Request,
            "help" => Kind::Nothing,
            _ => Kind::Nuget,
        }
    }

    /// Returns what a tool of a programming language does. These tools clean up, test and store settings in similar
    /// ways.
    fn language(&self, kind: Kind) -> Kind {
        match self.verb().as_str() {
            "cache" | "store" if self.has(&[" clean", " prune", " purge", " rm"]) => Kind::CleanUp,
            "clean" if kind == Kind::Go => Kind::CleanUp,
            "config" | "set" => Kind::ToolSettings,
            "env" if self.has(&[" -w "]) => Kind::ToolSettings,
            "test" | "verify-tests" | "vet" | "pytest" | "unittest" => Kind::Test,
            "run" if self.has(&["run test", "run lint", "run e2e"]) => Kind::Test,
            "publish" if matches!(kind, Kind::Node | Kind::Rust) => Kind::Request,
            "cache" if self.has(&[" dir", " list"]) => Kind::Nothing,
            _ => kind,
        }
    }

    fn git(&self) -> Kind {
        match self.verb().as_str() {
            "clone" | "fetch" | "checkout" | "submodule" | "pull" | "init" | "reset" | "switch"
            | "remote" => Kind::Clone,
            "config" | "lfs" => Kind::ToolSettings,
            "apply" | "am" => Kind::EditFile,
            _ => Kind::Nothing,
        }
    }
}

/// Returns whether all deleted files are needed only for a download or an installation. `known` are files that the same
/// script has downloaded.
pub(super) fn is_temporary(words: &[Word], before: &str, known: &[String]) -> bool {
    const PARTS: &[&str] = &["temp", "tmp", "cache", "download", "install", "setup", "redist", ".log"];
    const ENDS: &[&str] = &[
        ".zip", ".exe", ".msi", ".tar", ".gz", ".tgz", ".xz", ".7z", ".nupkg", ".ps1", ".whl", ".cer",
        ".crt", ".pfx", ".cab", ".msu", ".bz2", ".bat", ".cmd", ".iso", ".sh", "zip", ".whl", ".tar.gz",
        "archive", ".reg", ".cert",
    ];
    let mut paths = words.iter().map(|word| word.text.to_ascii_lowercase()).filter(|word| {
        let is_option = word.starts_with('-') || (word.starts_with('/') && word.len() <= 2);
        !is_option && !matches!(word.as_str(), "silentlycontinue" | "ignore" | "stop" | "continue")
    });
    let is = |path: &String| {
        let end = path.trim_end_matches(['*', '\\', '/', '.', '\'', '"']);
        PARTS.iter().any(|part| path.contains(part))
            || ENDS.iter().any(|suffix| end.ends_with(suffix))
            || known.iter().any(|name| end.ends_with(name))
            || is_url(path)
    };
    match paths.next() {
        Some(first) => is(&first) && paths.all(|path| is(&path)),
        // The names come from the previous command.
        None => PARTS.iter().any(|part| before.contains(part)) || ENDS.iter().any(|end| before.contains(end)),
    }
}
