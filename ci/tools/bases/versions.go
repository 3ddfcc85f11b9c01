package bases

import (
	"fmt"

	"fanlight/ci/tools/registry"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// VersionOf is the os.version of the base that PushVersions pushes with that number: newer than any of Microsoft's.
func VersionOf(number int) string { return fmt.Sprintf("10.0.%d.1", 30000+number) }

// PushVersions uploads that many tiny stand-ins, each of a Windows version of its own: an index of the architectures a
// tag, named 1, 2 and so on, and one index of them all, named all. Another seed gives other images.
func PushVersions(host registry.Host, repo string, seed uint64, count int, architectures ...string) error {
	layer, err := BaseLayer(seed, 1<<10, nil)
	if err != nil {
		return err
	}
	var all []ocispec.Descriptor
	for number := 1; number <= count; number++ {
		var entries []ocispec.Descriptor
		for _, arch := range architectures {
			image := Image{OSVersion: VersionOf(number), Arch: arch, Layers: []Layer{layer}, OCI: true}
			desc, err := Push(host, repo, "", image)
			if err != nil {
				return err
			}
			entries = append(entries, desc)
		}
		if _, err := PushIndex(host, repo, fmt.Sprint(number), true, entries); err != nil {
			return err
		}
		all = append(all, entries...)
	}
	_, err = PushIndex(host, repo, "all", true, all)
	return err
}
