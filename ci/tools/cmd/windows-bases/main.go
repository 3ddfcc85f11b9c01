// Command windows-bases pushes stand-ins for Microsoft's base images to a registry: the tags of nanoserver and
// servercore, a HostProcess base image, an image whose index has Linux and several Windows versions, and small Linux
// images for the versions.
//
//	windows-bases -registry 127.0.0.1:5000 [-mb 2] [-layers FILE]
//
// It prints a line for each tag, "REFERENCE DIGEST", and writes the digests of all Windows base layers to FILE, to find
// them in the registry's access log.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"

	"fanlight/ci/tools/bases"
	"fanlight/ci/tools/registry"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// version is a Windows release: its tags and the os.version of its base images.
type version struct {
	tags      []string
	osVersion string
	arm64     bool
}

var versions = []version{
	{[]string{"ltsc2019", "1809"}, "10.0.17763.6414", false},
	{[]string{"2004"}, "10.0.19041.1415", false},
	{[]string{"20H2"}, "10.0.19042.1889", false},
	{[]string{"ltsc2022"}, "10.0.20348.2762", false},
	{[]string{"ltsc2025"}, "10.0.26100.2033", true},
}

// maker pushes images and remembers their base layers.
type maker struct {
	host   registry.Host
	size   int
	seed   uint64
	layers []string
}

func main() {
	host := flag.String("registry", "", "registry to push to, host:port, plain HTTP")
	mb := flag.Int("mb", 2, "filler in each base, in MB; servercore has four times as much")
	list := flag.String("layers", "", "file to write the digests of the base layers to")
	flag.Parse()
	m := &maker{host: registry.Host(*host), size: *mb << 20}
	err := m.all()
	if err == nil && *list != "" {
		err = os.WriteFile(*list, []byte(strings.Join(m.layers, "\n")+"\n"), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "windows-bases:", err)
		os.Exit(1)
	}
}

func (m *maker) all() error {
	nanoserver := family{repo: "windows/nanoserver", size: m.size, user: "ContainerUser"}
	// These libraries are what projects copy from servercore, because nanoserver lacks them.
	servercore := family{
		repo: "windows/servercore", size: 4 * m.size, features: []string{"win32k"}, libraries: []string{"netapi32.dll", "WindowsPowerShell/v1.0/powershell.exe"},
	}
	if err := m.family(nanoserver); err != nil {
		return err
	}
	if err := m.family(servercore); err != nil {
		return err
	}
	if err := m.hostProcess(); err != nil {
		return err
	}
	if err := m.caches(); err != nil {
		return err
	}
	if err := m.broken(); err != nil {
		return err
	}
	return m.multi()
}

// family is a base image that Microsoft publishes for every version.
type family struct {
	repo      string
	size      int
	features  []string
	libraries []string
	user      string
}

// family pushes an index for each version, under each of its tags. As with Microsoft's, an index has one os.version,
// for one or two architectures. It also pushes the single manifests as TAG-amd64 and TAG-arm64.
func (m *maker) family(f family) error {
	for _, v := range versions {
		var entries []ocispec.Descriptor
		for _, arch := range []string{"amd64", "arm64"} {
			if arch == "arm64" && !v.arm64 {
				continue
			}
			layers, err := m.base(f.size, f.libraries...)
			if err != nil {
				return err
			}
			image := bases.Image{OSVersion: v.osVersion, Arch: arch, Features: f.features, Layers: layers, User: f.user}
			var desc ocispec.Descriptor
			for _, tag := range v.tags {
				if desc, err = bases.Push(m.host, f.repo, tag+"-"+arch, image); err != nil {
					return err
				}
				m.print(f.repo, tag+"-"+arch, desc)
			}
			entries = append(entries, desc)
		}
		for _, tag := range v.tags {
			desc, err := bases.PushIndex(m.host, f.repo, tag, false, entries)
			if err != nil {
				return err
			}
			m.print(f.repo, tag, desc)
		}
	}
	return nil
}

// base creates a base layer and its monthly patch, both unique.
func (m *maker) base(size int, libraries ...string) ([]bases.Layer, error) {
	m.seed++
	base, err := bases.BaseLayer(m.seed, size, libraries)
	if err != nil {
		return nil, err
	}
	patch, err := bases.PatchLayer(m.seed, size/8)
	if err != nil {
		return nil, err
	}
	for _, layer := range []bases.Layer{base, patch} {
		m.layers = append(m.layers, digest.FromBytes(layer.Blob).String())
	}
	return []bases.Layer{base, patch}, nil
}

