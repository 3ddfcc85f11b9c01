package e2e

import (
	"path/filepath"
	"testing"
)

// bakeChain is a target based on another target, or one that copies from another target.
type bakeChain struct {
	name string
	// base and app are the Dockerfiles of the two targets. app refers to the other target as base.
	base, app string
	platforms []string
	args      map[string]string
	want      testCase
}

// TestBakeChains builds targets on top of targets that fan out. Each image must be based on the image of its own
// version.
func TestBakeChains(t *testing.T) {
	env := loadEnvironment(t)
	clients(t, env)
	s := newShelf(env, "bake/nano")
	s.index(t, "all", ofVersions(servers...)...)
	names := "{" + server2019 + "," + server2022 + "," + server2025 + "}"
	const told = "ARG TARGETOSVERSION\nCOPY <<END C:/base.txt\n$TARGETOSVERSION\nEND\n"
	onBase := "FROM base\nCOPY file.txt C:/app/\n"
	wanted := func(versions ...string) testCase {
		return testCase{
			Index: holding(s.entries(versions...), "Files/base.txt", "%s\n"),
			Files: map[string]map[string]string{"windows": {"Files/app/file.txt": "a file\n"}},
		}
	}
	// The base image knows the version as the client wrote it.
	named := wanted(server2022, server2019)
	named.Index[0].Files["Files/base.txt"], named.Index[1].Files["Files/base.txt"] = "10.0.20348\n", "10.0.17763\n"
	linux := wanted(servers...)
	linux.Index = append([]entry{{Platform: "linux/amd64"}}, linux.Index...)
	linux.Files["linux"] = map[string]string{"app/file.txt": "a file\n"}
	copied := testCase{Index: holding(s.entries(servers...), "Files/copied/base.txt", "%s\n")}
	broken := testCase{}
	for _, version := range []string{server2025, server2022} {
		tag := map[string]string{server2025: "ltsc2025", server2022: "ltsc2022"}[version]
		broken.Index = append(broken.Index, entry{
			Platform: "windows/amd64", OSVersion: version, Base: env.registry + "/windows/broken:" + tag,
			Files: map[string]string{"Files/base.txt": version + "\n", "Files/app/file.txt": "a file\n"},
		})
	}
	chains := []bakeChain{
		{name: "on a list", base: "FROM " + s.ref(names) + "\n" + told, app: onBase, want: wanted(servers...)},
		{name: "on an index", base: "FROM " + s.ref("all") + "\n" + told, app: onBase, want: wanted(servers...)},
		{name: "on an index, some versions", base: "FROM " + s.ref("all") + "\n" + told, app: onBase,
			args: map[string]string{"FANLIGHT_VERSIONS": "ltsc2022,ltsc2019"}, want: wanted(server2022, server2019)},
		{name: "on an index, versions in the platforms", base: "FROM " + s.ref("all") + "\n" + told, app: onBase,
			platforms: []string{"windows(10.0.20348)/amd64", "windows(10.0.17763)/amd64"}, want: named},
		{name: "on one image", base: "FROM " + s.ref(server2022) + "\n" + told, app: onBase, want: wanted(server2022)},
		{name: "Linux beside it", base: "FROM scratch AS linux\nCOPY file.txt /base/\nFROM " + s.ref(names) + " AS windows\n" + told + "FROM ${TARGETOS}\n",
			app: "FROM base\nCOPY file.txt /app/\n", platforms: []string{"linux/amd64", "windows/amd64"}, want: linux},
		{name: "copied from", base: "FROM " + s.ref(names) + "\n" + told,
			app: "FROM " + s.ref(names) + "\nCOPY --from=base /base.txt C:/copied/\n", want: copied},
		{name: "on bases that cannot be unpacked", base: "FROM " + env.registry + "/windows/broken:ltsc2022,ltsc2025\n" + told, app: onBase, want: broken},
	}
	for _, builder := range []string{"remote", "default"} {
		t.Run(builder, func(t *testing.T) {
			for _, chain := range chains {
				t.Run(chain.name, func(t *testing.T) {
					t.Parallel()
					chain.run(t, env, builder)
				})
			}
		})
	}
}

func (chain bakeChain) run(t *testing.T, env environment, builder string) {
	t.Helper()
	folder, ref := t.TempDir(), newRef(env)
	for name, text := range map[string]string{"base": chain.base, "app": chain.app} {
		write(t, filepath.Join(folder, name, "file.txt"), "a file\n")
		dockerfile(t, filepath.Join(folder, name), "# syntax="+env.frontend+"\n"+text)
	}
	platforms := chain.platforms
	if platforms == nil {
		platforms = []string{"windows/amd64"}
	}
	target := func(name string, more map[string]any) map[string]any {
		made := map[string]any{"context": name, "platforms": platforms, "args": chain.args}
		if builder == "default" {
			made["network"] = "host"
		}
		for key, value := range more {
			made[key] = value
		}
		return made
	}
	writeJSON(t, filepath.Join(folder, "docker-bake.json"), map[string]any{"target": map[string]any{
		"base": target("base", nil),
		"app": target("app", map[string]any{
			"contexts": map[string]string{"base": "target:base"},
			"output":   []string{"type=image,push=true,store=false,name=" + ref},
		}),
	}})
	cmd := docker(env, "buildx", "bake", "--builder", builder, "--progress", "plain", "--provenance=false",
		"--allow", "network.host", "--file", "docker-bake.json", "app")
	cmd.Dir = folder
	output, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	checkImage(t, env, noClient, ref, chain.want)
	if t.Failed() {
		t.Logf("%s", output)
	}
}
