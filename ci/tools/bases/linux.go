package bases

import (
	"io"
	"os"
	"time"

	"fanlight/ci/tools/registry"

	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// LinuxEnv is the environment of the Linux bases.
var LinuxEnv = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}

// PushLinux uploads a Linux image of one uncompressed layer: the tar in the file, or, where there is none, no layer.
// Uncompressed, since packing and unpacking would take longer than the way over loopback.
func PushLinux(host registry.Host, repo, tag, arch string, layer *os.File) (ocispec.Descriptor, error) {
	created := time.Date(2026, 11, 10, 0, 0, 0, 0, time.UTC)
	config := ocispec.Image{Created: &created, Platform: ocispec.Platform{OS: "linux", Architecture: arch}}
	if arch == "arm64" {
		config.Variant = "v8"
	}
	config.Config.Env = LinuxEnv
	config.Config.Cmd = []string{"/bin/sh"}
	config.RootFS.Type = "layers"
	config.RootFS.DiffIDs = []digest.Digest{}
	manifest := ocispec.Manifest{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageManifest}
	manifest.Layers = []ocispec.Descriptor{}
	if layer != nil {
		desc, err := describeFile(layer)
		if err != nil {
			return desc, err
		}
		if err := host.PushBlob(repo, desc, layer); err != nil {
			return desc, err
		}
		manifest.Layers = append(manifest.Layers, desc)
		config.RootFS.DiffIDs = append(config.RootFS.DiffIDs, desc.Digest)
		config.History = []ocispec.History{{Created: &created, CreatedBy: "Debian packages"}}
	}
	var err error
	if manifest.Config, err = host.PushJSON(repo, ocispec.MediaTypeImageConfig, config); err != nil {
		return manifest.Config, err
	}
	desc, err := host.PushManifest(repo, tag, ocispec.MediaTypeImageManifest, manifest)
	desc.Platform = &config.Platform
	return desc, err
}

func describeFile(file *os.File) (ocispec.Descriptor, error) {
	dgst, err := digest.FromReader(file)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	size, err := file.Seek(0, io.SeekCurrent)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	_, err = file.Seek(0, io.SeekStart)
	return ocispec.Descriptor{MediaType: ocispec.MediaTypeImageLayer, Digest: dgst, Size: size}, err
}