// hostProcess pushes the base image of HostProcess containers, which has no os.version and is not an index.
func (m *maker) hostProcess() error {
	const repo = "windows/hostprocess"
	layer, err := bases.HostProcessLayer()
	if err != nil {
		return err
	}
	m.layers = append(m.layers, digest.FromBytes(layer.Blob).String())
	desc, err := bases.Push(m.host, repo, "v1.0.0", bases.Image{Arch: "amd64", Layers: []bases.Layer{layer}})
	if err != nil {
		return err
	}
	m.print(repo, "v1.0.0", desc)
	return nil
}

// multi pushes images like those of docker-library: one index with Linux and several Windows versions, one of them for
// two architectures. They are in OCI's format and in Docker's. The order is newest first, as it should be ("ordered"),
// oldest first ("oldest"), or with an older version first, which hides the newest when an engine asks for it
// ("unordered"). Each Windows image has a library named after its version.
func (m *maker) multi() error {
	const server2025, server2022, server2019 = "10.0.26100.2033", "10.0.20348.2762", "10.0.17763.6414"
	orders := map[string][]string{
		"ordered":   {server2025, server2022, server2019},
		"oldest":    {server2019, server2022, server2025},
		"unordered": {server2022, server2025, server2019},
	}
	for _, order := range []string{"ordered", "oldest", "unordered"} {
		entries, err := m.entries(orders[order])
		if err != nil {
			return err
		}
		for _, oci := range []bool{true, false} {
			tag := order
			if !oci {
				tag += "-docker"
			}
			desc, err := bases.PushIndex(m.host, runtimeRepo, tag, oci, entries)
			if err != nil {
				return err
			}
			m.print(runtimeRepo, tag, desc)
		}
	}
	return nil
}

const runtimeRepo = "library/runtime"

// entries pushes Linux and Windows images for an index. The first Windows version is also for arm64.
func (m *maker) entries(osVersions []string) ([]ocispec.Descriptor, error) {
	var entries []ocispec.Descriptor
	for _, arch := range []string{"amd64", "arm64"} {
		desc, err := bases.PushLinux(m.host, runtimeRepo, "", arch, nil)
		if err != nil {
			return nil, err
		}
		entries = append(entries, desc)
	}
	for i, osVersion := range osVersions {
		architectures := []string{"arm64", "amd64"}
		if i > 0 {
			architectures = architectures[1:]
		}
		for _, arch := range architectures {
			layers, err := m.base(m.size, osVersion+".dll")
			if err != nil {
				return nil, err
			}
			image := bases.Image{OSVersion: osVersion, Arch: arch, Features: []string{"win32k"}, Layers: layers, OCI: true}
			desc, err := bases.Push(m.host, runtimeRepo, "", image)
			if err != nil {
				return nil, err
			}
			entries = append(entries, desc)
		}
	}
	return entries, nil
}

// broken pushes a base image that cannot be unpacked on Linux, as some of Microsoft's could not
// (microsoft/Windows-Containers#493): its layer has a hard link to a missing file.
func (m *maker) broken() error {
	const repo = "windows/broken"
	m.seed++
	layer, err := bases.BrokenLayer(m.seed, m.size)
	if err != nil {
		return err
	}
	m.layers = append(m.layers, digest.FromBytes(layer.Blob).String())
	for _, v := range versions[3:] {
		image := bases.Image{OSVersion: v.osVersion, Arch: "amd64", Layers: []bases.Layer{layer}}
		for _, tag := range v.tags {
			desc, err := bases.Push(m.host, repo, tag, image)
			if err != nil {
				return err
			}
			m.print(repo, tag, desc)
		}
	}
	return nil
}

// caches pushes a Linux image for each version, with a file that contains the tag, as a source of copies in lockstep.
func (m *maker) caches() error {
	const repo = "library/cache"
	for _, v := range versions {
		for _, tag := range v.tags {
			layer, err := bases.TextLayer("version.txt", tag+"\n")
			if err != nil {
				return err
			}
			var entries []ocispec.Descriptor
			for _, arch := range []string{"amd64", "arm64"} {
				desc, err := bases.PushLinux(m.host, repo, "", arch, bytes.NewReader(layer))
				if err != nil {
					return err
				}
				entries = append(entries, desc)
			}
			desc, err := bases.PushIndex(m.host, repo, tag, true, entries)
			if err != nil {
				return err
			}
			m.print(repo, tag, desc)
		}
	}
	return nil
}

func (m *maker) print(repo, tag string, desc ocispec.Descriptor) {
	fmt.Printf("%s/%s:%s %s\n", m.host, repo, tag, desc.Digest)
}
