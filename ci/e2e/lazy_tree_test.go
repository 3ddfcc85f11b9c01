package e2e

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// treeOf returns a line for each file and directory above the base image, after combining the layers as a Windows host
// does: path, kind, content or target, and records for Windows.
func treeOf(t *testing.T, env environment, ref string) []string {
	t.Helper()
	got := pull(t, ref)
	if len(got.images) != 1 {
		t.Fatalf("%s: %d images, want one", ref, len(got.images))
	}
	tree := map[string]string{}
	number := 0
	for _, layer := range got.images[0].manifest.Layers {
		if env.baseLayers[layer.Digest.String()] {
			continue
		}
		blob, err := got.ref.Blob(layer.Digest)
		if err != nil {
			t.Fatal(err)
		}
		checkWindowsFormat(t, number, addLayer(t, layer, blob, tree))
		blob.Close()
		number++
	}
	lines := []string{fmt.Sprintf("%d layers", number), configOf(t, got.images[0])}
	for _, name := range slices.Sorted(maps.Keys(tree)) {
		lines = append(lines, name+" "+tree[name])
	}
	return lines
}

// addLayer adds a layer to a tree.
func addLayer(t *testing.T, desc ocispec.Descriptor, blob io.Reader, tree map[string]string) []*tar.Header {
	t.Helper()
	contents := map[string][]byte{}
	headers := readLayer(t, desc, blob, contents)
	remove := func(name string, itself bool) {
		maps.DeleteFunc(tree, func(at, _ string) bool {
			return strings.HasPrefix(at, name+"/") || (itself && at == name)
		})
	}
	for _, header := range headers {
		name := strings.TrimSuffix(header.Name, "/")
		if base, is := strings.CutPrefix(path.Base(name), ".wh."); is {
			remove(path.Join(path.Dir(name), base), true)
			continue
		}
		if header.Typeflag != tar.TypeDir {
			remove(name, false)
		}
		tree[name] = describe(header, contents)
	}
	return headers
}

func describe(header *tar.Header, contents map[string][]byte) string {
	text := fmt.Sprintf("%c %o %d %d", header.Typeflag, header.Mode, header.Uid, header.Gid)
	switch header.Typeflag {
	case tar.TypeReg:
		text = fmt.Sprintf("%s %s %x", text, fileTime(header.ModTime), sha256.Sum256(contents[header.Name]))
	case tar.TypeSymlink:
		text += " -> " + header.Linkname
	case tar.TypeLink:
		// The order in the layer decides which of several names is the file and which the link.
		text = fmt.Sprintf("%c %x", tar.TypeReg, sha256.Sum256(contents[header.Linkname]))
	}
	for _, key := range slices.Sorted(maps.Keys(header.PAXRecords)) {
		if strings.HasPrefix(key, "MSWINDOWS.") {
			text += " " + key + "=" + header.PAXRecords[key]
		}
	}
	return text
}

// fileTime returns the time of a file, or "made" if a build created the file from a heredoc: its time is then that of
// the build, or of an earlier build in the cache.
func fileTime(at time.Time) string {
	if time.Since(at) < 24*time.Hour {
		return "made"
	}
	return at.UTC().String()
}

// configOf returns an image's config without what differs between any two builds: times and the digests of layers.
func configOf(t *testing.T, one image) string {
	t.Helper()
	config := maps.Clone(one.raw)
	delete(config, "created")
	delete(config, "rootfs")
	history, _ := config["history"].([]any)
	for _, entry := range history {
		delete(entry.(map[string]any), "created")
	}
	text, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
