package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"testing"

	"fanlight/ci/tools/registry"

	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// These functions change what an index says about an image.
func saysNoVersion(desc *ocispec.Descriptor)  { desc.Platform.OSVersion = "" }
func saysNoPlatform(desc *ocispec.Descriptor) { desc.Platform = nil }
func saysWindows(desc *ocispec.Descriptor) {
	desc.Platform = &ocispec.Platform{OS: "windows", Architecture: "amd64", OSVersion: server2025}
}
func inCapitals(desc *ocispec.Descriptor) {
	desc.Platform.OS, desc.Platform.Architecture = "Windows", "AMD64"
}
func saysX86(desc *ocispec.Descriptor) { desc.Platform.Architecture = "x86_64" }

// TestIndexShapes builds on indexes of several versions that are written in unusual ways.
func TestIndexShapes(t *testing.T) {
	env := loadEnvironment(t)
	all := func(change func(*ocispec.Descriptor)) []standIn {
		images := ofVersions(servers...)
		for i := range images {
			images[i].entry = change
		}
		return images
	}
	var cases []fanOutCase
	// add adds a case: an index in its own repository, and the versions of the result or the refusal.
	add := func(name string, images []standIn, versions []string, refused []string, options ...string) *fanOutCase {
		s := newShelf(env, fmt.Sprintf("shapes/%d", len(cases)))
		s.index(t, "all", images...)
		cases = append(cases, fanOutCase{
			testCase:   testCase{Name: name, Options: onWindows(options...), Index: s.entries(versions...), Error: refused},
			dockerfile: "FROM " + s.ref("all") + "\nCOPY file.txt C:/\n",
		})
		return &cases[len(cases)-1]
	}

	add("no entry has os.version, the configs have", all(saysNoVersion), servers, nil)
	first := ofVersions(servers...)
	first[0].entry = saysNoVersion
	add("the first entry has no os.version, its config has", first, servers, nil)
	last := add("neither the first entry nor its config has os.version", append([]standIn{{}}, ofVersions(servers...)...), servers, nil)
	last.Index = append(last.Index, entry{Platform: "windows/amd64", OSVersion: "-", Base: newShelf(env, "shapes/2").ref("none")})
	add("the first entry says Windows and is a Linux image",
		append([]standIn{{isLinux: true, entry: saysWindows}}, ofVersions(server2022, server2019)...), nil, []string{"linux", "shapes/3"})
	add("the first entry is a Linux image without a platform",
		append([]standIn{{isLinux: true, entry: saysNoPlatform}}, ofVersions(servers...)...), servers, nil)
	add("entries without a platform", all(saysNoPlatform), servers, nil)
	add("capitals", all(inCapitals), servers, nil)
	add("x86_64", all(saysX86), servers, nil)

	// The newest update of a build is used, in any order, and a message names both.
	const older = "10.0.20348.2700"
	for _, images := range [][]standIn{ofVersions(older, server2022, server2019), ofVersions(server2022, older, server2019)} {
		one := add("two updates of one build, "+images[0].version+" first", images, []string{server2022, server2019}, nil)
		one.Output = []string{older, server2022}
	}
	add("the older of two updates", ofVersions(server2022, older, server2019), []string{older}, nil, "build-arg:FANLIGHT_VERSIONS", older)
	add("one os.version with different os.features", append(ofVersions(server2022, server2019), standIn{version: server2022, features: []string{"win32k"}}),
		nil, []string{server2022, "win32k"})

	addNullPlatforms(t, env, &cases)
	addLayout(t, env, &cases)
	addManyEntries(t, env, &cases)
	eachFanOut(t, env, cases)
}

// addNullPlatforms adds an index with `"platform": null` for a Linux image and for one of the versions.
func addNullPlatforms(t *testing.T, env environment, cases *[]fanOutCase) {
	t.Helper()
	s := newShelf(env, "shapes/null")
	var entries []any
	for _, one := range append([]standIn{{isLinux: true}}, ofVersions(servers...)...) {
		desc := s.push(t, one)
		made := map[string]any{"mediaType": desc.MediaType, "digest": desc.Digest, "size": desc.Size, "platform": desc.Platform}
		if one.isLinux || one.version == server2022 {
			made["platform"] = nil
		}
		entries = append(entries, made)
	}
	index := map[string]any{"schemaVersion": 2, "mediaType": ocispec.MediaTypeImageIndex, "manifests": entries}
	if _, err := s.host.PushManifest(s.repo, "all", ocispec.MediaTypeImageIndex, index); err != nil {
		t.Fatal(err)
	}
	*cases = append(*cases, fanOutCase{
		testCase:   testCase{Name: "platforms that are null", Options: onWindows(), Index: s.entries(servers...)},
		dockerfile: "FROM " + s.ref("all") + "\nCOPY file.txt C:/\n",
	})
}

