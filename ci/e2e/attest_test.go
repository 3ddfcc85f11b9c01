package e2e

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/containerd/platforms"
)

// statement is an in-toto statement of an attestation, with the fields that the tests check.
type statement struct {
	PredicateType string
	Subject       []struct{ Digest map[string]string }
	Predicate     json.RawMessage
}

// statementsOf returns the statements of an entry by predicate type, in order.
func (p pulled) statementsOf(t *testing.T, entry image) map[string][]statement {
	t.Helper()
	found := map[string][]statement{}
	for _, desc := range p.statements[entry.desc.Digest.String()] {
		var one statement
		readJSON(t, p.ref, desc.Digest, &one)
		kind := one.PredicateType
		if strings.HasPrefix(kind, "https://slsa.dev/provenance/") {
			kind = "provenance"
		}
		found[kind] = append(found[kind], one)
	}
	return found
}

// checkSubjects checks that the entry has one attestation and that every statement is about the entry.
func checkSubjects(t *testing.T, got pulled, entry image, statements []statement) {
	t.Helper()
	if n := got.attestations[entry.desc.Digest.String()]; n != 1 {
		t.Errorf("%s %s: %d attestations, want 1", platformName(*entry.desc.Platform), entry.config.OSVersion, n)
	}
	for _, one := range statements {
		for _, subject := range one.Subject {
			if digest := subject.Digest["sha256"]; digest != entry.desc.Digest.Encoded() {
				t.Errorf("%s: a statement about %s", entry.desc.Digest, digest)
			}
		}
		if len(one.Subject) == 0 {
			t.Errorf("%s: a statement about nothing", entry.desc.Digest)
		}
	}
}

// files returns the names of the files in an SPDX statement, sorted.
func (s statement) files(t *testing.T) []string {
	t.Helper()
	var document struct{ Files []struct{ FileName string } }
	if err := json.Unmarshal(s.Predicate, &document); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range document.Files {
		names = append(names, file.FileName)
	}
	slices.Sort(names)
	return names
}

// pushScanner builds ci/tools/cmd/scanner, pushes it as an image, and returns the reference.
func pushScanner(t *testing.T, env environment, with client) string {
	t.Helper()
	folder := t.TempDir()
	build := exec.Command("go", "build", "-o", folder+"/scanner", "./cmd/scanner")
	build.Dir = "../tools"
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	write(t, filepath.Join(folder, "Dockerfile"), "FROM scratch\nCOPY scanner /\nENTRYPOINT [\"/scanner\"]\n")
	ref := env.registry + "/table/scanner:1"
	if output, err := with.build(t, buildRequest{context: folder, ref: ref, options: map[string]string{}}); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return ref
}

// targetPlatform returns the platform in an image's provenance. BuildKit records it from 0.34 on.
func (s statement) targetPlatform(t *testing.T) string {
	t.Helper()
	var predicate struct {
		BuildDefinition struct {
			InternalParameters struct{ TargetPlatform string }
		}
	}
	if err := json.Unmarshal(s.Predicate, &predicate); err != nil {
		t.Fatal(err)
	}
	return predicate.BuildDefinition.InternalParameters.TargetPlatform
}

const spdx = "https://spdx.dev/Document"

