package bases

import (
	"archive/tar"
	"bytes"
	"io"
	"time"

	"fanlight/ci/tools/registry"

	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// LinuxEnv is the environment of the Linux bases.
var LinuxEnv = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}

// PushLinux uploads a Linux image of one uncompressed layer, or, where none is given, of no layer.
// Uncompressed, since packing and unpacking would take longer than the way over loopback.
func PushLinux(host registry.Host, repo, tag, arch string, layer io.ReadSeeker) (ocispec.Descriptor, error) {
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
		desc, err := describe(layer)
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

func describe(layer io.ReadSeeker) (ocispec.Descriptor, error) {
	dgst, err := digest.FromReader(layer)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	size, err := layer.Seek(0, io.SeekCurrent)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	_, err = layer.Seek(0, io.SeekStart)
	return ocispec.Descriptor{MediaType: ocispec.MediaTypeImageLayer, Digest: dgst, Size: size}, err
}

// TextLayer is an uncompressed layer of one file.
func TextLayer(name, text string) ([]byte, error) {
	var layer bytes.Buffer
	out := tar.NewWriter(&layer)
	err := out.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(text))})
	if err == nil {
		_, err = out.Write([]byte(text))
	}
	if err == nil {
		err = out.Close()
	}
	return layer.Bytes(), err
}
