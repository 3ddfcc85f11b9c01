package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// TestChain bakes a target based on another target. The second adds its layers to those of the first, whose base image
// stays in its registry.
func TestChain(t *testing.T) {
	env := loadEnvironment(t)
	context := t.TempDir()
	ref := fmt.Sprintf("%s/e2e/%d", env.registry, builds.Add(1))
	for name, text := range map[string]string{
		"base.Dockerfile": "# syntax=registry.test/fanlight:1\nFROM registry.test/windows/nanoserver:ltsc2022\nWORKDIR /app\nCOPY one.txt .\n",
		"app.Dockerfile":  "# syntax=registry.test/fanlight:1\nFROM base\nCOPY two.txt .\nCOPY one.txt /other/\n",
		"one.txt":         "one\n",
		"two.txt":         "two\n",
		"bake.json": fmt.Sprintf(`{"target": {
			"base": {"context": %[1]q, "dockerfile": "base.Dockerfile", "platforms": ["windows/amd64"]},
			"app": {"context": %[1]q, "dockerfile": "app.Dockerfile", "platforms": ["windows/amd64"], "contexts": {"base": "target:base"},
				"output": ["type=image,push=true,name=%[2]s"]}
		}}`, context, ref),
	} {
		if err := os.WriteFile(filepath.Join(context, name), []byte(env.fill(text)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := docker(env, "buildx", "create", "--name", "chain", "--driver", "remote", env.buildkit).CombinedOutput(); err != nil {
		t.Fatalf("buildx create: %v\n%s", err, out)
	}
	t.Cleanup(func() { _ = docker(env, "buildx", "rm", "chain").Run() })
	offset := logSize(t, env.registryLog)
	bake := docker(env, "buildx", "bake", "--builder", "chain", "--allow", "fs.read="+context, "--progress", "plain", "--file", filepath.Join(context, "bake.json"), "app")
	if output, err := bake.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	checkNoBaseFetched(t, env, offset)
	got := pull(t, ref)
	if len(got.images) != 1 {
		t.Fatalf("%d images, want one", len(got.images))
	}
	entry := got.images[0]
	own := slices.DeleteFunc(slices.Clone(entry.manifest.Layers), func(layer ocispec.Descriptor) bool { return env.baseLayers[layer.Digest.String()] })
	if len(own) != 4 {
		t.Errorf("%d layers on the base, want the two of each target: %v", len(own), entry.manifest.Layers)
	}
	checkLayers(t, got.ref, entry, own, map[string]string{
		"Files/app/one.txt": "one\n", "Files/app/two.txt": "two\n", "Files/other/one.txt": "one\n",
	})
	checkConfig(t, entry, map[string]any{"config/WorkingDir": `\app`, "os.version": "10.0.20348.2762"})
}
