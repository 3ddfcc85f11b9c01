package e2e

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fanlight/ci/tools/access"

	"github.com/containerd/platforms"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// planCase is a plan request for one of the folders of the cases. The expected plans are beside the list, as NAME.txt
// and NAME.json; -update writes them.
type planCase struct {
	Name, Folder string
	Options      map[string]string
	// Error lists texts that the client must print, for a plan that must fail.
	Error []string
	Skip  map[string]string
}

const planFolder = casesFolder + "/plan"

var updatePlans = flag.Bool("update", false, "write the plans of testdata/e2e/plan")

// builders are buildx's names for the engines.
var builders = map[string]string{"buildx-remote": "remote", "docker": "default"}

func TestPlan(t *testing.T) {
	env := loadEnvironment(t)
	clients(t, env)
	text, err := os.ReadFile(planFolder + "/plans.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []planCase
	decoder := json.NewDecoder(strings.NewReader(env.fill(string(text))))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&cases); err != nil {
		t.Fatal(err)
	}
	for client, builder := range builders {
		t.Run(client, func(t *testing.T) {
			for _, one := range cases {
				t.Run(one.Name, func(t *testing.T) {
					if reason := one.Skip[client]; reason != "" {
						t.Skip(reason)
					}
					context := copyCase(t, env, filepath.Join(casesFolder, one.Folder))
					offset := logSize(t, env.registryLog)
					for call, file := range map[string]string{"plan": one.Name + ".txt", "plan,format=json": one.Name + ".json"} {
						stdout, stderr, err := callPlan(env, builder, context, call, one.Options)
						if len(one.Error) > 0 {
							checkRefusal(t, testCase{Error: one.Error}, stderr, err)
							continue
						}
						if err != nil {
							t.Fatalf("%v\n%s", err, stderr)
						}
						checkPlanFile(t, filepath.Join(planFolder, file), settledPlan(env, stdout))
					}
					checkNoLayerFetched(t, env, offset)
				})
			}
		})
	}
}

// callPlan requests a plan with buildx.
func callPlan(env environment, builder, context, call string, options map[string]string) (stdout, stderr string, err error) {
	request := buildRequest{context: context, options: options}
	args := request.buildx(builder, "type=cacheonly")
	args = slices.Insert(args, len(args)-1, "--call", call)
	cmd := docker(env, args...)
	var out, errors bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errors
	err = cmd.Run()
	return out.String(), errors.String(), err
}

var (
	longDigest  = regexp.MustCompile(`sha256:[0-9a-f]{64}`)
	shortDigest = regexp.MustCompile(`\b[0-9a-f]{12}\b`)
	columns     = regexp.MustCompile(`  +`)
)

// settledPlan replaces what changes from run to run: addresses, digests, and the width of columns.
func settledPlan(env environment, text string) string {
	text = strings.ReplaceAll(text, env.registry, "registry.test")
	known := map[string]int{}
	number := func(format string) func(string) string {
		return func(digest string) string {
			if _, ok := known[digest]; !ok {
				known[digest] = len(known) + 1
			}
			return fmt.Sprintf(format, known[digest])
		}
	}
	if strings.HasPrefix(text, "{") {
		return longDigest.ReplaceAllStringFunc(text, number("sha256:%d"))
	}
	return columns.ReplaceAllString(shortDigest.ReplaceAllStringFunc(text, number("digest-%d")), "  ")
}

