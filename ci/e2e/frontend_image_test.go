package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// sizeLimit is what a platform of the frontend image may weigh, in bytes of its layers as a registry has them.
const sizeLimit = 1_000_000

// TestImageSize counts what a user pulls of the frontend.
func TestImageSize(t *testing.T) {
	env := loadEnvironment(t)
	linux := 0
	for _, one := range pull(t, env.frontend).images {
		var bytes int64
		for _, layer := range one.manifest.Layers {
			bytes += layer.Size
			if layer.MediaType != ocispec.MediaTypeImageLayerGzip {
				t.Errorf("%s has a layer of type %s", platformName(*one.desc.Platform), layer.MediaType)
			}
		}
		t.Logf("%s: %d bytes to pull, the limit is %d", platformName(*one.desc.Platform), bytes, sizeLimit)
		if bytes > sizeLimit {
			t.Errorf("%s: %d bytes to pull, more than %d", platformName(*one.desc.Platform), bytes, sizeLimit)
		}
		if one.desc.Platform.OS == "linux" {
			linux++
		}
	}
	if linux < 2 {
		t.Errorf("%d images for Linux", linux)
	}
}

// emulators are qemu's names of the architectures.
var emulators = map[string]string{
	"amd64": "x86_64", "arm64": "aarch64", "arm": "arm", "ppc64le": "ppc64le", "riscv64": "riscv64",
}

// TestFrontendImage builds frontend.Dockerfile with the stage that compiles the program, by the command that README has, and
// looks at the image. It leaves the program of every platform in IMAGE_PROGRAMS, with a script beside it that runs it
// in an emulator, and builds a project for Windows with the image.
func TestFrontendImage(t *testing.T) {
	env := loadEnvironment(t)
	platforms, programs, rust, qemu := os.Getenv("IMAGE_PLATFORMS"), os.Getenv("IMAGE_PROGRAMS"), os.Getenv("RUST_IMAGE"), os.Getenv("QEMU")
	if platforms == "" || programs == "" || rust == "" || qemu == "" {
		t.Skip("IMAGE_PLATFORMS, IMAGE_PROGRAMS, RUST_IMAGE and QEMU are not set: this test runs through ci/test image")
	}
	builder := clients(t, env)[1]
	ref := newRef(env)
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	official := strings.TrimPrefix(rust, env.registry+"/library/")
	build := docker(env, "buildx", "build", "--builder", "remote", "--progress", "plain", "-f", "frontend.Dockerfile",
		"--platform", platforms, "-t", ref, "--push", "--build-context", official+"=docker-image://"+rust, ".")
	build.Dir = root
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}

	got := pull(t, ref)
	if want := strings.Split(platforms, ","); !slices.Equal(platformNames(got), want) {
		t.Fatalf("platforms %v, want %v", platformNames(got), want)
	}
	for _, one := range got.images {
		checkOwnLabels(t, root, one)
		found, names := map[string][]byte{}, []string{}
		for _, layer := range one.manifest.Layers {
			blob, err := got.ref.Blob(layer.Digest)
			if err != nil {
				t.Fatal(err)
			}
			for _, header := range readLayer(t, layer, blob, found) {
				names = append(names, header.Name)
			}
			blob.Close()
		}
		name := platformName(*one.desc.Platform)
		if one.desc.Platform.OS == "windows" {
			// The seed.
			if len(one.manifest.Layers) != 1 || !slices.Equal(names, []string{"Files/", "Hives/"}) {
				t.Errorf("%s: %d layers with %v", name, len(one.manifest.Layers), names)
			}
			continue
		}
		if len(one.manifest.Layers) != 1 || !slices.Equal(names, []string{"fanlight"}) || !slices.Equal(one.config.Config.Entrypoint, []string{"/fanlight"}) {
			t.Errorf("%s: %d layers with %v, entrypoint %v", name, len(one.manifest.Layers), names, one.config.Config.Entrypoint)
		}
		checkELF(t, one, "fanlight", found["fanlight"])
		checkStarts(t, emulated(t, filepath.Join(programs, one.desc.Platform.Architecture), qemu, one, found["fanlight"]))
	}

	buildsForWindows(t, env, builder, ref)
}

// buildsForWindows builds a project with the frontend image of that name, which has to find its seed.
func buildsForWindows(t *testing.T, env environment, builder client, frontend string) {
	t.Helper()
	request := buildRequest{
		context: copyCase(t, env, filepath.Join(casesFolder, "main")),
		options: map[string]string{"platform": "windows/amd64", "build-arg:BUILDKIT_SYNTAX": frontend},
		ref:     newRef(env),
	}
	offset := logSize(t, env.registryLog)
	output, err := builder.build(t, request)
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	checkNoBaseFetched(t, env, offset)
	if versions := pull(t, request.ref).platforms(); len(versions) != len(servers) {
		t.Errorf("built with %s: %v", frontend, versions)
	}
}

func platformNames(p pulled) []string {
	var names []string
	for _, one := range p.images {
		names = append(names, platformName(*one.desc.Platform))
	}
	return names
}

// checkOwnLabels wants the labels that say what the image is, with the version of Cargo.toml.
func checkOwnLabels(t *testing.T, root string, one image) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "Cargo.toml"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "\nversion = \"")
	version, _, _ := strings.Cut(rest, `"`)
	_, rest, _ = strings.Cut(string(text), "\ndescription = \"")
	description, _, _ := strings.Cut(rest, `"`)
	for label, want := range map[string]string{
		"title": "fanlight", "version": version, "description": description, "licenses": "MIT OR Apache-2.0",
	} {
		if got := one.config.Config.Labels["org.opencontainers.image."+label]; got != want || want == "" {
			t.Errorf("%s: label %s is %q, want %q", platformName(*one.desc.Platform), label, got, want)
		}
	}
}

// emulated writes the program of an image to a folder, and a script that runs it, in an emulator unless it is for this
// machine; it gives the script.
func emulated(t *testing.T, folder, qemu string, one image, program []byte) string {
	t.Helper()
	file, script := filepath.Join(folder, "fanlight"), filepath.Join(folder, "run")
	write(t, file, string(program))
	command := fmt.Sprintf("%s/qemu-%s-static %s", qemu, emulators[one.desc.Platform.Architecture], file)
	if one.desc.Platform.Architecture == runtime.GOARCH {
		command = file
	}
	write(t, script, "#!/bin/sh\nexec "+command+"\n")
	for _, name := range []string{file, script} {
		if err := os.Chmod(name, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return script
}

// checkStarts runs the program as no engine does, with nothing to talk to: it must say so and fail.
func checkStarts(t *testing.T, script string) {
	t.Helper()
	command := exec.Command(script)
	command.Env = []string{}
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	var failed *exec.ExitError
	if err := command.Run(); !errors.As(err, &failed) || failed.ExitCode() != 1 || !strings.HasPrefix(stderr.String(), "fanlight: ") {
		t.Errorf("%s: %v, stdout %q, stderr %q", script, err, stdout.String(), stderr.String())
	}
}
