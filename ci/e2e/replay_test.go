package e2e

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/containerd/platforms"
)

// TestReplay rebuilds images from their provenance, each alone and without a cache. buildx allows only the sources that
// the provenance names, with their digests.
func TestReplay(t *testing.T) {
	env := loadEnvironment(t)
	clients(t, env)
	b := newOptionsBuild(t, env, "remote")
	b.context = serveRepository(t, b.context)
	_, got := b.push(t, "--provenance", "mode=max")
	if out, err := exec.Command("buildctl", "--addr", env.buildkit, "prune", "--all").CombinedOutput(); err != nil {
		t.Fatalf("prune: %v\n%s", err, out)
	}
	for _, entry := range got.images {
		platform := platforms.FormatAll(*entry.desc.Platform)
		t.Run(platform, func(t *testing.T) {
			plan := replay(t, env, got, platform, "--dry-run", "--format", "json")
			for _, want := range []string{entry.desc.Digest.String(), entry.desc.Platform.OSVersion} {
				if !strings.Contains(plan, want) {
					t.Errorf("the plan does not name %s:\n%s", want, plan)
				}
			}
			ref := fmt.Sprintf("%s/e2e/%d", env.registry, builds.Add(1))
			output := replay(t, env, got, platform, "--progress", "plain", "--output", "type=image,push=true,store=false,name="+ref)
			checkReplayed(t, entry, pull(t, ref))
			if t.Failed() {
				t.Logf("%s", output)
			}
		})
	}
}

// TestReplayIndex replays an image whose base image is from an index. buildx requests the index instead of each of its
// images. This must be an error, not an image on the base image of another version. Without pinned sources the replay
// must work.
func TestReplayIndex(t *testing.T) {
	env := loadEnvironment(t)
	clients(t, env)
	b := newOptionsBuild(t, env, "remote")
	write(t, b.context+"/Dockerfile", "# syntax="+env.frontend+"\nFROM "+env.registry+"/library/runtime:ordered\nCOPY fixed.txt /app/\n")
	b.context = serveRepository(t, b.context)
	ref := fmt.Sprintf("%s/e2e/%d", env.registry, builds.Add(1))
	b.run(t, "--platform", "windows/amd64", "--provenance", "mode=max", "--output", "type=image,push=true,store=false,name="+ref)
	for _, entry := range pull(t, ref).images {
		platform := platforms.FormatAll(*entry.desc.Platform)
		again := fmt.Sprintf("%s/e2e/%d", env.registry, builds.Add(1))
		flags := []string{"--progress", "plain", "--output", "type=image,push=true,store=false,name=" + again}
		output, err := replayCommand(env, pull(t, ref), platform, flags...).CombinedOutput()
		// The index resolves to its first entry. The other images must be refused.
		refusal := strings.Contains(string(output), "and the config of that image says "+server2025)
		switch {
		case err == nil:
			t.Logf("%s with the pinned index: replayed", platform)
			checkReplayed(t, entry, pull(t, again))
		case !refusal:
			t.Errorf("%s with the pinned index: %v\n%s", platform, err, output)
		default:
			t.Logf("%s with the pinned index: refused", platform)
		}
		replay(t, env, pull(t, ref), platform, append(flags, "--replay-mode", "frontend")...)
		checkReplayed(t, entry, pull(t, again))
	}
}

// checkReplayed checks that there is one image like the entry: for the same platform, on the same base image, with the
// same files.
func checkReplayed(t *testing.T, entry image, again pulled) {
	t.Helper()
	if len(again.images) != 1 {
		t.Fatalf("%d images, want 1: %s", len(again.images), again.platforms())
	}
	one := again.images[0]
	if want, got := platforms.FormatAll(entry.config.Platform), platforms.FormatAll(one.config.Platform); want != got {
		t.Errorf("an image for %s, want %s", got, want)
	}
	layers := len(entry.manifest.Layers)
	if len(one.manifest.Layers) != layers {
		t.Fatalf("%d layers, want %d", len(one.manifest.Layers), layers)
	}
	if entry.desc.Platform.OS == "windows" && one.manifest.Layers[0].Digest != entry.manifest.Layers[0].Digest {
		t.Errorf("the base begins with %s, want %s", one.manifest.Layers[0].Digest, entry.manifest.Layers[0].Digest)
	}
	if text := again.file(t, one, "app/fixed.txt"); text != "fixed\n" {
		t.Errorf("fixed.txt is %q", text)
	}
}

// replay runs replayCommand, which must succeed, and returns the output.
func replay(t *testing.T, env environment, of pulled, platform string, flags ...string) string {
	t.Helper()
	output, err := replayCommand(env, of, platform, flags...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(flags, " "), err, output)
	}
	return string(output)
}

// replayCommand returns the command docker buildx replay build for one of the pushed images.
func replayCommand(env environment, of pulled, platform string, flags ...string) *exec.Cmd {
	args := []string{"buildx", "replay", "build", "--builder", "remote", "--platform", platform}
	name := fmt.Sprintf("docker-image://%s/%s:%s", of.ref.Host, of.ref.Repo, of.ref.Name)
	return docker(env, slices.Concat(args, flags, []string{name})...)
}

// serveRepository commits a folder and returns the address of its repository for a build.
func serveRepository(t *testing.T, folder string) string {
	t.Helper()
	for _, args := range [][]string{
		{"init", "-q"}, {"add", "."}, {"commit", "-q", "-m", "first"}, {"update-server-info"},
	} {
		settings := []string{"-c", "init.defaultBranch=main", "-c", "user.name=a", "-c", "user.email=a@example.org"}
		command(t, folder, "git", append(settings, args...)...)
	}
	return serve(t, filepath.Join(folder, ".git"), "/project.git") + "/project.git#main"
}
