package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"fanlight/ci/tools/access"
	"fanlight/ci/tools/bases"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// month is a shelf of Windows base images under Microsoft's name, patched once a month. Every base image has a layer
// that stays and one that a patch replaces. It has two tags: one that moves, and its os.version.
type month struct {
	shelf
	// kept is the layer of each tag that stays.
	kept map[string]bases.Layer
}

func newMonth(t *testing.T, env environment, kind string) month {
	t.Helper()
	return month{newShelf(env, newRepo("month")+"/windows/"+kind), map[string]bases.Layer{}}
}

// patched is a base image after the patch of a day.
type patched struct {
	tag, version string
	day          int
	env          []string
	features     []string
}

// push replaces the base image of a tag.
func (m month) push(t *testing.T, one patched) ocispec.Descriptor {
	t.Helper()
	if _, ok := m.kept[one.tag]; !ok {
		layer, err := bases.BaseLayer(standInSeed(), 64<<10, nil)
		if err != nil {
			t.Fatal(err)
		}
		m.kept[one.tag] = layer
	}
	patch, err := bases.PatchLayer(standInSeed(), 32<<10)
	if err != nil {
		t.Fatal(err)
	}
	image := bases.Image{
		OSVersion: one.version, Arch: "amd64", OCI: true, Features: one.features, Env: one.env,
		Layers:  []bases.Layer{m.kept[one.tag], patch},
		Created: time.Date(2026, 10, one.day, 0, 0, 0, 0, time.UTC),
	}
	var desc ocispec.Descriptor
	for _, tag := range []string{one.version, one.tag} {
		if tag == "" {
			continue
		}
		if desc, err = bases.Push(m.host, m.repo, tag, image); err != nil {
			t.Fatal(err)
		}
	}
	return desc
}

// october are the base images of three versions before the patch of 2022, november is that patch.
var (
	october = []patched{
		{tag: "ltsc2025", version: "10.0.26100.6899", day: 1, env: []string{"DOTNET_VERSION=8.0.1"}},
		{tag: "ltsc2022", version: "10.0.20348.4294", day: 1, env: []string{"DOTNET_VERSION=8.0.1"}},
		{tag: "ltsc2019", version: "10.0.17763.7919", day: 1, env: []string{"DOTNET_VERSION=8.0.1"}},
	}
	november = patched{tag: "ltsc2022", version: "10.0.20348.4405", day: 29, env: []string{"DOTNET_VERSION=8.0.2"}}
)

func (m month) fill(t *testing.T, all ...patched) {
	t.Helper()
	for _, one := range all {
		m.push(t, one)
	}
}

// list returns a list of tags for FROM.
func (m month) list(tags ...string) string {
	return strings.TrimSuffix(m.ref(""), ":") + ":" + strings.Join(tags, ",")
}

const appSteps = "COPY file.txt /app/\nENV OWN=1\nWORKDIR /app\nCOPY file.txt /app/second.txt\nENTRYPOINT [\"app.exe\"]\n"

// move builds a Dockerfile and rebases the result.
type move struct {
	env    environment
	client client
	folder string
}

func newMove(t *testing.T, env environment, client client, dockerfile string) move {
	t.Helper()
	return move{env, client, fanOutCase{dockerfile: dockerfile}.folder(t, env)}
}

func (m move) try(t *testing.T, ref string, more ...string) (string, error) {
	t.Helper()
	options := onWindows(more...)
	return m.client.build(t, buildRequest{context: m.folder, options: options, ref: ref})
}

// push builds with these options, without attestations, and returns the result.
func (m move) push(t *testing.T, more ...string) pulled {
	t.Helper()
	ref := newRef(m.env) + ":app"
	if m.client.attests {
		more = append(more, "attest:provenance", "false")
	}
	if output, err := m.try(t, ref, more...); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return pull(t, ref)
}

// refused checks that the build fails with all the texts, and that nothing is pushed.
func (m move) refused(t *testing.T, texts []string, more ...string) {
	t.Helper()
	ref := newRef(m.env) + ":app"
	output, err := m.try(t, ref, more...)
	checkRefusal(t, testCase{Error: texts}, output, err)
	if pushed(ref) {
		t.Error("something was pushed")
	}
}

// name returns the reference of the image.
func (p pulled) name() string { return string(p.ref.Host) + "/" + p.ref.Repo + ":" + p.ref.Name }

// byVersion returns the images by operating system and version.
func (p pulled) byVersion() map[string]image {
	found := map[string]image{}
	for _, one := range p.images {
		found[one.config.OS+one.config.OSVersion] = one
	}
	return found
}

