package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// sameFolder copies testdata/e2e/same.
func sameFolder(t *testing.T, b twins) string {
	t.Helper()
	return copyCase(t, b.env, filepath.Join(casesFolder, "same"))
}

// TestSameFromLayout replaces a stage by an image in a folder that the client serves.
func TestSameFromLayout(t *testing.T) {
	eachTwins(t, func(t *testing.T, b twins) {
		b.context = sameFolder(t, b)
		layout := filepath.Join(t.TempDir(), "layout")
		command(t, "", "buildctl", "--addr", b.env.buildkit, "build", "--frontend", "dockerfile.v0",
			"--local", "context="+b.context, "--local", "dockerfile="+b.context, "--opt", "target=base",
			"--opt", "label:from=layout", "--opt", "build-arg:SOURCE_DATE_EPOCH=1700000000",
			"--output", "type=oci,tar=false,name=base:1,dest="+layout)
		got := b.same(t, "--build-context", "base=oci-layout://"+layout+":1")
		for _, one := range pull(t, got.ref).images {
			if label := one.config.Config.Labels["from"]; label != "layout" {
				t.Errorf("the base's label is %q", label)
			}
		}
	})
}

// TestSameUnderPolicy builds with a policy that replaces the base image by another image.
func TestSameUnderPolicy(t *testing.T) {
	eachTwins(t, func(t *testing.T, b twins) {
		b.context = sameFolder(t, b)
		replaced, denied := b.env.registry+"/policy/base:1", b.env.registry+"/policy/denied:1"
		command(t, "", "buildctl", "--addr", b.env.buildkit, "build", "--frontend", "dockerfile.v0",
			"--local", "context="+b.context, "--local", "dockerfile="+b.context, "--opt", "target=base",
			"--opt", "label:from=policy", "--output", "type=image,push=true,name="+replaced)
		policy := filepath.Join(t.TempDir(), "policy.json")
		writeJSON(t, policy, map[string]any{"rules": []any{
			map[string]any{
				"action":   "CONVERT",
				"selector": map[string]any{"identifier": "docker-image://docker.io/library/none:1"},
				"updates":  map[string]any{"identifier": "docker-image://" + replaced},
			},
			map[string]any{
				"action":   "DENY",
				"selector": map[string]any{"identifier": "docker-image://" + denied},
			},
		}})
		environ := []string{"EXPERIMENTAL_BUILDKIT_SOURCE_POLICY=" + policy}
		dockerfile(t, b.context, "FROM docker.io/library/none:1\nCOPY file.txt /\n")
		var digests []string
		for _, frontend := range []string{builtIn, fanlight} {
			got, err := b.try(t, frontend, environ)
			if err != nil {
				t.Fatalf("%s: %v\n%s", frontend, err, got.log)
			}
			digests = append(digests, got.digest)
			for _, one := range pull(t, got.ref).images {
				if label := one.config.Config.Labels["from"]; label != "policy" {
					t.Errorf("%s: the base's label is %q", frontend, label)
				}
			}
		}
		if digests[0] != digests[1] {
			t.Errorf("digests %v", digests)
		}
		dockerfile(t, b.context, "FROM "+denied+"\nCOPY file.txt /\n")
		var refusals []string
		for _, frontend := range []string{builtIn, fanlight} {
			got, err := b.try(t, frontend, environ)
			if err == nil {
				t.Errorf("%s: a denied image was taken", frontend)
			}
			refusals = append(refusals, lastError(got.log))
		}
		if refusals[0] != refusals[1] || !strings.Contains(refusals[0], "denied by policy") {
			t.Errorf("refused with\n%s\nand\n%s", refusals[0], refusals[1])
		}
	})
}

// TestSameFromGit builds a repository, with the time of its commit.
func TestSameFromGit(t *testing.T) {
	eachTwins(t, func(t *testing.T, b twins) {
		folder := sameFolder(t, b)
		git := func(args ...string) {
			settings := []string{"-c", "init.defaultBranch=main", "-c", "user.name=a", "-c", "user.email=a@example.org"}
			command(t, folder, "git", append(settings, args...)...)
		}
		t.Setenv("GIT_COMMITTER_DATE", "1600000000 +0000")
		git("init", "-q")
		git("add", ".")
		git("commit", "-q", "-m", "first", "--date", "1500000000 +0000")
		git("update-server-info")
		b.context = serve(t, filepath.Join(folder, ".git"), "/project.git") + "/project.git#main"
		got := b.same(t, "--build-arg", "SOURCE_DATE_EPOCH=context")
		for _, one := range pull(t, got.ref).images {
			if created := one.config.Created; created == nil || created.Unix() != 1600000000 {
				t.Errorf("created %v, not when it was committed", created)
			}
		}
	})
}

