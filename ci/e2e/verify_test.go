package e2e

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"fanlight/ci/tools/pypi"
)

// verified is a Dockerfile for Windows, and the findings of the checks of its files: checks and lines.
type verified struct {
	name string
	// text is the Dockerfile. Its context has the files of verifyFiles, and its stage `build` is compile.
	text string
	want []string
	// options are names and values of further options of the build.
	options []string
	// fails is part of the build's error.
	fails string
}

// compile builds programs with gcc and mingw.
const compile = `FROM --platform=$BUILDPLATFORM registry.test/debian/cc:12 AS build
WORKDIR /src
COPY app.c library.c driver.c ./
RUN mkdir /out && x86_64-w64-mingw32-gcc -shared-libgcc -o /out/mingw.exe app.c && \
    x86_64-w64-mingw32-gcc -static -o /out/static.exe app.c && \
    x86_64-w64-mingw32-gcc -shared -o /out/library.dll library.c && \
    x86_64-w64-mingw32-gcc -nostdlib -Wl,--subsystem,native -Wl,-e,start -o /out/driver.exe driver.c && \
    cp /usr/lib/gcc/x86_64-w64-mingw32/*/libgcc_s_seh-1.dll /out/ && gcc -o /out/elf app.c && \
    mkdir /out/links /out/cases && ln -s /app/x /out/links/absolute && ln -s x /out/links/relative && \
    for i in $(seq 300); do mkdir -p /out/many/$i; done && cp /out/mingw.exe /out/many && cp /out/libgcc_s_seh-1.dll /out/many/300/ && \
    touch /out/links/x /out/cases/Readme /out/cases/README '/out/cases/a:b' /out/cases/aux.txt
`

// sources are the files that compile builds. The division in app.c calls a function of the compiler's runtime library.
var sources = map[string]string{
	"app.c":     "#include <stdio.h>\nint main(int argc, char **argv) { unsigned __int128 n = (unsigned __int128)argc << 90; printf(\"%d\\n\", (int)(n / (argc + 3) >> 80)); }\n",
	"library.c": "__declspec(dllexport) int one(void) { return 1; }\n",
	"driver.c":  "int start(void) { return 0; }\n",
}

const (
	nano    = "FROM registry.test/windows/nanoserver:ltsc2019,ltsc2022\n"
	core    = "FROM registry.test/windows/servercore:ltsc2022\n"
	process = "FROM registry.test/windows/hostprocess:v1.0.0\n"
	onArm   = "FROM registry.test/windows/nanoserver:ltsc2025-arm64\n"
	// unknown is a base image of a team, which may contain anything.
	unknown = "FROM registry.test/library/runtime:ordered\n"
)

