package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// The README and the pages of docs/ are tested as their readers use them. A comment above a fenced block says what the
// block is:
//
//	<!-- project: FOLDER -->     not above a block: the project to use instead of examples/agent
//	<!-- file: NAME -->          a file of the project
//	<!-- recipe: KIND [ARG] -->  a script to run: shell, console, or the part of another tool's file that builds (see
//	                             pipeline_test.go)
//	<!-- pushed: REF -->         the entries that the index must have by then: platform and, for Windows, os.version
//
// The files of the page replace those of the project.
type block struct {
	kind, argument, text string
	line                 int
}

const (
	docsFolder, agentFolder = "../../docs", "../../examples/agent"
	readme                  = "../../README.md"
	// These are the addresses of the two builder nodes in a page.
	firstNode, secondNode = "tcp://build-1.example.com:1234", "tcp://build-2.example.com:1234"
)

var (
	blockComment = regexp.MustCompile(`^\s*<!-- (project|file|recipe|pushed): (.+) -->$`)
	blockFence   = regexp.MustCompile("^(\\s*)```")
)

func readBlocks(t *testing.T, page string) []block {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var blocks []block
	lines := strings.Split(string(text), "\n")
	for i := 0; i < len(lines); i++ {
		comment := blockComment.FindStringSubmatch(lines[i])
		if comment == nil {
			continue
		}
		found := block{kind: comment[1], argument: comment[2], line: i + 1}
		if found.kind == "project" {
			blocks = append(blocks, found)
			continue
		}
		i++
		if i == len(lines) || !blockFence.MatchString(lines[i]) {
			t.Fatalf("%s:%d: no block follows", page, found.line)
		}
		indent := blockFence.FindStringSubmatch(lines[i])[1]
		for i++; i < len(lines) && !blockFence.MatchString(lines[i]); i++ {
			found.text += strings.TrimPrefix(lines[i], indent) + "\n"
		}
		blocks = append(blocks, found)
	}
	return blocks
}

func TestRecipes(t *testing.T) {
	env := loadEnvironment(t)
	clients(t, env)
	needGo(t, env)
	pages, err := filepath.Glob(filepath.Join(docsFolder, "*.md"))
	if err != nil || len(pages) == 0 {
		t.Fatalf("no pages in %s: %v", docsFolder, err)
	}
	runs := 0
	for _, page := range append(pages, readme) {
		blocks := readBlocks(t, page)
		if len(blocks) == 0 {
			continue
		}
		t.Run(strings.TrimSuffix(filepath.Base(page), ".md"), func(t *testing.T) {
			nodes := startNodes(t, env, blocks)
			project := copyCase(t, env, agentFolder)
			for _, one := range blocks {
				text := nodes.Replace(env.fill(one.text))
				switch one.kind {
				case "project":
					project = copyCase(t, env, filepath.Join("../..", one.argument))
				case "file":
					write(t, filepath.Join(project, one.argument), text)
				case "recipe":
					for _, step := range recipeSteps(t, one.argument, text) {
						runStep(t, env, "remote", project, one, step)
						runs++
					}
				case "pushed":
					checkPushed(t, env, one)
				}
			}
		})
	}
	if runs == 0 {
		t.Error("no page has a recipe")
	}
}

// TestReadmeOnDockerEngine builds the README's example with Docker Engine's own builder, for users who create no other.
func TestReadmeOnDockerEngine(t *testing.T) {
	env := loadEnvironment(t)
	clients(t, env)
	needGo(t, env)
	project, builds := copyCase(t, env, agentFolder), 0
	for _, one := range readBlocks(t, readme) {
		text := env.fill(one.text)
		switch {
		case one.kind == "file":
			write(t, filepath.Join(project, one.argument), text)
		case one.kind == "recipe" && strings.Contains(text, "--push"):
			// The engine of the tests has no bridge network.
			text = strings.ReplaceAll(text, "docker buildx build ", "docker buildx build --network host ")
			for _, step := range recipeSteps(t, one.argument, text) {
				runStep(t, env, "default", project, one, step)
				builds++
			}
		case one.kind == "pushed":
			checkPushed(t, env, one)
		}
	}
	if builds == 0 {
		t.Error("the README builds nothing")
	}
}

