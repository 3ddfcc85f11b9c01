package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"fanlight/ci/tools/bases"
	"fanlight/ci/tools/registry"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// limitCase is a Dockerfile far larger than any that a person writes.
type limitCase struct {
	name       string
	dockerfile string
	ignore     string
	options    []string
	// refused is part of fanlight's error; empty if the file must build.
	refused string
	// alone is the reason why docker/dockerfile behaves differently, if it does.
	alone string
	// memory is the memory limit, if it is below limitBytes.
	memory int64
}

const (
	// These are the limits of the frontend for each case. It may use more memory if docker/dockerfile does, too.
	limitTime  = 2 * time.Minute
	limitBytes = 1 << 30
	// Every warning and error carries the whole file, so the frontend must hold only one at a time.
	warningBytes = 96 << 20
)

func limitCases(env environment) []limitCase {
	const scratch = "FROM scratch\nCOPY file.txt /\n"
	many := func(n int, line func(int) string) string {
		var text strings.Builder
		for i := range n {
			text.WriteString(line(i))
		}
		return text.String()
	}
	nested := func(open, inner, end string, n int) string {
		return strings.Repeat(open, n) + inner + strings.Repeat(end, n)
	}
	elements := strings.TrimSuffix(many(100_000, func(i int) string { return fmt.Sprintf("t%d,", i) }), ",")
	large := []string{}
	for i := range 12 {
		large = append(large, "--opt", fmt.Sprintf("build-arg:A%d=%s", i, strings.Repeat("x", 100_000)))
	}
	return []limitCase{
		{name: "comments of 10 MB", dockerfile: strings.Repeat("# nothing\n", 1<<20) + scratch},
		{name: "10 MB of instructions", dockerfile: scratch + strings.Repeat("LABEL a=b\n", 1<<20), refused: "the build is too large"},
		{name: "10 MB of instructions that are not used", dockerfile: scratch + strings.Repeat("LABEL a=b\n", 1<<20) + scratch},
		{name: "commands by variables", dockerfile: "FROM scratch AS unused\n" + scratch +
			many(50_000, func(i int) string { return fmt.Sprintf("ENV A%d=%0100d\n", i, i) }) + strings.Repeat("RUN true\n", 50_000), refused: "the build is too large",
			alone: "it takes all memory there is"},
		{name: "100,000 stages", dockerfile: scratch + many(100_000, func(i int) string { return fmt.Sprintf("FROM scratch AS s%d\n", i) }) + scratch},
		{name: "a chain of 100,000 stages", dockerfile: "FROM scratch AS s0\nCOPY file.txt /\n" +
			many(100_000, func(i int) string { return fmt.Sprintf("FROM s%d AS s%d\n", i, i+1) })},
		{name: "300,000 arguments", dockerfile: many(300_000, func(i int) string { return fmt.Sprintf("ARG A%d=b\n", i) }) + scratch},
		{name: "expansions in each other", dockerfile: "FROM scratch\nCOPY file.txt /" + nested("${a:-\\\n", "x", "\\\n}", 100_000) + "\n"},
		{name: "a value of values", dockerfile: "FROM scratch\nENV a0=xxxxxxxxxx\n" +
			many(30, func(i int) string { return fmt.Sprintf("ENV a%d=$a%d$a%d$a%d$a%d\n", i+1, i, i, i, i) }), refused: "longer than",
			alone: "it takes all memory there is"},
		{name: "a line of 10 MB", dockerfile: scratch + "LABEL a=" + strings.Repeat("b", 10<<20) + "\n", refused: "dockerfile line greater than max allowed size of 65535"},
		{name: "a long instruction", dockerfile: scratch + "LABEL \\\n" + strings.Repeat("a=b \\\n", 100_000) + "c=d\n"},
		{name: "JSON in JSON", dockerfile: scratch + "CMD " + nested("[\\\n", "", "]\\\n", 100_000) + "\n"},
		{name: "100,000 heredocs", dockerfile: "FROM scratch AS unused\nCOPY " + strings.Repeat("<<E \\\n", 100_000) + " /d/\n" + strings.Repeat("E\n", 100_000) + scratch},
		{name: "a bomb in the ignore file", dockerfile: scratch,
			ignore: strings.Repeat("**/**/**/**/**/**/*a*a*a*a*a*a*a*a*a*a*a*a*b\n", 10_000) + strings.Repeat("[a]{1000}", 1000)},
		{name: "ONBUILD in ONBUILD", dockerfile: scratch + "ONBUILD " + strings.Repeat("ONBUILD \\\n", 1000) + " RUN x\n", refused: "Chaining ONBUILD"},
		{name: "100,000 triggers", dockerfile: "FROM scratch AS base\n" + strings.Repeat("ONBUILD LABEL a=b\n", 100_000) + "FROM base\nCOPY file.txt /\n"},
		{name: "100,000 mounts", dockerfile: "FROM scratch\nCOPY file.txt /\nFROM scratch\nCOPY --from=0 / /\nFROM scratch AS unused\nRUN \\\n" +
			strings.Repeat("--mount=type=tmpfs,target=/x \\\n", 100_000) + " x\nFROM 1\n"},
		{name: "flags", dockerfile: "FROM scratch\nCOPY \\\n" + strings.Repeat("--exclude=a \\\n", 100_000) + " file.txt /\n"},
		{name: "a list of commas", dockerfile: "ARG BASE=" + strings.ReplaceAll(elements, ",", ",\\\n") + "\nFROM $BASE\n",
			options: []string{"--opt", "platform=windows/amd64"}, refused: "100000", alone: "it knows no lists"},
		{name: "a list in braces", dockerfile: "ARG BASE=a{" + strings.ReplaceAll(elements, ",", ",\\\n") + "}\nFROM $BASE\n",
			options: []string{"--opt", "platform=windows/amd64"}, refused: "100000", alone: "it knows no lists"},
		{name: "a definition of 20 MB", dockerfile: "FROM scratch\nCOPY <<E /x\n" + strings.Repeat(strings.Repeat("x", 1000)+"\n", 10_000) + "E\n",
			refused: "bytes long, and BuildKit accepts 16777216"},
		{name: "8,000 warnings", dockerfile: scratch + many(8_000, func(i int) string { return fmt.Sprintf("env A%d 1\n", i) }), memory: warningBytes},
		{name: "3,000 refused RUNs", dockerfile: "FROM " + env.registry + "/limit/windows:1\n" + strings.Repeat("RUN mkdir C:/x\n", 3_000),
			options: []string{"--opt", "platform=windows/amd64"}, refused: "and 2990 more RUN lines", alone: "it refuses none", memory: warningBytes},
		{name: "1 MB of build arguments", dockerfile: "ARG A0\n" + scratch, options: large},
		{name: "a base with a large config", dockerfile: "FROM " + env.registry + "/limit/base:1\nCOPY file.txt /\n"},
	}
}