// provenance checks that each image has one statement, about that image, that names its base image and, if the engine
// records it, the Windows version.
func provenance(t *testing.T, b *bench) string {
	request := b.request(map[string]string{"attest:provenance": "mode=max"})
	offset := logSize(t, b.env.registryLog)
	b.check(t, b.daemon, request, tableCase(b.env))
	if bytes := fetched(t, b.env, b.env.registryLog, offset); bytes != 0 {
		t.Errorf("%d bytes of bases were downloaded", bytes)
	}
	got := pull(t, request.ref)
	if len(got.attestations) == 0 {
		return "none"
	}
	named := 0
	for i, want := range tableCase(b.env).Index {
		entry := got.images[i]
		all := got.statementsOf(t, entry)["provenance"]
		checkSubjects(t, got, entry, all)
		if len(all) != 1 {
			t.Fatalf("%s %s: %d statements, want 1", want.Platform, want.OSVersion, len(all))
		}
		_, tag, _ := strings.Cut(want.Base, "nanoserver:")
		if tag != "" && !strings.Contains(string(all[0].Predicate), "windows/nanoserver@"+tag) {
			t.Errorf("%s: the base is not among the materials:\n%s", want.Base, all[0].Predicate)
		}
		if platform := all[0].targetPlatform(t); platform != "" {
			named++
			if wanted := platforms.FormatAll(*entry.desc.Platform); platform != wanted {
				t.Errorf("the provenance of %s says %s", wanted, platform)
			}
		}
	}
	switch named {
	case 0:
		return "right"
	case len(got.images):
		return "right, with versions"
	}
	t.Errorf("%d of %d statements name the platform", named, len(got.images))
	return ""
}

// sbom checks that each image has an SBOM beside the provenance. The SBOM of a Windows image lists what was added to
// the base image, and the scan must not read the base image.
func sbom(t *testing.T, b *bench) string {
	scanner := pushScanner(t, b.env, b.daemon.client)
	cache := b.env.registry + "/table/sbom-cache"
	options := map[string]string{
		"attest:provenance": "mode=max", "attest:sbom": "generator=" + scanner,
		"build-arg:BUILDKIT_SBOM_SCAN_CONTEXT": "true", "build-arg:BUILDKIT_SBOM_SCAN_STAGE": "true", "build-arg:NONCE": "fixed",
	}
	result := ""
	// Build once without a cache, and once from the cache on a new engine.
	for _, from := range []string{"", cache} {
		d := b.engine.start(t, b.env)
		request := b.request(options)
		request.cacheFrom, request.cacheTo = from, cache+",mode=max"
		if from != "" {
			request.cacheTo = ""
		}
		offset := logSize(t, b.env.registryLog)
		output := b.check(t, d, request, tableCase(b.env))
		if bytes := fetched(t, b.env, b.env.registryLog, offset); bytes != 0 {
			t.Errorf("%d bytes of bases were downloaded", bytes)
		}
		if from != "" && !strings.Contains(output, "CACHED") {
			t.Errorf("nothing came from the cache\n%s", output)
		}
		result = checkBills(t, pull(t, request.ref))
		d.stop()
		if t.Failed() {
			t.Fatalf("cache from %q", from)
		}
	}
	return result
}

func checkBills(t *testing.T, got pulled) string {
	t.Helper()
	if len(got.attestations) == 0 {
		return "none"
	}
	files := map[string][]string{
		"linux":   {"/app/made.txt", "/app/sub/one.txt", "/app/sub/two.txt"},
		"windows": {"/Windows/System32/four.txt", "/app/made.txt", "/app/sub/one.txt", "/app/sub/two.txt", "/app/three.txt"},
	}
	for _, entry := range got.images {
		all := got.statementsOf(t, entry)
		for kind, count := range map[string]int{"provenance": 1, spdx: 3} {
			checkSubjects(t, got, entry, all[kind])
			if len(all[kind]) != count {
				t.Fatalf("%d statements of %s, want %d", len(all[kind]), kind, count)
			}
		}
		// The SBOM of the image comes first, then those of the build stage and of the build context.
		if names := all[spdx][0].files(t); !slices.Equal(names, files[entry.desc.Platform.OS]) {
			t.Errorf("%s %s: files %q, want %q", platformName(*entry.desc.Platform), entry.config.OSVersion, names, files[entry.desc.Platform.OS])
		}
		for i, name := range []string{"/out/made.txt", "/one.txt"} {
			if names := all[spdx][1+i].files(t); !slices.Contains(names, name) {
				t.Errorf("%s is not among the files %q", name, names)
			}
		}
	}
	if len(slices.Collect(maps.Keys(got.attestations))) != len(got.images) {
		t.Errorf("%d attestations for %d images", len(got.attestations), len(got.images))
	}
	return "right, 0 bytes"
}