// startNodes replaces the addresses of the builder nodes in a page. The first node is the buildkitd of the run, the
// second is started for the page.
func startNodes(t *testing.T, env environment, blocks []block) *strings.Replacer {
	t.Helper()
	if !slices.ContainsFunc(blocks, func(one block) bool { return strings.Contains(one.text, secondNode) }) {
		return strings.NewReplacer()
	}
	binary, err := exec.LookPath("buildkitd")
	if err != nil {
		t.Fatal(err)
	}
	second := engine{binary: binary, path: os.Getenv("ENGINE_PATH"), snapshotter: "auto", registries: []string{env.registry}}
	// Remove the builder that the page creates.
	t.Cleanup(func() { _ = docker(env, "buildx", "rm", "farm").Run() })
	return strings.NewReplacer(firstNode, env.buildkit, secondNode, second.start(t, env).env.buildkit)
}

// runStep runs a step in the folder of the project, with this builder selected, and compares the output.
func runStep(t *testing.T, env environment, builder, project string, one block, step recipeStep) {
	t.Helper()
	cmd := docker(env)
	cmd.Path, cmd.Args, cmd.Dir = "/bin/bash", []string{"bash", "-euc", step.script}, project
	cmd.Env = append(append(cmd.Env, "BUILDX_BUILDER="+builder, "BUILDKIT_PROGRESS=plain"), step.env...)
	output, err := cmd.CombinedOutput()
	if (err != nil) != step.fails {
		t.Fatalf("line %d: %v, and the page says that it fails: %v\n%s\n%s", one.line, err, step.fails, step.script, output)
	}
	if missing := missingLines(string(output), step.shows); missing != "" {
		t.Errorf("line %d: %s\ndoes not print\n%s\nIt prints\n%s", one.line, step.script, missing, output)
	}
}

// checkPushed compares an index with the list in the page.
func checkPushed(t *testing.T, env environment, one block) {
	t.Helper()
	var got strings.Builder
	images := pull(t, env.fill(one.argument)).images
	for _, image := range images {
		fmt.Fprintln(&got, strings.TrimSpace(platformName(*image.desc.Platform)+" "+image.desc.Platform.OSVersion))
	}
	if got.String() != one.text {
		t.Errorf("line %d: %s has\n%swant\n%s", one.line, one.argument, got.String(), one.text)
	}
}

var goPushed sync.Once

// needGo pushes the image that replaces golang, once. If the push fails, tests that run later fail by themselves.
func needGo(t *testing.T, env environment) {
	t.Helper()
	goPushed.Do(func() { pushGo(t, env) })
}

// pushGo pushes the Go toolchain that runs the tests, on the base image with a shell.
func pushGo(t *testing.T, env environment) {
	t.Helper()
	ref := env.registry + "/library/golang:1.26-alpine"
	folder := t.TempDir()
	dockerfile := env.fill(`FROM registry.test/debian/cc:12
COPY --from=go bin /usr/local/go/bin
COPY --from=go pkg /usr/local/go/pkg
COPY --from=go src /usr/local/go/src
COPY --from=go go.env VERSION /usr/local/go/
ENV PATH=/usr/local/go/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root GOTOOLCHAIN=local GOFLAGS=-buildvcs=false
`)
	if err := os.WriteFile(filepath.Join(folder, "Dockerfile"), []byte(dockerfile), 0o644); err != nil {
		t.Fatal(err)
	}
	root, err := goRoot()
	if err != nil {
		t.Fatal(err)
	}
	cmd := docker(env, "buildx", "build", "--builder", "remote", "--progress", "plain", "--provenance", "false",
		"--build-context", "go="+root, "--output", "type=image,push=true,compression=uncompressed,name="+ref, folder)
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
}
