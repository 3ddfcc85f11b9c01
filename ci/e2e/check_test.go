package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// checked is a Dockerfile and the findings of `docker buildx build --check`: rules and lines.
type checked struct {
	text  string
	flags []string
	want  []string
	// fails is part of the error that the check must end with.
	fails string
}

const mixed = `FROM --platform=$BUILDPLATFORM registry.test/debian/cc:12 AS build
RUN true

FROM registry.test/windows/nanoserver:ltsc2022,20H2 AS windows
WORKDIR C:\app
COPY --from=build /etc/passwd /Windows/mine
COPY one.txt C:\app\
USER 1000
RUN mkdir C:\x
ENV PATH="C:\app;%PATH%"
ENV OTHER=${PATH}

FROM scratch AS linux
COPY one.txt $NOWHERE
`

var checks = map[string]checked{
	"no platform": {text: mixed, want: []string{
		"UndefinedVar 14", "WindowsBackslash 5", "WindowsBackslash 7", "WindowsDestination 6", "WindowsOutOfSupport 4", "WindowsPathLost 10",
		"WindowsRun 9", "WorkdirRelativePath 5",
	}},
	"Linux alone":         {text: mixed, flags: []string{"--platform", "linux/amd64"}, want: []string{"UndefinedVar 14"}},
	"Windows alone":       {text: "FROM registry.test/windows/hostprocess:v1.0.0\nUSER 1:1\n", flags: []string{"--platform", "windows/amd64"}, want: []string{"WindowsUser 2"}},
	"the target":          {text: mixed, flags: []string{"--target", "linux"}, want: []string{"UndefinedVar 14"}},
	"a rule skipped":      {text: "FROM registry.test/windows/nanoserver:ltsc2022\n# check=skip=WindowsUser\nUSER app\nUSER other\n", want: []string{"WindowsUser 4"}},
	"rules of the file":   {text: "# check=skip=WindowsUser\nFROM registry.test/windows/nanoserver:ltsc2022\nUSER app\n"},
	"rules of the client": {text: "FROM registry.test/windows/nanoserver:ltsc2022\nUSER app\n", flags: []string{"--build-arg", "BUILDKIT_DOCKERFILE_CHECK=skip=all"}},
	"an error":            {text: "# check=error=true\nFROM registry.test/windows/nanoserver:ltsc2022\nUSER app\n", want: []string{"WindowsUser 3"}, fails: "lint violation found for rules: WindowsUser"},
	"nothing wrong":       {text: "# check=error=true\nFROM registry.test/windows/nanoserver:ltsc2022\nUSER ContainerUser\nENV PATH=\"C:/x;${PATH}\"\nCOPY one.txt C:/x/\nCOPY one.txt /tool\n"},
	"scratch":             {text: "FROM scratch AS windows\nCOPY one.txt /\n", want: []string{"WindowsScratch 1"}},
	"a stage that is named": {text: "FROM registry.test/windows/nanoserver:ltsc2022,ltsc2019 AS windows\nFROM scratch AS files\nCOPY one.txt /\n",
		flags: []string{"--platform", "windows/amd64", "--target", "files"}, want: []string{"WindowsScratch 2"}},
	"a stage that is not named": {text: "FROM registry.test/windows/nanoserver:ltsc2022,ltsc2019 AS windows\nFROM scratch AS files\nCOPY one.txt /\n",
		flags: []string{"--platform", "windows/amd64"}, fails: "and not the stage windows on line 1, which lists Windows bases"},
	"an index":             {text: "FROM registry.test/library/runtime:ordered\nUSER 7\n", flags: []string{"--platform", "windows/amd64"}, want: []string{"WindowsUser 2"}},
	"PowerShell":           {text: "FROM registry.test/windows/nanoserver:ltsc2022\nENTRYPOINT [\"powershell.exe\", \"x.ps1\"]\n", want: []string{"WindowsProgram 2"}},
	"a program nowhere":    {text: "FROM registry.test/windows/nanoserver:ltsc2022\nCOPY one.txt C:/app/\nENTRYPOINT [\"C:/bin/app.exe\"]\n", want: []string{"WindowsProgramMissing 3"}},
	"a program somewhere":  {text: "FROM registry.test/windows/nanoserver:ltsc2022\nCOPY . C:/app/\nENTRYPOINT [\"C:/app/bin/app.exe\"]\n"},
	"backticks":            {text: "# escape=`\nFROM registry.test/windows/nanoserver:ltsc2022\nWORKDIR C:\\x\nCOPY one.txt C:\\x\\\nUSER ContainerUser\n"},
	"a list for Windows":   {text: "ARG V=ltsc2019,ltsc2022\nFROM registry.test/windows/servercore:$V\nENTRYPOINT [\"C:\\app.exe\"]\n", want: []string{"JSONArgsRecommended 3", "WindowsBackslash 3"}},
	"a stage by TARGETOS":  {text: "FROM registry.test/windows/nanoserver:20H2 AS windows\nFROM scratch AS linux\nCOPY one.txt $X\nFROM ${TARGETOS}\nLABEL a=$Y\n", want: []string{"UndefinedVar 3", "UndefinedVar 5", "WindowsOutOfSupport 1"}},
	"a base not there":     {text: "FROM registry.test/windows/nanoserver:ltsc2016\n", fails: "not found"},
	"Linux, as it is":      {text: "from registry.test/debian/cc:12 AS Build\nCMD echo\nWORKDIR x\nUSER 1000:1000\nENV PATH=/x\nCOPY one.txt /a\\b\n", want: nil},
	"Linux for two, as it": {text: "FROM registry.test/debian/cc:12\nCOPY one.txt $X\nRUN mkdir x\n", flags: []string{"--platform", "linux/amd64,linux/arm64"}, want: nil},
}