func digests(layers []ocispec.Descriptor) []string {
	var found []string
	for _, layer := range layers {
		found = append(found, layer.Digest.String())
	}
	return found
}

// layerBytes returns how many bytes of layers of these images the registry has sent since the offset.
func layerBytes(t *testing.T, env environment, offset int64, of ...pulled) int64 {
	t.Helper()
	layers := map[string]bool{}
	for _, one := range of {
		for _, image := range one.images {
			for _, layer := range image.manifest.Layers {
				layers[layer.Digest.String()] = true
			}
		}
	}
	requests, _, err := access.Read(env.registryLog, offset)
	if err != nil {
		t.Fatal(err)
	}
	var sum int64
	for dgst, size := range access.Fetched(requests) {
		if layers[dgst] {
			sum += size
		}
	}
	return sum
}

// forget prunes the caches of the engines.
func forget(t *testing.T, env environment) {
	t.Helper()
	for _, cmd := range []*exec.Cmd{
		exec.Command("buildctl", "--addr", env.buildkit, "prune", "--all"),
		docker(env, "buildx", "prune", "--builder", "default", "--all", "--force"),
	} {
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("prune: %v\n%s", err, out)
		}
	}
}

// checkMoved checks that an image has the layers of the new base image, and above them exactly the layers that the
// pushed image had above its own. An image with a single layer gets an empty one above it.
func checkMoved(t *testing.T, before, after image, oldBase, newBase pulled) {
	t.Helper()
	old, now := oldBase.images[0], newBase.images[0]
	own := digests(before.manifest.Layers[len(old.manifest.Layers):])
	if len(own) == 1 {
		last := after.manifest.Layers[len(after.manifest.Layers)-1]
		blob, err := after.ref.Blob(last.Digest)
		if err != nil {
			t.Fatal(err)
		}
		defer blob.Close()
		var names []string
		for _, header := range readLayer(t, last, blob, map[string][]byte{}) {
			names = append(names, strings.TrimSuffix(header.Name, "/"))
		}
		slices.Sort(names)
		if !slices.Equal(names, []string{"Files", "Hives"}) {
			t.Errorf("the layer above the only one has %q", names)
		}
		own = append(own, last.Digest.String())
	}
	want := append(digests(now.manifest.Layers), own...)
	if got := digests(after.manifest.Layers); !slices.Equal(got, want) {
		t.Errorf("the layers are\n%s, want\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(after.config.RootFS.DiffIDs) != len(want) {
		t.Errorf("%d diff IDs for %d layers", len(after.config.RootFS.DiffIDs), len(want))
	}
	if after.config.OSVersion != now.config.OSVersion || after.desc.Platform.OSVersion != now.config.OSVersion {
		t.Errorf("os.version %s, want %s", after.config.OSVersion, now.config.OSVersion)
	}
	if !slices.Equal(after.config.OSFeatures, now.config.OSFeatures) {
		t.Errorf("os.features %v, want %v", after.config.OSFeatures, now.config.OSFeatures)
	}
	if !after.config.Created.Equal(*before.config.Created) {
		t.Errorf("created %v, want %v", after.config.Created, before.config.Created)
	}
	layers := 0
	for _, line := range after.config.History {
		if !line.EmptyLayer {
			layers++
		}
	}
	if layers != len(want) {
		t.Errorf("the history names %d layers of %d", layers, len(want))
	}
	if got := after.config.Config.Labels[ocispec.AnnotationBaseImageDigest]; got != now.desc.Digest.String() {
		t.Errorf("the label of the base's digest is %q, want %q", got, now.desc.Digest)
	}
	if before.config.Config.Entrypoint == nil || !slices.Equal(after.config.Config.Entrypoint, before.config.Config.Entrypoint) {
		t.Errorf("the entry point is %q, want %q", after.config.Config.Entrypoint, before.config.Config.Entrypoint)
	}
}

// TestRebase patches one of three base images and checks that only its image changes.
func TestRebase(t *testing.T) {
	env := loadEnvironment(t)
	for _, client := range clients(t, env) {
		t.Run(client.name, func(t *testing.T) {
			bases := newMonth(t, env, "nanoserver")
			bases.fill(t, october...)
			m := newMove(t, env, client, "FROM "+bases.list("ltsc2025", "ltsc2022", "ltsc2019")+" AS windows\n"+appSteps+
				"FROM scratch AS linux\nCOPY file.txt /\n")
			const platforms = "linux/amd64,windows/amd64"
			before := m.push(t, "platform", platforms)
			bases.push(t, november)
			forget(t, env)
			offset := logSize(t, env.registryLog)
			after := m.push(t, "platform", platforms, "build-arg:FANLIGHT_REBASE", before.name())
			if sum := layerBytes(t, env, offset, before, after); sum != 0 {
				t.Errorf("%d bytes of layers were downloaded", sum)
			}
			old, now := before.byVersion(), after.byVersion()
			if !slices.Equal(slices.Sorted(maps.Keys(now)), []string{
				"linux", "windows10.0.17763.7919", "windows10.0.20348.4405", "windows10.0.26100.6899",
			}) {
				t.Fatalf("the result has %q", after.platforms())
			}
			for _, same := range []string{"linux", "windows10.0.17763.7919", "windows10.0.26100.6899"} {
				if old[same].desc.Digest != now[same].desc.Digest {
					t.Errorf("%s changed: %s, was %s", same, now[same].desc.Digest, old[same].desc.Digest)
				}
			}
			moved := now["windows10.0.20348.4405"]
			checkMoved(t, old["windows10.0.20348.4294"], moved, pull(t, bases.ref("10.0.20348.4294")), pull(t, bases.ref("ltsc2022")))
			if want := []string{"DOTNET_VERSION=8.0.2", "OWN=1"}; !slices.Equal(moved.config.Config.Env, want) {
				t.Errorf("the environment is %q, want %q", moved.config.Config.Env, want)
			}
			again := m.push(t, "platform", platforms, "build-arg:FANLIGHT_REBASE", after.name())
			if !slices.EqualFunc(again.images, after.images, func(a, b image) bool { return a.desc.Digest == b.desc.Digest }) {
				t.Errorf("a second rebase changes digests")
			}
			// For the Windows platform alone, the image for Linux is kept.
			along := m.push(t, "build-arg:FANLIGHT_REBASE", before.name()).byVersion()
			if along["linux"].desc.Digest != old["linux"].desc.Digest {
				t.Errorf("Linux is %v, want %v", along["linux"].desc.Digest, old["linux"].desc.Digest)
			}
		})
	}
}

// againstPlan is the part of a plan that compares.
type againstPlan struct {
	Against struct {
		Reference string
		Variants  []struct {
			Platform                             ocispec.Platform
			Image, Digest, Base, State, From, To string
			Days                                 *int
			SupportEnded                         string
		}
	}
	Rebase struct {
		Reference string
		Images    []struct {
			Image, From, Digest, OldBase, NewBase, Change string
			Layers                                        int
		}
	}
}

// standings returns the lines of a comparison, shortened to what distinguishes them.
func (m move) standings(t *testing.T, against string, more ...string) []string {
	t.Helper()
	offset := logSize(t, m.env.registryLog)
	options := onWindows(append(more, "build-arg:FANLIGHT_AGAINST", against)...)
	stdout, stderr, err := callPlan(m.env, "remote", m.folder, "plan,format=json", options)
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	checkNoLayerFetched(t, m.env, offset)
	var plan againstPlan
	if err := json.Unmarshal([]byte(stdout), &plan); err != nil {
		t.Fatalf("%v\n%s", err, stdout)
	}
	var found []string
	for _, one := range plan.Against.Variants {
		line := fmt.Sprintf("%s %s>%s", one.State, one.From, one.To)
		if one.Days != nil {
			line += fmt.Sprintf(" %d", *one.Days)
		}
		found = append(found, strings.TrimSpace(line+" "+one.SupportEnded))
	}
	return found
}

// TestAgainst compares the pushed images with the current base images. It may download only configs.
func TestAgainst(t *testing.T) {
	env := loadEnvironment(t)
	client := clients(t, env)[1]
	bases := newMonth(t, env, "nanoserver")
	bases.fill(t, october...)
	bases.push(t, patched{tag: "20H2", version: "10.0.19042.1889", day: 1})
	m := newMove(t, env, client, "ARG TAGS\nFROM "+bases.list("${TAGS}")+"\n"+appSteps)
	tags := func(list string) []string { return []string{"build-arg:TAGS", list} }
	ref := m.push(t, tags("ltsc2022,ltsc2019,20H2")...).name()
	check := func(what string, got []string, want ...string) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	current2019 := "current 10.0.17763.7919>10.0.17763.7919"
	check("nothing new", m.standings(t, ref, tags("ltsc2022,ltsc2019,20H2")...),
		"current 10.0.20348.4294>10.0.20348.4294", "current 10.0.19042.1889>10.0.19042.1889 2022-08-09", current2019)
	bases.push(t, november)
	check("a patch, a new version, and one that is left out", m.standings(t, ref, tags("ltsc2022,ltsc2019,ltsc2025")...),
		"missing >10.0.26100.6899", "behind 10.0.20348.4294>10.0.20348.4405 28", current2019, "dropped 10.0.19042.1889> 2022-08-09")
	// The base image was rebuilt on the same version of Windows.
	bases.push(t, patched{tag: "ltsc2019", version: "10.0.17763.7919", day: 15})
	check("the same os.version", m.standings(t, ref, tags("ltsc2019")...)[:1], "behind 10.0.17763.7919>10.0.17763.7919 14")
	other := newMonth(t, env, "servercore")
	other.fill(t, october[1])
	n := newMove(t, env, client, "FROM "+other.ref("ltsc2022")+"\n"+appSteps)
	check("another kind", n.standings(t, ref)[:1], "other 10.0.20348.4294>10.0.20348.4294")
	m.refused(t, []string{"FANLIGHT_AGAINST", "--call=plan"}, append(tags("ltsc2022"), "build-arg:FANLIGHT_AGAINST", ref)...)
	for against, text := range map[string]string{env.registry + "/nothing/here:1": "nothing/here:1", "a b": "FANLIGHT_AGAINST: failed to parse"} {
		options := onWindows(append(tags("ltsc2022"), "build-arg:FANLIGHT_AGAINST", against)...)
		_, stderr, err := callPlan(env, "remote", m.folder, "plan", options)
		checkRefusal(t, testCase{Error: []string{text}}, stderr, err)
	}
}

// TestWiden creates the image of a new version from that of the nearest version, and shows it in the plan.
func TestWiden(t *testing.T) {
	env := loadEnvironment(t)
	client := clients(t, env)[1]
	bases := newMonth(t, env, "nanoserver")
	bases.fill(t, october...)
	released := newMove(t, env, client, "FROM "+bases.list("ltsc2019", "ltsc2022")+"\n"+appSteps).push(t)
	m := newMove(t, env, client, "FROM "+bases.list("ltsc2019", "ltsc2022", "ltsc2025")+"\n"+appSteps)
	forget(t, env)
	offset := logSize(t, env.registryLog)
	wide := m.push(t, "build-arg:FANLIGHT_REBASE", released.name())
	if sum := layerBytes(t, env, offset, released, wide); sum != 0 {
		t.Errorf("%d bytes of layers were downloaded", sum)
	}
	from := released.byVersion()["windows10.0.20348.4294"]
	checkMoved(t, from, wide.byVersion()["windows10.0.26100.6899"], pull(t, bases.ref("ltsc2022")), pull(t, bases.ref("ltsc2025")))
	for version, one := range released.byVersion() {
		if got := wide.byVersion()[version].desc.Digest; got != one.desc.Digest {
			t.Errorf("%s changed: %s, was %s", version, got, one.desc.Digest)
		}
	}
	stdout, stderr, err := callPlan(env, "remote", m.folder, "plan,format=json", onWindows("build-arg:FANLIGHT_REBASE", released.name()))
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	var plan againstPlan
	if err := json.Unmarshal([]byte(stdout), &plan); err != nil {
		t.Fatal(err)
	}
	var changes []string
	for _, one := range plan.Rebase.Images {
		changes = append(changes, fmt.Sprintf("%s %s %d", one.Image, one.Change, one.Layers))
	}
	want := []string{
		"windows(10.0.26100.6899)/amd64 widened 3", "windows(10.0.20348.4294)/amd64 current 3",
		"windows(10.0.17763.7919)/amd64 current 3",
	}
	if !slices.Equal(changes, want) {
		t.Errorf("the plan says %q, want %q", changes, want)
	}
	text, _, err := callPlan(env, "remote", m.folder, "plan", onWindows("build-arg:FANLIGHT_REBASE", released.name()))
	if err != nil || !strings.Contains(text, "REBASE OF "+released.name()) || !strings.Contains(text, "is created for another version") {
		t.Errorf("%v\n%s", err, text)
	}
}

// TestRebaseRefused checks that a rebase whose result could be wrong fails, with an error that says what to do.
func TestRebaseRefused(t *testing.T) {
	env := loadEnvironment(t)
	client := clients(t, env)[1]
	nano := newMonth(t, env, "nanoserver")
	nano.fill(t, october...)
	core := newMonth(t, env, "servercore")
	core.fill(t, october...)
	m := newMove(t, env, client, "FROM "+nano.ref("ltsc2022")+"\n"+appSteps)
	app := m.push(t)
	plain := m.push(t, "build-arg:FANLIGHT_LABELS", "0")
	linux := newMove(t, env, client, "FROM scratch\nCOPY file.txt /\n").push(t, "platform", "linux/amd64")
	rebase := func(of string) []string { return []string{"build-arg:FANLIGHT_REBASE", of} }
	onCore := newMove(t, env, client, "FROM "+core.ref("ltsc2022")+"\n"+appSteps)
	check := func(what string, m move, texts []string, more ...string) {
		t.Run(what, func(t *testing.T) { m.refused(t, texts, more...) })
	}
	check("not there", m, []string{env.registry + "/nothing/here:1"}, rebase(env.registry+"/nothing/here:1")...)
	check("no reference", m, []string{"FANLIGHT_REBASE: failed to parse"}, rebase("a b")...)
	check("no Windows in it", m, []string{"has no image for windows/amd64"}, rebase(linux.name())...)
	check("another architecture", m, []string{"windows/arm64"}, append(rebase(app.name()), "platform", "windows/arm64")...)
	check("no Windows platform", m, []string{"FANLIGHT_REBASE is for Windows images"}, append(rebase(app.name()), "platform", "linux/amd64")...)
	check("Linux that is not there", m, []string{"has no image for linux/amd64"}, append(rebase(app.name()), "platform", "linux/amd64,windows/amd64")...)
	check("SBOM", m, []string{"a rebase reads no layers, so it cannot write an SBOM"}, append(rebase(app.name()), "attest:sbom", "true")...)
	check("scratch", newMove(t, env, client, "FROM scratch\nCOPY file.txt /\n"), []string{"scratch is not an image in a registry"}, rebase(app.name())...)
	check("another kind", onCore, []string{"is built on " + nano.ref("ltsc2022"), "does not move programs to another kind"}, rebase(app.name())...)
	check("another kind without labels", onCore, []string{"FANLIGHT_REBASE_FROM", "the tag of its os.version"}, rebase(plain.name())...)
	check("another kind that is named", onCore, []string{"another"}, append(rebase(plain.name()), "build-arg:FANLIGHT_REBASE_FROM", nano.ref("ltsc2022"))...)
	check("a widening to another kind", newMove(t, env, client, "FROM "+core.ref("ltsc2025")+"\n"+appSteps),
		[]string{"has no image that can be moved to " + core.ref("ltsc2025")}, rebase(app.name())...)

	t.Run("not ours to read", func(t *testing.T) {
		locked := faultyRegistry{names: []string{"app"}, fault: faults[1]}
		locked.start(t, env)
		name := strings.Replace(app.name(), env.registry, locked.address, 1)
		m.refused(t, []string{"403 Forbidden", locked.address}, rebase(name)...)
	})
	t.Run("one platform twice", func(t *testing.T) {
		again := newMove(t, env, client, "FROM scratch\nCOPY file.txt /other\n").push(t, "platform", "linux/amd64")
		s := newShelf(env, newRepo("twice"))
		var entries []ocispec.Descriptor
		for _, of := range []pulled{app, linux, again} {
			entries = append(entries, s.copy(t, of))
		}
		s.indexOf(t, "1", entries...)
		m.refused(t, []string{"lists two images for linux/amd64"}, rebase(s.ref("1"))...)
	})

	// The history shows that a layer comes from a RUN step.
	ran := ranImage(t, env, nano)
	// The old base image is no longer the one below the image.
	nano.push(t, november)
	check("RUN", m, []string{"layer 2 of ", "RUN powershell Install-WindowsFeature", "registry hives"}, rebase(ran)...)
	nano.push(t, patched{tag: "other", version: "10.0.20348.4294", day: 2})
	check("the old base is replaced", m, []string{"its layers are not the first of the image's", "FANLIGHT_REBASE_FROM=" + strings.TrimSuffix(nano.ref(""), ":")},
		rebase(plain.name())...)
	check("a wrong base is named", m, []string{"FANLIGHT_REBASE_FROM " + nano.ref("ltsc2025"), "its layers are not the first"},
		append(rebase(plain.name()), "build-arg:FANLIGHT_REBASE_FROM", nano.ref("ltsc2025"))...)
}

// ranImage pushes an image with two layers of its own. According to its history the second comes from a command.
func ranImage(t *testing.T, env environment, m month) string {
	t.Helper()
	base := pull(t, m.ref("ltsc2022")).images[0]
	layer, err := bases.PatchLayer(standInSeed(), 1<<10)
	if err != nil {
		t.Fatal(err)
	}
	return m.above(t, base, []bases.Layer{layer, layer}, []ocispec.History{
		{CreatedBy: "COPY a b # buildkit", Comment: "buildkit.dockerfile.v0"},
		{CreatedBy: "RUN powershell Install-WindowsFeature Web-Server # buildkit", Comment: "buildkit.dockerfile.v0"},
	})
}

// above pushes an image on a base image of the shelf, with made-up layers and history, as other programs would.
func (m month) above(t *testing.T, base image, layers []bases.Layer, lines []ocispec.History) string {
	t.Helper()
	config, manifest := base.config, base.manifest
	config.RootFS.DiffIDs = slices.Clone(config.RootFS.DiffIDs)
	manifest.Layers = slices.Clone(manifest.Layers)
	config.Config.Entrypoint = []string{"app.exe"}
	config.History = append(slices.Clone(config.History), lines...)
	for _, layer := range layers {
		desc := ocispec.Descriptor{MediaType: ocispec.MediaTypeImageLayerGzip, Digest: digest.FromBytes(layer.Blob), Size: int64(len(layer.Blob))}
		if err := m.host.PushBlob(m.repo, desc, strings.NewReader(string(layer.Blob))); err != nil {
			t.Fatal(err)
		}
		config.RootFS.DiffIDs = append(config.RootFS.DiffIDs, layer.DiffID)
		manifest.Layers = append(manifest.Layers, desc)
	}
	var err error
	if manifest.Config, err = m.host.PushJSON(m.repo, ocispec.MediaTypeImageConfig, config); err != nil {
		t.Fatal(err)
	}
	tag := fmt.Sprintf("above-%d", builds.Add(1))
	if _, err = m.host.PushManifest(m.repo, tag, ocispec.MediaTypeImageManifest, manifest); err != nil {
		t.Fatal(err)
	}
	return m.ref(tag)
}

// TestRebaseProvenance checks that the attestation of each image names the pushed image, and the old and the new base
// image.
func TestRebaseProvenance(t *testing.T) {
	env := loadEnvironment(t)
	for _, client := range clients(t, env)[1:] {
		t.Run(client.name, func(t *testing.T) {
			bases := newMonth(t, env, "nanoserver")
			bases.fill(t, october...)
			m := newMove(t, env, client, "FROM "+bases.list("ltsc2022", "ltsc2019")+"\n"+appSteps)
			before := m.push(t)
			bases.push(t, november)
			ref := newRef(env) + ":app"
			if output, err := m.try(t, ref, "build-arg:FANLIGHT_REBASE", before.name(), "attest:provenance", "mode=max"); err != nil {
				t.Fatalf("%v\n%s", err, output)
			}
			after := pull(t, ref)
			old := before.byVersion()["windows10.0.20348.4294"]
			entry := after.byVersion()["windows10.0.20348.4405"]
			all := after.statementsOf(t, entry)["provenance"]
			checkSubjects(t, after, entry, all)
			if len(all) != 1 {
				t.Fatalf("%d statements, want 1", len(all))
			}
			text := string(all[0].Predicate)
			for what, want := range map[string]string{
				"the pushed image": old.desc.Digest.Encoded(),
				"the old base":     pull(t, bases.ref("10.0.20348.4294")).images[0].desc.Digest.Encoded(),
				"the new base":     pull(t, bases.ref("ltsc2022")).images[0].desc.Digest.Encoded(),
			} {
				if !strings.Contains(text, want) {
					t.Errorf("%s %s is not among the materials:\n%s", what, want, text)
				}
			}
		})
	}
}

// TestRebaseElsewhere keeps the base images in one registry and the images in another, behind a login. The other
// registry lacks only the new layer of the base image, so that layer is transferred once.
func TestRebaseElsewhere(t *testing.T) {
	env := loadEnvironment(t)
	for _, client := range clients(t, env) {
		t.Run(client.name, func(t *testing.T) {
			other := faultyRegistry{wantsToken: true, isAlone: true}
			other.start(t, env)
			bases := newMonth(t, env, "nanoserver")
			bases.fill(t, october...)
			m := newMove(t, env, client, "FROM "+bases.list("ltsc2022", "ltsc2019")+"\n"+appSteps)
			repo := newRepo("elsewhere")
			name := func(host, tag string) string { return host + "/" + repo + ":" + tag }
			build := func(tag string, more ...string) pulled {
				t.Helper()
				if client.attests {
					more = append(more, "attest:provenance", "false")
				}
				if output, err := m.try(t, name(other.address, tag), more...); err != nil {
					t.Fatalf("%v\n%s", err, output)
				}
				return pull(t, name(env.registry, tag))
			}
			before := build("1")
			bases.push(t, november)
			now := pull(t, bases.ref("ltsc2022")).images[0].manifest.Layers
			forget(t, env)
			offset := logSize(t, env.registryLog)
			after := build("2", "build-arg:FANLIGHT_REBASE", name(other.address, "1"))
			if got, want := layerBytes(t, env, offset, before, after), now[1].Size; got != want {
				t.Errorf("%d bytes of layers were downloaded, want the new layer of the base, %d", got, want)
			}
			moved := after.byVersion()["windows10.0.20348.4405"]
			checkMoved(t, before.byVersion()["windows10.0.20348.4294"], moved, pull(t, bases.ref("10.0.20348.4294")), pull(t, bases.ref("ltsc2022")))
		})
	}
}

// TestRebaseOthers rebases images of other programs: docker/dockerfile, ko, crane append, and an image whose base image
// has no os.version.
func TestRebaseOthers(t *testing.T) {
	env := loadEnvironment(t)
	client := clients(t, env)[1]
	nano := newMonth(t, env, "nanoserver")
	nano.fill(t, october...)
	m := newMove(t, env, client, "FROM "+nano.ref("ltsc2022")+"\n"+appSteps)
	byPeer := m.push(t, "build-arg:BUILDKIT_SYNTAX", peerOf(t, env)).name()
	layer, err := bases.PatchLayer(standInSeed(), 1<<10)
	if err != nil {
		t.Fatal(err)
	}
	base := pull(t, nano.ref("ltsc2022")).images[0]
	byKo := nano.above(t, base, []bases.Layer{layer, layer}, []ocispec.History{
		{Author: "ko", CreatedBy: "ko build ko://example.com/app", Comment: "kodata contents, at $KO_DATA_PATH"},
		{Author: "ko", CreatedBy: "ko build ko://example.com/app", Comment: "go build output, at C:\\ko-app\\app.exe"},
	})
	byCrane := nano.above(t, base, []bases.Layer{layer}, []ocispec.History{{}})
	unnamed := nano.above(t, base, []bases.Layer{layer}, nil)
	nano.push(t, november)
	for what, name := range map[string]string{"docker/dockerfile": byPeer, "ko": byKo, "crane append": byCrane} {
		t.Run(what, func(t *testing.T) {
			// These images share layers, see TestRebaseOfSharedLayers.
			forget(t, env)
			after := m.push(t, "build-arg:FANLIGHT_REBASE", name)
			checkMoved(t, pull(t, name).images[0], after.images[0], pull(t, nano.ref("10.0.20348.4294")), pull(t, nano.ref("ltsc2022")))
		})
	}
	t.Run("no history", func(t *testing.T) {
		m.refused(t, []string{"names 0 layers above its base, but the image has 1"}, "build-arg:FANLIGHT_REBASE", unnamed)
	})
	t.Run("HostProcess", func(t *testing.T) {
		any := newMonth(t, env, "host-process")
		any.push(t, patched{tag: "v1", day: 1})
		old := pull(t, any.ref("v1"))
		m := newMove(t, env, client, "FROM "+any.ref("v1")+"\n"+appSteps)
		before := m.push(t)
		any.push(t, patched{tag: "v1", day: 20})
		checkMoved(t, before.images[0], m.push(t, "build-arg:FANLIGHT_REBASE", before.name()).images[0], old, pull(t, any.ref("v1")))
	})
	t.Run("a base that is named", func(t *testing.T) {
		team := newMonth(t, env, "server")
		team.push(t, patched{tag: "ltsc2022", version: "10.0.20348.1", day: 1, features: []string{"win32k"}})
		m := newMove(t, env, client, "FROM "+team.ref("ltsc2022")+"\n"+appSteps)
		before := m.push(t, "build-arg:FANLIGHT_LABELS", "0")
		old := pull(t, team.ref("ltsc2022"))
		team.push(t, patched{tag: "old", version: "10.0.20348.1", day: 2})
		team.push(t, patched{tag: "ltsc2022", version: "10.0.20348.2", day: 3, features: []string{"win32k"}})
		from := strings.TrimSuffix(team.ref(""), ":") + "@" + old.images[0].desc.Digest.String()
		after := m.push(t, "build-arg:FANLIGHT_REBASE", before.name(), "build-arg:FANLIGHT_REBASE_FROM", from)
		checkMoved(t, before.images[0], after.images[0], old, pull(t, team.ref("ltsc2022")))
	})
}

// peerOf returns docker/dockerfile's own frontend as an image.
func peerOf(t *testing.T, env environment) string {
	t.Helper()
	if env.peer == "" {
		t.Skip("PEER is not set: these tests run through ci/test")
	}
	return env.peer
}

// TestRebaseUnread reads the pushed index from a registry whose login keeps the engine from reading the index as a
// file. Images that it can ask for are moved. If an image could be hidden, the rebase is refused.
func TestRebaseUnread(t *testing.T) {
	env := loadEnvironment(t)
	client := clients(t, env)[1]
	other := faultyRegistry{wantsToken: true}
	other.start(t, env)
	bases := newMonth(t, env, "nanoserver")
	bases.fill(t, october...)
	dockerfile := "ARG TAGS=ltsc2022,ltsc2019\nFROM " + bases.list("${TAGS}") + " AS windows\n" + appSteps +
		"FROM " + env.registry + "/debian/busybox:12 AS linux\nENV A=b\n"
	m := newMove(t, env, client, dockerfile)
	before := m.push(t, "platform", "linux/amd64,windows/amd64")
	of := "build-arg:FANLIGHT_REBASE"
	name := strings.Replace(before.name(), env.registry, other.address, 1)
	for what, one := range map[string]struct {
		texts, options []string
	}{
		"2025 may be hidden":    {[]string{"cannot tell whether it has an image for Windows 10.0.26100"}, []string{"build-arg:TAGS", "ltsc2025,ltsc2022", "platform", "linux/amd64,windows/amd64"}},
		"Linux is not named":    {[]string{"has an image for linux/amd64", "list every platform"}, nil},
		"Linux that is missing": {[]string{"has no image for linux/arm64"}, []string{"platform", "linux/arm64,windows/amd64"}},
	} {
		t.Run(what, func(t *testing.T) { m.refused(t, one.texts, append(one.options, of, name)...) })
	}
	after := m.push(t, "platform", "linux/amd64,windows/amd64", of, name)
	if got, want := after.platforms(), before.platforms(); !slices.Equal(got, want) {
		t.Errorf("the result has %q, want %q", got, want)
	}
	for what, one := range before.byVersion() {
		if got := after.byVersion()[what].desc.Digest; got != one.desc.Digest {
			t.Errorf("%s changed: %s, was %s", what, got, one.desc.Digest)
		}
	}
}

// rebaseRow patches one of three base images and rebases several times, each time on a new engine. Exactly one image
// must change, and no byte of a layer may be read.
func rebaseRow(t *testing.T, b *bench) string {
	bases := newMonth(t, b.env, "nanoserver")
	bases.fill(t, october...)
	dockerfile := "FROM " + bases.list("ltsc2025", "ltsc2022", "ltsc2019") + " AS windows\n" + appSteps + "FROM scratch AS linux\nCOPY file.txt /\n"
	options := []string{"platform", "linux/amd64,windows/amd64"}
	before := newMove(t, b.env, b.daemon.client, dockerfile).push(t, options...)
	bases.push(t, november)
	options = append(options, "build-arg:FANLIGHT_REBASE", before.name())
	const most = 5
	for range most {
		d := b.engine.start(t, b.env)
		m := newMove(t, b.env, d.client, dockerfile)
		offset := logSize(t, b.env.registryLog)
		output, err := m.try(t, newRef(b.env), options...)
		for _, advice := range []string{"use BuildKit 0.28", "needs BuildKit 0.11"} {
			if err != nil && strings.Contains(output, advice) {
				return "refused, with advice"
			}
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, output)
		}
		after := m.push(t, options...)
		if sum := layerBytes(t, b.env, offset, before, after); sum != 0 {
			t.Errorf("%d bytes of layers were downloaded", sum)
		}
		d.stop()
		old, now := before.byVersion(), after.byVersion()
		checkMoved(t, old["windows10.0.20348.4294"], now["windows10.0.20348.4405"], pull(t, bases.ref("10.0.20348.4294")), pull(t, bases.ref("ltsc2022")))
		for _, same := range []string{"linux", "windows10.0.17763.7919", "windows10.0.26100.6899"} {
			if old[same].desc.Digest != now[same].desc.Digest {
				t.Errorf("%s changed: %s, was %s", same, now[same].desc.Digest, old[same].desc.Digest)
			}
		}
	}
	return fmt.Sprintf("%d of %d, 0 bytes", most, most)
}

// copy copies the only image of a result to the shelf, and returns its entry for an index.
func (s shelf) copy(t *testing.T, from pulled) ocispec.Descriptor {
	t.Helper()
	one := from.images[0]
	for _, desc := range append(slices.Clone(one.manifest.Layers), one.manifest.Config) {
		blob, err := from.ref.Blob(desc.Digest)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.host.PushBlob(s.repo, desc, blob); err != nil {
			t.Fatal(err)
		}
		blob.Close()
	}
	desc, err := s.host.PushManifest(s.repo, one.desc.Digest.Encoded(), one.manifest.MediaType, one.manifest)
	if err != nil {
		t.Fatal(err)
	}
	desc.Platform = one.desc.Platform
	return desc
}