func checkPlanFile(t *testing.T, path, got string) {
	t.Helper()
	if *updatePlans {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != got {
		t.Errorf("not as in %s (%v):\n%s", path, err, got)
	}
}

// checkNoLayerFetched fails if a blob other than a config was downloaded since the offset. It ignores the frontend's
// own blobs, which are not part of a plan.
func checkNoLayerFetched(t *testing.T, env environment, offset int64) {
	t.Helper()
	requests, _, err := access.Read(env.registryLog, offset)
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, request := range requests {
		if strings.HasPrefix(request.Path, "/v2/fanlight/") || request.Method != "GET" {
			continue
		}
		asked++
		if request.Blob() == "" {
			continue
		}
		answer, err := http.Get("http://" + env.registry + request.Path)
		if err != nil {
			t.Fatal(err)
		}
		blob, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || !json.Valid(blob) {
			t.Errorf("%d bytes of %s were downloaded, which is no config (%v)", request.Bytes, request.Path, err)
		}
	}
	t.Logf("%d requests, none of them for a layer", asked)
}

// hostPlan is the part of a plan about hosts.
type hostPlan struct {
	Images []struct {
		ID       string
		Platform ocispec.Platform
	}
	Hosts []struct {
		Name         string
		Build        int
		Architecture string
		Image        string
	}
}

// TestPlanHosts pushes the planned images, and asks containerd's matcher for every host. The first entry of the index
// that matches must be the one that the plan names.
func TestPlanHosts(t *testing.T) {
	env := loadEnvironment(t)
	clients := clients(t, env)
	windows := env.registry + "/windows/"
	for _, one := range []struct {
		folder  string
		options map[string]string
	}{
		{"main", map[string]string{"platform": "linux/amd64,windows/amd64"}},
		{"main", map[string]string{"platform": "windows/amd64", "build-arg:WINBASE": windows + "nanoserver:ltsc2022"}},
		{"main", map[string]string{"platform": "windows/amd64", "build-arg:WINBASE": windows + "nanoserver:2004,ltsc2025"}},
		{"list-in-from", map[string]string{"platform": "windows/amd64", "build-arg:BUILDKIT_SYNTAX": env.frontend}},
		{"index-base", map[string]string{"platform": "linux/amd64,windows/amd64", "build-arg:TAG": "unordered"}},
		{"host-process", map[string]string{"platform": "windows/amd64"}},
		{"plan", map[string]string{"platform": "windows/amd64,windows/arm64"}},
	} {
		t.Run(fmt.Sprintf("%s %v", one.folder, one.options), func(t *testing.T) {
			context := copyCase(t, env, filepath.Join(casesFolder, one.folder))
			stdout, stderr, err := callPlan(env, "remote", context, "plan,format=json", one.options)
			if err != nil {
				t.Fatalf("%v\n%s", err, stderr)
			}
			var plan hostPlan
			if err := json.Unmarshal([]byte(stdout), &plan); err != nil {
				t.Fatal(err)
			}
			request := buildRequest{context: context, options: one.options, ref: fmt.Sprintf("%s/e2e/%d", env.registry, builds.Add(1))}
			if output, err := clients[0].build(t, request); err != nil {
				t.Fatalf("%v\n%s", err, output)
			}
			checkHostPlan(t, plan, pull(t, request.ref))
		})
	}
}

func checkHostPlan(t *testing.T, plan hostPlan, got pulled) {
	t.Helper()
	if len(plan.Images) != len(got.images) {
		t.Fatalf("%d images were planned, %d pushed", len(plan.Images), len(got.images))
	}
	for i, image := range plan.Images {
		if pushed := got.images[i].desc.Platform; platforms.FormatAll(image.Platform) != platforms.FormatAll(*pushed) {
			t.Errorf("image %d was planned for %s, and is for %s", i, platforms.FormatAll(image.Platform), platforms.FormatAll(*pushed))
		}
	}
	if len(plan.Hosts) == 0 {
		t.Fatal("the plan names no host")
	}
	for _, host := range plan.Hosts {
		matcher := platforms.Only(ocispec.Platform{
			OS: "windows", Architecture: host.Architecture, OSVersion: fmt.Sprintf("10.0.%d", host.Build),
		})
		takes := ""
		for i, image := range got.images {
			if matcher.Match(*image.desc.Platform) {
				takes = plan.Images[i].ID
				break
			}
		}
		if takes != host.Image {
			t.Errorf("%s (%d, %s) takes %q, the plan says %q", host.Name, host.Build, host.Architecture, takes, host.Image)
		}
	}
}
