package e2e

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// containerBuilder creates a builder with the driver docker-container, as docker/setup-buildx-action does: BuildKit in
// a container of the Docker Engine. It returns the builder's name. Its image contains the pinned buildkitd and Debian's
// runc.
func containerBuilder(t *testing.T, env environment) string {
	t.Helper()
	folder, image := t.TempDir(), env.registry+"/"+newRepo("buildkit")
	dockerfile(t, folder, env.fill("FROM registry.test/debian/runc:12\nCOPY --from=programs buildkitd buildctl /usr/bin/\nENTRYPOINT [\"buildkitd\"]\n"))
	for _, args := range [][]string{
		{"build", "--builder", "remote", "--provenance", "false", "--build-context", "programs=" + filepath.Dir(pinnedBuildKit(t, env).binary),
			"--output", "type=image,push=true,compression=uncompressed,name=" + image, folder},
		{"create", "--name", "container", "--driver", "docker-container", "--driver-opt", "network=host,image=" + image, "--bootstrap"},
	} {
		if args[0] == "create" {
			t.Cleanup(func() {
				_ = docker(env, "buildx", "rm", "container").Run()
				_ = docker(env, "image", "rm", "--force", image).Run()
			})
		}
		if output, err := docker(env, append([]string{"buildx"}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("buildx %s: %v\n%s", args[0], err, output)
		}
	}
	return "container"
}

// composeClient is docker compose on a builder. It turns the request into a service with build.platforms.
func composeClient(t *testing.T, env environment, builder string) client {
	t.Helper()
	return client{"compose", true, func(r buildRequest) *exec.Cmd {
		args := map[string]string{}
		var platforms []string
		for key, value := range r.all() {
			if name, ok := strings.CutPrefix(key, "build-arg:"); ok {
				args[name] = value
			} else if key == "platform" {
				platforms = strings.Split(value, ",")
			} else {
				t.Fatalf("a service has nothing for the option %s", key)
			}
		}
		file := filepath.Join(t.TempDir(), "compose.json")
		writeJSON(t, file, map[string]any{"services": map[string]any{"app": map[string]any{
			"image": r.ref,
			"build": map[string]any{"context": r.context, "args": args, "platforms": platforms},
		}}})
		return docker(env, "compose", "--file", file, "build", "--builder", builder, "--push")
	}}
}

// TestOtherClients builds with clients that TestCases does not use. The results must be the same.
func TestOtherClients(t *testing.T) {
	env := loadEnvironment(t)
	clients(t, env)
	container := containerBuilder(t, env)
	on := remoteClient(env, container)
	context := copyCase(t, env, filepath.Join(casesFolder, tableContext))
	for _, client := range []client{{"docker-container", true, on.command}, composeClient(t, env, "remote")} {
		t.Run(client.name, func(t *testing.T) {
			request := buildRequest{context: context, options: map[string]string{"platform": tablePlatforms}, ref: newRef(env)}
			offset := logSize(t, env.registryLog)
			if output, err := client.build(t, request); err != nil {
				t.Fatalf("%v\n%s", err, output)
			}
			checkNoBaseFetched(t, env, offset)
			checkImage(t, env, client, request.ref, tableCase(env))
		})
	}
	// Here Docker Engine's own builder downloads every base image, and RUN has no network.
	t.Run("compose on Docker Engine", func(t *testing.T) {
		s := newShelf(env, "other-clients")
		s.index(t, "all", ofVersions(servers...)...)
		request := buildRequest{context: t.TempDir(), options: onWindows(), ref: newRef(env)}
		dockerfile(t, request.context, "# syntax="+env.frontend+"\nFROM "+s.ref("all")+"\nARG TARGETOSVERSION\nCOPY <<END C:/app/version.txt\n$TARGETOSVERSION\nEND\n")
		if output, err := composeClient(t, env, "default").build(t, request); err != nil {
			t.Fatalf("%v\n%s", err, output)
		}
		checkImage(t, env, noClient, request.ref, testCase{Index: holding(s.entries(servers...), "Files/app/version.txt", "%s\n")})
	})
	t.Run("bake in a container", func(t *testing.T) {
		offset := logSize(t, env.registryLog)
		chainOf(env, []string{"windows/amd64"}, tableCase(env)).run(t, env, container)
		checkNoBaseFetched(t, env, offset)
	})
	for _, builder := range []string{container, "remote", "default"} {
		t.Run("load from "+builder, func(t *testing.T) { loadOne(t, env, builder, context) })
	}
}

// loadOne loads one of the versions into the Docker Engine, which uses containerd's image store, and pushes it from
// there.
func loadOne(t *testing.T, env environment, builder, context string) {
	t.Helper()
	ref := newRef(env)
	request := buildRequest{context: context, options: onWindows("build-arg:FANLIGHT_VERSIONS", "ltsc2022"), ref: ref}
	args := request.buildx(builder, "type=docker,name="+ref)
	if builder == "default" {
		args = append(args, "--network", "host")
	}
	if output, err := docker(env, args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	t.Cleanup(func() { _ = docker(env, "image", "rm", "--force", ref).Run() })
	found, err := docker(env, "image", "inspect", "--format", "{{.Os}} {{.OsVersion}} {{json .RootFS.Layers}}", ref).Output()
	if err != nil {
		t.Fatal(err)
	}
	if output, err := docker(env, "push", ref).CombinedOutput(); err != nil {
		t.Fatalf("push: %v\n%s", err, output)
	}
	one := tableCase(env)
	one.Index = slices.DeleteFunc(one.Index, func(e entry) bool { return e.OSVersion != server2022 })
	checkImage(t, env, noClient, ref, one)
	var layers []string
	for _, layer := range pull(t, ref).images[0].config.RootFS.DiffIDs {
		layers = append(layers, fmt.Sprintf("%q", layer))
	}
	want := fmt.Sprintf("windows %s [%s]\n", server2022, strings.Join(layers, ","))
	if string(found) != want {
		t.Errorf("the engine shows %s, want %s", found, want)
	}
}

// nodesCase is a builder of two nodes, each configured for some platforms, and a build on it.
type nodesCase struct {
	name          string
	first, second string
	asked         string
	// want are the images in the order of the index: Linux platforms, and versions of Windows.
	want []string
	// split is true if the Windows versions are built on two nodes, each of which creates its own layers.
	split bool
}

// TestNodes builds on several nodes. Each platform is built on the first node configured for it. The index has the
// images of one node, in the order in which the node returns them, and then those of the next.
func TestNodes(t *testing.T) {
	env := loadEnvironment(t)
	second := pinnedBuildKit(t, env).start(t, env)
	context := copyCase(t, env, filepath.Join(casesFolder, tableContext))
	for i, one := range []nodesCase{
		{
			name: "Windows on one node", asked: tablePlatforms,
			first: "linux/amd64", second: "linux/arm64,windows/amd64",
			want: []string{"linux/amd64", "linux/arm64", server2025, server2022, server2019},
		},
		{
			name: "Windows on the node that is asked first", asked: tablePlatforms,
			first: "linux/amd64,windows/amd64", second: "linux/arm64",
			want: []string{"linux/amd64", server2025, server2022, server2019, "linux/arm64"},
		},
		{
			name: "versions on two nodes", asked: "linux/amd64,windows(10.0.17763)/amd64,windows(10.0.20348)/amd64,windows(10.0.26100)/amd64",
			first: "linux/amd64,windows(10.0.17763)/amd64,windows(10.0.26100)/amd64", second: "windows(10.0.20348)/amd64",
			want: []string{"linux/amd64", server2025, server2019, server2022}, split: true,
		},
	} {
		t.Run(one.name, func(t *testing.T) { one.run(t, env, fmt.Sprintf("nodes-%d", i), second, context) })
	}
}

func (one nodesCase) run(t *testing.T, env environment, builder string, second *daemon, context string) {
	t.Helper()
	for i, args := range [][]string{
		{"--node", builder + "-first", "--platform", one.first, env.buildkit},
		{"--append", "--node", builder + "-second", "--platform", one.second, second.env.buildkit},
	} {
		args = append([]string{"buildx", "create", "--name", builder, "--driver", "remote"}, args...)
		if out, err := docker(env, args...).CombinedOutput(); err != nil {
			t.Fatalf("buildx create: %v\n%s", err, out)
		}
		if i == 0 {
			t.Cleanup(func() { _ = docker(env, "buildx", "rm", builder).Run() })
		}
	}
	request := buildRequest{context: context, options: map[string]string{"platform": one.asked}, ref: newRef(env)}
	offset := logSize(t, env.registryLog)
	client := remoteClient(env, builder)
	output, err := client.build(t, request)
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	checkNoBaseFetched(t, env, offset)
	want := tableCase(env)
	want.Shared = !one.split
	all := want.Index
	want.Index = nil
	for _, name := range one.want {
		for _, entry := range all {
			if entry.OSVersion == name || entry.OSVersion == "" && entry.Platform == name {
				want.Index = append(want.Index, entry)
			}
		}
	}
	checkImage(t, env, client, request.ref, want)
	if t.Failed() {
		t.Logf("%s", output)
	}
	// Build a target based on another target in the same way. Each Windows image must be based on the image of its own
	// version.
	chainOf(env, one.windows(), want).run(t, env, builder)
}

// windows returns the requested platforms for Windows.
func (one nodesCase) windows() []string {
	return slices.DeleteFunc(strings.Split(one.asked, ","), func(name string) bool { return strings.HasPrefix(name, "linux") })
}

// chainOf returns a target based on another target, for the Windows images of a case.
func chainOf(env environment, platforms []string, of testCase) bakeChain {
	of.Index = slices.DeleteFunc(slices.Clone(of.Index), func(one entry) bool { return one.OSVersion == "" })
	of.Files = map[string]map[string]string{"windows": {"Files/base/file.txt": "a file\n", "Files/app/file.txt": "a file\n"}}
	return bakeChain{
		base:      "FROM " + env.registry + "/windows/nanoserver:ltsc2019,ltsc2022,ltsc2025\nCOPY file.txt C:/base/\n",
		app:       "FROM base\nCOPY file.txt C:/app/\n",
		platforms: platforms, want: of,
	}
}
