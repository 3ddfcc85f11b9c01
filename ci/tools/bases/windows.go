package bases

import (
	"bytes"
	"fmt"
	"time"

	"fanlight/ci/tools/registry"

	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// Image is a stand-in for a base image: a manifest for one os.version and architecture.
type Image struct {
	// OSVersion is empty for a HostProcess base.
	OSVersion string
	Arch      string
	// Features are os.features: win32k on servercore.
	Features []string
	Layers   []Layer
	// User is the config's user: ContainerUser on nanoserver.
	User string
	// Env is the config's environment.
	Env []string
	// Created is the creation time; a fixed day if it is zero.
	Created time.Time
	// OCI selects OCI media types instead of Docker's.
	OCI bool
}

// Push uploads an image, with the tag if there is one, and returns its descriptor with its platform.
func Push(host registry.Host, repo, tag string, image Image) (ocispec.Descriptor, error) {
	configType, layerType, manifestType := registry.DockerConfig, registry.DockerLayer, registry.DockerManifest
	if image.OCI {
		configType, layerType, manifestType = ocispec.MediaTypeImageConfig, ocispec.MediaTypeImageLayerGzip, ocispec.MediaTypeImageManifest
	}
	made := image.Created
	if made.IsZero() {
		made = created
	}
	config := ocispec.Image{Created: &made}
	config.Platform = image.platform()
	config.Config.User = image.User
	config.Config.Env = image.Env
	if image.OSVersion != "" {
		config.Config.Cmd = []string{`c:\windows\system32\cmd.exe`}
	}
	config.RootFS.Type = "layers"
	manifest := ocispec.Manifest{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: manifestType}
	for i, layer := range image.Layers {
		desc := ocispec.Descriptor{MediaType: layerType, Digest: digest.FromBytes(layer.Blob), Size: int64(len(layer.Blob))}
		if err := host.PushBlob(repo, desc, bytes.NewReader(layer.Blob)); err != nil {
			return desc, err
		}
		manifest.Layers = append(manifest.Layers, desc)
		config.RootFS.DiffIDs = append(config.RootFS.DiffIDs, layer.DiffID)
		config.History = append(config.History, ocispec.History{Created: &made, CreatedBy: fmt.Sprintf("stand-in layer %d", i+1)})
	}
	var err error
	if manifest.Config, err = host.PushJSON(repo, configType, config); err != nil {
		return manifest.Config, err
	}
	desc, err := host.PushManifest(repo, tag, manifestType, manifest)
	platform := image.platform()
	desc.Platform = &platform
	return desc, err
}

// PushIndex uploads an index of entries from Push or PushLinux.
func PushIndex(host registry.Host, repo, tag string, oci bool, entries []ocispec.Descriptor) (ocispec.Descriptor, error) {
	mediaType := registry.DockerIndex
	if oci {
		mediaType = ocispec.MediaTypeImageIndex
	}
	index := ocispec.Index{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: mediaType, Manifests: entries}
	return host.PushManifest(repo, tag, mediaType, index)
}

func (image Image) platform() ocispec.Platform {
	return ocispec.Platform{OS: "windows", Architecture: image.Arch, OSVersion: image.OSVersion, OSFeatures: image.Features}
}
