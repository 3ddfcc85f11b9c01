package e2e

import (
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/opencontainers/go-digest"
)

const examplesFolder = "../../examples"

// TestExamples builds each Dockerfile in examples/, except Go's, which TestRecipes builds. It replaces the stages that
// install compilers by images that have them.
func TestExamples(t *testing.T) {
	env := loadEnvironment(t)
	clients(t, env)
	for name, test := range map[string]func(*testing.T, environment, string){"hello": buildHello, "rust": buildRust, "dotnet": buildDotnet} {
		t.Run(name, func(t *testing.T) { test(t, env, copyCase(t, env, filepath.Join(examplesFolder, name))) })
	}
}

// callExample sends a --call request about an example, without building it.
func callExample(t *testing.T, env environment, call, platforms, project string, flags ...string) string {
	t.Helper()
	args := []string{"buildx", "build", "--builder", "remote", "--progress", "plain", "--call", call, "--platform", platforms}
	output, err := docker(env, append(append(args, flags...), project)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return string(output)
}

// buildExample checks an example, builds and pushes it, and looks for the programs in the layers of the images.
func buildExample(t *testing.T, env environment, project, platforms string, programs map[string]string, flags ...string) {
	t.Helper()
	if output := callExample(t, env, "check", platforms, project, flags...); !strings.Contains(output, "Check complete, no warnings found.") {
		t.Error(output)
	}
	ref := newRef(env)
	args := []string{"buildx", "build", "--builder", "remote", "--progress", "plain", "--platform", platforms, "--push", "--tag", ref}
	output, err := docker(env, append(append(args, flags...), project)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	got := pull(t, ref)
	var built []string
	for _, image := range got.images {
		platform := image.desc.Platform
		built = append(built, platform.OS+"/"+platform.Architecture)
		top := image.manifest.Layers[len(image.manifest.Layers)-1]
		blob, err := got.ref.Blob(top.Digest)
		if err != nil {
			t.Fatal(err)
		}
		found := map[string][]byte{}
		readLayer(t, top, blob, found)
		blob.Close()
		if want := programs[platform.OS]; len(found[want]) == 0 {
			t.Errorf("%s/%s has no %s in its last layer, but %v", platform.OS, platform.Architecture, want, slices.Sorted(maps.Keys(found)))
		}
	}
	slices.Sort(built)
	if want := strings.Split(platforms, ","); !slices.Equal(slices.Compact(built), want) {
		t.Errorf("built for %v, want %v", built, want)
	}
}

// TestReadmeWithSeveralPackages builds the README's example for a program in its own folder, beside another package.
func TestReadmeWithSeveralPackages(t *testing.T) {
	env := loadEnvironment(t)
	clients(t, env)
	needGo(t, env)
	project := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":          "module example.com/several\n\ngo 1.24\n",
		"hello/hello.go":  "package hello\n\nconst Text = \"hello\"\n",
		"cmd/app/main.go": "package main\n\nimport \"example.com/several/hello\"\n\nfunc main() { println(hello.Text) }\n",
		"cmd/b/main.go":   "package main\n\nfunc main() {}\n",
	} {
		write(t, filepath.Join(project, name), text)
	}
	for _, one := range readBlocks(t, readme) {
		if one.kind == "file" {
			write(t, filepath.Join(project, one.argument), env.fill(one.text))
		}
	}
	buildExample(t, env, project, "linux/amd64,windows/amd64", map[string]string{"linux": "app", "windows": "Files/app.exe"},
		"--build-arg", "MAIN=./cmd/app")
}

func buildHello(t *testing.T, env environment, project string) {
	buildExample(t, env, project, "linux/amd64,linux/arm64,windows/amd64",
		map[string]string{"linux": "hello", "windows": "Files/app/hello.exe"},
		"--build-context", "compilers=docker-image://"+env.registry+"/debian/cc:12")
}

func buildRust(t *testing.T, env environment, project string) {
	buildExample(t, env, project, "linux/amd64,linux/arm64,windows/amd64",
		map[string]string{"linux": "agent", "windows": "Files/agent.exe"},
		"--build-context", "tools=docker-image://"+pushRust(t, env))
}

// pushRust pushes an image with the Rust compiler of this machine and the targets of the example.
func pushRust(t *testing.T, env environment) string {
	t.Helper()
	root, err := exec.Command("rustc", "--print", "sysroot").Output()
	if err != nil {
		t.Fatal(err)
	}
	folder, ref := t.TempDir(), env.registry+"/library/rust:1-slim"
	write(t, filepath.Join(folder, "Dockerfile"), env.fill(`FROM registry.test/debian/cc:12
COPY --from=rust bin/cargo bin/rustc /usr/local/bin/
COPY --from=rust lib/*.so* /usr/local/lib/
COPY --from=rust lib/rustlib/x86_64-unknown-linux-gnu/bin /usr/local/lib/rustlib/x86_64-unknown-linux-gnu/bin
COPY --from=rust lib/rustlib/x86_64-unknown-linux-musl /usr/local/lib/rustlib/x86_64-unknown-linux-musl
COPY --from=rust lib/rustlib/aarch64-unknown-linux-musl /usr/local/lib/rustlib/aarch64-unknown-linux-musl
COPY --from=rust lib/rustlib/x86_64-pc-windows-gnu /usr/local/lib/rustlib/x86_64-pc-windows-gnu
ENV PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
`))
	output, err := docker(env, "buildx", "build", "--builder", "remote", "--progress", "plain", "--provenance", "false",
		"--build-context", "rust="+strings.TrimSpace(string(root)), "--output", "type=image,push=true,compression=uncompressed,name="+ref, folder).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return ref
}

// buildDotnet builds the example on stand-ins for .NET's images. .NET's compiler is not available, so the stage that
// runs it is only checked and planned, and a folder replaces it in the build.
func buildDotnet(t *testing.T, env environment, project string) {
	for to, from := range map[string]string{
		"dotnet/sdk:10.0": "debian/busybox:12", "dotnet/runtime:10.0": "debian/busybox:12",
		"dotnet/runtime:10.0-nanoserver-ltsc2022": "windows/nanoserver:ltsc2022",
		"dotnet/runtime:10.0-nanoserver-ltsc2025": "windows/nanoserver:ltsc2025",
	} {
		output, err := docker(env, "buildx", "imagetools", "create", "--builder", "remote", "--tag", env.registry+"/"+to, env.registry+"/"+from).CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, output)
		}
	}
	const platforms = "linux/amd64,windows/amd64"
	// The program must be built once, for the images of both systems.
	if output := callExample(t, env, "plan", platforms, project); missingLines(output, "…\nBUILD STAGES, EACH BUILT ONCE\n") != "" ||
		strings.Count(output, " build\n") != 1 {
		t.Error(output)
	}
	published := t.TempDir()
	write(t, filepath.Join(published, "out/agent.dll"), digest.FromString(project).String())
	buildExample(t, env, project, platforms, map[string]string{"linux": "app/agent.dll", "windows": "Files/app/agent.dll"},
		"--build-context", "build="+published)
}