// TestLimits builds each case with fanlight and with docker/dockerfile. Either both build it or both refuse it, except
// where alone is set. fanlight must stay within its time and memory.
func TestLimits(t *testing.T) {
	env := loadEnvironment(t)
	pushLargeConfig(t, env)
	if err := bases.PushVersions(registry.Host(env.registry), "limit/windows", standInSeed(), 1, "amd64"); err != nil {
		t.Fatal(err)
	}
	for _, one := range limitCases(env) {
		t.Run(one.name, func(t *testing.T) {
			folder := t.TempDir()
			dockerfile(t, folder, one.dockerfile)
			for name, text := range map[string]string{".dockerignore": one.ignore, "file.txt": "x"} {
				if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			ours := one.run(t, env, folder, env.frontend)
			if one.refused == "" && ours.err != nil {
				t.Errorf("refused: %s", ours.said())
			}
			if one.refused != "" && (ours.err == nil || !strings.Contains(ours.output, one.refused)) {
				t.Errorf("%q is not in %s", one.refused, ours.said())
			}
			t.Logf("fanlight           %v", ours)
			allowed := int64(limitBytes)
			if one.memory > 0 {
				allowed = one.memory
			}
			if one.alone == "" {
				theirs := one.run(t, env, folder, env.peer)
				t.Logf("docker/dockerfile  %v", theirs)
				// docker/dockerfile may run without end on a file that fanlight finishes.
				if (theirs.err == nil) != (ours.err == nil) && theirs.took < limitTime {
					t.Error("docker/dockerfile does otherwise")
				}
				allowed = max(allowed, theirs.memory)
			}
			if ours.took > limitTime || ours.memory > allowed {
				t.Errorf("it took %v and %d MB", ours.took, ours.memory>>20)
			}
		})
	}
}

type limitRun struct {
	output string
	err    error
	took   time.Duration
	memory int64
}

func (r limitRun) String() string {
	return fmt.Sprintf("%5.1f s %5d MB: %s", r.took.Seconds(), r.memory>>20, r.said())
}

// said returns a short form of the error that a user sees.
func (r limitRun) said() string {
	if r.err == nil {
		return "built"
	}
	lines := strings.Split(strings.TrimSpace(r.output), "\n")
	last := lines[len(lines)-1]
	return last[:min(len(last), 300)]
}

func (one limitCase) run(t *testing.T, env environment, folder, image string) limitRun {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limitTime+time.Second)
	defer cancel()
	args := append([]string{
		"--addr", env.buildkit, "build", "--progress", "plain", "--frontend", "gateway.v0", "--opt", "source=" + image,
		"--opt", "cmdline=limits", "--local", "context=" + folder, "--local", "dockerfile=" + folder,
	}, one.options...)
	stop, memory := watchMemory()
	start := time.Now()
	output, err := exec.CommandContext(ctx, "buildctl", args...).CombinedOutput()
	close(stop)
	return limitRun{output: string(output), err: err, took: time.Since(start), memory: <-memory}
}