var verifieds = []verified{
	// These programs run.
	{name: "Go", text: nano + "COPY go-amd64.exe /app/\nENTRYPOINT [\"C:\\\\app\\\\go-amd64.exe\"]\n"},
	{name: "Go by the working directory", text: nano + "WORKDIR C:/app\nCOPY go-amd64.exe app.exe\nCMD [\"app\", \"-x\"]\n"},
	{name: "Go by PATH", text: nano + "COPY go-amd64.exe C:/tools/app.exe\nENV PATH=\"C:/tools;${PATH}\"\nENTRYPOINT [\"app\"]\n", want: []string{"WindowsPathDefault 3"}},
	{name: "Go for arm64", text: onArm + "COPY go-arm64.exe /app.exe\nENTRYPOINT [\"/app.exe\"]\n", options: []string{"platform", "windows/arm64"}},
	{name: "C, static", text: core + "COPY --from=build /out/static.exe /\nENTRYPOINT [\"static.exe\"]\n"},
	{name: "C with its library", text: nano + "COPY --from=build /out/mingw.exe /out/libgcc_s_seh-1.dll /app/\nENTRYPOINT [\"/app/mingw.exe\"]\n"},
	{name: "Rust with its runtime", text: nano + "COPY just.exe vcruntime140.dll /app/\nENTRYPOINT [\"/app/just.exe\"]\n"},
	{name: "32 bits on servercore", text: core + "COPY go-386.exe t32.exe /app/\nENTRYPOINT [\"/app/go-386.exe\"]\n"},
	{name: "programs for every processor", text: nano + "COPY t32.exe t64.exe t64-arm.exe w64-arm.exe /pip/\nCOPY go-amd64.exe /\nENTRYPOINT [\"/go-amd64.exe\"]\n"},
	{name: "Windows' own", text: nano + "ENTRYPOINT [\"cmd\", \"/c\", \"ping localhost\"]\n"},
	{name: "Windows' own by its path", text: nano + "COPY go-amd64.exe /\nENTRYPOINT [\"C:\\\\Windows\\\\System32\\\\ping.exe\"]\n"},
	{name: "a script for cmd", text: nano + "COPY start.cmd /app/\nENTRYPOINT [\"C:\\\\app\\\\start.cmd\"]\n"},
	{name: "programs for the build", text: nano + "COPY go-linux go-darwin /other/\n"},
	{name: ".NET code is for every processor", text: nano + "COPY ClrLoader.dll /app/\n"},
	// These programs cannot be started.
	{name: "for Linux", text: nano + "COPY go-linux /app.exe\nENTRYPOINT [\"/app.exe\"]\n", want: []string{"WindowsProgram 2"}},
	{name: "for Linux by gcc", text: core + "COPY --from=build /out/elf /app.exe\nCMD [\"/app.exe\"]\n", want: []string{"WindowsProgram 2"}},
	{name: "for Linux without an extension", text: nano + "COPY go-linux /app\nENTRYPOINT [\"/app\"]\n", want: []string{"WindowsProgram 2"}},
	{name: "for macOS", text: nano + "COPY go-darwin /app.exe\nENTRYPOINT [\"/app.exe\"]\n", want: []string{"WindowsProgram 2"}},
	{name: "a shell script", text: nano + "COPY script.exe /\nENTRYPOINT [\"/script.exe\"]\n", want: []string{"WindowsProgram 2"}},
	{name: "a Git LFS pointer", text: nano + "COPY pointer.exe /\nENTRYPOINT [\"/pointer.exe\"]\n", want: []string{"WindowsProgram 2"}},
	{name: "cut off", text: nano + "COPY cut.exe /\nENTRYPOINT [\"/cut.exe\"]\n", want: []string{"WindowsProgram 2"}},
	{name: "empty", text: nano + "COPY empty.exe /\nENTRYPOINT [\"/empty.exe\"]\n", want: []string{"WindowsProgram 2"}},
	{name: "a text", text: nano + "COPY text.exe /\nENTRYPOINT [\"/text.exe\"]\n", want: []string{"WindowsProgram 2"}},
	{name: "a library for Linux", text: nano + "COPY go-linux /app/x.dll\n", want: []string{"WindowsProgram 2"}},
	{name: "a library", text: nano + "COPY --from=build /out/library.dll /app.exe\nENTRYPOINT [\"/app.exe\"]\n", want: []string{"WindowsProgram 2"}},
	{name: "a driver", text: nano + "COPY --from=build /out/driver.exe /\nENTRYPOINT [\"/driver.exe\"]\n", want: []string{"WindowsProgram 2"}},
	{name: "for arm64", text: nano + "WORKDIR C:/x\nCOPY go-arm64.exe app.exe\nENTRYPOINT [\"app.exe\"]\n", want: []string{"WindowsProgram 3"}},
	{name: "for arm64 in a shell form", text: nano + "COPY t64-arm.exe /\nCMD t64-arm.exe\n", want: []string{"JSONArgsRecommended 3", "WindowsProgram 2"}},
	{name: "for arm64 and not the program", text: nano + "COPY go-amd64.exe /\nCOPY w64-arm.exe /tools/\nENTRYPOINT [\"/go-amd64.exe\"]\n", want: []string{"WindowsProgram 3"}},
	{name: "a library of the program for arm64", text: nano + "COPY --from=build /out/mingw.exe /app/\nCOPY go-arm64.exe /app/libgcc_s_seh-1.dll\nENTRYPOINT [\"/app/mingw.exe\"]\n", want: []string{"WindowsProgram 3"}},
	{name: "for amd64 on arm64", text: onArm + "COPY go-amd64.exe /\nENTRYPOINT [\"/go-amd64.exe\"]\n", want: []string{"WindowsEmulated 2"}, options: []string{"platform", "windows/arm64"}},
	{name: "32 bits", text: nano + "COPY go-386.exe /\nENTRYPOINT [\"/go-386.exe\"]\n", want: []string{"WindowsProgram 2"}},
	{name: "in a stage below", text: "FROM registry.test/windows/nanoserver:ltsc2022 AS below\nCOPY go-linux /app.exe\nFROM below\nENTRYPOINT [\"/app.exe\"]\n", want: []string{"WindowsProgram 2"}},
	{name: "replaced by a right one", text: nano + "COPY go-linux /App.exe\nCOPY go-amd64.exe /app.exe\nENTRYPOINT [\"/app.exe\"]\n"},
	{name: "Windows PowerShell", text: nano + "SHELL [\"powershell\", \"-Command\"]\nHEALTHCHECK CMD exit 0\nCMD Get-Date\n", want: []string{"WindowsProgram 3", "WindowsProgram 4"}},
	{name: "Windows PowerShell on servercore", text: core + "ENTRYPOINT [\"powershell\"]\n"},
	{name: "elsewhere", text: nano + "COPY go-amd64.exe /app/app.exe\nENTRYPOINT [\"app.exe\"]\n", want: []string{"WindowsProgramMissing 3"}},
	{name: "nowhere", text: nano + "COPY go-amd64.exe /app/\nENTRYPOINT [\"C:\\\\bin\\\\app.exe\"]\n", want: []string{"WindowsProgramMissing 3"}},
	{name: "nowhere in what was copied", text: nano + "COPY --from=build /out/links/x /app/\nENTRYPOINT [\"C:\\\\app\\\\other.exe\"]\n", want: []string{"WindowsProgramMissing 3"}},
	{name: "beside the file", text: nano + "COPY go-amd64.exe /app\nENTRYPOINT [\"C:\\\\app.exe\"]\n", want: []string{"WindowsProgramMissing 3"}},
	{name: "in a directory with the name of one in layers", text: nano + "COPY go-amd64.exe C:/Files/\nENTRYPOINT [\"C:/Files/go-amd64.exe\"]\n"},
	{name: "for Linux in such a directory", text: nano + "COPY go-linux C:/Files/app.exe\nENTRYPOINT [\"C:/Files/app.exe\"]\n", want: []string{"WindowsProgram 2"}},
	// These programs lack libraries.
	{name: "MinGW", text: nano + "COPY --from=build /out/mingw.exe /app/\nENTRYPOINT [\"/app/mingw.exe\"]\n", want: []string{"WindowsLibrary 2"}},
	{name: "MinGW on servercore", text: core + "COPY --from=build /out/mingw.exe /app/\n", want: []string{"WindowsLibrary 2"}},
	{name: "Visual C++", text: nano + "COPY just.exe /app/\nENTRYPOINT [\"/app/just.exe\"]\n", want: []string{"WindowsLibrary 2"}},
	{name: "Visual C++ on servercore", text: "# check=error=true\nFROM registry.test/windows/servercore:ltsc2022\nCOPY just.exe /app/\nENTRYPOINT [\"/app/just.exe\"]\n", want: []string{"WindowsRedistributable 3"}},
	// These programs lack a runtime, or have one.
	{name: ".NET Framework", text: nano + "COPY mcs.exe /app/\nENTRYPOINT [\"/app/mcs.exe\"]\n", want: []string{"WindowsRuntime 2"}},
	{name: ".NET Framework on servercore", text: core + "COPY mcs.exe /app/\nENTRYPOINT [\"/app/mcs.exe\"]\n"},
	{name: ".NET without its runtime", text: nano + "COPY ClrLoader.dll ClrLoader.runtimeconfig.json /app/\nWORKDIR C:/app\nENTRYPOINT [\"dotnet\", \"ClrLoader.dll\"]\n", want: []string{"WindowsRuntime 4"}},
	{name: ".NET on an older runtime", text: nano + "ENV DOTNET_VERSION=6.0.36\nCOPY go-amd64.exe /app/web.exe\nCOPY ClrLoader.runtimeconfig.json /app/web.runtimeconfig.json\nENTRYPOINT [\"/app/web.exe\"]\n", want: []string{"WindowsRuntime 5"}},
	{name: ".NET on its runtime", text: nano + "ENV DOTNET_VERSION=8.0.11 ASPNET_VERSION=8.0.11\nCOPY ClrLoader.dll ClrLoader.runtimeconfig.json /app/\nENTRYPOINT [\"dotnet\", \"/app/ClrLoader.dll\"]\n"},
	// These files have names or links that Windows cannot use.
	{name: "names", text: nano + "COPY --from=build /out/cases /app/\n", want: []string{"WindowsFileName 2", "WindowsFileName 2", "WindowsFileName 2"}},
	{name: "a whiteout", text: nano + "COPY whiteouts /app/\n", want: []string{"WindowsFileName 2"}},
	{name: "links", text: nano + "COPY --from=build /out/links /app/\n", want: []string{"WindowsSymlink 2", "WindowsSymlink 2"}},
	// These files look wrong but are right, or must be checked nevertheless.
	{name: "HostProcess", text: process + "COPY go-386.exe just.exe /\nCOPY --from=build /out/mingw.exe /\nENTRYPOINT [\"C:\\\\hpc\\\\other.exe\"]\n"},
	{name: "HostProcess with a program for Linux", text: process + "COPY go-linux /app.exe\nENTRYPOINT [\"/app.exe\"]\n", want: []string{"WindowsProgram 2"}},
	{name: "scratch", text: "# check=skip=WindowsScratch\nFROM scratch\nCOPY go-linux /app.exe\nENTRYPOINT [\"/app.exe\"]\n"},
	{name: "a base of a team", text: unknown + "COPY --from=build /out/mingw.exe /\nCOPY just.exe /\nENTRYPOINT [\"C:\\\\other\\\\app.exe\"]\n"},
	{name: "the program of the base", text: unknown + "COPY go-linux /data/x.bin\n"},
	{name: "a base under a name of Microsoft's", text: "FROM registry.test/windows/nanoserver:ltsc2022\nCOPY --from=build /out/mingw.exe /\nENTRYPOINT [\"C:\\\\other\\\\app.exe\"]\n", options: []string{"context:registry.test/windows/nanoserver:ltsc2022", "docker-image://registry.test/library/runtime:ordered"}},
	// Files that are too many to read may include what seems to be missing.
	{name: "many steps", text: nano + "COPY --from=build /out/mingw.exe /app/\n" + manySteps(256) + "COPY --from=build /out/libgcc_s_seh-1.dll /app/\nENTRYPOINT [\"/app/mingw.exe\"]\n", want: []string{"WindowsUnread 2"}},
	{name: "many directories", text: nano + "COPY --from=build /out/many /app/\nENTRYPOINT [\"/app/mingw.exe\"]\n", want: []string{"WindowsUnread 2"}},
	// These cases change the settings of the checks.
	{name: "error=true", text: "# check=error=true\nFROM registry.test/windows/nanoserver:ltsc2022\nCOPY go-linux /app.exe\nENTRYPOINT [\"/app.exe\"]\n", want: []string{"WindowsProgram 3"}, fails: "lint violation found for rules: WindowsProgram"},
	{name: "skipped", text: "# check=skip=WindowsProgram\nFROM registry.test/windows/nanoserver:ltsc2022\nCOPY go-linux /app.exe\nENTRYPOINT [\"/app.exe\"]\n"},
	{name: "skipped for a line", text: nano + "# check=skip=WindowsProgram\nCOPY go-linux /one.exe\nCOPY go-linux /two.exe\n", want: []string{"WindowsProgram 4"}},
	{name: "switched off", text: nano + "COPY go-linux /app.exe\nENTRYPOINT [\"/app.exe\"]\n", options: []string{"build-arg:FANLIGHT_VERIFY", "0"}},
	{name: "a failing step", text: nano + "COPY --from=build /not/there /app.exe\n", fails: "\"/not/there\": not found"},
}

