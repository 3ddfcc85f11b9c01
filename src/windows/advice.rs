//! What to write instead of a command for Windows: a table of what Dockerfiles run.

/// Commands with the same advice.
struct Row {
    /// Names of programs and cmdlets, as the first word of a command.
    commands: &'static [&'static str],
    /// Parts of a command that tell as much, wherever they stand.
    parts: &'static [&'static str],
    /// What does the same without running anything.
    advice: &'static str,
}

/// Rows that go by parts of a command come before those that go by its name alone.
const ROWS: [Row; 22] = [
    Row {
        commands: &["mklink"],
        parts: &["symboliclink", "-itemtype junction", "-type junction", "hardlink"],
        advice: "COPY the files to both places: BuildKit on Linux writes no right link for Windows",
    },
    Row {
        commands: &[
            "reg",
            "regedit",
            "regsvr32",
            "tzutil",
            "set-executionpolicy",
            "set-timezone",
            "netsh",
            "powercfg",
        ],
        parts: &["hklm:", "hkcu:", "hklm\\", "hkey_", "registry::"],
        advice: "the registry and the system's settings cannot be changed without Windows: take a base that has the \
                 setting, or change it in a script that ENTRYPOINT starts",
    },
    Row {
        commands: &["import-certificate", "import-pfxcertificate", "certoc"],
        parts: &["-addstore", "cert:\\"],
        advice: "COPY the certificate, and add it to the store in a script that ENTRYPOINT starts",
    },
    Row {
        commands: &["get-filehash"],
        parts: &["-hashfile"],
        advice: "ADD --checksum=sha256:... checks what it downloads",
    },
    Row {
        commands: &["new-localuser", "add-localgroupmember"],
        parts: &["net user", "net localgroup", "net.exe user", "net.exe localgroup"],
        advice: "no instruction makes a user: USER ContainerUser and USER ContainerAdministrator take those that every \
                 base has",
    },
    Row {
        commands: &["sc", "new-service", "set-service", "start-service", "stop-service", "restart-service"],
        parts: &["net start", "net stop", "w3svc"],
        advice: "a service cannot be set up without Windows: start its program with ENTRYPOINT, or set it up in a script \
                 that ENTRYPOINT starts",
    },
    Row {
        commands: &[
            "dism",
            "install-windowsfeature",
            "add-windowsfeature",
            "enable-windowsoptionalfeature",
            "add-windowscapability",
            "remove-windowsfeature",
            "uninstall-windowsfeature",
        ],
        parts: &[],
        advice: "features come with the base: take one that has it, such as mcr.microsoft.com/windows/servercore/iis or \
                 mcr.microsoft.com/dotnet/framework/runtime",
    },
    Row {
        commands: &[
            "appcmd",
            "iisreset",
            "new-website",
            "remove-website",
            "new-webapplication",
            "new-webapppool",
        ],
        parts: &["set-webconfiguration", "add-webconfiguration", "webadministration"],
        advice: "COPY a web.config, or set up IIS in a script that ENTRYPOINT starts",
    },
    Row {
        commands: &["icacls", "cacls", "takeown", "set-acl", "get-acl"],
        parts: &[],
        advice: "access rights cannot be set: BuildKit gives administrators all rights to every file and users those to \
                 read and run it; what a user writes belongs in a VOLUME",
    },
    Row {
        commands: &[
            "msiexec",
            "choco",
            "cinst",
            "winget",
            "scoop",
            "start-process",
            "install-chocolateypackage",
        ],
        parts: &[".msi ", "chocolatey", "/quiet", "/verysilent", "vs_buildtools", "get.scoop.sh"],
        advice: "an installer needs Windows: take a base that has the program, or ADD its files from an archive in place \
                 of an installer",
    },
    Row {
        commands: &[
            "install-module",
            "install-packageprovider",
            "install-package",
            "save-module",
            "install-script",
        ],
        parts: &[],
        advice: "a module is a folder: fetch it in a stage FROM --platform=$BUILDPLATFORM (Save-Module of PowerShell for \
                 Linux) and COPY it to \"C:/Program Files/WindowsPowerShell/Modules/\"",
    },
    Row {
        commands: &[
            "curl",
            "wget",
            "invoke-webrequest",
            "iwr",
            "invoke-restmethod",
            "irm",
            "start-bitstransfer",
            "bitsadmin",
        ],
        parts: &["downloadfile", "downloadstring", "-urlcache", "net.webclient"],
        advice: "ADD downloads the URL, and --checksum=sha256:... checks it",
    },
    Row {
        commands: &["tar", "unzip", "7z", "7za", "expand-archive", "expand"],
        parts: &["zipfile]::", "extracttodirectory"],
        advice: "unpack in a stage FROM --platform=$BUILDPLATFORM and COPY the files; a tar of the context is unpacked by \
                 ADD, one from a URL by ADD --unpack=true",
    },
    Row {
        commands: &["setx", "set", "set-variable"],
        parts: &["setenvironmentvariable", "env:path =", "env:path=", "env:path +="],
        advice: "ENV sets the variable for all that runs in the container; ENV PATH=\"C:\\dir;${PATH}\" keeps Windows' \
                 own directories",
    },
    Row {
        commands: &["mkdir", "md"],
        parts: &[
            "-itemtype directory",
            "-itemtype \"directory\"",
            "-itemtype 'directory'",
            "-type directory",
            "createdirectory",
        ],
        advice: "WORKDIR makes the directory, and so does a COPY to a path with a final slash",
    },
    Row {
        commands: &["new-item"],
        parts: &["-itemtype file", "-type file"],
        advice: "WORKDIR makes a directory, and COPY <<NAME a file with the text that follows",
    },
    Row {
        commands: &["set-content", "out-file", "add-content", "tee-object", "ni"],
        parts: &["set-content", "out-file", "add-content", "writealltext", "echo>"],
        advice: "COPY <<NAME makes a file of the lines that follow, variables expanded",
    },
    Row {
        commands: &[
            "copy",
            "xcopy",
            "robocopy",
            "move",
            "copy-item",
            "move-item",
            "ren",
            "rename",
            "rename-item",
            "cp",
            "mv",
        ],
        parts: &[],
        advice: "COPY puts files where they belong, also under another name, and COPY --from takes them from another \
                 stage",
    },
    Row {
        commands: &["del", "erase", "rmdir", "rd", "remove-item", "rm", "ri"],
        parts: &[],
        advice: "leave the files out of what is copied (COPY --exclude, .dockerignore), and download and unpack in another \
                 stage; what a base has stays",
    },
    Row {
        commands: &["cd", "chdir", "pushd", "set-location"],
        parts: &[],
        advice: "WORKDIR changes the directory",
    },
    Row { commands: &["git"], parts: &[], advice: "ADD https://HOST/PATH.git#REF fetches a repository" },
    Row {
        commands: &[
            "go", "cargo", "rustc", "dotnet", "msbuild", "nuget", "make", "nmake", "cmake", "ninja", "gcc",
            "cl", "csc", "npm", "npx", "yarn", "pnpm", "node", "pip", "pip3", "python", "python3", "mvn",
            "gradle", "vcpkg",
        ],
        parts: &["pip install"],
        advice: "compile or fetch in a stage FROM --platform=$BUILDPLATFORM and COPY --from it",
    },
];

