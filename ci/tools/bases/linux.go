package bases

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"slices"
	"time"

	"fanlight/ci/tools/registry"

	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// LinuxEnv is the environment of the Linux bases.
var LinuxEnv = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}

// PushLinux uploads a Linux image of one uncompressed layer, or of no layer if layer is nil. Its environment is
// LinuxEnv and env. The layer is not compressed, because that takes longer than sending it over loopback.
func PushLinux(host registry.Host, repo, tag, arch string, layer io.ReadSeeker, env ...string) (ocispec.Descriptor, error) {
	if layer == nil {
		return pushLinux(host, repo, tag, arch, nil, ocispec.Descriptor{}, "", nil, env...)
	}
	desc, err := describe(layer)
	if err != nil {
		return desc, err
	}
	history := []ocispec.History{{Created: &created, CreatedBy: "Debian packages"}}
	return pushLinux(host, repo, tag, arch, layer, desc, desc.Digest, history, env...)
}

// PushPacked uploads a linux/amd64 image of one layer, compressed as in most registries, with a history like those of
// images on Docker Hub.
func PushPacked(host registry.Host, repo, tag string, layer io.Reader) (ocispec.Descriptor, error) {
	var packed bytes.Buffer
	plain := digest.Canonical.Digester()
	out := gzip.NewWriter(&packed)
	if _, err := io.Copy(io.MultiWriter(out, plain.Hash()), layer); err != nil {
		return ocispec.Descriptor{}, err
	}
	if err := out.Close(); err != nil {
		return ocispec.Descriptor{}, err
	}
	desc := ocispec.Descriptor{
		MediaType: ocispec.MediaTypeImageLayerGzip, Digest: digest.FromBytes(packed.Bytes()), Size: int64(packed.Len()),
	}
	history := []ocispec.History{
		{Created: &created, CreatedBy: "ADD rootfs.tar / # buildkit"},
		{Created: &created, CreatedBy: `CMD ["/bin/sh"]`, EmptyLayer: true},
	}
	return pushLinux(host, repo, tag, "amd64", &packed, desc, plain.Digest(), history)
}

// created is the creation time of the images.
var created = time.Date(2026, 11, 10, 0, 0, 0, 0, time.UTC)

// pushLinux uploads an image of the layer, if there is one. desc describes it compressed, and diffID uncompressed.
func pushLinux(
	host registry.Host, repo, tag, arch string,
	layer io.Reader, desc ocispec.Descriptor, diffID digest.Digest, history []ocispec.History, env ...string,
) (ocispec.Descriptor, error) {
	config := ocispec.Image{Created: &created, Platform: ocispec.Platform{OS: "linux", Architecture: arch}}
	if arch == "arm64" {
		config.Variant = "v8"
	}
	config.Config.Env = slices.Concat(LinuxEnv, env)
	config.Config.Cmd = []string{"/bin/sh"}
	config.RootFS.Type = "layers"
	config.RootFS.DiffIDs = []digest.Digest{}
	manifest := ocispec.Manifest{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageManifest}
	manifest.Layers = []ocispec.Descriptor{}
	if layer != nil {
		if err := host.PushBlob(repo, desc, layer); err != nil {
			return desc, err
		}
		manifest.Layers = append(manifest.Layers, desc)
		config.RootFS.DiffIDs = append(config.RootFS.DiffIDs, diffID)
		config.History = history
	}
	var err error
	if manifest.Config, err = host.PushJSON(repo, ocispec.MediaTypeImageConfig, config); err != nil {
		return manifest.Config, err
	}
	image, err := host.PushManifest(repo, tag, ocispec.MediaTypeImageManifest, manifest)
	image.Platform = &config.Platform
	return image, err
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

// TextLayer returns an uncompressed layer of one file.
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
