package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// twins builds with docker/dockerfile and with fanlight on one builder.
type twins struct {
	env     environment
	builder string
	// context is a folder or an address.
	context string
}

// These are the frontends: docker/dockerfile built into the engine, docker/dockerfile as an image, and the image under
// test.
const (
	builtIn  = "built-in"
	peer     = "peer"
	fanlight = "fanlight"
)

// built is the result of a build.
type built struct {
	// digest is the digest of the pushed index, or of the only image.
	digest string
	ref    string
	// steps are the vertices that have inputs, by digest, so without sources.
	steps map[string]step
	log   string
}

type step struct {
	Digest string
	Inputs []string
	Name   string
	Cached bool
}

// eachTwins runs a test on the standalone engine and on Docker Engine.
func eachTwins(t *testing.T, run func(*testing.T, twins)) {
	t.Helper()
	onTwins(t, []string{"remote", "default"}, run)
}

func onTwins(t *testing.T, builders []string, run func(*testing.T, twins)) {
	t.Helper()
	env := loadEnvironment(t)
	clients(t, env)
	for _, builder := range builders {
		t.Run(builder, func(t *testing.T) { run(t, twins{env: env, builder: builder}) })
	}
}

// build builds the context with the frontend and pushes the result. The build must succeed.
func (b twins) build(t *testing.T, frontend string, flags ...string) built {
	t.Helper()
	result, err := b.try(t, frontend, nil, flags...)
	if err != nil {
		t.Fatalf("%s: %v\n%s", frontend, err, result.log)
	}
	return result
}

func (b twins) try(t *testing.T, frontend string, environ []string, flags ...string) (built, error) {
	t.Helper()
	metadata := filepath.Join(t.TempDir(), "metadata.json")
	result := built{ref: fmt.Sprintf("%s/e2e/%d", b.env.registry, builds.Add(1)), steps: map[string]step{}}
	args := []string{
		"buildx", "build", "--builder", b.builder, "--progress", "rawjson", "--metadata-file", metadata,
		"--build-arg", "SOURCE_DATE_EPOCH=1700000000",
		"--output", "type=image,push=true,store=false,rewrite-timestamp=true,name=" + result.ref,
	}
	switch frontend {
	case peer:
		args = append(args, "--build-arg", "BUILDKIT_SYNTAX="+b.env.peer)
	case fanlight:
		args = append(args, "--build-arg", "BUILDKIT_SYNTAX="+b.env.frontend)
	}
	if b.builder == "default" {
		args = append(args, "--network", "host")
	}
	// A provenance statement contains the time of the build.
	if !slices.ContainsFunc(flags, func(flag string) bool { return strings.HasPrefix(flag, "--provenance") }) {
		args = append(args, "--provenance=false")
	}
	cmd := docker(b.env, append(append(args, flags...), b.context)...)
	cmd.Env = append(cmd.Env, environ...)
	output, err := cmd.CombinedOutput()
	result.log = string(output)
	result.readSteps()
	if err != nil {
		return result, err
	}
	text, err := os.ReadFile(metadata)
	if err != nil {
		return result, err
	}
	var values map[string]json.RawMessage
	if err := json.Unmarshal(text, &values); err != nil {
		return result, err
	}
	return result, json.Unmarshal(values["containerimage.digest"], &result.digest)
}

// readSteps parses the progress, which has one event in JSON on each line.
func (r *built) readSteps() {
	lines := bufio.NewScanner(strings.NewReader(r.log))
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var event struct{ Vertexes []step }
		if json.Unmarshal(lines.Bytes(), &event) != nil {
			continue
		}
		for _, one := range event.Vertexes {
			if len(one.Inputs) > 0 {
				one.Cached = one.Cached || r.steps[one.Digest].Cached
				r.steps[one.Digest] = one
			}
		}
	}
}

// uncached returns the names of the steps that did not come from the cache, sorted.
func (r built) uncached() []string {
	var names []string
	for _, one := range r.steps {
		if !one.Cached {
			names = append(names, one.Name)
		}
	}
	slices.Sort(names)
	return names
}

// prune empties the builder's cache.
func (b twins) prune(t *testing.T) {
	t.Helper()
	cmd := docker(b.env, "buildx", "prune", "--builder", b.builder, "--all", "--force")
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("prune: %v\n%s", err, output)
	}
}

// same builds with both frontends, each with an empty cache, and compares the digests.
func (b twins) same(t *testing.T, flags ...string) built {
	t.Helper()
	b.prune(t)
	theirs := b.build(t, builtIn, flags...)
	b.prune(t)
	ours := b.build(t, fanlight, flags...)
	if ours.digest != theirs.digest {
		t.Errorf("%s of fanlight, %s of docker/dockerfile\n%s\n%s", ours.digest, theirs.digest,
			b.manifest(t, ours), b.manifest(t, theirs))
	}
	return ours
}

// manifest describes what a build pushed.
func (b twins) manifest(t *testing.T, of built) string {
	t.Helper()
	var text bytes.Buffer
	for _, one := range pull(t, of.ref).images {
		config, err := json.Marshal(one.raw)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&text, "%s %s\n", platformName(*one.desc.Platform), config)
		for _, layer := range one.manifest.Layers {
			fmt.Fprintf(&text, "  %s %d\n", layer.Digest, layer.Size)
		}
	}
	return text.String()
}

// command runs a program in a folder and returns its output. The program must succeed.
func command(t *testing.T, folder, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = folder
	output, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, output)
	}
	return string(output)
}