// TestSameFromZstd uses an archive packed with zstd as the context and as the source of ADD.
func TestSameFromZstd(t *testing.T) {
	eachTwins(t, func(t *testing.T, b twins) {
		address := serve(t, sameFolder(t, b), "/") + "/context.tar.zst"
		b.context = address
		b.same(t)
		b.same(t, "--build-arg", "SOURCE_DATE_EPOCH=context")
		b.context = sameFolder(t, b)
		dockerfile(t, b.context, "FROM scratch\nCOPY --from=archive / /from/\n")
		b.same(t, "--build-context", "archive="+address)
		dockerfile(t, b.context, "FROM scratch\nADD --unpack "+address+" /unpacked/\nADD context.tar.zst /local/\n")
		b.same(t)
	})
}

// TestSameBill attaches the results of a scanner for the image, for the stages that request a scan, and for the
// context.
func TestSameBill(t *testing.T) {
	// Docker Engine runs scanners on a bridge, and that of the tests has none.
	onTwins(t, []string{"remote"}, func(t *testing.T, b twins) {
		b.context = sameFolder(t, b)
		scanner := b.env.registry + "/scanner:1"
		command(t, "", "buildctl", "--addr", b.env.buildkit, "build", "--frontend", "dockerfile.v0",
			"--local", "context="+b.context, "--local", "dockerfile="+b.context, "--opt", "filename=scanner.Dockerfile",
			"--output", "type=image,push=true,name="+scanner)
		flags := []string{"--attest", "type=sbom,generator=" + scanner, "-f", filepath.Join(b.context, "shell.Dockerfile")}
		var bills [][]string
		for _, frontend := range []string{builtIn, fanlight} {
			b.prune(t)
			got := pull(t, b.build(t, frontend, flags...).ref)
			bills = append(bills, statements(t, got))
		}
		t.Logf("%d statements, the first %.300s", len(bills[0]), bills[0][0])
		if len(bills[0]) != 3 || !slices.Equal(bills[0], bills[1]) {
			t.Errorf("docker/dockerfile's\n%s\nfanlight's\n%s", strings.Join(bills[0], "\n"), strings.Join(bills[1], "\n"))
		}
	})
}

// statements returns all attestations of a result, as JSON.
func statements(t *testing.T, of pulled) []string {
	t.Helper()
	var texts []string
	for _, descs := range of.statements {
		for _, desc := range descs {
			var statement map[string]any
			readJSON(t, of.ref, desc.Digest, &statement)
			// The name of the subject is the reference, which differs.
			for _, subject := range statement["subject"].([]any) {
				delete(subject.(map[string]any), "name")
			}
			text, err := json.Marshal(statement)
			if err != nil {
				t.Fatal(err)
			}
			texts = append(texts, string(text))
		}
	}
	slices.Sort(texts)
	return texts
}

// serve serves a folder by HTTP, under a path. It ignores If-Modified-Since.
func serve(t *testing.T, folder, path string) string {
	t.Helper()
	files := http.StripPrefix(strings.TrimSuffix(path, "/"), http.FileServer(http.Dir(folder)))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("If-Modified-Since")
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func dockerfile(t *testing.T, folder, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, "Dockerfile"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func writeJSON(t *testing.T, path string, value any) {
	t.Helper()
	text, err := json.Marshal(value)
	if err == nil {
		err = os.WriteFile(path, text, 0o644)
	}
	if err != nil {
		t.Fatal(fmt.Errorf("%s: %w", path, err))
	}
}

// lastError returns the error line of a client, or else its last line.
func lastError(log string) string {
	lines := strings.Split(strings.TrimSpace(log), "\n")
	for _, line := range slices.Backward(lines) {
		if strings.HasPrefix(line, "ERROR: ") {
			return line
		}
	}
	return lines[len(lines)-1]
}