// manySteps returns steps that each copy a file to another directory.
func manySteps(count int) string {
	var text strings.Builder
	for i := range count {
		fmt.Fprintf(&text, "COPY app.c /sources/%d/\n", i)
	}
	return text.String()
}

// TestVerify builds images with programs of real compilers and packagers. The checks must report programs that Windows
// refuses, once for all versions, and no others. They must not read a base image.
func TestVerify(t *testing.T) {
	env := loadEnvironment(t)
	clients(t, env)
	folder := verifyFiles(t)
	offset := logSize(t, env.registryLog)
	t.Run("builds", func(t *testing.T) {
		for _, one := range verifieds {
			t.Run(one.name, func(t *testing.T) {
				t.Parallel()
				got, output, err := buildVerified(t, env, folder, one)
				if (err != nil) != (one.fails != "") || !strings.Contains(output, one.fails) {
					t.Fatalf("%v\n%s", err, output)
				}
				if !slices.Equal(got, one.want) {
					t.Errorf("found %q, want %q\n%s", got, one.want, output)
				}
			})
		}
	})
	checkNoBaseFetched(t, env, offset)
}

var finding = regexp.MustCompile(`(?m) - (\w+): .* \(line (\d+)\)`)

// buildVerified returns the checks and lines of the warnings, sorted, and the output.
func buildVerified(t *testing.T, env environment, folder string, one verified) ([]string, string, error) {
	t.Helper()
	options := onWindows()
	for i := 0; i+1 < len(one.options); i += 2 {
		options[env.fill(one.options[i])] = env.fill(one.options[i+1])
	}
	// Lines are counted as if only the directives came before the text.
	directives, text := "", one.text
	for strings.HasPrefix(text, "# check=") {
		line, rest, _ := strings.Cut(text, "\n")
		directives, text = directives+line+"\n", rest
	}
	before := "# syntax=" + env.frontend + "\n"
	if strings.Contains(text, "--from=build") {
		before += directives + env.fill(compile)
	} else {
		before += directives
	}
	file := filepath.Join(t.TempDir(), "Dockerfile")
	write(t, file, before+env.fill(text))
	shift := strings.Count(before, "\n") - strings.Count(directives, "\n")
	client := remoteClient(env, "remote")
	request := buildRequest{context: folder, options: options, ref: newRef(env), file: file}
	output, err := client.build(t, request)
	var got []string
	for _, found := range finding.FindAllStringSubmatch(output, -1) {
		line, _ := strconv.Atoi(found[2])
		got = append(got, fmt.Sprint(found[1], " ", line-shift))
	}
	slices.Sort(got)
	return got, output, err
}

