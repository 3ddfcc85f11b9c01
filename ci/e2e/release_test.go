package e2e

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestRelease makes a release of this checkout with ci/release, in the registry of the run. The program under test
// replaces that of every platform.
func TestRelease(t *testing.T) {
	env := loadEnvironment(t)
	builder := clients(t, env)[1]
	flags := []string{
		"--builder", "remote", "--build-context", "build=" + everyPlatform(t, env),
		"--sbom=generator=" + pushScanner(t, env, builder),
	}
	folder := copyRepository(t)
	version := strings.TrimSpace(command(t, folder, "sed", "-nE", `s/^ARG VERSION=(.*)$/\1/p`, "frontend.Dockerfile"))
	tag, name := "v"+version, newRef(env)
	push := func(folder string, flags ...string) (string, error) {
		return release(env, folder, append([]string{"push", name, tag, "https://example.com/fanlight"}, flags...)...)
	}

	output, err := push(folder, flags...)
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	digest := strings.TrimSpace(output)
	got := pull(t, name+"@"+digest)
	revision := strings.TrimSpace(command(t, folder, "git", "rev-parse", "HEAD"))
	for _, one := range got.images {
		// There must be an SBOM and a provenance.
		if n := len(got.statements[one.desc.Digest.String()]); n != 2 {
			t.Errorf("%s: %d statements, want 2", platformName(*one.desc.Platform), n)
		}
		labels := one.config.Config.Labels
		if labels["org.opencontainers.image.revision"] != revision || labels["org.opencontainers.image.source"] != "https://example.com/fanlight" {
			t.Errorf("%s: labels %v", platformName(*one.desc.Platform), labels)
		}
		if one.config.Created == nil || one.config.Created.Unix() != commitTime {
			t.Errorf("%s: created %v, want the commit's time", platformName(*one.desc.Platform), one.config.Created)
		}
	}
	if pushed(name + ":" + version) {
		t.Error("the image has a tag before it is signed")
	}

	output, err = release(env, folder, "tags", name+"@"+digest, tag)
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	tags := strings.Fields(output)
	if len(tags) == 0 || tags[0] != name+":"+version {
		t.Errorf("tags %v", tags)
	}
	for _, tagged := range tags {
		if again := pull(t, tagged); !slices.Equal(platformNames(again), platformNames(got)) {
			t.Errorf("%s has %v, not %v", tagged, platformNames(again), platformNames(got))
		}
	}
	buildsForWindows(t, env, builder, tags[0])
	// The workflow can run a second time.
	if output, err := release(env, folder, "tags", name+"@"+digest, tag); err != nil {
		t.Errorf("%v\n%s", err, output)
	}
	another := name + "@" + got.images[0].desc.Digest.String()
	if output, err := release(env, folder, "tags", another, tag); err == nil || !strings.Contains(output, "already released") {
		t.Errorf("another image under a version that is released: %v\n%s", err, output)
	}

	for _, one := range []struct{ name, file, old, replacement, want string }{
		{"no Windows entries", "ci/release", `"$(release_platforms)" --build-arg`, `"$(release_platforms | sed s/,windows.*//)" --build-arg`, "windows/amd64"},
		{"no provenance", "ci/release", "--provenance mode=max", "--provenance=false", "no provenance and no SBOM"},
		{"another version", "frontend.Dockerfile", `image.version="$VERSION"`, `image.version="7"`, "version and revision 7"},
		{"not compressed by gzip", "ci/lib/images.sh", "compression=gzip,compression-level=9", "compression=uncompressed", "gzip"},
		{"no SBOM", "README.md", "\n", "\n\n", "no SBOM"},
	} {
		t.Run(one.name, func(t *testing.T) {
			t.Parallel()
			folder := copyRepository(t)
			file := filepath.Join(folder, one.file)
			text, err := os.ReadFile(file)
			if err != nil || !bytes.Contains(text, []byte(one.old)) {
				t.Fatalf("%s has no %q: %v", one.file, one.old, err)
			}
			text = bytes.Replace(text, []byte(one.old), []byte(one.replacement), 1)
			if err := os.WriteFile(file, text, 0o755); err != nil {
				t.Fatal(err)
			}
			if output, err := push(folder, flags...); err == nil || !strings.Contains(output, "not committed") {
				t.Errorf("changes that are not committed: %v\n%s", err, output)
			}
			commit(t, folder)
			if output, err := push(folder, append(slices.Clone(flags), "--sbom=false")...); err == nil || !strings.Contains(output, one.want) {
				t.Errorf("%v, want %q\n%s", err, one.want, output)
			}
		})
	}
}

