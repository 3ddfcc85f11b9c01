// Command linux-base pushes a layer as a Linux image to a registry.
//
//	linux-base -layer FILE.tar -ref 127.0.0.1:5000/debian/cc:12 [NAME=VALUE...]
//
// The image is an index of linux/amd64, which has the layer and the variables, and linux/arm64, which is empty, because
// build stages run on the platform of the machine. With -single it is only linux/amd64, without an index and without
// the variables, and its layer is compressed.
package main

import (
	"flag"
	"fmt"
	"os"

	"fanlight/ci/tools/bases"
	"fanlight/ci/tools/registry"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

func main() {
	layer := flag.String("layer", "", "the layer, an uncompressed tar")
	ref := flag.String("ref", "", "image to push, host:port/name:tag")
	single := flag.Bool("single", false, "only linux/amd64, no index, the layer packed")
	flag.Parse()
	if err := push(*layer, *ref, *single, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "linux-base:", err)
		os.Exit(1)
	}
}

func push(layer, name string, single bool, env []string) error {
	ref, err := registry.Parse(name)
	if err != nil {
		return err
	}
	file, err := os.Open(layer)
	if err != nil {
		return err
	}
	defer file.Close()
	if single {
		_, err := bases.PushPacked(ref.Host, ref.Repo, ref.Name, file)
		return err
	}
	amd64, err := bases.PushLinux(ref.Host, ref.Repo, "", "amd64", file, env...)
	if err != nil {
		return err
	}
	arm64, err := bases.PushLinux(ref.Host, ref.Repo, "", "arm64", nil)
	if err != nil {
		return err
	}
	desc, err := bases.PushIndex(ref.Host, ref.Repo, ref.Name, true, []ocispec.Descriptor{amd64, arm64})
	if err != nil {
		return err
	}
	fmt.Printf("%s %s\n", name, desc.Digest)
	return nil
}
