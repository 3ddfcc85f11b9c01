// Package bases creates base images and pushes them to a registry: stand-ins for Microsoft's, with the same layer
// format, manifest types, tags and os.versions, but filler instead of the operating system, and Linux base images.
package bases

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/opencontainers/go-digest"
)

// Layer is a compressed layer and the digest of its tar.
type Layer struct {
	Blob   []byte
	DiffID digest.Digest
}

// rawSD is a self-relative security descriptor: owner BUILTIN\Administrators, group SYSTEM, no access list.
var rawSD = base64.StdEncoding.EncodeToString([]byte{
	1, 0, 0x00, 0x80, 20, 0, 0, 0, 36, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0,
	1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,
})

// These are file attributes of Windows.
const (
	attrDirectory = "16"
	attrArchive   = "32"
)

var directories = []string{
	"Files", "Files/ProgramData", "Files/Program Files", "Files/Users", "Files/Users/ContainerAdministrator", "Files/Users/ContainerUser",
	"Files/Users/Public", "Files/Windows", "Files/Windows/System32", "Files/Windows/System32/config",
	"Files/Windows/System32/drivers", "Files/Windows/System32/drivers/etc", "Files/Windows/Temp",
	"Hives", "UtilityVM", "UtilityVM/Files",
}

var hives = []string{"DefaultUser_Base", "Sam_Base", "Security_Base", "Software_Base", "System_Base"}

// BaseLayer returns a layer in the format of a Windows base image: Files/, Hives/ and UtilityVM/, with attributes and
// security descriptors as PAX records. It has size bytes of incompressible filler, and these libraries in addition to
// those that every base image has. The same seed results in the same bytes.
func BaseLayer(seed uint64, size int, libraries []string) (Layer, error) {
	return build(func(w *writer) {
		for _, name := range directories {
			w.directory(name)
		}
		w.file("Files/License.txt", []byte("A stand-in for a Windows base image: nothing of it runs.\r\n"))
		w.file("Files/Windows/System32/drivers/etc/hosts", []byte("# hosts\r\n"))
		for _, name := range append([]string{"cmd.exe", "kernel32.dll", "ntdll.dll"}, libraries...) {
			for i, letter := range name {
				if letter == '/' {
					w.directory("Files/Windows/System32/" + name[:i])
				}
			}
			w.file("Files/Windows/System32/"+name, []byte("MZ stand-in "+name))
		}
		for _, name := range hives {
			w.file("Hives/"+name, []byte("regf "+name))
		}
		w.file("Files/Windows/filler.bin", filler(seed, size))
	})
}

// PatchLayer returns a layer above a base layer, like that of Microsoft's monthly update: deltas of hives, and a
// replaced file.
func PatchLayer(seed uint64, size int) (Layer, error) {
	return build(func(w *writer) {
		for _, name := range []string{"Files", "Files/Windows", "Files/Windows/System32", "Hives"} {
			w.directory(name)
		}
		for _, name := range []string{"DefaultUser_Delta", "Sam_Delta", "Security_Delta", "Software_Delta", "System_Delta"} {
			w.file("Hives/"+name, []byte("regf "+name))
		}
		w.file("Files/Windows/System32/ntdll.dll", []byte("MZ stand-in ntdll.dll, patched"))
		w.file("Files/Windows/patch.bin", filler(seed, size))
	})
}

// HostProcessLayer returns the layer of a HostProcess base image, which is almost empty.
func HostProcessLayer() (Layer, error) {
	return build(func(w *writer) {
		w.directory("Files")
		w.directory("Hives")
		for _, name := range []string{"DefaultUser_Delta", "Sam_Delta", "Security_Delta", "Software_Delta", "System_Delta"} {
			w.file("Hives/"+name, nil)
		}
	})
}

// BrokenLayer returns a base layer that cannot be unpacked: a hard link in it has no target.
func BrokenLayer(seed uint64, size int) (Layer, error) {
	return build(func(w *writer) {
		for _, name := range directories {
			w.directory(name)
		}
		w.file("Files/Windows/filler.bin", filler(seed, size))
		w.add(&tar.Header{
			Name: "Files/Windows/System32/linked.dll", Typeflag: tar.TypeLink, Linkname: "Files/Windows/WinSxS/missing.dll",
		}, attrArchive, nil)
	})
}

func filler(seed uint64, size int) []byte {
	var key [32]byte
	copy(key[:], fmt.Sprint("fanlight ", seed))
	data := make([]byte, size)
	// Reading from ChaCha8 never fails.
	_, _ = rand.NewChaCha8(key).Read(data)
	return data
}

type writer struct {
	tar *tar.Writer
	err error
}

func build(fill func(*writer)) (Layer, error) {
	var plain, packed bytes.Buffer
	w := &writer{tar: tar.NewWriter(&plain)}
	fill(w)
	if err := w.tar.Close(); w.err == nil {
		w.err = err
	}
	if w.err != nil {
		return Layer{}, w.err
	}
	diffID := digest.FromBytes(plain.Bytes())
	// Do not spend time on compression: the filler does not compress.
	gz, err := gzip.NewWriterLevel(&packed, gzip.HuffmanOnly)
	if err != nil {
		return Layer{}, err
	}
	if _, err := gz.Write(plain.Bytes()); err != nil {
		return Layer{}, err
	}
	if err := gz.Close(); err != nil {
		return Layer{}, err
	}
	return Layer{Blob: packed.Bytes(), DiffID: diffID}, nil
}

func (w *writer) directory(name string) {
	w.add(&tar.Header{Name: name, Typeflag: tar.TypeDir, Mode: 0o755}, attrDirectory, nil)
}

func (w *writer) file(name string, content []byte) {
	w.add(&tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(content))}, attrArchive, content)
}

func (w *writer) add(header *tar.Header, attr string, content []byte) {
	if w.err != nil {
		return
	}
	header.Format = tar.FormatPAX
	header.ModTime = time.Date(2019, 12, 7, 9, 3, 0, 0, time.UTC)
	header.PAXRecords = map[string]string{
		"LIBARCHIVE.creationtime": "1575709380",
		"MSWINDOWS.fileattr":      attr,
		"MSWINDOWS.rawsd":         rawSD,
	}
	if w.err = w.tar.WriteHeader(header); w.err == nil {
		_, w.err = w.tar.Write(content)
	}
}
