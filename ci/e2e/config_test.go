package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// configs are stages for Windows whose image configs must equal docker/dockerfile's, byte for byte.
var configs = map[string]string{
	"everything": `FROM registry.test/windows/servercore:ltsc2022
MAINTAINER someone
ARG NAME=value
ENV A=1 B="two words" C=C:\\x D=$NAME
ENV LEGACY some text
LABEL one=1 "two words"="a $NAME" three=C:\\dir
WORKDIR /x
WORKDIR sub
COPY one.txt .
EXPOSE 80 443/tcp 53/udp
EXPOSE 8000-8002
VOLUME C:/data
VOLUME ["C:\\logs", "d"]
USER ContainerAdministrator
STOPSIGNAL SIGKILL
HEALTHCHECK --interval=5s --retries=2 CMD app.exe --check
ONBUILD COPY . /
ENTRYPOINT ["C:\\app.exe"]
CMD ["--flag", "two words"]`,
	"backticks": "# escape=`\nFROM registry.test/windows/nanoserver:ltsc2022\nWORKDIR C:\\x\nCOPY one.txt C:\\x\\\nCOPY one.txt `\n  two.txt `\n  C:\\y\\\n" +
		"ENV DIR=C:\\x HOME=\"C:\\Users\\me\"\nVOLUME C:\\data\nUSER ContainerUser\nENTRYPOINT [\"C:\\\\app.exe\", \"-v\"]",
	"slashes":                 "FROM registry.test/windows/nanoserver:ltsc2022\nWORKDIR C:/x\nADD one.txt ./sub/\nUSER ContainerUser",
	"a shell form":            "FROM registry.test/windows/nanoserver:ltsc2022\nENTRYPOINT app.exe --flag \"two words\"\nCMD echo %PATH% && echo done",
	"no JSON":                 "FROM registry.test/windows/nanoserver:ltsc2022\nENTRYPOINT [\"C:\\app.exe\"]",
	"CMD alone":               "FROM registry.test/windows/nanoserver:ltsc2022\nCMD dir",
	"CMD of the base":         "FROM registry.test/windows/nanoserver:ltsc2022\nENTRYPOINT [\"app.exe\"]",
	"another shell":           "FROM registry.test/windows/servercore:ltsc2022\nSHELL [\"powershell\", \"-NoLogo\", \"-Command\", \"$ErrorActionPreference = 'Stop';\"]\nHEALTHCHECK CMD Get-Process app\nENTRYPOINT Start-App -Verbose\nCMD \"args\"",
	"no entry point":          "FROM registry.test/windows/nanoserver:ltsc2022\nENTRYPOINT []\nCMD []\nHEALTHCHECK NONE",
	"a stage on a stage":      "FROM registry.test/windows/nanoserver:ltsc2022 AS base\nENV A=b\nWORKDIR /base\nCMD [\"one\"]\nFROM base\nENV A=c D=$A\nWORKDIR more\nENTRYPOINT [\"two\"]",
	"a base without version":  "FROM registry.test/windows/hostprocess:v1.0.0\nCOPY one.txt /\nENV PATH=\"C:\\hpc\\bin;C:\\Windows\\System32\"\nENTRYPOINT [\"agent.exe\"]",
	"scratch":                 "FROM scratch\nCOPY one.txt /\nLABEL a=b",
	"arguments of the target": "ARG TARGETOS\nARG V=ltsc2022\nFROM registry.test/windows/nanoserver:${V}\nARG TARGETPLATFORM TARGETOS TARGETARCH V\nLABEL is=$TARGETOS-$TARGETARCH-$TARGETPLATFORM-$V\nENV V=${V:-none}",
	"a PATH of one's own":     "FROM registry.test/windows/nanoserver:ltsc2022\nENV PATH=\"C:\\app;C:\\Windows\\System32\"\nENV PATH=\"C:\\more;${PATH}\"",
}