// wheels are packages with programs for Windows: launchers for every processor, a Rust program with the Visual C++
// runtime, that runtime, and a .NET library.
var wheels = []struct {
	pypi.Wheel
	names []string
}{
	{pypi.Wheel{Project: "distlib", File: "distlib-0.3.9-py2.py3-none-any.whl", SHA256: "47f8c22fd27c27e25a65601af709b38e4f0a45ea4fc2e710f65755fa8caaaf87"},
		[]string{"t32.exe", "t64.exe", "t64-arm.exe", "w64-arm.exe"}},
	{pypi.Wheel{Project: "rust-just", File: "rust_just-1.59.0-py3-none-win_amd64.whl", SHA256: "75bde89d36bb0c7b35fb9cecefb303f154dc320d4b5b8c832c5ad0bf1904077b"},
		[]string{"just.exe"}},
	{pypi.Wheel{Project: "msvc-runtime", File: "msvc_runtime-14.51.36231-cp312-cp312-win_amd64.whl", SHA256: "89f70d1a37bb64164cdb09d02dd82d6b1400e1310be2995b4ed5a9f23efe2222"},
		[]string{"vcruntime140.dll"}},
	{pypi.Wheel{Project: "clr-loader", File: "clr_loader-0.3.1-py3-none-any.whl", SHA256: "cbad189de20d202a7d621956b0fc38049e13c9bf7ca2923441eff725cd121aa1"},
		[]string{"ClrLoader.dll"}},
}

