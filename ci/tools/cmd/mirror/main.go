// Command mirror is a registry that has every image. As the mirror of public registries it lets a frontend convert any
// Dockerfile without a network. It prints its address and serves until it is stopped.
//
// Every name is an index of the usual Linux platforms, or of a Windows version if the name contains "windows". The
// configs depend on the name and contain what a frontend copies from a base image. All have environment variables, a
// command and labels. Names that contain "onbuild", "healthcheck" or "shell" have these, and names of some languages
// and servers have a working directory, an entrypoint, a user, ports and volumes. A name that contains "missing" does
// not exist.
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"sync"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

var request = regexp.MustCompile(`^/v2/(.+)/(manifests|blobs)/([^/]+)$`)

// store keeps everything that was created, by digest. A request for a tag creates it all.
type store struct {
	sync.Mutex
	content map[digest.Digest]item
}

type item struct {
	mediaType string
	bytes     []byte
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, "mirror:", err)
		os.Exit(1)
	}
	fmt.Println(listener.Addr())
	err = http.Serve(listener, &store{content: map[digest.Digest]item{}})
	fmt.Fprintln(os.Stderr, "mirror:", err)
	os.Exit(1)
}

func (s *store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	match := request.FindStringSubmatch(r.URL.Path)
	if match == nil {
		// This is the root of the API. It needs no login.
		if r.URL.Path != "/v2/" {
			http.NotFound(w, r)
		}
		return
	}
	found, ok := s.find(match[1], match[3])
	if !ok {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}`)
		return
	}
	w.Header().Set("Content-Type", found.mediaType)
	w.Header().Set("Content-Length", strconv.Itoa(len(found.bytes)))
	w.Header().Set("Docker-Content-Digest", digest.FromBytes(found.bytes).String())
	if r.Method == http.MethodGet {
		_, _ = w.Write(found.bytes)
	}
}

func (s *store) find(repo, name string) (item, bool) {
	s.Lock()
	defer s.Unlock()
	if dgst, err := digest.Parse(name); err == nil {
		found, ok := s.content[dgst]
		return found, ok
	}
	index, ok := s.image(repo, name)
	return index, ok
}

func (s *store) put(mediaType string, text []byte) ocispec.Descriptor {
	desc := ocispec.Descriptor{MediaType: mediaType, Digest: digest.FromBytes(text), Size: int64(len(text))}
	s.content[desc.Digest] = item{mediaType, text}
	return desc
}
