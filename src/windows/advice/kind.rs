//! The kinds of commands, and how to get the same result without running anything.

macro_rules! kinds {
    ($($id:ident $name:literal $text:literal;)*) => {
        /// What a command does.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Kind {
            $(#[doc = $text] $id,)*
        }

        impl Kind {
            /// All kinds.
            #[cfg(test)]
            pub(super) const ALL: &[Self] = &[$(Self::$id),*];

            /// Returns the name of the kind in testdata.
            #[cfg(test)]
            pub(super) const fn name(self) -> &'static str {
                match self { $(Self::$id => $name,)* }
            }

            /// Returns what to write instead.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$id => $text,)* }
            }
        }
    };
}

kinds! {
    Nothing "nothing" "it changes nothing in the image: leave the line out";
    Cd "cd" "it changes the directory for this line only: write WORKDIR to change it for the lines after it";
    Download "download" "ADD downloads a URL, and --checksum=sha256:... checks it";
    DownloadPrivate "download-private" "ADD sends no header and no password: download in a stage FROM --platform=$BUILDPLATFORM, with RUN --mount=type=secret and curl, and COPY --from it";
    Request "request" "ADD only downloads: send a request before or after the build, or in a RUN of a stage FROM --platform=$BUILDPLATFORM";
    Checksum "checksum" "ADD --checksum=sha256:... checks what it downloads";
    Unpack "unpack" "unpack in a stage FROM --platform=$BUILDPLATFORM and COPY --from it; ADD unpacks a tar of the context, and ADD --unpack=true one of a URL";
    Pack "pack" "create the archive in a stage FROM --platform=$BUILDPLATFORM, with tar or zip, and COPY --from it";
    Directory "directory" "WORKDIR creates a directory, and so does a COPY to a path with a final slash";
    Environment "environment" "ENV sets a variable for all programs in the container; ${PATH} in a new PATH keeps Windows' own directories";
    WriteFile "write-file" "COPY <<\"EOF\" C:/DIR/NAME writes the lines that follow, up to EOF, to a file; without the quotes, variables are expanded and backslashes are lost";
    EditFile "edit-file" "change a file of the project in a stage FROM --platform=$BUILDPLATFORM, for example with sed, and COPY --from it; to change a file of the base, COPY a complete file over it";
    Copy "copy" "COPY writes files to any path and under any name, and COPY --from copies from another stage";
    CleanUp "clean-up" "leave it out: a stage contains only what is copied to it";
    Delete "delete" "do not copy the files (COPY --exclude, .dockerignore); files of the base cannot be removed";
    Link "link" "COPY the files to both paths: BuildKit on Linux writes wrong links for Windows";
    Registry "registry" "the registry cannot be changed without Windows: use a base that has the value, or set it in a script that ENTRYPOINT starts";
    Settings "settings" "settings of the system cannot be changed without Windows: use a base that has them, or change them in a script that ENTRYPOINT starts";
    Certificate "certificate" "COPY the certificate, and add it to the store in a script that ENTRYPOINT starts";
    User "user" "no instruction creates a user: write USER ContainerUser or USER ContainerAdministrator, which every base has";
    Service "service" "a service cannot be set up without Windows: start its program with ENTRYPOINT, or set it up in a script that ENTRYPOINT starts";
    Feature "feature" "features come with the base: use one that has it, such as mcr.microsoft.com/windows/servercore/iis or mcr.microsoft.com/dotnet/framework/aspnet";
    Iis "iis" "COPY a web.config to the site of mcr.microsoft.com/windows/servercore/iis, or set up IIS in a script that ENTRYPOINT starts";
    Acl "acl" "access rights cannot be set: BuildKit gives administrators all rights to every file, and lets users read and run it; put files that a user writes into a VOLUME";
    Firewall "firewall" "leave it out: the host's network decides what reaches a container, and EXPOSE names its ports";
    Installer "installer" "an installer needs Windows: use a base that has the program, or download its zip in a stage FROM --platform=$BUILDPLATFORM, unpack it and COPY --from it";
    BuildTools "build-tools" "the Build Tools only install on Windows: compile on a Windows machine and COPY the result, or compile C and C++ with mingw-w64 or clang in a stage FROM --platform=$BUILDPLATFORM";
    Runtime "vcredist" "the Visual C++ runtime cannot be installed: COPY its DLLs (vcruntime140.dll, msvcp140.dll) to the directory of the program, or link it statically with /MT";
    Module "module" "a module is a folder: fetch it in a stage FROM --platform=$BUILDPLATFORM (Save-Module of PowerShell for Linux) and COPY it to \"C:/Program Files/WindowsPowerShell/Modules/\"";
    Font "font" "only Windows can register a font: COPY it to C:/Windows/Fonts/ and register it in a script that ENTRYPOINT starts";
    Register "register" "only Windows can register a library: COPY it to the directory of its program, and register it in a script that ENTRYPOINT starts if the program cannot load it from there";
    NativeImage "native-image" "leave it out: ngen needs Windows, and programs only start faster with it";
    Framework "framework" "MSBuild, nuget restore and the compilers of .NET Framework need Windows: compile on a Windows machine and COPY the result. A project in SDK style compiles for net4x with dotnet build on Linux, with the package Microsoft.NETFramework.ReferenceAssemblies";
    Dotnet "dotnet" "run dotnet in a stage FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk, publish with -r win-x64 (-r win-arm64), and COPY --from it";
    Nuget "nuget" "a NuGet package is a zip: download https://www.nuget.org/api/v2/package/NAME/VERSION in a stage FROM --platform=$BUILDPLATFORM, unpack it and COPY --from it";
    Go "go" "compile in a stage FROM --platform=$BUILDPLATFORM golang, with GOOS=windows GOARCH=$TARGETARCH, and COPY --from it; cgo needs mingw-w64";
    Rust "rust" "compile in a stage FROM --platform=$BUILDPLATFORM rust, with --target x86_64-pc-windows-gnu and mingw-w64, and COPY --from it";
    Node "node" "run it in a stage FROM --platform=$BUILDPLATFORM node and COPY --from it; for packages with binaries, npm ci --os=win32 --cpu=x64";
    Python "python" "fetch packages in a stage FROM --platform=$BUILDPLATFORM python, with pip install --platform win_amd64 --only-binary=:all: --target DIR, and COPY --from it; scripts that do not need Windows run there too";
    Java "java" "compile in a stage FROM --platform=$BUILDPLATFORM with a JDK, and COPY --from it: classes and jars are the same for Windows";
    Native "native" "compile in a stage FROM --platform=$BUILDPLATFORM for Windows, with mingw-w64 or with clang-cl and the SDK that xwin fetches, and COPY --from it; compile code that needs Visual C++ itself on a Windows machine";
    Packages "packages" "fetch packages in a stage FROM --platform=$BUILDPLATFORM and COPY --from it; packages with binaries must be those for Windows";
    Test "test" "leave tests out of the image: run them in a stage FROM --platform=$BUILDPLATFORM, or on Windows after the build";
    Clone "clone" "ADD fetches a git repository";
    ToolSettings "tool-settings" "COPY the file that it writes (.gitconfig, .npmrc, nuget.config), or set the program's variable with ENV";
    Database "server-data" "it needs a running server: do it in a script that ENTRYPOINT starts";
    Script "script" "run a script that does not need Windows in a stage FROM --platform=$BUILDPLATFORM (mcr.microsoft.com/powershell for PowerShell), and COPY --from it; start other scripts with ENTRYPOINT";
    Other "other" "prepare the files in a stage FROM --platform=$BUILDPLATFORM and COPY --from it; run commands that need Windows in a script that ENTRYPOINT starts";
}