// verifyFiles returns a build context of programs.
func verifyFiles(t *testing.T) string {
	t.Helper()
	folder, cache := t.TempDir(), os.Getenv("FANLIGHT_CACHE")
	files := maps.Clone(sources)
	for _, wheel := range wheels {
		found, err := wheel.Unpack(filepath.Join(cache, "wheels"), wheel.names...)
		if err != nil {
			t.Fatal(err)
		}
		for name, content := range found {
			files[name] = string(content)
		}
	}
	// Mono's compiler is a program for .NET Framework.
	program, err := os.ReadFile(os.Getenv("DOTNET_FRAMEWORK_PROGRAM"))
	if err != nil {
		t.Fatal(err)
	}
	files["mcs.exe"] = string(program)
	files["ClrLoader.runtimeconfig.json"] = `{"runtimeOptions": {"tfm": "net8.0", "framework": {"name": "Microsoft.NETCore.App", "version": "8.0.0"}}}`
	files["start.cmd"] = "@echo off\r\necho hello\r\n"
	files["script.exe"] = "#!/usr/bin/env bash\nexec app\n"
	files["pointer.exe"] = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"
	files["whiteouts/.wh.License.txt"] = "a file\n"
	files["empty.exe"], files["text.exe"] = "", "hello\n"
	for name, content := range files {
		write(t, filepath.Join(folder, name), content)
	}
	compileGo(t, folder)
	whole, err := os.ReadFile(filepath.Join(folder, "go-amd64.exe"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(folder, "cut.exe"), string(whole[:200]))
	return folder
}

// compileGo compiles a program for several systems.
func compileGo(t *testing.T, folder string) {
	t.Helper()
	source := t.TempDir()
	write(t, filepath.Join(source, "main.go"), "package main\n\nfunc main() { println(\"hello\") }\n")
	write(t, filepath.Join(source, "go.mod"), "module hello\n")
	for name, target := range map[string][2]string{
		"go-amd64.exe": {"windows", "amd64"}, "go-arm64.exe": {"windows", "arm64"}, "go-386.exe": {"windows", "386"},
		"go-linux": {"linux", "amd64"}, "go-darwin": {"darwin", "arm64"},
	} {
		cmd := exec.Command("go", "build", "-ldflags", "-s -w", "-o", filepath.Join(folder, name), ".")
		cmd.Dir = source
		cmd.Env = append(os.Environ(), "GOOS="+target[0], "GOARCH="+target[1], "CGO_ENABLED=0")
		if output, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, output)
		}
	}
}

