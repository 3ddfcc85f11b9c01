package e2e

import (
	"archive/tar"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/containerd/platforms"
)

// optionsBuild builds testdata/e2e/options with flags of buildx. %s in a flag is the pushed reference.
type optionsBuild struct {
	env     environment
	context string
	builder string
	// nonce makes the RUN step unique.
	nonce string
}

func newOptionsBuild(t *testing.T, env environment, builder string) *optionsBuild {
	t.Helper()
	return &optionsBuild{env, copyCase(t, env, filepath.Join(casesFolder, "options")), builder, fmt.Sprint(time.Now().UnixNano())}
}

// run builds for Linux and Windows with these flags, and returns the output.
func (b *optionsBuild) run(t *testing.T, flags ...string) string {
	t.Helper()
	args := []string{"buildx", "build", "--builder", b.builder, "--progress", "plain", "--build-arg", "NONCE=" + b.nonce}
	if !slices.Contains(flags, "--platform") {
		args = append(args, "--platform", "linux/amd64,windows/amd64")
	}
	if b.builder == "default" {
		args = append(args, "--network", "host")
	}
	output, err := docker(b.env, append(append(args, flags...), b.context)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return string(output)
}

// push calls run, pushes the result and checks its platforms. It returns the output and the images.
func (b *optionsBuild) push(t *testing.T, flags ...string) (string, pulled) {
	t.Helper()
	ref := fmt.Sprintf("%s/e2e/%d", b.env.registry, builds.Add(1))
	output := b.run(t, append([]string{"--output", "type=image,push=true,store=false,name=" + ref}, flags...)...)
	got := pull(t, ref)
	names := []string{"linux/amd64 ", "windows/amd64 10.0.20348.2762", "windows/amd64 10.0.17763.6414"}
	if !slices.Equal(got.platforms(), names) {
		t.Fatalf("images %q, want %q\n%s", got.platforms(), names, output)
	}
	return output, got
}

func (b *optionsBuild) made(output string) int { return ranLines(output, "made "+b.nonce) }

// file reads a file from the layers of an entry.
func (p pulled) file(t *testing.T, entry image, suffix string) string {
	t.Helper()
	found := map[string][]byte{}
	for _, layer := range entry.manifest.Layers[len(entry.manifest.Layers)-2:] {
		blob, err := p.ref.Blob(layer.Digest)
		if err != nil {
			t.Fatal(err)
		}
		headers := readLayer(t, layer, blob, found)
		blob.Close()
		if entry.desc.Platform.OS == "windows" {
			checkWindowsFormat(t, 0, headers)
		}
	}
	for path, content := range found {
		if strings.HasSuffix(path, suffix) {
			return string(content)
		}
	}
	t.Errorf("no %s in the last layers of %s", suffix, platformName(*entry.desc.Platform))
	return ""
}

func eachBuilder(t *testing.T, run func(*testing.T, *optionsBuild)) {
	env := loadEnvironment(t)
	clients(t, env)
	for _, builder := range []string{"remote", "default"} {
		t.Run(builder, func(t *testing.T) { run(t, newOptionsBuild(t, env, builder)) })
	}
}

func TestSecretAndHost(t *testing.T) {
	eachBuilder(t, func(t *testing.T, b *optionsBuild) {
		secret := filepath.Join(t.TempDir(), "token")
		if err := os.WriteFile(secret, []byte("open sesame\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, got := b.push(t, "--secret", "id=token,src="+secret, "--add-host", "example.test:10.1.2.3")
		for _, entry := range got.images {
			text := got.file(t, entry, "app/made.txt")
			if !strings.Contains(text, "open sesame") || !strings.Contains(text, "10.1.2.3") {
				t.Errorf("%s: made.txt is %q", platformName(*entry.desc.Platform), text)
			}
		}
	})
}

func TestNoCache(t *testing.T) {
	eachBuilder(t, func(t *testing.T, b *optionsBuild) {
		for _, step := range []struct {
			flag string
			runs int
		}{{"--pull", 1}, {"--pull", 0}, {"--no-cache", 1}} {
			output, _ := b.push(t, step.flag)
			if got := b.made(output); got != step.runs {
				t.Errorf("%s: the step was run %d times, want %d\n%s", step.flag, got, step.runs, output)
			}
		}
	})
}

func TestSourceDateEpoch(t *testing.T) {
	eachBuilder(t, func(t *testing.T, b *optionsBuild) {
		_, got := b.push(t, "--build-arg", "SOURCE_DATE_EPOCH=1700000000")
		for _, entry := range got.images {
			if entry.config.Created == nil || entry.config.Created.Unix() != 1700000000 {
				t.Errorf("%s: created %v", platformName(*entry.desc.Platform), entry.config.Created)
			}
		}
	})
}

// TestCache exports the cache, prunes the engine, and imports the cache. No step may run again, and the layers from the
// cache must still be Windows layers.
func TestCache(t *testing.T) {
	env := loadEnvironment(t)
	clients(t, env)
	for kind, flag := range map[string]string{"registry": "type=registry,mode=max,ref=", "inline": "type=inline"} {
		t.Run(kind, func(t *testing.T) {
			b := newOptionsBuild(t, env, "remote")
			ref := fmt.Sprintf("%s/e2e/cache-%s", env.registry, kind)
			if kind == "registry" {
				b.push(t, "--cache-to", flag+ref)
			} else {
				b.run(t, "--cache-to", flag, "--output", "type=image,push=true,name="+ref)
			}
			if out, err := exec.Command("buildctl", "--addr", env.buildkit, "prune", "--all").CombinedOutput(); err != nil {
				t.Fatalf("prune: %v\n%s", err, out)
			}
			offset := logSize(t, env.registryLog)
			output, got := b.push(t, "--cache-from", "type=registry,ref="+ref)
			// An inline cache holds only what is in the image. It does not hold the build stage, but its result is
			// found in the cache.
			if n := b.made(output); n != 0 {
				t.Errorf("the step was run %d times, want 0\n%s", n, output)
			}
			checkNoBaseFetched(t, env, offset)
			for _, entry := range got.images {
				if text := got.file(t, entry, "app/fixed.txt"); text != "fixed\n" {
					t.Errorf("fixed.txt is %q", text)
				}
			}
		})
	}
}

// TestProvenance checks that every entry has a statement about itself that names its base image and its Windows
// version. A Docker Engine with a BuildKit before 0.34 does not record the version.
func TestProvenance(t *testing.T) {
	eachBuilder(t, func(t *testing.T, b *optionsBuild) {
		_, got := b.push(t, "--provenance", "mode=max")
		tags := map[string]string{"10.0.20348.2762": "ltsc2022", "10.0.17763.6414": "ltsc2019"}
		for _, entry := range got.images {
			statements := got.statementsOf(t, entry)["provenance"]
			checkSubjects(t, got, entry, statements)
			if len(statements) != 1 {
				t.Fatalf("%s %s has %d statements of provenance", platformName(*entry.desc.Platform), entry.config.OSVersion, len(statements))
			}
			// Decode the JSON, because HTML escapes turn & in a package URL into \u0026.
			var predicate any
			if err := json.Unmarshal(statements[0].Predicate, &predicate); err != nil {
				t.Fatal(err)
			}
			materials := fmt.Sprint(predicate)
			if tag := tags[entry.config.OSVersion]; tag != "" && !strings.Contains(materials, "windows/nanoserver@"+tag) {
				t.Errorf("%s: the base %s is not among the materials:\n%s", entry.config.OSVersion, tag, materials)
			}
			platform := statements[0].targetPlatform(t)
			if want := platforms.FormatAll(*entry.desc.Platform); platform != want && (platform != "" || b.builder == "remote") {
				t.Errorf("the provenance of %s says %q", want, platform)
			}
		}
	})
}

// TestOutputs writes the result to other places than a registry.
func TestOutputs(t *testing.T) {
	eachBuilder(t, func(t *testing.T, b *optionsBuild) {
		folder := t.TempDir()
		t.Run("local", func(t *testing.T) {
			b.run(t, "--output", "type=local,dest="+folder+"/local")
			for _, path := range []string{
				"linux_amd64/app/fixed.txt", "windows(10.0.20348.2762)_amd64/app/fixed.txt", "windows(10.0.17763.6414)_amd64/app/fixed.txt",
			} {
				if text, err := os.ReadFile(filepath.Join(folder, "local", path)); err != nil || string(text) != "fixed\n" {
					t.Errorf("%s: %q, %v", path, text, err)
				}
			}
		})
		t.Run("tar", func(t *testing.T) {
			b.run(t, "--output", "type=tar,dest="+folder+"/out.tar")
			names := tarNames(t, folder+"/out.tar")
			if !slices.Contains(names, "windows(10.0.17763.6414)_amd64/app/fixed.txt") {
				t.Errorf("files %q", names)
			}
		})
		if b.builder == "remote" {
			t.Run("part", func(t *testing.T) { outputPart(t, b, folder) })
		}
		t.Run("oci", func(t *testing.T) {
			b.run(t, "--output", "type=oci,dest="+folder+"/oci.tar")
			if names := tarNames(t, folder+"/oci.tar"); !slices.Contains(names, "index.json") {
				t.Errorf("files %q", names)
			}
		})
		if b.builder == "default" {
			t.Run("load", func(t *testing.T) {
				b.run(t, "--load", "--tag", "loaded:1")
				out, err := docker(b.env, "image", "inspect", "loaded:1").CombinedOutput()
				if err != nil {
					t.Errorf("%v\n%s", err, out)
				}
			})
		}
	})
}

// outputPart writes one directory of every image. BuildKit supports this from 0.34 on.
func outputPart(t *testing.T, b *optionsBuild, folder string) {
	b.run(t, "--output", "type=local,src=/app,dest="+folder+"/part")
	want := []string{"linux_amd64", "windows(10.0.17763.6414)_amd64", "windows(10.0.20348.2762)_amd64"}
	for _, path := range want {
		if text, err := os.ReadFile(filepath.Join(folder, "part", path, "fixed.txt")); err != nil || string(text) != "fixed\n" {
			t.Errorf("%s: %q, %v", path, text, err)
		}
	}
	b.run(t, "--output", "type=tar,src=/app,dest="+folder+"/part.tar")
	names := tarNames(t, folder+"/part.tar")
	for _, path := range want {
		if !slices.Contains(names, path+"/fixed.txt") {
			t.Errorf("no %s/fixed.txt among %q", path, names)
		}
	}
}

func tarNames(t *testing.T, path string) []string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var names []string
	for in := tar.NewReader(file); ; {
		header, err := in.Next()
		if err == io.EOF {
			return names
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, header.Name)
	}
}
