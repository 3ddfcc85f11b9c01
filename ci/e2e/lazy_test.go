package e2e

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestLazyEqualsPlain builds random Dockerfiles for Windows, each on layers without the base image and on the base
// image itself, and compares the pushed images: files, links, records for Windows, and the config. A case may also be
// refused both times. LAZY_SEED selects the cases, LAZY_CASES their number, LAZY_ONLY one of them by its number.
func TestLazyEqualsPlain(t *testing.T) {
	env := loadEnvironment(t)
	seed, count := number(t, "LAZY_SEED", 1), number(t, "LAZY_CASES", 60)
	first := number(t, "LAZY_ONLY", 0)
	if os.Getenv("LAZY_ONLY") != "" {
		count = first + 1
	}
	context := lazyContext(t)
	server := httptest.NewServer(http.FileServer(http.Dir(context)))
	t.Cleanup(server.Close)
	pushLazyBase(t, env, context)
	refused := make([]bool, count)
	t.Run("case", func(t *testing.T) {
		for i := first; i < count; i++ {
			file := newLazyCase(seed, i, server.URL)
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				refused[i] = runLazyCase(t, env, context, file)
			})
		}
	})
	built := count - first
	for _, is := range refused {
		if is {
			built--
		}
	}
	t.Logf("seed %d: %d cases, %d of them built, the others refused both ways", seed, count-first, built)
	if count-first >= 60 && built < (count-first)/3 {
		t.Error("too many cases are refused to say something")
	}
}

func number(t *testing.T, name string, usual uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return usual
	}
	value, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return value
}

// runLazyCase returns whether both builds were refused.
func runLazyCase(t *testing.T, env environment, context, file string) bool {
	t.Helper()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "Dockerfile"), []byte(env.fill(file)), 0o644); err != nil {
		t.Fatal(err)
	}
	var trees [2][]string
	var errs [2]error
	var output [2][]byte
	for i, lazy := range []string{"1", "0"} {
		request := buildRequest{context: context, ref: fmt.Sprintf("%s/e2e/%d", env.registry, builds.Add(1)), options: map[string]string{
			"platform": "windows/amd64", "build-arg:FANLIGHT_LAZY": lazy,
			"context:local": "local:local", "context:image": "docker-image://" + env.registry + "/e2e/lazy-base",
		}}
		args := append(request.buildctl(env), "--local", "local="+filepath.Join(context, "local-context"), "--local", "dockerfile="+folder)
		output[i], errs[i] = exec.Command("buildctl", args...).CombinedOutput()
		if errs[i] == nil {
			trees[i] = treeOf(t, env, request.ref)
		}
	}
	switch {
	case (errs[0] == nil) != (errs[1] == nil):
		t.Errorf("one of two builds is refused\n%s\nwithout the base: %v\n%s\non the base: %v\n%s", file, errs[0], tail(output[0]), errs[1], tail(output[1]))
	case errs[0] == nil && !slices.Equal(trees[0], trees[1]):
		t.Errorf("%s\nwithout the base:\n  %s\non the base:\n  %s", file, some(without(trees[0], trees[1])), some(without(trees[1], trees[0])))
	case errs[0] != nil && !bytes.Contains(output[0], []byte("Dockerfile:")):
		t.Errorf("the refusal names no line\n%s\n%s", file, tail(output[0]))
	}
	return errs[0] != nil
}

// some returns the first lines of a difference.
func some(lines []string) string { return strings.Join(lines[:min(8, len(lines))], "\n  ") }

func tail(output []byte) string {
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	return strings.Join(lines[max(0, len(lines)-12):], "\n")
}

// pushLazyBase pushes an image built on nanoserver, with a working directory and another directory.
func pushLazyBase(t *testing.T, env environment, context string) {
	t.Helper()
	folder := t.TempDir()
	file := env.fill("# syntax=registry.test/fanlight:1\nFROM " + nanoserver + "\nWORKDIR /told\nCOPY one.txt /copied/\n")
	if err := os.WriteFile(filepath.Join(folder, "Dockerfile"), []byte(file), 0o644); err != nil {
		t.Fatal(err)
	}
	request := buildRequest{context: context, ref: env.registry + "/e2e/lazy-base", options: map[string]string{"platform": "windows/amd64"}}
	args := append(request.buildctl(env), "--local", "dockerfile="+folder)
	if output, err := exec.Command("buildctl", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
}

// lazyContext creates files and directories whose names clash on purpose: a file in one tree is a directory in another.
func lazyContext(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	files := map[string]string{
		"one.txt": "one\n", "two.txt": "two\n", "with space.txt": "space\n", "tool": "tool\n", "app.exe": "app\n",
		"site.conf": "site\n", "v1.2": "v1.2\n",
		"dist/conf.d/a.conf": "a\n", "dist/app.exe": "app in dist\n", "dist/sub/b.txt": "b\n", "dist/sub/deep/c.txt": "c\n",
		"dist/v1.2/x": "x\n", "dist/one.txt": "one in dist\n",
		"dist2/conf.d": "a file\n", "dist2/sub": "a file\n", "dist2/app.exe/x": "x\n", "dist2/site.conf/x": "x\n", "dist2/other.txt": "other\n",
		"conf.d/b.conf": "b\n", "conf.d/sub/d.conf": "d\n", "my dir/a b.txt": "a b\n", "bin/tool": "tool in bin\n", "bin/app/x": "x\n",
		"links/target.txt": "target\n", "links/real/f.txt": "f\n", "deep/x/y/z.txt": "z\n", "v2.0/app": "a file\n",
		"local-context/windows/w.txt": "w\n", "local-context/users/u.txt": "u\n", "local-context/Windows/W.txt": "W\n",
		".dockerignore": "local-context\n",
		"app.tar":       archive(t, map[string]string{"in/tar.txt": "in an archive\n", "conf.d/t.txt": "t\n"}),
		"app2.tar":      archive(t, map[string]string{"conf.d": "a file\n", "app/x.txt": "x\n"}),
	}
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	if _, err := zip.Write([]byte(archive(t, map[string]string{"sub": "a file\n"}))); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	files["app.tgz"] = packed.String()
	for name, content := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(root, "empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{
		"link": "one.txt", "linkdir": "dist", "links/to": "target.txt", "links/to-dir": "real", "links/up": "../x", "links/app": "/y", "links/nowhere": "gone",
	} {
		if err := os.Symlink(to, filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	// All files have the same time as in earlier runs, because the engine may have them in its cache.
	old := time.Unix(1_700_000_000, 0)
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type() != fs.ModeSymlink {
			err = os.Chtimes(path, old, old)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func archive(t *testing.T, files map[string]string) string {
	t.Helper()
	var packed bytes.Buffer
	out := tar.NewWriter(&packed)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		err := out.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(files[name]))})
		if err == nil {
			_, err = out.Write([]byte(files[name]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.String()
}
