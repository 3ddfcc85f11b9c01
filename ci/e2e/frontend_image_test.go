package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// sizeLimit is the maximum size of a platform of the frontend image, in bytes of its layers in the registry.
const sizeLimit = 1_000_000

// TestImageSize checks how many bytes a user pulls for the frontend.
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

// TestFrontendImage builds frontend.Dockerfile with the stage that compiles the program, by the command in the README.
// It checks the image, and builds a project for Windows with it. It writes the program of every Linux platform to
// IMAGE_PROGRAMS, in a folder named after the architecture.
func TestFrontendImage(t *testing.T) {
	env := loadEnvironment(t)
	platforms, programs, rust := os.Getenv("IMAGE_PLATFORMS"), os.Getenv("IMAGE_PROGRAMS"), os.Getenv("RUST_IMAGE")
	if platforms == "" || programs == "" || rust == "" {
		t.Skip("IMAGE_PLATFORMS, IMAGE_PROGRAMS and RUST_IMAGE are not set: this test runs through ci/test image")
	}
	builder := clients(t, env)[1]
	ref := newRef(env)
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	official := strings.TrimPrefix(rust, env.registry+"/library/")
	build := docker(env, "buildx", "build", "--builder", "remote", "--progress", "plain", "-f", "frontend.Dockerfile",
		"--platform", platforms, "-t", ref, "--push", "--build-context", official+"=docker-image://"+rust,
		"--build-arg", "DOCS="+docsAddress, ".")
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
			// This is the seed.
			if len(one.manifest.Layers) != 1 || !slices.Equal(names, []string{"Files/", "Hives/"}) {
				t.Errorf("%s: %d layers with %v", name, len(one.manifest.Layers), names)
			}
			continue
		}
		if len(one.manifest.Layers) != 1 || !slices.Equal(names, []string{"fanlight"}) || !slices.Equal(one.config.Config.Entrypoint, []string{"/fanlight"}) {
			t.Errorf("%s: %d layers with %v, entrypoint %v", name, len(one.manifest.Layers), names, one.config.Config.Entrypoint)
		}
		checkELF(t, one, "fanlight", found["fanlight"])
		program := filepath.Join(programs, one.desc.Platform.Architecture, "fanlight")
		write(t, program, string(found["fanlight"]))
		if err := os.Chmod(program, 0o755); err != nil {
			t.Fatal(err)
		}
	}

	buildsForWindows(t, env, builder, ref)
	linksToDocs(t, env, ref)
}

// docsAddress is the address of the documentation that this test builds into the frontend image.
const docsAddress = "https://docs.example/fanlight/v1/"

// linksToDocs checks that a warning of the frontend image links to the address that the image was built with.
func linksToDocs(t *testing.T, env environment, frontend string) {
	t.Helper()
	folder := t.TempDir()
	write(t, filepath.Join(folder, "Dockerfile"), "FROM "+env.registry+"/windows/nanoserver:ltsc2022\nUSER app\n")
	// The command fails if there is a warning.
	output, _ := docker(env, "buildx", "build", "--builder", "remote", "--check", "--platform", "windows/amd64",
		"--build-arg", "BUILDKIT_SYNTAX="+frontend, folder).CombinedOutput()
	if link := docsAddress + "checks.md#windowsuser"; !strings.Contains(string(output), link) {
		t.Errorf("no link %s:\n%s", link, output)
	}
}

// buildsForWindows builds a project with this frontend image, which must find its seed.
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

// checkOwnLabels checks the labels that describe the image, with the version of Cargo.toml.
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
