package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A page of docs/ is tested as its reader would use it. A comment above a fenced block says what the block is:
//
//	<!-- file: NAME -->          a file of the project
//	<!-- recipe: KIND [ARG] -->  what is run: shell, or the part of a CI service's file that builds (see pipeline_test.go)
//	<!-- pushed: REF -->         the entries that the index must have by then: platform and, for Windows, os.version
//
// The project is examples/agent, with the page's files put over it.
type block struct {
	kind, argument, text string
	line                 int
}

const docsFolder, agentFolder = "../../docs", "../../examples/agent"

var (
	blockComment = regexp.MustCompile(`^\s*<!-- (file|recipe|pushed): (.+) -->$`)
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
	pushGo(t, env)
	pages, err := filepath.Glob(filepath.Join(docsFolder, "*.md"))
	if err != nil || len(pages) == 0 {
		t.Fatalf("no pages in %s: %v", docsFolder, err)
	}
	runs := 0
	for _, page := range pages {
		blocks := readBlocks(t, page)
		if len(blocks) == 0 {
			continue
		}
		t.Run(strings.TrimSuffix(filepath.Base(page), ".md"), func(t *testing.T) {
			project := copyCase(t, env, agentFolder)
			for _, one := range blocks {
				text := env.fill(one.text)
				switch one.kind {
				case "file":
					if err := os.WriteFile(filepath.Join(project, one.argument), []byte(text), 0o644); err != nil {
						t.Fatal(err)
					}
				case "recipe":
					for _, step := range recipeSteps(t, one.argument, text) {
						runStep(t, env, project, one, step)
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

// runStep runs a step in the project's folder, with the builder on the standalone buildkitd as the chosen one.
func runStep(t *testing.T, env environment, project string, one block, step recipeStep) {
	t.Helper()
	cmd := docker(env)
	cmd.Path, cmd.Args, cmd.Dir = "/bin/bash", []string{"bash", "-euc", step.script}, project
	cmd.Env = append(append(cmd.Env, "BUILDX_BUILDER=remote", "BUILDKIT_PROGRESS=plain"), step.env...)
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("line %d: %v\n%s\n%s", one.line, err, step.script, output)
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

// pushGo pushes the image that stands for golang: the Go that runs the tests, on the base that has a shell.
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