const ELSE: &str = "prepare the files in a stage FROM --platform=$BUILDPLATFORM and COPY --from it; what needs Windows \
                    itself belongs in a script that ENTRYPOINT starts";

/// Words in front of a command that say nothing about what is done.
const PREFIXES: [&str; 16] = [
    "powershell",
    "pwsh",
    "cmd",
    "call",
    "start",
    "iex",
    "invoke-expression",
    "if",
    "else",
    "try",
    "finally",
    "then",
    "do",
    "exit",
    "bypass",
    "stop",
];

/// What to write instead of the commands of a script, each advice once, in the order of the commands.
#[must_use]
pub fn of_script(script: &str) -> Vec<&'static str> {
    let text = script.to_lowercase();
    let mut found = Vec::new();
    for command in text.split([';', '&', '|', '\n', '{', '}']) {
        if let Some(advice) = of_command(command).filter(|advice| !found.contains(advice)) {
            found.push(advice);
        }
    }
    if found.is_empty() {
        found.push(ELSE);
    }
    found
}

fn of_command(command: &str) -> Option<&'static str> {
    let words = command
        .split_whitespace()
        .map(|word| word.trim_matches(['"', '\'', '(', ')', '@', '`', ',', '[', ']']));
    let mut words = words.filter(|word| !word.is_empty() && !word.starts_with(['-', '/', '$', '=', '!']));
    let name = words.find_map(|word| {
        let name = word.rsplit(['\\', '/']).next().unwrap_or(word);
        let name = name.strip_suffix(".exe").unwrap_or(name);
        (!PREFIXES.contains(&name)).then_some(name)
    });
    // A redirection makes a file of whatever is written.
    let writes = command.contains('>') && name.is_some_and(|name| name.starts_with("echo") || name == "type");
    let command = if writes { "echo>" } else { command };
    let of_row = |row: &&Row| {
        row.parts.iter().any(|part| command.contains(part))
            || name.is_some_and(|name| row.commands.contains(&name))
    };
    ROWS.iter().find(of_row).map(|row| row.advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Commands as Dockerfiles have them, and a word of the advice.
    #[test]
    fn every_row_has_its_advice() {
        let cases = [
            (r"mklink /J C:\\msys64\\home C:\\Users\\ContainerUser", "both places"),
            ("powershell New-Item -ItemType SymbolicLink -Path a -Target b", "both places"),
            (r#"reg add "HKLM\SOFTWARE\Microsoft\Cryptography" /f"#, "registry"),
            (r"powershell -Command Set-ItemProperty -Path 'HKLM:\System\X' -Name a -Value 0", "registry"),
            ("tzutil /s UTC", "settings"),
            ("certutil -addstore Root C:\\ca.crt", "store"),
            ("certutil.exe -hashfile a.zip SHA256", "checks what"),
            ("certutil -urlcache -f https://x a.zip", "downloads"),
            ("net user runner /add", "USER ContainerUser"),
            ("sc.exe create agent binPath= C:\\agent.exe", "service"),
            ("net start wmsvc", "service"),
            ("dism.exe /online /enable-feature /all /featurename:iis-webserver /NoRestart", "features"),
            ("powershell -NoProfile Install-WindowsFeature Web-Server", "features"),
            (r"C:\Windows\System32\inetsrv\appcmd set app x", "web.config"),
            (r"icacls.exe C:\inetpub\wwwroot /grant everyone:F", "access rights"),
            (r"start /wait msiexec.exe /i C:\TEMP\node.msi /qn", "installer"),
            ("choco install -y nodejs", "installer"),
            (r#"Start-Process C:\setup.exe -ArgumentList "/S" -Wait"#, "installer"),
            ("Install-Module -Name PSReadLine -Force", "Save-Module"),
            ("curl.exe -L -o x.zip https://x", "ADD downloads"),
            (
                "powershell -ExecutionPolicy Bypass -Command Invoke-WebRequest https://x -OutFile y",
                "ADD downloads",
            ),
            ("(New-Object System.Net.WebClient).DownloadFile('https://x', 'y')", "ADD downloads"),
            ("tar -xf a.tgz", "unpack"),
            ("powershell -Command expand-archive -Path /server.zip -DestinationPath /server", "unpack"),
            ("cmd /S /C setx /M PATH \"%PATH%;C:\\x\"", "ENV sets"),
            (
                "[Environment]::SetEnvironmentVariable('PATH', $p, [EnvironmentVariableTarget]::Machine)",
                "ENV sets",
            ),
            ("$env:PATH = 'C:\\x;' + $env:PATH", "ENV sets"),
            ("mkdir C:\\app", "WORKDIR makes the"),
            ("md app", "WORKDIR makes the"),
            ("powershell New-Item -ItemType directory -Path C:\\x -Force", "WORKDIR makes the"),
            ("powershell New-Item c:/test", "WORKDIR makes a"),
            ("echo hello > C:\\x.txt", "COPY <<NAME"),
            ("Set-Content -Path x -Value y", "COPY <<NAME"),
            ("xcopy a b", "COPY puts"),
            ("Remove-Item -Force x.zip", "leave the files out"),
            ("cd build", "WORKDIR changes"),
            ("git clone https://x", "ADD https"),
            ("dotnet restore", "compile"),
            ("foo.exe", "prepare the files"),
            ("", "prepare the files"),
        ];
        for (command, word) in cases {
            let advice = of_script(command);
            assert!(advice.len() == 1 && advice[0].contains(word), "{command}: {advice:?}");
        }
        for row in &ROWS {
            assert!(cases.iter().any(|(command, _)| of_script(command) == [row.advice]), "{}", row.advice);
        }
    }

    #[test]
    fn a_script_gets_the_advice_of_each_command_once() {
        let script = "powershell -Command $ErrorActionPreference = 'Stop'; Invoke-WebRequest https://x -OutFile a.zip; \
                      Expand-Archive a.zip -DestinationPath C:\\x; Invoke-WebRequest https://y -OutFile b; Remove-Item a.zip";
        let advice = of_script(script);
        assert_eq!(advice.len(), 3, "{advice:?}");
        for (advice, word) in advice.iter().zip(["ADD downloads", "unpack in", "leave the files"]) {
            assert!(advice.starts_with(word), "{advice}");
        }
        assert_eq!(of_script("mkdir a && curl -o b https://c").len(), 2);
    }
}