// addLayout adds a base image that is an index in a folder of the client.
func addLayout(t *testing.T, env environment, cases *[]fanOutCase) {
	t.Helper()
	s := newShelf(env, "shapes/layout")
	s.index(t, "all", append([]standIn{{isLinux: true}}, ofVersions(servers...)...)...)
	layout := writeLayout(t, s.ref("all"), "1")
	*cases = append(*cases, fanOutCase{
		testCase: testCase{
			Name: "an OCI layout", Options: onWindows("context:base", "oci-layout://"+layout+":1"), Index: s.entries(servers...),
		},
		dockerfile: "FROM base\nCOPY file.txt C:/\n",
	})
}

// addManyEntries adds indexes of more versions than one build accepts.
func addManyEntries(t *testing.T, env environment, cases *[]fanOutCase) {
	t.Helper()
	for _, count := range []int{65, 1000} {
		s := newShelf(env, fmt.Sprintf("shapes/many-%d", count))
		// The versions that no case selects share one image, which the index lists under different versions.
		filler := s.push(t, standIn{version: "10.0.40000.1"})
		var entries []ocispec.Descriptor
		for i := range count - 2 {
			one := filler
			platform := *filler.Platform
			platform.OSVersion = fmt.Sprintf("10.0.%d.1", 40000+i)
			one.Platform = &platform
			entries = append(entries, one)
		}
		entries = append(entries, s.push(t, standIn{version: server2022}), s.push(t, standIn{version: server2019}))
		s.indexOf(t, "all", entries...)
		lines := "FROM " + s.ref("all") + "\nCOPY file.txt C:/\n"
		*cases = append(*cases,
			fanOutCase{testCase: testCase{
				Name: fmt.Sprintf("%d versions", count), Options: onWindows(), Error: []string{fmt.Sprint(count), "at most 64"},
			}, dockerfile: lines},
			fanOutCase{testCase: testCase{
				Name: fmt.Sprintf("two of %d versions", count), Index: s.entries(server2022, server2019),
				Options: onWindows("build-arg:FANLIGHT_VERSIONS", "ltsc2019,ltsc2022"),
			}, dockerfile: lines},
		)
	}
}

// writeLayout copies an index and everything it refers to into an OCI layout, under a tag. It returns the folder.
func writeLayout(t *testing.T, name, tag string) string {
	t.Helper()
	folder := t.TempDir()
	ref, err := registry.Parse(name)
	if err != nil {
		t.Fatal(err)
	}
	blob := func(dgst digest.Digest, text []byte) {
		write(t, filepath.Join(folder, "blobs", dgst.Algorithm().String(), dgst.Encoded()), string(text))
	}
	manifest := func(ref registry.Ref, value any) ocispec.Descriptor {
		var text json.RawMessage
		desc, err := ref.Manifest(&text)
		if err == nil {
			err = json.Unmarshal(text, value)
		}
		if err != nil {
			t.Fatal(err)
		}
		blob(desc.Digest, text)
		return desc
	}
	var top ocispec.Index
	desc := manifest(ref, &top)
	for _, entry := range top.Manifests {
		var image ocispec.Manifest
		manifest(ref.At(entry.Digest.String()), &image)
		for _, part := range append(image.Layers, image.Config) {
			content, err := ref.Blob(part.Digest)
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(content)
			content.Close()
			if err != nil {
				t.Fatal(err)
			}
			blob(part.Digest, text)
		}
	}
	desc.Annotations = map[string]string{ocispec.AnnotationRefName: tag}
	writeJSON(t, filepath.Join(folder, "index.json"), ocispec.Index{
		Versioned: specs.Versioned{SchemaVersion: 2}, Manifests: []ocispec.Descriptor{desc},
	})
	writeJSON(t, filepath.Join(folder, ocispec.ImageLayoutFile), ocispec.ImageLayout{Version: ocispec.ImageLayoutVersion})
	return folder
}

// TestHugeRevision builds on two base images of one build. The revision of one of them fits into no integer.
func TestHugeRevision(t *testing.T) {
	env := loadEnvironment(t)
	s := newShelf(env, "shapes/revisions")
	const huge, small = "10.0.20348.9999999999999999999", "10.0.20348.2"
	s.push(t, standIn{version: huge})
	s.push(t, standIn{version: small})
	eachFanOut(t, env, []fanOutCase{{
		testCase:   testCase{Name: "one build twice", Options: onWindows(), Error: []string{"10.0.20348", s.ref(huge), s.ref(small), "same Windows build"}},
		dockerfile: "FROM " + s.ref("{"+huge+","+small+"}") + "\nCOPY file.txt C:/\n",
	}})
}
