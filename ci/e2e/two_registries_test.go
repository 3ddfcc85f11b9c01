package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fanlight/ci/tools/access"
	"fanlight/ci/tools/registry"

	"github.com/opencontainers/go-digest"
)

// downloadRow is a row of the tables in docs/limits.md about which builds download base images.
type downloadRow struct {
	line  int
	flags string
	// elsewhere is true if the row pushes to another registry than that of the base images.
	elsewhere bool
	// first, next and newBuilder are how many of the base images each build downloads, and cached is how many the cache
	// then holds, in the words of amounts.
	first, next, newBuilder, cached string
}

// amounts are the words in the tables, with the numbers of base images that each allows. There are two base images, to
// distinguish one from all.
var amounts = map[string][]int{
	"none": {0}, "one": {1}, "all": {2}, "none or one": {0, 1}, "one or all": {1, 2}, "none to all": {0, 1, 2}, "-": {0},
}

const limitsPage = docsFolder + "/limits.md"

var (
	downloadsComment = regexp.MustCompile(`^<!-- bases downloaded: (\w+) -->$`)
	downloadsFlags   = regexp.MustCompile("^(no output|`[^`]+`)$")
)

// downloadRows parses the tables of the page, by engine.
func downloadRows(t *testing.T) map[string][]downloadRow {
	t.Helper()
	text, err := os.ReadFile(limitsPage)
	if err != nil {
		t.Fatal(err)
	}
	tables, engine := map[string][]downloadRow{}, ""
	for i, line := range strings.Split(string(text), "\n") {
		if comment := downloadsComment.FindStringSubmatch(line); comment != nil {
			engine = comment[1]
		} else if line == "<!-- end -->" {
			engine = ""
		}
		if engine == "" || !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "| flags |") || strings.HasPrefix(line, "|---") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		if len(cells) != 6 || !downloadsFlags.MatchString(cells[0]) {
			t.Fatalf("%s:%d: want 6 cells, and `FLAGS` or no output in the first: %q", limitsPage, i+1, cells)
		}
		where := map[string]bool{"-": true, "another registry": true, "the same registry": false}
		elsewhere, ok := where[cells[1]]
		for _, cell := range cells[2:] {
			if _, known := amounts[cell]; !known {
				ok = false
			}
		}
		if !ok {
			t.Fatalf("%s:%d: a word that this test does not know: %q", limitsPage, i+1, cells)
		}
		tables[engine] = append(tables[engine], downloadRow{
			line: i + 1, flags: strings.Trim(strings.TrimPrefix(cells[0], "no output"), "`"), elsewhere: elsewhere,
			first: cells[2], next: cells[3], newBuilder: cells[4], cached: cells[5],
		})
	}
	return tables
}

// builder is a name for --builder, and an environment with the Docker Engine that the client uses.
type builder struct {
	env  environment
	name string
}

// TestDownloads builds every row of the tables in docs/limits.md three times, and counts the base images that the
// registry sends. The rows run in parallel: each has its own base images and files, so every builder is new to it.
func TestDownloads(t *testing.T) {
	env, results := loadEnvironment(t), required(t, "RESULTS")
	clients(t, env)
	tables := downloadRows(t)
	for name, engine := range map[string]engine{"buildkitd": pinnedBuildKit(t, env), "dockerd": pinnedDocker(t)} {
		if len(tables[name]) == 0 {
			t.Fatalf("%s has no table for %s", limitsPage, name)
		}
		fresh := engine.start(t, env)
		first, second := builder{env, "remote"}, builder{env, filepath.Base(fresh.folder)}
		if engine.isDocker {
			first, second = builder{env, "default"}, builder{fresh.env, "default"}
		} else {
			fresh.buildx(t)
		}
		for _, row := range tables[name] {
			t.Run(fmt.Sprintf("%s-line-%d", name, row.line), func(t *testing.T) {
				t.Parallel()
				newDownloads(t, env, results, row).run(t, first, second)
			})
		}
	}
}

// downloads is the build of a row.
type downloads struct {
	env environment
	row downloadRow
	// project is the build context. folder is where the build writes files.
	project, folder string
	// bases are the layers of the two base images, one each.
	bases map[digest.Digest]bool
	// host and repo are where the row pushes to. Its cache has another repository.
	host, repo string
}

