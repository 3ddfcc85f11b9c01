package e2e

import (
	"bufio"
	"crypto/rand"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"fanlight/ci/tools/access"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// TestTable writes a row of the table of engines (docs/engines.md). ci/table selects the engine and collects the rows.
func TestTable(t *testing.T) {
	ledger := os.Getenv("TABLE")
	if ledger == "" {
		t.Skip("TABLE is not set: this test runs through ci/table")
	}
	env := loadAddresses(t, map[string]func(*environment) *string{
		"REGISTRY":     func(env *environment) *string { return &env.registry },
		"REGISTRY_LOG": func(env *environment) *string { return &env.registryLog },
		"FRONTEND":     func(env *environment) *string { return &env.frontend },
	})
	b := newBench(t, env, engine{
		binary: os.Getenv("ENGINE_BINARY"), isDocker: strings.HasSuffix(os.Getenv("ENGINE_BINARY"), "dockerd"),
		snapshotter: os.Getenv("ENGINE_SNAPSHOTTER"), path: os.Getenv("ENGINE_PATH"), bridge: true,
		registries: []string{env.registry, os.Getenv("REGISTRY_LOCKED")},
	})
	var rows strings.Builder
	for _, column := range tableColumns {
		if only := os.Getenv("TABLE_COLUMNS"); only != "" && !regexp.MustCompile(only).MatchString(column.name) {
			continue
		}
		result := "FAILED"
		t.Run(strings.ReplaceAll(column.name, " ", "-"), func(t *testing.T) {
			if found := column.run(t, b); !t.Failed() {
				result = found
			}
		})
		fmt.Fprintf(&rows, "%s\t%s\t%s\n", os.Getenv("ENGINE_NAME"), column.name, result)
	}
	file, err := os.OpenFile(ledger, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteString(rows.String()); err != nil {
		t.Fatal(err)
	}
}

// tableColumns are the columns of the table. Each function returns the result that the table shows.
var tableColumns = []struct {
	name string
	run  func(*testing.T, *bench) string
}{
	{"index", index},
	{"os.version", osVersions},
	{"layers", layers},
	{"base bytes", baseBytes},
	{"provenance", provenance},
	{"sbom", sbom},
	{"cache min", func(t *testing.T, b *bench) string { return partialCache(t, b, "min", rounds()) }},
	{"cache max", func(t *testing.T, b *bench) string { return partialCache(t, b, "max", rounds()) }},
	{"stage read", stageRead},
	{"cancel", cancel},
	{"plain copies", plainCopies},
	{"index base, OCI", func(t *testing.T, b *bench) string { return indexBase(t, b, b.env.registry, "") }},
	{"index base, Docker", func(t *testing.T, b *bench) string { return indexBase(t, b, b.env.registry, "-docker") }},
	{"index base, login", func(t *testing.T, b *bench) string { return indexBase(t, b, os.Getenv("REGISTRY_LOCKED"), "") }},
	{"broken base", brokenBase},
	{"older image store", olderStore},
	{"rebase", rebaseRow},
}

// bench is an engine under test, and the build that the first columns check.
type bench struct {
	env    environment
	engine engine
	daemon *daemon
	// context is testdata/e2e/engines.
	context string
	// built is the first build, and fetched is how many bytes of base images it downloaded.
	built   pulled
	fetched int64
}

// TestEngine runs on the pinned buildkitd the part of the table that no other test covers.
func TestEngine(t *testing.T) {
	env := loadEnvironment(t)
	b := newBench(t, env, pinnedBuildKit(t, env))
	t.Run("sbom", func(t *testing.T) { sbom(t, b) })
	t.Run("cache", func(t *testing.T) { partialCache(t, b, "max", 3) })
	t.Run("rebase", func(t *testing.T) { rebaseRow(t, b) })
	t.Run("two-at-once", func(t *testing.T) { twoAtOnce(t, b, 5) })
}

const tableContext = "engines"

// tablePlatforms are the requested platforms, and tableCase is the expected result.
const tablePlatforms = "linux/amd64,linux/arm64,windows/amd64"

func tableCase(env environment) testCase {
	one := testCase{
		Index: []entry{{Platform: "linux/amd64"}, {Platform: "linux/arm64"}},
		Files: map[string]map[string]string{
			"linux": {"app/made.txt": "for linux\n", "app/sub/one.txt": "one\n"},
			"windows": {
				"Files/app/made.txt": "for windows\n", "Files/app/sub/one.txt": "one\n", "Files/app/sub/two.txt": "two\n",
				"Files/app/three.txt": "three\n", "Files/Windows/System32/four.txt": "four\n",
			},
		},
		Shared: true,
	}
	for _, v := range [][2]string{{"10.0.26100.2033", "ltsc2025"}, {"10.0.20348.2762", "ltsc2022"}, {"10.0.17763.6414", "ltsc2019"}} {
		one.Index = append(one.Index, entry{Platform: "windows/amd64", OSVersion: v[0], Base: env.registry + "/windows/nanoserver:" + v[1]})
	}
	return one
}

func newBench(t *testing.T, env environment, on engine) *bench {
	t.Helper()
	b := &bench{env: env, engine: on, context: copyCase(t, env, filepath.Join(casesFolder, tableContext))}
	b.daemon = b.engine.start(t, env)
	offset := logSize(t, env.registryLog)
	request := b.request(nil)
	output, err := b.daemon.client.build(t, request)
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	b.fetched = fetched(t, env, env.registryLog, offset)
	b.built = pull(t, request.ref)
	return b
}

// request returns a build of the bench's context, with a unique reference.
func (b *bench) request(options map[string]string) buildRequest {
	all := map[string]string{"platform": tablePlatforms}
	maps.Copy(all, options)
	ref := fmt.Sprintf("%s/table/%d", b.env.registry, builds.Add(1))
	return buildRequest{context: b.context, options: all, ref: ref}
}

// check builds on a daemon and checks the images.
func (b *bench) check(t *testing.T, d *daemon, request buildRequest, one testCase) string {
	t.Helper()
	output, err := d.client.build(t, request)
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	checkImage(t, b.env, noClient, request.ref, one)
	if t.Failed() {
		t.Logf("%s", output)
	}
	return output
}

// noClient is a client that requests no attestations.
var noClient client

// fetched returns how many bytes of base layers the registry has sent since the offset.
func fetched(t *testing.T, env environment, log string, offset int64) (sum int64) {
	t.Helper()
	requests, _, err := access.Read(log, offset)
	if err != nil {
		t.Fatal(err)
	}
	for dgst, size := range access.Fetched(requests) {
		if env.baseLayers[dgst] {
			sum += size
		}
	}
	return sum
}

// twoAtOnce creates the same new Windows layer in two builds at the same time, several times, on a new engine. Both
// must push the same correct images. The copied file is large, so that the layer takes a while.
func twoAtOnce(t *testing.T, b *bench, rounds int) {
	d := b.engine.start(t, b.env)
	for round := range rounds {
		content := make([]byte, 24<<20)
		if _, err := rand.Read(content); err != nil {
			t.Fatal(err)
		}
		large := filepath.Join(b.context, "two.txt")
		if err := os.WriteFile(large, content, 0o644); err != nil {
			t.Fatal(err)
		}
		nonce := fmt.Sprintf("at-once-%d", round)
		requests := make([]buildRequest, 2)
		var wait sync.WaitGroup
		for i := range requests {
			requests[i] = b.request(map[string]string{"build-arg:NONCE": nonce})
			wait.Go(func() {
				if output, err := d.client.build(t, requests[i]); err != nil {
					t.Errorf("round %d: %v\n%s", round, err, output)
				}
			})
		}
		wait.Wait()
		if t.Failed() {
			return
		}
		one := tableCase(b.env)
		one.Files["windows"]["Files/app/sub/two.txt"] = string(content)
		for _, request := range requests {
			checkImage(t, b.env, noClient, request.ref, one)
		}
		first, second := pull(t, requests[0].ref), pull(t, requests[1].ref)
		for i, entry := range first.images {
			layers := func(of image) []ocispec.Descriptor { return of.manifest.Layers }
			if !reflect.DeepEqual(layers(entry), layers(second.images[i])) {
				t.Errorf("round %d, image %d: the layer was made twice", round, i)
			}
		}
	}
}

func index(t *testing.T, b *bench) string {
	var want []string
	for _, one := range tableCase(b.env).Index {
		want = append(want, one.Platform+" "+one.OSVersion)
	}
	if got := b.built.platforms(); !slices.Equal(got, want) {
		t.Errorf("the index holds %q, want %q", got, want)
	}
	return "right"
}

func osVersions(t *testing.T, b *bench) string {
	for i, want := range tableCase(b.env).Index {
		checkPlatform(t, b.built.images[i], want)
		if want.Base != "" {
			checkBase(t, b.built.images[i], want)
		}
	}
	return "right"
}

func layers(t *testing.T, b *bench) string {
	one := tableCase(b.env)
	for i, want := range one.Index {
		entry := b.built.images[i]
		own := entry.manifest.Layers
		if want.Base != "" {
			own = checkBase(t, entry, want)
		}
		checkLayers(t, b.built.ref, entry, own, one.Files[entry.desc.Platform.OS])
	}
	return "Windows format"
}

func baseBytes(_ *testing.T, b *bench) string { return strconv.FormatInt(b.fetched, 10) }

func plainCopies(t *testing.T, b *bench) string {
	d := b.engine.start(t, b.env)
	defer d.stop()
	one := tableCase(b.env)
	one.Shared = false
	offset := logSize(t, b.env.registryLog)
	b.check(t, d, b.request(map[string]string{"build-arg:FANLIGHT_LAZY": "0"}), one)
	if fetched(t, b.env, b.env.registryLog, offset) == 0 {
		t.Error("no base was downloaded: the copies were not plain")
	}
	return "right"
}

// brokenBase builds on a base image that cannot be unpacked. With plain copies the engine must unpack it, and fails.
func brokenBase(t *testing.T, b *bench) string {
	options := map[string]string{"platform": "windows/amd64", "build-arg:WINBASE": b.env.registry + "/windows/broken:ltsc2022,ltsc2025"}
	one := tableCase(b.env)
	one.Index = one.Index[2:4]
	for i := range one.Index {
		one.Index[i].Base = strings.Replace(one.Index[i].Base, "nanoserver", "broken", 1)
	}
	offset := logSize(t, b.env.registryLog)
	b.check(t, b.daemon, b.request(options), one)
	if bytes := fetched(t, b.env, b.env.registryLog, offset); bytes != 0 {
		t.Errorf("%d bytes of the base were downloaded", bytes)
	}
	options["build-arg:FANLIGHT_LAZY"] = "0"
	output, err := b.daemon.client.build(t, b.request(options))
	if err == nil || !strings.Contains(output, "missing.dll") {
		t.Errorf("plain copies on a base that cannot be unpacked: %v\n%s", err, output)
	}
	return "builds, 0 bytes"
}

// stageRead copies from a Windows stage, which needs its base image, with a cache and one changed step. The copied
// files must be Windows files, whether they come from the cache or not.
func stageRead(t *testing.T, b *bench) string {
	cache := fmt.Sprintf("%s/table/cache:%d-read", b.env.registry, builds.Add(1))
	base := b.env.registry + "/windows/nanoserver:ltsc2022"
	one := testCase{
		Index: []entry{{Platform: "windows/amd64", OSVersion: "10.0.20348.2762", Base: base}},
		Files: map[string]map[string]string{"windows": {
			"Files/copied/one.txt": "one\n", "Files/copied/sub/two.txt": "two\n", "Files/copied/ntdll.dll": "MZ stand-in ntdll.dll, patched",
		}},
	}
	for _, changed := range []string{"", "two.txt", "one.txt"} {
		request := b.request(map[string]string{"filename": "read.Dockerfile", "platform": "windows/amd64", "build-arg:NONCE": "fixed"})
		if changed == "" {
			request.cacheTo = cache + ",mode=max"
		} else {
			request.cacheFrom = cache
			request.context = copyCase(t, b.env, filepath.Join(casesFolder, tableContext))
			write(t, filepath.Join(request.context, changed), "changed\n")
			one.Files["windows"]["Files/copied/one.txt"], one.Files["windows"]["Files/copied/sub/two.txt"] = "one\n", "two\n"
			path := map[string]string{"one.txt": "Files/copied/one.txt", "two.txt": "Files/copied/sub/two.txt"}[changed]
			one.Files["windows"][path] = "changed\n"
		}
		d := b.engine.start(t, b.env)
		b.check(t, d, request, one)
		d.stop()
	}
	return "right"
}

// rounds returns how many times a cache of each mode is imported, each time by a new engine.
func rounds() int {
	if count, err := strconv.Atoi(os.Getenv("TABLE_ROUNDS")); err == nil {
		return count
	}
	return 6
}

// olderStore builds on a Docker Engine without containerd's image store, which cannot use the result.
func olderStore(t *testing.T, b *bench) string {
	if !b.engine.isDocker {
		return "-"
	}
	older := b.engine
	older.graphdriver = true
	d := older.start(t, b.env)
	defer d.stop()
	output, err := d.client.build(t, b.request(map[string]string{"platform": "windows/amd64"}))
	if err == nil || !strings.Contains(output, "turn the containerd one on") {
		t.Errorf("%v\n%s", err, output)
	}
	return "refused, with advice"
}

// partialCache exports a cache, and imports it on new engines, each time after a change of another step. Cached and new
// steps must fit together.
func partialCache(t *testing.T, b *bench, mode string, rounds int) string {
	t.Helper()
	cache := fmt.Sprintf("%s/table/cache:%d-%s", b.env.registry, builds.Add(1), mode)
	first := b.engine.start(t, b.env)
	request := b.request(map[string]string{"build-arg:NONCE": "fixed"})
	request.cacheTo = cache + ",mode=" + mode
	b.check(t, first, request, tableCase(b.env))
	first.stop()
	changes := []struct{ file, windows, linux string }{
		{"one.txt", "Files/app/sub/one.txt", "app/sub/one.txt"},
		{"", "", ""},
		{"four.txt", "Files/Windows/System32/four.txt", ""},
		{"two.txt", "Files/app/sub/two.txt", ""},
	}
	for round := range rounds {
		change := changes[round%len(changes)]
		one := tableCase(b.env)
		request := b.request(map[string]string{"build-arg:NONCE": "fixed"})
		request.cacheFrom = cache
		if change.file == "" {
			// This is the step of the Linux stage that the other stages copy from.
			request.options["build-arg:NONCE"] = fmt.Sprint("changed ", round)
		} else {
			request.context = copyCase(t, b.env, filepath.Join(casesFolder, tableContext))
			text := fmt.Sprintf("changed in round %d\n", round)
			write(t, filepath.Join(request.context, change.file), text)
			one.Files["windows"][change.windows] = text
			if change.linux != "" {
				one.Files["linux"][change.linux] = text
			}
		}
		d := b.engine.start(t, b.env)
		offset := logSize(t, b.env.registryLog)
		output := b.check(t, d, request, one)
		if !strings.Contains(output, "CACHED") {
			t.Errorf("round %d: nothing came from the cache\n%s", round, output)
		}
		if bytes := fetched(t, b.env, b.env.registryLog, offset); bytes != 0 {
			t.Errorf("round %d: %d bytes of bases were downloaded", round, bytes)
		}
		d.stop()
		if t.Failed() {
			t.Fatalf("round %d of %d, %s changed", round, rounds, change.file)
		}
	}
	return fmt.Sprintf("%d of %d", rounds, rounds)
}

// cancel kills the client during a step and during the export. No incomplete image may remain, and the engine must be
// able to build the next one.
func cancel(t *testing.T, b *bench) string {
	for _, moment := range []string{`built for windows`, `exporting layers`, `pushing`} {
		request := b.request(map[string]string{"build-arg:SECONDS": "2"})
		made := b.daemon.client.command(request)
		made.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		killAt(t, made, regexp.MustCompile(moment))
		// This is longer than the rest of the build takes.
		time.Sleep(4 * time.Second)
		if pushed(request.ref) {
			// The engine finished before it noticed, so the image must be complete.
			checkImage(t, b.env, noClient, request.ref, tableCase(b.env))
			if moment == `built for windows` {
				t.Errorf("the image was pushed though the client was killed in a step")
			}
		}
		if !b.daemon.healthy() {
			t.Fatalf("the engine does not answer after a client was killed at %q", moment)
		}
		b.check(t, b.daemon, b.request(nil), tableCase(b.env))
	}
	return "clean"
}

// killAt runs a command and kills it and its children as soon as its output contains the text.
func killAt(t *testing.T, cmd *exec.Cmd, moment *regexp.Regexp) {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	cmd.Stdout, cmd.Stderr = write, write
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	var output strings.Builder
	found := false
	for lines := bufio.NewScanner(read); !found && lines.Scan(); {
		// The text must be the output of the step, not the instruction.
		found = moment.MatchString(lines.Text()) && !strings.Contains(lines.Text(), "RUN")
		output.WriteString(lines.Text() + "\n")
	}
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	_ = cmd.Wait()
	if !found {
		t.Fatalf("the output never had %q:\n%s", moment, output.String())
	}
}

// indexBase builds on base images that are indexes of several versions, in every order. It takes them from this
// registry, in OCI's format or with the suffix in Docker's.
func indexBase(t *testing.T, b *bench, registry, suffix string) string {
	env, log := b.env, b.env.registryLog
	if registry != env.registry {
		env.registry, log = registry, os.Getenv("REGISTRY_LOCKED_LOG")
	}
	var results []string
	// An engine that has read an index would find it in its cache under any name.
	d := b.engine.start(t, b.env)
	defer d.stop()
	client := d.buildx(t)
	for _, order := range []string{"ordered", "oldest", "unordered"} {
		base := fmt.Sprintf("%s/library/runtime:%s%s", b.env.registry, order, suffix)
		request := b.request(map[string]string{
			"platform": "windows/amd64,windows/arm64", "filename": "index.Dockerfile",
			"build-arg:BASE": strings.Replace(base, b.env.registry, env.registry, 1),
		})
		request.ref = strings.Replace(request.ref, b.env.registry, env.registry, 1)
		one := testCase{Files: map[string]map[string]string{"windows": {"Files/app/one.txt": "one\n"}}}
		for _, version := range []string{"10.0.26100.2033", "10.0.20348.2762", "10.0.17763.6414"} {
			one.Index = append(one.Index, entry{Platform: "windows/amd64", OSVersion: version, Base: base})
		}
		arm64 := map[string]string{"oldest": "10.0.17763.6414", "unordered": "10.0.20348.2762"}[order]
		if arm64 == "" {
			arm64 = "10.0.26100.2033"
		}
		one.Index = append(one.Index, entry{Platform: "windows/arm64", OSVersion: arm64, Base: base})
		offset := logSize(t, log)
		output, err := client.build(t, request)
		result := "read"
		switch {
		case err != nil:
			for _, text := range []string{"may be an index of several Windows versions", "FROM " + env.registry + "/library/runtime:{", "imagetools"} {
				if !strings.Contains(output, text) {
					t.Fatalf("%s: the error lacks %q: %v\n%s", order, text, err, output)
				}
			}
			result = "list asked for"
		case strings.Contains(output, "Windows Server 2025 is not found this way if"):
			// The newest image is hidden behind another one, and the warning says so.
			one.Index = one.Index[1:]
			result = "asked, warns of 2025"
		case strings.Contains(output, "was asked for each known Windows version"):
			result = "asked"
		}
		if err == nil {
			checkImage(t, b.env, noClient, strings.Replace(request.ref, env.registry, b.env.registry, 1), one)
			if bytes := fetched(t, b.env, log, offset); bytes != 0 {
				t.Errorf("%s: %d bytes of the base were downloaded", order, bytes)
			}
		}
		if t.Failed() {
			t.Fatalf("%s: %s", order, output)
		}
		if !slices.Contains(results, result) {
			results = append(results, result)
		}
	}
	return strings.Join(results, "; ")
}
