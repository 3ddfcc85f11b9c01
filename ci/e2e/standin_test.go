package e2e

import (
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"fanlight/ci/tools/bases"
	"fanlight/ci/tools/registry"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// standIn is a made-up base image.
type standIn struct {
	// version is the config's os.version; empty for none.
	version string
	// arch is the architecture; amd64 if empty.
	arch     string
	features []string
	// isLinux is true for a Linux image.
	isLinux bool
	// entry changes what the index says about the image.
	entry func(*ocispec.Descriptor)
}

// These are the versions of the base images in most tests, newest first.
const (
	server2025 = "10.0.26100.2033"
	server2022 = "10.0.20348.2762"
	server2019 = "10.0.17763.6414"
	// No release has this version.
	serverToCome = "10.0.40100.7"
)

var servers = []string{server2025, server2022, server2019}

var standIns atomic.Uint64

// standInSeed returns a number that no other image has, in any run of the tests, because an engine remembers what it
// has seen.
func standInSeed() uint64 { return uint64(os.Getpid())<<32 + standIns.Add(1) }

// shelf is a repository of the registry that a test fills.
type shelf struct {
	host registry.Host
	repo string
}

func newShelf(env environment, repo string) shelf { return shelf{registry.Host(env.registry), repo} }

// newRepo returns a repository that no run of the tests has pushed to.
func newRepo(name string) string {
	return fmt.Sprintf("e2e/%s-%d-%d", name, os.Getpid(), builds.Add(1))
}

// ref returns the reference of a tag.
func (s shelf) ref(tag string) string { return string(s.host) + "/" + s.repo + ":" + tag }

// parse returns the parsed reference of a tag.
func (s shelf) parse(t *testing.T, tag string) registry.Ref {
	t.Helper()
	ref, err := registry.Parse(s.ref(tag))
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// push uploads an image under the tag that tag returns, and returns its entry for an index. The image has a library in
// its system directory that is named after the version and contains it.
func (s shelf) push(t *testing.T, one standIn) ocispec.Descriptor {
	t.Helper()
	layer, err := bases.BaseLayer(standInSeed(), 1<<10, []string{one.version + ".dll"})
	if err != nil {
		t.Fatal(err)
	}
	arch := one.arch
	if arch == "" {
		arch = "amd64"
	}
	var desc ocispec.Descriptor
	if one.isLinux {
		desc, err = bases.PushPacked(s.host, s.repo, one.tag(), strings.NewReader(string(layer.Blob)))
	} else {
		image := bases.Image{OSVersion: one.version, Arch: arch, Features: one.features, Layers: []bases.Layer{layer}, OCI: true}
		desc, err = bases.Push(s.host, s.repo, one.tag(), image)
	}
	if err != nil {
		t.Fatal(err)
	}
	if one.entry != nil {
		one.entry(&desc)
	}
	return desc
}

// tag returns the tag of a stand-in: its version, its architecture unless that is amd64, and its features.
func (one standIn) tag() string {
	name := one.version
	if one.isLinux {
		name = "linux"
	} else if name == "" {
		name = "none"
	}
	if one.arch != "" && one.arch != "amd64" {
		name += "-" + one.arch
	}
	return strings.Join(append([]string{name}, one.features...), "-")
}

// index uploads an index of the images.
func (s shelf) index(t *testing.T, tag string, images ...standIn) ocispec.Descriptor {
	t.Helper()
	entries := make([]ocispec.Descriptor, 0, len(images))
	for _, one := range images {
		entries = append(entries, s.push(t, one))
	}
	return s.indexOf(t, tag, entries...)
}

// indexOf uploads an index of uploaded images.
func (s shelf) indexOf(t *testing.T, tag string, entries ...ocispec.Descriptor) ocispec.Descriptor {
	t.Helper()
	desc, err := bases.PushIndex(s.host, s.repo, tag, true, entries)
	if err != nil {
		t.Fatal(err)
	}
	return desc
}

// ofVersions returns stand-ins for amd64.
func ofVersions(versions ...string) []standIn {
	var images []standIn
	for _, version := range versions {
		images = append(images, standIn{version: version})
	}
	return images
}

// entries returns the entries that an index must have if each version is based on its image of the shelf.
func (s shelf) entries(versions ...string) []entry {
	var entries []entry
	for _, version := range versions {
		entries = append(entries, entry{Platform: "windows/amd64", OSVersion: version, Base: s.ref(version)})
	}
	return entries
}
