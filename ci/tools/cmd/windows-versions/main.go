// Command windows-versions pushes tiny Windows base images to a registry: a tag for each of many versions, and an index
// of all of them.
//
//	windows-versions -registry 127.0.0.1:5000 -repo bench/versions -count 64 [-seed 1]
package main

import (
	"flag"
	"fmt"
	"os"

	"fanlight/ci/tools/bases"
	"fanlight/ci/tools/registry"
)

func main() {
	host := flag.String("registry", "", "registry to push to, host:port, plain HTTP")
	repo := flag.String("repo", "", "repository, whose tags are 1, 2 and so on, and all")
	count := flag.Int("count", 1, "how many versions")
	seed := flag.Uint64("seed", 0, "another one gives other images")
	flag.Parse()
	if err := bases.PushVersions(registry.Host(*host), *repo, *seed, *count, "amd64"); err != nil {
		fmt.Fprintln(os.Stderr, "windows-versions:", err)
		os.Exit(1)
	}
}
