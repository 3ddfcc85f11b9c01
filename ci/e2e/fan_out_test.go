package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fanlight/ci/tools/access"
)

// fanOutCase is a build for Windows whose Dockerfile is short enough to appear beside the expected result.
type fanOutCase struct {
	testCase
	// dockerfile is the Dockerfile without its syntax line. The context has one file, file.txt.
	dockerfile string
	// unasked are parts of paths that no client may request from the registry.
	unasked []string
	// silent are texts that the client must not print.
	silent []string
}

// eachFanOut builds the cases with buildx on the standalone engine, in parallel.
func eachFanOut(t *testing.T, env environment, cases []fanOutCase) {
	t.Helper()
	clients(t, env)
	t.Run("builds", func(t *testing.T) {
		for _, one := range cases {
			t.Run(one.Name, func(t *testing.T) {
				t.Parallel()
				one.run(t, env, remoteClient(env, "remote"))
			})
		}
	})
}

func (one fanOutCase) run(t *testing.T, env environment, client client) {
	t.Helper()
	offset := logSize(t, env.registryLog)
	request := buildRequest{
		context: one.folder(t, env), options: one.Options, ref: newRef(env),
	}
	output, err := client.build(t, request)
	checkUnasked(t, env, offset, one.unasked)
	for _, text := range one.silent {
		if strings.Contains(output, text) {
			t.Errorf("the output has %q:\n%s", text, output)
		}
	}
	if len(one.Error) > 0 {
		checkRefusal(t, one.testCase, output, err)
		if pushed(request.ref) {
			t.Error("something was pushed")
		}
		return
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	for _, text := range one.Output {
		if !strings.Contains(output, text) {
			t.Errorf("the output lacks %q:\n%s", text, output)
		}
	}
	checkImage(t, env, client, request.ref, one.testCase)
}

// folder writes the build context and returns its folder.
func (one fanOutCase) folder(t *testing.T, env environment) string {
	t.Helper()
	folder := t.TempDir()
	dockerfile(t, folder, "# syntax="+env.frontend+"\n"+one.dockerfile)
	write(t, filepath.Join(folder, "file.txt"), "a file\n")
	return folder
}

// checkUnasked fails if a request since the offset has a path with one of these parts.
func checkUnasked(t *testing.T, env environment, offset int64, parts []string) {
	t.Helper()
	if len(parts) == 0 {
		return
	}
	requests, _, err := access.Read(env.registryLog, offset)
	if err != nil {
		t.Fatal(err)
	}
	for _, request := range requests {
		for _, part := range parts {
			if strings.Contains(request.Path, part) {
				t.Errorf("the registry was asked: %s %s", request.Method, request.Path)
			}
		}
	}
}

// newRef returns a reference that no run of the tests has pushed to.
func newRef(env environment) string {
	return fmt.Sprintf("%s/e2e/%d-%d", env.registry, os.Getpid(), builds.Add(1))
}

// onWindows returns the options of a build for windows/amd64, and these options.
func onWindows(more ...string) map[string]string {
	options := map[string]string{"platform": "windows/amd64"}
	for i := 0; i < len(more); i += 2 {
		options[more[i]] = more[i+1]
	}
	return options
}

// holding adds one file to each entry. In its path and text, %s is replaced by the entry's os.version.
func holding(entries []entry, path, text string) []entry {
	for i := range entries {
		version := entries[i].OSVersion
		if entries[i].Files == nil {
			entries[i].Files = map[string]string{}
		}
		entries[i].Files[strings.ReplaceAll(path, "%s", version)] = strings.ReplaceAll(text, "%s", version)
	}
	return entries
}
