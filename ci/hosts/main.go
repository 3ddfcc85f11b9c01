// Command hosts prints which Windows images run on which Windows hosts, and which image of a list a host selects. The
// answers are those of github.com/containerd/platforms, at the version in go.mod. ci/windows-hosts runs it.
//
//	match	HOST	OS.VERSION	true|false
//	pick	HOST	OS.VERSION,OS.VERSION,..	INDEX
//
// HOST is a build number. OS.VERSION "-" stands for an image without one, INDEX -1 for no matching image.
package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/containerd/platforms"
	specs "github.com/opencontainers/image-spec/specs-go/v1"
)

// hosts are builds of Windows releases, and builds next to the limits of the rules.
var hosts = []int{
	14393, 17763, 18362, 19041, 19042, 20347, 20348, 20349, 22621, 22631, 25398, 26099, 26100, 26101, 26200, 28000, 65535,
}

// versions are os.versions of images: those of releases, those next to the limits, and invalid ones.
var versions = []string{
	"", "10.0.14393.7336", "10.0.17763.6414", "10.0.18362.1256", "10.0.19042.1889", "10.0.20347.1", "10.0.20348",
	"10.0.20348.2762", "10.0.20349.1", "10.0.22621.1", "10.0.25398.1", "10.0.26100.2033", "10.0.26101.1", "10.0.26200.1",
	"10.0.28000.1", "10.0.65535.1", "10.0.65536.1", "6.3.20348.1", "10.1.20348.1", "266.0.20348.1", "10.0", "10", "x.y.z",
	"10.0.x.1", "10.0.20348.x", "10.0.20348.1.2", "10.0.+20348.1", " 10.0.20348.1", "010.0.20348.1", "10.0.020348.1",
	"10..20348", "10.0.", "..",
}

// lists are indexes: in the right order, in another order, with misleading revisions, and with an image for any host.
var lists = [][]string{
	{"10.0.26100.2033", "10.0.20348.2762", "10.0.17763.6414"},
	{"10.0.17763.6414", "10.0.20348.2762", "10.0.26100.2033"},
	{"10.0.20348.2762", "10.0.26100.2033"},
	{"10.0.26100.9000", "10.0.20348.2762", "10.0.17763.6414"},
	{"10.0.20348.2762", "10.0.17763.6414"},
	{"10.0.26100.2033", "10.0.25398.1", "10.0.20348.2762"},
	{"10.0.26100.2033", "10.0.17763.6414", ""},
	{"10.0.20348.2762", ""},
	{""},
	{"10.0.26200.1", "10.0.26100.2033"},
	{"10.0.20348", "10.0.20348.1"},
	{"10.0.20348.1", "10.0.20348"},
	{"10.0.26100.x", "10.0.20348.1"},
	{},
}

func main() {
	for _, host := range hosts {
		comparer := platforms.OnWindows(specs.Platform{OS: "windows", Architecture: "amd64", OSVersion: fmt.Sprintf("10.0.%d", host)})
		for _, version := range versions {
			fmt.Printf("match\t%d\t%s\t%t\n", host, name(version), comparer.Match(image(version)))
		}
		for _, list := range lists {
			fmt.Printf("pick\t%d\t%s\t%d\n", host, strings.Join(names(list), ","), pick(comparer, list))
		}
	}
}

// pick selects an image of an index as containerd does: it drops what does not match, sorts the rest, and returns the
// first.
func pick(comparer platforms.MatchComparer, list []string) int {
	fitting := slices.DeleteFunc(slices.Clone(list), func(version string) bool { return !comparer.Match(image(version)) })
	slices.SortStableFunc(fitting, func(a, b string) int {
		switch {
		case comparer.Less(image(a), image(b)):
			return -1
		case comparer.Less(image(b), image(a)):
			return 1
		}
		return 0
	})
	if len(fitting) == 0 {
		return -1
	}
	return slices.Index(list, fitting[0])
}

func image(version string) specs.Platform {
	return specs.Platform{OS: "windows", Architecture: "amd64", OSVersion: version}
}

func name(version string) string {
	if version == "" {
		return "-"
	}
	return version
}

func names(list []string) []string {
	var all []string
	for _, version := range list {
		all = append(all, name(version))
	}
	return all
}
