// Package e2e builds the cases of testdata/e2e with real engines and checks what they push.
//
// ci/test starts the servers and passes their addresses, see environment below. Every client builds every case:
// buildctl and buildx on a standalone buildkitd, and buildx on a Docker Engine.
package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

const casesFolder = "../../testdata/e2e"

// environment holds the addresses that ci/test passes.
type environment struct {
	// registry is host:port; registryLog is its access log; baseLayers are the layers that no build may download.
	registry, registryLog string
	baseLayers            map[string]bool
	// frontend is the image under test, REF@DIGEST. peer is docker/dockerfile's own frontend as an image.
	frontend, peer string
	// buildkit and engine are the addresses of buildkitd and of dockerd.
	buildkit, engine string
}

func loadEnvironment(t *testing.T) environment {
	t.Helper()
	return loadAddresses(t, map[string]func(*environment) *string{
		"REGISTRY":      func(env *environment) *string { return &env.registry },
		"REGISTRY_LOG":  func(env *environment) *string { return &env.registryLog },
		"FRONTEND":      func(env *environment) *string { return &env.frontend },
		"PEER":          func(env *environment) *string { return &env.peer },
		"BUILDKIT_HOST": func(env *environment) *string { return &env.buildkit },
		"ENGINE":        func(env *environment) *string { return &env.engine },
	})
}

// loadAddresses reads the environment variables that the tests need. Without them it skips the test.
func loadAddresses(t *testing.T, names map[string]func(*environment) *string) environment {
	t.Helper()
	env := environment{baseLayers: map[string]bool{}}
	for name, of := range names {
		if *of(&env) = os.Getenv(name); *of(&env) == "" {
			t.Skipf("%s is not set: these tests run through ci/test", name)
		}
	}
	list, err := os.ReadFile(os.Getenv("BASE_LAYERS"))
	if err != nil {
		t.Fatal(err)
	}
	for _, dgst := range strings.Fields(string(list)) {
		env.baseLayers[dgst] = true
	}
	return env
}

// fill replaces the registries in cases and documentation by the addresses of the run.
func (env environment) fill(text string) string {
	return strings.NewReplacer(
		"registry.test/fanlight:1", env.frontend,
		"registry.test", env.registry,
		"registry.example.com/fanlight:1", env.frontend,
		"registry.example.com", env.registry,
		"mcr.microsoft.com", env.registry,
		"golang:1.26-alpine", env.registry+"/library/golang:1.26-alpine",
	).Replace(text)
}

var builds atomic.Int64

func TestCases(t *testing.T) {
	env := loadEnvironment(t)
	folders, err := filepath.Glob(filepath.Join(casesFolder, "*", "case.json"))
	if err != nil || len(folders) == 0 {
		t.Fatalf("no cases in %s: %v", casesFolder, err)
	}
	for _, client := range clients(t, env) {
		t.Run(client.name, func(t *testing.T) {
			for _, file := range folders {
				folder := filepath.Dir(file)
				t.Run(filepath.Base(folder), func(t *testing.T) {
					context := copyCase(t, env, folder)
					for _, one := range loadCase(t, env, file) {
						t.Run(one.Name, func(t *testing.T) { runCase(t, env, client, context, one) })
					}
				})
			}
		})
	}
}

func runCase(t *testing.T, env environment, client client, context string, one testCase) {
	if reason := one.Skip[client.name]; reason != "" {
		t.Skip(reason)
	}
	offset := logSize(t, env.registryLog)
	request := buildRequest{
		context: context,
		options: one.Options,
		// The reference is unique, so that nothing remains from another build.
		ref: newRef(env),
	}
	output, err := client.build(t, request)
	if len(one.Error) > 0 {
		checkRefusal(t, one, output, err)
		if pushed(request.ref) {
			t.Error("something was pushed")
		}
		return
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	for text, count := range one.Runs {
		if got := ranLines(output, text); got != count {
			t.Errorf("%q was run %d times, want %d\n%s", text, got, count, output)
		}
	}
	expected := one.Output
	if client.name != "buildctl" {
		expected = append(expected, one.Warnings...)
	}
	for _, text := range expected {
		if !strings.Contains(output, text) {
			t.Errorf("the output lacks %q:\n%s", text, output)
		}
	}
	checkNoBaseFetched(t, env, offset, one.Fetched...)
	checkImage(t, env, client, request.ref, one)
}

// TestProgramRuns takes the program from an image for Windows and runs it with Wine.
func TestProgramRuns(t *testing.T) {
	env := loadEnvironment(t)
	folder, client := t.TempDir(), clients(t, env)[0]
	request := buildRequest{
		context: copyCase(t, env, filepath.Join(casesFolder, "main")),
		options: map[string]string{"platform": "windows/amd64"},
		ref:     fmt.Sprintf("%s/e2e/%d", env.registry, builds.Add(1)),
	}
	if output, err := client.build(t, request); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	got := pull(t, request.ref)
	found := map[string][]byte{}
	last := got.images[0].manifest.Layers[len(got.images[0].manifest.Layers)-1]
	blob, err := got.ref.Blob(last.Digest)
	if err != nil {
		t.Fatal(err)
	}
	readLayer(t, last, blob, found)
	blob.Close()
	files := map[string]string{
		"hello.exe":  string(found["Files/hello.exe"]),
		"Dockerfile": env.fill("FROM registry.test/debian/wine:12\nCOPY hello.exe .\nRUN HOME=/root WINEDEBUG=-all wine hello.exe\n"),
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	request.context, request.options = folder, map[string]string{"no-cache": ""}
	output, err := client.build(t, request)
	if err != nil || !strings.Contains(output, "Hello from one build.") {
		t.Errorf("%v\n%s", err, output)
	}
}

// checkRefusal checks that the build failed with all the texts, and that RUN steps ran as often as the case allows.
func checkRefusal(t *testing.T, one testCase, output string, err error) {
	t.Helper()
	if err == nil {
		t.Fatalf("the build did not fail, want %q\n%s", one.Error, output)
	}
	for _, text := range one.Error {
		if !strings.Contains(output, text) {
			t.Errorf("the output lacks %q:\n%s", text, output)
		}
	}
	for text, count := range one.Runs {
		if got := ranLines(output, text); got != count {
			t.Errorf("%q was run %d times, want %d", text, got, count)
		}
	}
}
