package e2e

import (
	"testing"

	"github.com/containerd/platforms"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// checkHosts selects an image of the index as containerd on a Windows host does: the host pulls the first entry that
// its matcher accepts.
func checkHosts(t *testing.T, got pulled, hosts map[string]string) {
	t.Helper()
	for build, want := range hosts {
		matcher := platforms.Only(ocispec.Platform{OS: "windows", Architecture: "amd64", OSVersion: "10.0." + build + ".1"})
		taken := "-"
		for _, one := range got.images {
			if matcher.Match(*one.desc.Platform) {
				taken = one.desc.Platform.OSVersion
				break
			}
		}
		if taken != want {
			t.Errorf("a host of build %s takes %s, want %s", build, taken, want)
		}
	}
}