var copyStep = regexp.MustCompile(`(?m)^(#\d+) \[windows 2/2\] COPY`)

// TestVerifyImported builds from an imported cache on a new engine. A cached layer is downloaded for the checks only if
// the client requests it. The checks must then find its files where Windows layers have them.
func TestVerifyImported(t *testing.T) {
	env := loadEnvironment(t)
	folder := t.TempDir()
	write(t, filepath.Join(folder, "app.exe"), "#!/bin/sh\n")
	dockerfile(t, folder, "# syntax="+env.frontend+"\n"+env.fill(nano)+"COPY app.exe /app/\nENTRYPOINT [\"/app/app.exe\"]\n")
	cache := newRef(env) + ":cache"
	build := func(d *daemon, more ...string) string {
		t.Helper()
		request := buildRequest{context: folder, options: onWindows(more...), ref: newRef(env)}
		if d == nil {
			request.cacheTo = cache + ",mode=max"
			clients(t, env)
			output, err := remoteClient(env, "remote").build(t, request)
			if err != nil {
				t.Fatalf("%v\n%s", err, output)
			}
			return output
		}
		request.cacheFrom = cache
		output, err := d.buildx(t).build(t, request)
		if err != nil {
			t.Fatalf("%v\n%s", err, output)
		}
		return output
	}
	const said = "WindowsProgram: C:\\app\\app.exe is a script for sh"
	if output := build(nil); !strings.Contains(output, said) {
		t.Fatalf("without a cache:\n%s", output)
	}
	for _, one := range []struct {
		value string
		finds bool
	}{{"", false}, {"1", true}} {
		d := pinnedBuildKit(t, env).start(t, env)
		offset := logSize(t, env.registryLog)
		output := build(d, "build-arg:FANLIGHT_VERIFY", one.value)
		if strings.Contains(output, said) != one.finds {
			t.Errorf("FANLIGHT_VERIFY=%s:\n%s", one.value, output)
		}
		// A cached step that is also read is shown as a download.
		step := copyStep.FindStringSubmatch(output)
		if step == nil {
			t.Fatalf("no step copies:\n%s", output)
		}
		isRead, isCached := strings.Contains(output, step[1]+" extracting sha256:"), strings.Contains(output, step[1]+" CACHED")
		if isRead && !one.finds {
			t.Errorf("FANLIGHT_VERIFY=%s: the layer was downloaded:\n%s", one.value, output)
		}
		if !isRead && !isCached {
			t.Errorf("FANLIGHT_VERIFY=%s: the step did not come from the cache:\n%s", one.value, output)
		}
		checkNoBaseFetched(t, env, offset)
		d.stop()
	}
}