// watchMemory measures the peak memory of a frontend process until stop is closed. A frontend is a process whose
// program is /fanlight, in its own root directory.
func watchMemory() (stop chan struct{}, most chan int64) {
	stop, most = make(chan struct{}), make(chan int64, 1)
	go func() {
		var wait sync.WaitGroup
		var peak int64
		wait.Go(func() {
			for {
				peak = max(peak, frontendMemory())
				select {
				case <-stop:
					return
				case <-time.After(5 * time.Millisecond):
				}
			}
		})
		wait.Wait()
		most <- peak
	}()
	return stop, most
}

var highWater = regexp.MustCompile(`(?m)^VmHWM:\s+(\d+) kB$`)

func frontendMemory() int64 {
	var most int64
	programs, _ := filepath.Glob("/proc/[0-9]*/exe")
	for _, program := range programs {
		if target, err := os.Readlink(program); err != nil || target != "/fanlight" {
			continue
		}
		status, err := os.ReadFile(filepath.Join(filepath.Dir(program), "status"))
		if err != nil {
			continue
		}
		if found := highWater.FindSubmatch(status); found != nil {
			kilobytes, _ := strconv.ParseInt(string(found[1]), 10, 64)
			most = max(most, kilobytes<<10)
		}
	}
	return most
}

// pushLargeConfig pushes limit/base:1, whose config has 20,000 variables, labels and lines of history.
func pushLargeConfig(t *testing.T, env environment) {
	t.Helper()
	ref, err := registry.Parse(env.registry + "/limit/base:1")
	if err != nil {
		t.Fatal(err)
	}
	image := ocispec.Image{Platform: ocispec.Platform{Architecture: "amd64", OS: "linux"}}
	image.RootFS.Type = "layers"
	image.Config.Labels = map[string]string{}
	for i := range 20_000 {
		image.Config.Env = append(image.Config.Env, fmt.Sprintf("V%d=%d", i, i))
		image.Config.Labels[fmt.Sprintf("l%d", i)] = "x"
		image.History = append(image.History, ocispec.History{CreatedBy: fmt.Sprint(i), EmptyLayer: true})
	}
	config, err := ref.Host.PushJSON(ref.Repo, ocispec.MediaTypeImageConfig, image)
	if err != nil {
		t.Fatal(err)
	}
	manifest := ocispec.Manifest{MediaType: ocispec.MediaTypeImageManifest, Config: config, Layers: []ocispec.Descriptor{}}
	manifest.SchemaVersion = 2
	if _, err := ref.Host.PushManifest(ref.Repo, "1", ocispec.MediaTypeImageManifest, manifest); err != nil {
		t.Fatal(err)
	}
}
