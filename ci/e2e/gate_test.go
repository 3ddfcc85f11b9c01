package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// TestHostsGate names hosts that the build has no image for, in a build and in a plan. Both must fail before a step
// runs.
func TestHostsGate(t *testing.T) {
	env := loadEnvironment(t)
	const two = "FROM --platform=$BUILDPLATFORM registry.test/debian/cc:12 AS build\nRUN echo $RANDOM >/a\n" +
		"FROM registry.test/windows/nanoserver:ltsc2022,ltsc2019 AS windows\nCOPY --from=build /a /a\nFROM scratch AS linux\n"
	for name, one := range map[string]struct{ platform, hosts, fails string }{
		"all are there":     {"linux/amd64,windows/amd64", "2019,ltsc2022,Windows Server 2025,11-24h2", ""},
		"one is missing":    {"windows/amd64", "2016,2022", "hosts that find no image in this build:\n  Windows Server 2016 (build 14393, amd64): add ltsc2016 (10.0.14393)"},
		"some engines":      {"windows/amd64", "11-25H2", "with containerd 2.1.6 to 2.3.4"},
		"a wrong name":      {"windows/amd64", "2023", "unknown Windows host \"2023\": available: 2016, 2019"},
		"nothing for them":  {"linux/amd64", "2022", "the build has no image for Windows"},
		"a wrong selection": {"windows/amd64", "2019&FANLIGHT_VERSION=ltsc2019", "unknown build argument FANLIGHT_VERSION (did you mean FANLIGHT_VERSIONS?)"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newOptionsBuild(t, env, "default")
			write(t, b.context+"/Dockerfile", "# syntax="+env.frontend+"\n"+env.fill(two))
			flags := []string{"--platform", one.platform}
			for i, text := range strings.Split(one.hosts, "&") {
				if i == 0 {
					text = "FANLIGHT_HOSTS=" + text
				}
				flags = append(flags, "--build-arg", text)
			}
			ref := fmt.Sprintf("%s/e2e/%d", env.registry, builds.Add(1))
			for kind, more := range map[string][]string{
				"build": {"--output", "type=image,push=true,store=false,name=" + ref}, "plan": {"--call", "plan"},
			} {
				args := append([]string{"buildx", "build", "--builder", "default", "--network", "host", "--progress", "plain"}, append(flags, more...)...)
				output, err := docker(env, append(args, b.context)...).CombinedOutput()
				if (err == nil) != (one.fails == "") || !strings.Contains(string(output), one.fails) {
					t.Errorf("%s: %v, want %q\n%s", kind, err, one.fails, output)
				}
				if err != nil && strings.Contains(string(output), "] RUN echo") {
					t.Errorf("%s: something was built:\n%s", kind, output)
				}
			}
		})
	}
}

// TestOutlineOfList requests the outline of a target whose base image is a list.
func TestOutlineOfList(t *testing.T) {
	env := loadEnvironment(t)
	b := newOptionsBuild(t, env, "default")
	list := env.registry + "/windows/nanoserver:ltsc2022,ltsc2019"
	write(t, b.context+"/Dockerfile", "# syntax="+env.frontend+"\nARG WINBASE="+list+"\nFROM ${WINBASE} AS windows\nARG A=1\nFROM scratch AS linux\nARG B=2\n")
	for _, flags := range [][]string{{"--platform", "windows/amd64"}, {"--target", "windows"}} {
		args := append([]string{"buildx", "build", "--builder", "default", "--progress", "quiet", "--call", "outline,format=json"}, flags...)
		output, err := docker(env, append(args, b.context)...).Output()
		var answer struct {
			Name string
			Args []struct{ Name, Value string }
		}
		if err != nil || json.Unmarshal(output, &answer) != nil {
			t.Fatalf("%q: %v\n%s", flags, err, output)
		}
		if got, want := fmt.Sprint(answer), "{windows [{WINBASE "+list+"} {A 1}]}"; got != want {
			t.Errorf("%q: %s, want %s", flags, got, want)
		}
	}
}

// TestIndexProvenance builds on an index of several versions. The materials of each image must include the manifest of
// its own base image.
func TestIndexProvenance(t *testing.T) {
	env := loadEnvironment(t)
	clients(t, env)
	b := newOptionsBuild(t, env, "remote")
	write(t, b.context+"/Dockerfile", "# syntax="+env.frontend+"\nFROM "+env.registry+"/library/runtime:ordered\nCOPY fixed.txt /app/\n")
	ref := fmt.Sprintf("%s/e2e/%d", env.registry, builds.Add(1))
	b.run(t, "--platform", "windows/amd64", "--provenance", "mode=max", "--output", "type=image,push=true,store=false,name="+ref)
	got := pull(t, ref)
	bases := map[string]string{}
	for _, entry := range pull(t, env.registry+"/library/runtime:ordered").images {
		if platform := entry.desc.Platform; platform.OS == "windows" && platform.Architecture == "amd64" {
			bases[platform.OSVersion] = entry.desc.Digest.Encoded()
		}
	}
	for _, entry := range got.images {
		base := bases[entry.config.OSVersion]
		for _, statement := range got.statementsOf(t, entry)["provenance"] {
			if base == "" || !strings.Contains(fmt.Sprintf("%s", statement.Predicate), base) {
				t.Errorf("%s: the base %q is not among the materials:\n%s", entry.config.OSVersion, base, statement.Predicate)
			}
		}
	}
}
