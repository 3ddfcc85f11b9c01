package e2e

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"debug/elf"
	"debug/pe"
	"io"
	"os"
	"strings"
	"testing"

	"fanlight/ci/tools/access"
	"fanlight/ci/tools/registry"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// checkLayers reads the layers of an entry above its base image. It checks their format, and the files that must exist.
func checkLayers(t *testing.T, ref registry.Ref, entry image, own []ocispec.Descriptor, want map[string]string) {
	t.Helper()
	found := map[string][]byte{}
	for i, layer := range own {
		blob, err := ref.Blob(layer.Digest)
		if err != nil {
			t.Fatal(err)
		}
		headers := readLayer(t, layer, blob, found)
		blob.Close()
		if entry.desc.Platform.OS == "windows" {
			checkWindowsFormat(t, i, headers)
		}
	}
	if len(own) > 0 && len(entry.config.RootFS.DiffIDs) != len(entry.manifest.Layers) {
		t.Errorf("%d diff IDs for %d layers", len(entry.config.RootFS.DiffIDs), len(entry.manifest.Layers))
	}
	for path, content := range want {
		got, ok := found[path]
		switch {
		case !ok:
			t.Errorf("%s is in no layer of its own", path)
		case content == "PE":
			checkPE(t, entry, path, got)
		case content == "ELF":
			checkELF(t, entry, path, got)
		case string(got) != content:
			t.Errorf("%s is %.300q, want %.300q", path, got, content)
		}
	}
}

func readLayer(t *testing.T, desc ocispec.Descriptor, blob io.Reader, found map[string][]byte) []*tar.Header {
	t.Helper()
	if strings.HasSuffix(desc.MediaType, "gzip") {
		plain, err := gzip.NewReader(blob)
		if err != nil {
			t.Fatal(err)
		}
		blob = plain
	}
	var headers []*tar.Header
	for in := tar.NewReader(blob); ; {
		header, err := in.Next()
		if err == io.EOF {
			return headers
		}
		if err != nil {
			t.Fatal(err)
		}
		headers = append(headers, header)
		if header.Typeflag == tar.TypeReg {
			content, err := io.ReadAll(in)
			if err != nil {
				t.Fatal(err)
			}
			found[header.Name] = content
		}
	}
}

// checkWindowsFormat checks that a layer has Files and Hives and nothing else, and that every file and directory has a
// security descriptor and attributes. Windows cannot use a layer without them.
func checkWindowsFormat(t *testing.T, layer int, headers []*tar.Header) {
	t.Helper()
	roots := map[string]bool{}
	for _, header := range headers {
		root, rest, _ := strings.Cut(strings.TrimSuffix(header.Name, "/"), "/")
		roots[root] = true
		if root != "Files" && root != "Hives" {
			t.Errorf("layer %d: %s is neither in Files nor in Hives", layer, header.Name)
		}
		var records []string
		if header.Typeflag == tar.TypeReg || header.Typeflag == tar.TypeDir {
			records = []string{"MSWINDOWS.fileattr", "MSWINDOWS.rawsd"}
		}
		if rest == "" {
			// BuildKit sets only attributes on the two top directories.
			records = records[:1]
		}
		for _, record := range records {
			if header.PAXRecords[record] == "" {
				t.Errorf("layer %d: %s has no %s", layer, header.Name, record)
			}
		}
	}
	if !roots["Files"] || !roots["Hives"] {
		t.Errorf("layer %d: Files or Hives is missing", layer)
	}
}

func checkPE(t *testing.T, entry image, path string, content []byte) {
	t.Helper()
	program, err := pe.NewFile(bytes.NewReader(content))
	if err != nil {
		t.Errorf("%s: not a Windows program: %v", path, err)
		return
	}
	want := map[string]uint16{"amd64": pe.IMAGE_FILE_MACHINE_AMD64, "arm64": pe.IMAGE_FILE_MACHINE_ARM64}
	if program.Machine != want[entry.desc.Platform.Architecture] {
		t.Errorf("%s: a program for machine %#x in an image for %s", path, program.Machine, entry.desc.Platform.Architecture)
	}
}

func checkELF(t *testing.T, entry image, path string, content []byte) {
	t.Helper()
	program, err := elf.NewFile(bytes.NewReader(content))
	if err != nil {
		t.Errorf("%s: not a Linux program: %v", path, err)
		return
	}
	want := map[string]elf.Machine{
		"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64, "arm": elf.EM_ARM, "ppc64le": elf.EM_PPC64, "riscv64": elf.EM_RISCV,
	}
	if program.Machine != want[entry.desc.Platform.Architecture] {
		t.Errorf("%s: a program for %s in an image for %s", path, program.Machine, entry.desc.Platform.Architecture)
	}
}

func logSize(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// checkNoBaseFetched fails if a byte of a Windows base layer was downloaded since the offset, except for the layers of
// these images.
func checkNoBaseFetched(t *testing.T, env environment, offset int64, but ...string) {
	t.Helper()
	allowed := map[string]bool{}
	for _, ref := range but {
		for _, one := range pull(t, ref).images {
			for _, layer := range one.manifest.Layers {
				allowed[layer.Digest.String()] = true
			}
		}
	}
	requests, _, err := access.Read(env.registryLog, offset)
	if err != nil {
		t.Fatal(err)
	}
	for dgst, size := range access.Fetched(requests) {
		if env.baseLayers[dgst] && !allowed[dgst] {
			t.Errorf("%d bytes of the base layer %s were downloaded", size, dgst)
		}
	}
}
