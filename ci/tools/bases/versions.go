package bases

import (
	"fmt"

	"fanlight/ci/tools/registry"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// VersionOf returns the os.version of the base image with that number. It is newer than any of Microsoft's.
func VersionOf(number int) string { return fmt.Sprintf("10.0.%d.1", 40000+number) }

// PushVersions uploads many tiny stand-ins, each of another Windows version. Each version has a tag, 1, 2 and so on,
// which is an index of the architectures. The tag "all" is an index of all versions. Another seed results in other
// images.
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
