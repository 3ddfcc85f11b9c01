package e2e

import (
	"encoding/json"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fanlight/ci/tools/registry"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// image is an entry of a pushed index, with its manifest and config.
type image struct {
	ref      registry.Ref
	desc     ocispec.Descriptor
	manifest ocispec.Manifest
	config   ocispec.Image
	// raw is the config with all its fields.
	raw map[string]any
}

// pulled is the result of a build in the registry: its images in order, and the number of attestations by the digest of
// their image.
type pulled struct {
	ref          registry.Ref
	images       []image
	attestations map[string]int
	// statements are the layers of the attestations, by the digest of their image.
	statements map[string][]ocispec.Descriptor
}

func pull(t *testing.T, name string) pulled {
	t.Helper()
	ref, err := registry.Parse(name)
	if err != nil {
		t.Fatal(err)
	}
	result := pulled{ref: ref, attestations: map[string]int{}, statements: map[string][]ocispec.Descriptor{}}
	var index ocispec.Index
	desc, err := ref.Manifest(&index)
	if err != nil {
		t.Fatal(err)
	}
	if len(index.Manifests) == 0 {
		// The reference is a single image, not an index.
		index.Manifests = []ocispec.Descriptor{desc}
	}
	for _, desc := range index.Manifests {
		if of := desc.Annotations["vnd.docker.reference.digest"]; of != "" {
			var manifest ocispec.Manifest
			if _, err := ref.At(desc.Digest.String()).Manifest(&manifest); err != nil {
				t.Fatal(err)
			}
			result.attestations[of]++
			result.statements[of] = append(result.statements[of], manifest.Layers...)
			continue
		}
		one := image{ref: ref, desc: desc}
		if _, err := ref.At(desc.Digest.String()).Manifest(&one.manifest); err != nil {
			t.Fatal(err)
		}
		readJSON(t, ref, one.manifest.Config.Digest, &one.config, &one.raw)
		if one.desc.Platform == nil {
			one.desc.Platform = &one.config.Platform
		}
		result.images = append(result.images, one)
	}
	return result
}

// checkImage compares the pushed image with the case.
func checkImage(t *testing.T, env environment, client client, ref string, one testCase) {
	t.Helper()
	got := pull(t, ref)
	if len(got.images) != len(one.Index) {
		t.Fatalf("%d images, want %d: %s", len(got.images), len(one.Index), got.platforms())
	}
	checkHosts(t, got, one.Hosts)
	var shared []ocispec.Descriptor
	for i, want := range one.Index {
		entry := got.images[i]
		checkPlatform(t, entry, want)
		own := entry.manifest.Layers
		if want.Base != "" {
			own = checkBase(t, entry, want)
		}
		files := map[string]string{}
		for path, content := range one.Files[entry.desc.Platform.OS] {
			files[path] = content
		}
		for path, content := range want.Files {
			files[path] = content
		}
		checkConfig(t, entry, one.Config[entry.desc.Platform.OS])
		checkLayers(t, got.ref, entry, own, files)
		if one.Shared && entry.desc.Platform.OS == "windows" {
			if shared != nil && !slices.EqualFunc(shared, own, func(a, b ocispec.Descriptor) bool { return a.Digest == b.Digest }) {
				t.Errorf("entry %d has layers of its own that the one before has not", i)
			}
			shared = own
		}
		if client.attests && got.attestations[entry.desc.Digest.String()] != 1 {
			t.Errorf("%s %s: %d attestations, want 1", want.Platform, want.OSVersion, got.attestations[entry.desc.Digest.String()])
		}
	}
}

func checkConfig(t *testing.T, entry image, want map[string]any) {
	t.Helper()
	for path, value := range want {
		var got any = entry.raw
		for key := range strings.SplitSeq(path, "/") {
			fields, _ := got.(map[string]any)
			got = fields[key]
		}
		if !reflect.DeepEqual(got, value) {
			t.Errorf("%s: %s is %v, want %v", platformName(*entry.desc.Platform), path, got, value)
		}
	}
}

func (p pulled) platforms() []string {
	var names []string
	for _, one := range p.images {
		names = append(names, platformName(*one.desc.Platform)+" "+one.desc.Platform.OSVersion)
	}
	return names
}

func platformName(platform ocispec.Platform) string {
	name := platform.OS + "/" + platform.Architecture
	if platform.Variant != "" && platform.Variant != "v8" {
		name += "/" + platform.Variant
	}
	return name
}

// checkPlatform checks the platform in the index and in the image's config, which must be equal.
func checkPlatform(t *testing.T, got image, want entry) {
	t.Helper()
	version := want.OSVersion
	if version == "-" {
		version = ""
	}
	for place, platform := range map[string]ocispec.Platform{"index": *got.desc.Platform, "config": got.config.Platform} {
		if name := platformName(platform); name != want.Platform {
			t.Errorf("%s: platform %s, want %s", place, name, want.Platform)
		}
		if platform.OSVersion != version {
			t.Errorf("%s: %s: os.version %q, want %q", place, want.Platform, platform.OSVersion, version)
		}
	}
	if !slices.Equal(got.desc.Platform.OSFeatures, got.config.OSFeatures) {
		t.Errorf("os.features: index %v, config %v", got.desc.Platform.OSFeatures, got.config.OSFeatures)
	}
}

// checkBase checks that the image has the layers and os.features of its base image. It returns the layers above.
func checkBase(t *testing.T, got image, want entry) []ocispec.Descriptor {
	t.Helper()
	for _, base := range pull(t, want.Base).images {
		if platformName(base.config.Platform) != want.Platform || base.config.OSVersion != got.config.OSVersion {
			continue
		}
		layers := base.manifest.Layers
		if len(got.manifest.Layers) < len(layers) {
			t.Fatalf("%d layers, fewer than the base's %d", len(got.manifest.Layers), len(layers))
		}
		for i, layer := range layers {
			if got.manifest.Layers[i].Digest != layer.Digest {
				t.Errorf("layer %d is %s, the base's is %s", i, got.manifest.Layers[i].Digest, layer.Digest)
			}
		}
		if !slices.Equal(base.config.OSFeatures, got.config.OSFeatures) {
			t.Errorf("os.features %v, the base's are %v", got.config.OSFeatures, base.config.OSFeatures)
		}
		return got.manifest.Layers[len(layers):]
	}
	t.Fatalf("%s has no image for %s %s", want.Base, want.Platform, got.config.OSVersion)
	return nil
}

// pushed returns whether the registry has the reference.
func pushed(name string) bool {
	ref, err := registry.Parse(name)
	if err != nil {
		return false
	}
	var index ocispec.Index
	_, err = ref.Manifest(&index)
	return err == nil
}

// readJSON parses a blob of a repository into values.
func readJSON(t *testing.T, ref registry.Ref, dgst digest.Digest, values ...any) {
	t.Helper()
	blob, err := ref.Blob(dgst)
	if err != nil {
		t.Fatal(err)
	}
	defer blob.Close()
	text, err := io.ReadAll(blob)
	for _, value := range values {
		if err == nil {
			err = json.Unmarshal(text, value)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}