// everyPlatform returns a folder with the program under test for every architecture. The test is about the release, not
// about the programs.
func everyPlatform(t *testing.T, env environment) string {
	t.Helper()
	folder := t.TempDir()
	from := pull(t, env.frontend)
	found := map[string][]byte{}
	blob, err := from.ref.Blob(from.images[0].manifest.Layers[0].Digest)
	if err != nil {
		t.Fatal(err)
	}
	readLayer(t, from.images[0].manifest.Layers[0], blob, found)
	blob.Close()
	for _, arch := range []string{"amd64", "arm64", "arm", "ppc64le", "riscv64"} {
		write(t, filepath.Join(folder, "linux", arch, "fanlight"), string(found["fanlight"]))
	}
	return folder
}

// commitTime is the time of the commits in copies of the repository.
const commitTime = 1764115200

// copyRepository copies the files of this repository, including files that are not committed, to a repository with one
// commit. Its changelog is that of a release, whatever is under Unreleased here.
func copyRepository(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	list := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
	list.Dir = "../.."
	names, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	for name := range strings.SplitSeq(strings.TrimRight(string(names), "\x00"), "\x00") {
		from, to := filepath.Join("../..", name), filepath.Join(folder, name)
		info, err := os.Stat(from)
		if os.IsNotExist(err) {
			// The file is deleted, but the deletion is not committed.
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(from)
		if err == nil {
			err = os.MkdirAll(filepath.Dir(to), 0o755)
		}
		if err == nil {
			err = os.WriteFile(to, text, info.Mode())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	version := command(t, folder, "sed", "-nE", `s/^ARG VERSION=(.*)$/\1/p`, "frontend.Dockerfile")
	buildkit := command(t, folder, "bash", "-c", ". ci/lib.sh; engine_version buildkit")
	changelog := fmt.Sprintf("## [Unreleased]\n\n## [%s] - 2026-01-31\n\nIt follows BuildKit %s.\n",
		strings.TrimSpace(version), strings.TrimSpace(buildkit))
	write(t, filepath.Join(folder, "CHANGELOG.md"), changelog)
	command(t, folder, "git", "init", "--quiet")
	commit(t, folder)
	return folder
}

// commit commits everything in a copy of the repository.
func commit(t *testing.T, folder string) {
	t.Helper()
	command(t, folder, "git", "add", "--all")
	date := fmt.Sprintf("%d +0000", commitTime)
	command(t, folder, "env", "GIT_AUTHOR_DATE="+date, "GIT_COMMITTER_DATE="+date, "git", "-c", "user.name=test",
		"-c", "user.email=test@example.com", "commit", "--quiet", "--message", "a release")
}

// release runs ci/release in a copy of the repository. It returns stdout, and after a failure stderr, too.
func release(env environment, folder string, args ...string) (string, error) {
	run := docker(env, args...)
	run.Path, run.Args = filepath.Join(folder, "ci/release"), append([]string{"ci/release"}, args...)
	run.Dir = folder
	var stdout, stderr bytes.Buffer
	run.Stdout, run.Stderr = &stdout, &stderr
	if err := run.Run(); err != nil {
		return stdout.String() + stderr.String(), err
	}
	return stdout.String(), nil
}
