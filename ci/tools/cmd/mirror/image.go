package main

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// config is an image config with Docker's fields, which OCI's type lacks.
type config struct {
	ocispec.Image
	Config dockerConfig `json:"config"`
}

type dockerConfig struct {
	ocispec.ImageConfig
	OnBuild     []string       `json:",omitempty"`
	Shell       []string       `json:",omitempty"`
	Healthcheck map[string]any `json:",omitempty"`
}

var linux = []ocispec.Platform{
	{OS: "linux", Architecture: "amd64"},
	{OS: "linux", Architecture: "arm64", Variant: "v8"},
	{OS: "linux", Architecture: "arm", Variant: "v7"},
	{OS: "linux", Architecture: "386"},
	{OS: "linux", Architecture: "ppc64le"},
	{OS: "linux", Architecture: "riscv64"},
	{OS: "linux", Architecture: "s390x"},
}

// image creates the index of a name, and everything it refers to.
func (s *store) image(repo, tag string) (item, bool) {
	name := repo + ":" + tag
	if strings.Contains(name, "missing") {
		return item{}, false
	}
	platforms := linux
	if strings.Contains(name, "windows") {
		platforms = []ocispec.Platform{{OS: "windows", Architecture: "amd64", OSVersion: "10.0.20348.2762"}}
	}
	index := ocispec.Index{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageIndex}
	for _, platform := range platforms {
		platform := platform
		desc, ok := s.manifest(name, platform)
		if !ok {
			return item{}, false
		}
		desc.Platform = &platform
		index.Manifests = append(index.Manifests, desc)
	}
	text, err := json.Marshal(index)
	if err != nil {
		return item{}, false
	}
	s.put(index.MediaType, text)
	return item{index.MediaType, text}, true
}

func (s *store) manifest(name string, platform ocispec.Platform) (ocispec.Descriptor, bool) {
	made, err := json.Marshal(makeConfig(name, platform))
	if err != nil {
		return ocispec.Descriptor{}, false
	}
	// The layer does not exist, because nothing unpacks it.
	layer := ocispec.Descriptor{MediaType: ocispec.MediaTypeImageLayerGzip, Digest: layerOf(name), Size: 1 << 20}
	text, err := json.Marshal(ocispec.Manifest{
		Versioned: specs.Versioned{SchemaVersion: 2},
		MediaType: ocispec.MediaTypeImageManifest,
		Config:    s.put(ocispec.MediaTypeImageConfig, made),
		Layers:    []ocispec.Descriptor{layer},
	})
	if err != nil {
		return ocispec.Descriptor{}, false
	}
	return s.put(ocispec.MediaTypeImageManifest, text), true
}

func layerOf(name string) digest.Digest { return digest.FromString("layer of " + name) }

func makeConfig(name string, platform ocispec.Platform) config {
	created := time.Date(2026, 10, 1, 12, 0, 0, 123456789, time.UTC)
	made := config{}
	made.Created, made.Platform = &created, platform
	made.RootFS = ocispec.RootFS{Type: "layers", DiffIDs: []digest.Digest{layerOf(name)}}
	made.History = []ocispec.History{{Created: &created, CreatedBy: "/bin/sh -c #(nop) ADD file:abc in / "}}
	c := &made.Config
	c.Env = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "BASE=" + name}
	c.Cmd = []string{"sh"}
	c.Labels = map[string]string{"org.example.base": name}
	has := func(word string) bool { return strings.Contains(name, word) }
	if has("onbuild") {
		c.OnBuild = []string{"ARG LEVEL=1", "COPY . /usr/src/app", "RUN make LEVEL=$LEVEL"}
	}
	if has("healthcheck") {
		c.Healthcheck = map[string]any{"Test": []string{"CMD-SHELL", "true"}, "Interval": 30000000000}
	}
	if has("shell") {
		c.Shell = []string{"/bin/bash", "-o", "pipefail", "-c"}
	}
	if has("node") || has("python") || has("golang") || has("rust") {
		c.WorkingDir, c.Entrypoint = "/usr/src", []string{"docker-entrypoint.sh"}
	}
	if has("nginx") || has("postgres") || has("redis") {
		c.User, c.ExposedPorts = "101:101", map[string]struct{}{"80/tcp": {}}
		c.Volumes, c.StopSignal = map[string]struct{}{"/data": {}}, "SIGQUIT"
	}
	if has("windows") {
		made.Config.Env, made.Config.User = nil, "ContainerUser"
		made.Config.Cmd = []string{`c:\windows\system32\cmd.exe`}
	}
	return made
}