func newDownloads(t *testing.T, env environment, results string, row downloadRow) downloads {
	t.Helper()
	d := downloads{
		env: env, row: row, project: t.TempDir(), folder: t.TempDir(), bases: map[digest.Digest]bool{},
		host: env.registry, repo: newRepo("downloads"),
	}
	if row.elsewhere {
		d.host = results
	}
	s, versions := newShelf(env, newRepo("bases")), servers[1:]
	for _, version := range versions {
		s.push(t, standIn{version: version})
		for _, layer := range pull(t, s.ref(version)).images[0].manifest.Layers {
			d.bases[layer.Digest] = true
		}
	}
	if len(d.bases) != 2 {
		t.Fatalf("%d layers, want one of each of two bases", len(d.bases))
	}
	from := s.ref("{" + strings.Join(versions, ",") + "}")
	dockerfile(t, d.project, "# syntax="+env.frontend+"\nFROM "+from+"\nWORKDIR /app\nCOPY same.txt .\nCOPY changed.txt .\n")
	write(t, d.project+"/same.txt", "of "+d.repo)
	return d
}

func (d downloads) run(t *testing.T, first, second builder) {
	t.Helper()
	d.build(t, "first build", d.row.first, first, false)
	d.build(t, "next build", d.row.next, first, false)
	d.build(t, "build on a new builder", d.row.newBuilder, second, true)
	d.check(t, "the exported cache", d.row.cached, d.inCache(t))
}

// check compares the number of base images with the cell of the table.
func (d downloads) check(t *testing.T, what, cell string, got int) {
	t.Helper()
	if !slices.Contains(amounts[cell], got) {
		t.Errorf("%s of %q: %d of 2 bases, line %d of %s has %q", what, d.row.flags, got, d.row.line, limitsPage, cell)
	}
}

// build builds the project with a changed file. With importCache it imports the cache that the row's --cache-to has
// exported.
func (d downloads) build(t *testing.T, what, cell string, on builder, importCache bool) {
	t.Helper()
	write(t, d.project+"/changed.txt", what+" of "+d.repo)
	name := d.host + "/" + d.repo
	if strings.Contains(d.row.flags, "NEW") {
		name = d.host + "/" + newRepo("downloads")
	}
	args := []string{"buildx", "build", "--builder", on.name, "--progress", "plain", "--platform", "windows/amd64"}
	flags := strings.Fields(strings.NewReplacer(
		"name=NEW", "name="+name, "name=NAME", "name="+name, "ref=CACHE", "ref="+d.host+"/"+d.cacheRepo(),
		"dest=DIR", "dest="+d.folder+"/out", "dest=FILE", "dest="+d.folder+"/out",
	).Replace(d.row.flags))
	args = append(args, flags...)
	if slices.Contains(flags, "--push") || slices.Contains(flags, "--load") {
		args = append(args, "--tag", name)
	}
	if at := slices.Index(flags, "--cache-to"); at >= 0 && importCache {
		from := strings.NewReplacer("dest=", "src=", ",mode=max", "", "type=inline", "type=registry,ref="+name).Replace(flags[at+1])
		args = append(args, "--cache-from", from)
	}
	offset := logSize(t, d.env.registryLog)
	if output, err := docker(on.env, append(args, d.project)...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", what, err, output)
	}
	if strings.Contains(d.row.flags, "push=true") || slices.Contains(flags, "--push") {
		if got := pull(t, name).images; len(got) != len(d.bases) {
			t.Errorf("%s: %d images were pushed, want %d", what, len(got), len(d.bases))
		}
	}
	requests, _, err := access.Read(d.env.registryLog, offset)
	if err != nil {
		t.Fatal(err)
	}
	got := 0
	for dgst := range access.Fetched(requests) {
		if d.bases[digest.Digest(dgst)] {
			got++
		}
	}
	d.check(t, what, cell, got)
}

func (d downloads) cacheRepo() string { return d.repo + "-cache" }

// inCache returns how many of the base images the exported cache holds.
func (d downloads) inCache(t *testing.T) int {
	t.Helper()
	got := 0
	for dgst := range d.bases {
		_, err := os.Stat(filepath.Join(d.folder, "out", "blobs", "sha256", dgst.Encoded()))
		if err == nil || registry.Host(d.host).HasBlob(d.cacheRepo(), dgst) {
			got++
		}
	}
	return got
}