// TestChecks runs the checks. For Windows it compares the findings with those written here, for Linux with those of
// docker/dockerfile.
func TestChecks(t *testing.T) {
	env := loadEnvironment(t)
	for name, one := range checks {
		t.Run(name, func(t *testing.T) {
			want, fails := one.want, one.fails
			if strings.HasPrefix(name, "Linux") && strings.Contains(name, "as it") {
				want, fails = callCheck(t, env, os.Getenv("PEER"), one)
				if len(want) == 0 {
					t.Error("docker/dockerfile finds nothing, so that nothing is compared")
				}
			}
			got, failed := callCheck(t, env, env.frontend, one)
			if !slices.Equal(got, want) {
				t.Errorf("found %q, want %q", got, want)
			}
			if !strings.Contains(failed, fails) || (fails == "") != (failed == "") {
				t.Errorf("the error is %q, want %q", failed, fails)
			}
		})
	}
}

// TestCheckWarnings builds a file. The findings of the checks must be warnings, once for all versions. A finding that
// may be intended does not fail a build, even with error=true.
func TestCheckWarnings(t *testing.T) {
	env := loadEnvironment(t)
	_, output := pushText(t, env, env.frontend, "# check=error=true;skip=WindowsUser\nFROM registry.test/windows/nanoserver:ltsc2022,20H2\nUSER app\nCOPY one.txt /Windows/mine\n")
	for _, want := range []string{
		" - WindowsOutOfSupport: The base " + env.registry + "/windows/nanoserver:20H2 is Windows 20H2", " - WindowsDestination: ",
	} {
		if n := strings.Count(output, want); n != 1 {
			t.Errorf("%q was said %d times, want once:\n%s", want, n, output)
		}
	}
}

// callCheck returns the rules and lines of the findings, sorted, and the error of the build.
func callCheck(t *testing.T, env environment, frontend string, one checked) ([]string, string) {
	t.Helper()
	if frontend == "" {
		t.Skip("PEER is not set: these tests run through ci/test")
	}
	context := t.TempDir()
	for name, content := range map[string]string{"Dockerfile": env.fill(one.text), "one.txt": "one\n"} {
		if err := os.WriteFile(filepath.Join(context, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"buildx", "build", "--builder", "default", "--progress", "quiet", "--call", "check,format=json", "--build-arg", "BUILDKIT_SYNTAX=" + frontend}
	// The exit status only tells whether there are findings.
	output, err := docker(env, append(append(args, one.flags...), context)...).Output()
	var answer struct {
		Warnings []struct {
			RuleName string
			Location struct {
				Ranges []struct{ Start struct{ Line int } }
			}
		}
		BuildError struct{ Message string }
	}
	if decoder := json.NewDecoder(strings.NewReader(string(output))); decoder.Decode(&answer) != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	var found []string
	for _, warning := range answer.Warnings {
		line := 0
		if ranges := warning.Location.Ranges; len(ranges) > 0 {
			line = ranges[0].Start.Line
		}
		found = append(found, fmt.Sprint(warning.RuleName, " ", line))
	}
	slices.Sort(found)
	return found, answer.BuildError.Message
}
