// Package registry implements the part of the distribution API that the tests need: pushing made-up images to a
// registry on loopback, and reading what a build pushed.
package registry

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// These are media types of Docker's own manifests, which Microsoft's base images use.
const (
	DockerIndex    = "application/vnd.docker.distribution.manifest.list.v2+json"
	DockerManifest = "application/vnd.docker.distribution.manifest.v2+json"
	DockerConfig   = "application/vnd.docker.container.image.v1+json"
	DockerLayer    = "application/vnd.docker.image.rootfs.diff.tar.gzip"
)

// Host is a registry as host:port: plain HTTP on loopback, otherwise HTTPS without a login.
type Host string

// Ref is a parsed "host:port/repo" with a tag or a digest.
type Ref struct {
	Host Host
	Repo string
	// Name is the tag or the digest.
	Name string
}

// Parse parses a reference of the form host:port/repo[:tag|@digest].
func Parse(ref string) (Ref, error) {
	host, rest, ok := strings.Cut(ref, "/")
	if !ok {
		return Ref{}, fmt.Errorf("%q: want host:port/name", ref)
	}
	if repo, dgst, ok := strings.Cut(rest, "@"); ok {
		repo, _, _ = strings.Cut(repo, ":")
		return Ref{Host(host), repo, dgst}, nil
	}
	repo, tag, ok := strings.Cut(rest, ":")
	if !ok {
		tag = "latest"
	}
	return Ref{Host(host), repo, tag}, nil
}

func (h Host) url(format string, args ...any) string {
	scheme := "https://"
	if strings.HasPrefix(string(h), "127.") {
		scheme = "http://"
	}
	return scheme + string(h) + "/v2/" + fmt.Sprintf(format, args...)
}

func send(method, url, contentType string, body io.Reader, size int64, want int) (*http.Response, error) {
	req, err := http.NewRequest(method, url, body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.ContentLength = size
		req.Header.Set("Content-Type", contentType)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	if res.StatusCode != want {
		defer res.Body.Close()
		text, _ := io.ReadAll(io.LimitReader(res.Body, 1000))
		return nil, fmt.Errorf("%s %s: %s: %s", method, url, res.Status, text)
	}
	return res, nil
}

// HasBlob returns whether the repository has the blob.
func (h Host) HasBlob(repo string, dgst digest.Digest) bool {
	res, err := http.Head(h.url("%s/blobs/%s", repo, dgst))
	if err != nil {
		return false
	}
	res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// PushBlob uploads content with the digest and size of the descriptor.
func (h Host) PushBlob(repo string, desc ocispec.Descriptor, content io.Reader) error {
	if h.HasBlob(repo, desc.Digest) {
		return nil
	}
	res, err := send(http.MethodPost, h.url("%s/blobs/uploads/", repo), "", nil, 0, http.StatusAccepted)
	if err != nil {
		return err
	}
	res.Body.Close()
	location, err := res.Location()
	if err != nil {
		return err
	}
	query := location.Query()
	query.Set("digest", desc.Digest.String())
	location.RawQuery = query.Encode()
	res, err = send(http.MethodPut, location.String(), "application/octet-stream", content, desc.Size, http.StatusCreated)
	if err != nil {
		return err
	}
	return res.Body.Close()
}

// PushJSON uploads a value as a blob, such as an image config.
func (h Host) PushJSON(repo, mediaType string, value any) (ocispec.Descriptor, error) {
	desc, text, err := Describe(mediaType, value)
	if err != nil {
		return desc, err
	}
	return desc, h.PushBlob(repo, desc, bytes.NewReader(text))
}

// PushManifest uploads a manifest or an index with a tag, or with its digest if the tag is empty.
func (h Host) PushManifest(repo, tag, mediaType string, value any) (ocispec.Descriptor, error) {
	desc, text, err := Describe(mediaType, value)
	if err != nil {
		return desc, err
	}
	if tag == "" {
		tag = desc.Digest.String()
	}
	res, err := send(http.MethodPut, h.url("%s/manifests/%s", repo, tag), mediaType, bytes.NewReader(text), desc.Size, http.StatusCreated)
	if err != nil {
		return desc, err
	}
	return desc, res.Body.Close()
}

// Describe encodes a value and returns its descriptor and text.
func Describe(mediaType string, value any) (ocispec.Descriptor, []byte, error) {
	text, err := json.Marshal(value)
	return ocispec.Descriptor{MediaType: mediaType, Digest: digest.FromBytes(text), Size: int64(len(text))}, text, err
}

// Manifest reads a manifest or an index into value and returns its descriptor.
func (r Ref) Manifest(value any) (ocispec.Descriptor, error) {
	req, err := http.NewRequest(http.MethodGet, r.Host.url("%s/manifests/%s", r.Repo, url.PathEscape(r.Name)), nil)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	for _, accept := range []string{ocispec.MediaTypeImageIndex, ocispec.MediaTypeImageManifest, DockerIndex, DockerManifest} {
		req.Header.Add("Accept", accept)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	if res.StatusCode != http.StatusOK {
		return ocispec.Descriptor{}, fmt.Errorf("%s/%s:%s: %s", r.Host, r.Repo, r.Name, res.Status)
	}
	desc := ocispec.Descriptor{MediaType: res.Header.Get("Content-Type"), Digest: digest.FromBytes(text), Size: int64(len(text))}
	return desc, json.Unmarshal(text, value)
}

// Blob opens a blob of the reference's repository.
func (r Ref) Blob(dgst digest.Digest) (io.ReadCloser, error) {
	res, err := send(http.MethodGet, r.Host.url("%s/blobs/%s", r.Repo, dgst), "", nil, 0, http.StatusOK)
	if err != nil {
		return nil, err
	}
	return res.Body, nil
}

// At returns the reference of another tag or digest in the same repository.
func (r Ref) At(name string) Ref { return Ref{r.Host, r.Repo, name} }