// TestConfigs builds each of configs with fanlight and with docker/dockerfile, and compares the image configs except
// for the layers. The labels that name the base image are fanlight's own, see TestBaseLabels.
func TestConfigs(t *testing.T) {
	env := loadEnvironment(t)
	for name, text := range configs {
		t.Run(name, func(t *testing.T) {
			ours, theirs := buildConfig(t, env, env.frontend, text), buildConfig(t, env, os.Getenv("PEER"), text)
			keys := slices.Sorted(maps.Keys(ours))
			if want := slices.Sorted(maps.Keys(theirs)); !slices.Equal(keys, want) {
				t.Errorf("fields %q, want %q", keys, want)
			}
			for key, want := range theirs {
				if got := ours[key]; key != "created" && key != "rootfs" && key != "history" && !bytes.Equal(got, want) {
					t.Errorf("%s is\n  %s, want\n  %s", key, got, want)
				}
			}
			if got, want := steps(t, ours["history"]), steps(t, theirs["history"]); !slices.Equal(got, want) {
				t.Errorf("history is\n  %s, want\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
			}
		})
	}
}

// TestPath checks that Windows' own PATH is used for base images that set none, and that the warning about it appears
// once.
func TestPath(t *testing.T) {
	env := loadEnvironment(t)
	text := "FROM registry.test/windows/nanoserver:ltsc2019,ltsc2022\nENV PATH=\"C:\\app;${PATH}\"\nENV PATH=\"C:\\more;$PATH\"\nENV OTHER=$PATH"
	ref, output := pushText(t, env, env.frontend, text)
	for _, one := range pull(t, ref).images {
		want := []string{`PATH=C:\more;C:\app;C:\Windows\system32;C:\Windows`, `OTHER=C:\more;C:\app;C:\Windows\system32;C:\Windows`}
		if !slices.Equal(one.config.Config.Env, want) {
			t.Errorf("the environment is %q, want %q", one.config.Config.Env, want)
		}
	}
	if n := strings.Count(output, " - WindowsPathDefault: "); n != 1 {
		t.Errorf("the default was said %d times, want once:\n%s", n, output)
	}
}

// TestScratch checks that an image from scratch has plain layers, as with docker/dockerfile, and that a warning
// explains what such an image is good for.
func TestScratch(t *testing.T) {
	env := loadEnvironment(t)
	ref, output := pushText(t, env, env.frontend, configs["scratch"])
	peer, _ := pushText(t, env, os.Getenv("PEER"), configs["scratch"])
	got, want := pull(t, ref), pull(t, peer)
	for _, result := range []pulled{got, want} {
		if len(result.images) != 1 || len(result.images[0].manifest.Layers) != 1 {
			t.Fatalf("%q: want one image of one layer", result.platforms())
		}
		layer := result.images[0].manifest.Layers[0]
		blob, err := result.ref.Blob(layer.Digest)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, header := range readLayer(t, layer, blob, map[string][]byte{}) {
			names = append(names, header.Name)
		}
		blob.Close()
		if !slices.Equal(names, []string{"one.txt"}) {
			t.Errorf("the layer holds %q", names)
		}
	}
	if !slices.Equal(got.platforms(), want.platforms()) {
		t.Errorf("platforms %q, want %q", got.platforms(), want.platforms())
	}
	if !strings.Contains(output, " - WindowsScratch: ") {
		t.Errorf("no warning:\n%s", output)
	}
}

// pushText builds a Dockerfile for Windows with a frontend image. It returns the pushed reference and the output.
func pushText(t *testing.T, env environment, frontend, text string) (string, string) {
	t.Helper()
	if frontend == "" {
		t.Skip("PEER is not set: these tests run through ci/test")
	}
	context := t.TempDir()
	for name, content := range map[string]string{"Dockerfile": env.fill(text) + "\n", "one.txt": "one\n", "two.txt": "two\n"} {
		if err := os.WriteFile(filepath.Join(context, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	options := map[string]string{
		"platform": "windows/amd64", "build-arg:BUILDKIT_SYNTAX": frontend, "build-arg:FANLIGHT_LABELS": "0",
	}
	request := buildRequest{context: context, options: options, ref: fmt.Sprintf("%s/e2e/%d", env.registry, builds.Add(1))}
	// buildx lists all warnings at the end. buildctl shows only those that are reported early.
	args := request.buildx("default", "type=image,push=true,store=false,name="+request.ref)
	output, err := docker(env, append(args, "--provenance", "false")...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return request.ref, string(output)
}

func buildConfig(t *testing.T, env environment, frontend, text string) map[string]json.RawMessage {
	t.Helper()
	ref, _ := pushText(t, env, frontend, text)
	result := pull(t, ref)
	if len(result.images) != 1 {
		t.Fatalf("images %q, want one", result.platforms())
	}
	fields := map[string]json.RawMessage{}
	readJSON(t, result.ref, result.images[0].manifest.Config.Digest, &fields)
	return fields
}

// steps returns the lines of a history, without their times.
func steps(t *testing.T, history json.RawMessage) []string {
	t.Helper()
	var entries []struct {
		CreatedBy  string `json:"created_by"`
		Comment    string `json:"comment"`
		EmptyLayer bool   `json:"empty_layer"`
	}
	if err := json.Unmarshal(history, &entries); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, entry := range entries {
		lines = append(lines, fmt.Sprintf("%s %s %t", entry.CreatedBy, entry.Comment, entry.EmptyLayer))
	}
	return lines
}
