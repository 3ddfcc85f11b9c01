// Command show-index shows a pushed index for people: platform, os.version, base image, the layers above the base
// image, and how many bytes of the base image were downloaded.
//
//	show-index -ref 127.0.0.1:5000/hello:1 -bases REF,REF... -log ACCESS-LOG
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"fanlight/ci/tools/access"
	"fanlight/ci/tools/registry"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// base is an image that an entry may be based on.
type base struct {
	name   string
	local  bool
	layers []ocispec.Descriptor
}

func main() {
	ref := flag.String("ref", "", "the index")
	names := flag.String("bases", "", "the bases, separated by commas")
	log := flag.String("log", "", "the registry's access log")
	flag.Parse()
	if err := show(*ref, strings.Split(*names, ","), *log); err != nil {
		fmt.Fprintln(os.Stderr, "show-index:", err)
		os.Exit(1)
	}
}

func show(name string, names []string, log string) error {
	ref, err := registry.Parse(name)
	if err != nil {
		return err
	}
	requests, _, err := access.Read(log, 0)
	if err != nil {
		return err
	}
	fetched := access.Fetched(requests)
	var bases []base
	for _, name := range names {
		found, err := readBase(name, ref.Host)
		if err != nil {
			return err
		}
		bases = append(bases, found...)
	}
	var index ocispec.Index
	if _, err := ref.Manifest(&index); err != nil {
		return err
	}
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 3, ' ', 0)
	fmt.Fprintln(out, "PLATFORM\tOS.VERSION\tBASE\tLAYERS OF ITS OWN\tBASE DOWNLOADED")
	for _, entry := range index.Manifests {
		if entry.Platform == nil || entry.Platform.OS == "unknown" {
			// Skip attestations.
			continue
		}
		if err := row(out, ref.At(entry.Digest.String()), *entry.Platform, bases, fetched); err != nil {
			return err
		}
	}
	return out.Flush()
}

func row(out *tabwriter.Writer, ref registry.Ref, platform ocispec.Platform, bases []base, fetched map[string]int64) error {
	var manifest ocispec.Manifest
	if _, err := ref.Manifest(&manifest); err != nil {
		return err
	}
	below := base{name: "scratch"}
	for _, one := range bases {
		if len(one.layers) > len(below.layers) && startsWith(manifest.Layers, one.layers) {
			below = one
		}
	}
	own := manifest.Layers[len(below.layers):]
	downloaded := "-"
	if len(below.layers) > 0 {
		var bytes int64
		for _, layer := range below.layers {
			bytes += fetched[layer.Digest.String()]
		}
		if !below.local {
			// The base image is in another registry. The build copied its layers from there.
			bytes = total(below.layers)
		}
		downloaded = fmt.Sprintf("%d of %s", bytes, size(total(below.layers)))
	}
	name := platform.OS + "/" + platform.Architecture
	version := platform.OSVersion
	if version == "" {
		version = "-"
	}
	_, err := fmt.Fprintf(out, "%s\t%s\t%s\t%d, %s\t%s\n", name, version, below.name, len(own), size(total(own)), downloaded)
	return err
}

// readBase returns the images of a reference: one, or those of an index.
func readBase(name string, local registry.Host) ([]base, error) {
	ref, err := registry.Parse(name)
	if err != nil {
		return nil, err
	}
	// An index has manifests, and an image has layers.
	var either struct{ Manifests, Layers []ocispec.Descriptor }
	if _, err := ref.Manifest(&either); err != nil {
		return nil, err
	}
	if len(either.Manifests) == 0 {
		return []base{{name, ref.Host == local, either.Layers}}, nil
	}
	var bases []base
	for _, entry := range either.Manifests {
		var manifest ocispec.Manifest
		if _, err := ref.At(entry.Digest.String()).Manifest(&manifest); err != nil {
			return nil, err
		}
		bases = append(bases, base{name, ref.Host == local, manifest.Layers})
	}
	return bases, nil
}

func startsWith(layers, first []ocispec.Descriptor) bool {
	if len(layers) < len(first) {
		return false
	}
	return slices.EqualFunc(layers[:len(first)], first, func(a, b ocispec.Descriptor) bool { return a.Digest == b.Digest })
}

func total(layers []ocispec.Descriptor) (bytes int64) {
	for _, layer := range layers {
		bytes += layer.Size
	}
	return bytes
}

func size(bytes int64) string {
	switch {
	case bytes >= 1_000_000:
		return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
	case bytes >= 1000:
		return fmt.Sprintf("%.1f kB", float64(bytes)/1e3)
	}
	return fmt.Sprintf("%d B", bytes)
}
