package e2e

import (
	"maps"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// recipeStep is a script to run, and the environment variables that the CI service would set.
type recipeStep struct {
	script string
	env    []string
	// shows is the output that the page shows. fails is true if the page says that the script ends with an error.
	shows string
	fails bool
}

// recipeSteps returns the build steps in a block: the text itself, or the steps in a file of a CI service. It skips
// steps that log in or create a builder, because the tests do both.
func recipeSteps(t *testing.T, kind, text string) []recipeStep {
	t.Helper()
	kind, argument, _ := strings.Cut(kind, " ")
	switch kind {
	case "shell":
		return []recipeStep{{script: text}}
	case "console":
		return consoleSteps(t, text)
	case "goreleaser":
		return goreleaserSteps(t, text)
	case "github":
		return githubSteps(t, text)
	case "gitlab":
		return gitlabSteps(t, text, argument)
	case "azure":
		return azureSteps(t, text)
	}
	t.Fatalf("no kind of recipe is named %s", kind)
	return nil
}

func decode(t *testing.T, text string, to any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(text), to); err != nil {
		t.Fatal(err)
	}
}

// isNoPullRequest is the condition in a workflow that decides whether it pushes or only builds.
const isNoPullRequest = "${{ github.event_name != 'pull_request' }}"

// githubSteps turns every use of docker/build-push-action into the command that the action runs: once for a pull
// request and once for a push, if the workflow distinguishes them. Scripts that build are run as they are, and
// conditions count as true.
func githubSteps(t *testing.T, text string) []recipeStep {
	t.Helper()
	if strings.Contains(text, isNoPullRequest) {
		pullRequest := githubSteps(t, strings.ReplaceAll(text, isNoPullRequest, "false"))
		return append(pullRequest, githubSteps(t, strings.ReplaceAll(text, isNoPullRequest, "true"))...)
	}
	var workflow struct {
		Jobs map[string]struct {
			Steps []struct {
				Uses, Run string
				With      map[string]string
			}
		}
	}
	decode(t, text, &workflow)
	var steps []recipeStep
	for _, job := range workflow.Jobs {
		for _, step := range job.Steps {
			if strings.Contains(step.Run, "buildx build ") {
				steps = append(steps, recipeStep{script: step.Run, env: []string{"GITHUB_OUTPUT=/dev/null"}})
			}
			if strings.HasPrefix(step.Uses, "docker/build-push-action@") {
				steps = append(steps, recipeStep{script: buildPush(t, step.With)})
			}
		}
	}
	if len(steps) == 0 {
		t.Fatal("the workflow builds nothing")
	}
	return steps
}

// buildPush returns the command that docker/build-push-action runs for its inputs. An input of several lines becomes a
// repeated flag, any other a single flag.
func buildPush(t *testing.T, with map[string]string) string {
	t.Helper()
	lines := map[string]string{"build-args": "--build-arg", "tags": "--tag"}
	single := map[string]string{
		"platforms": "--platform", "cache-from": "--cache-from", "cache-to": "--cache-to", "provenance": "--provenance",
		"target": "--target", "file": "--file", "outputs": "--output",
	}
	args := []string{"docker", "buildx", "build"}
	for _, name := range slices.Sorted(maps.Keys(with)) {
		value := strings.TrimSpace(with[name])
		switch {
		case lines[name] != "":
			for line := range strings.Lines(value) {
				args = append(args, lines[name], quoted(strings.TrimSpace(line)))
			}
		case single[name] != "":
			args = append(args, single[name], quoted(value))
		case name == "push" && value == "true":
			args = append(args, "--push")
		case name != "context":
			t.Fatalf("what docker/build-push-action does with %s is not known here", name)
		}
	}
	return strings.Join(append(args, quoted(with["context"])), " ")
}

// gitlabSteps returns the script of a job, with its variables and the predefined ones that it uses.
func gitlabSteps(t *testing.T, text, job string) []recipeStep {
	t.Helper()
	var jobs map[string]struct {
		Variables map[string]string
		Script    []string
	}
	decode(t, text, &jobs)
	step := recipeStep{script: strings.Join(jobs[job].Script, "\n"), env: []string{"CI_COMMIT_TAG=v4.0.0"}}
	if step.script == "" {
		t.Fatalf("no job %s with a script", job)
	}
	for name, value := range jobs[job].Variables {
		step.env = append(step.env, name+"="+value)
	}
	return []recipeStep{step}
}

var azureMacro = regexp.MustCompile(`\$\(([\w.]+)\)`)

// azureSteps returns the scripts that build, with the variables of the pipeline filled in as the service does.
func azureSteps(t *testing.T, text string) []recipeStep {
	t.Helper()
	var pipeline struct {
		Variables map[string]string
		Steps     []struct{ Script string }
	}
	decode(t, text, &pipeline)
	variables := map[string]string{"Build.BuildNumber": "20261121.1"}
	for name, value := range pipeline.Variables {
		variables[name] = value
	}
	var steps []recipeStep
	for _, step := range pipeline.Steps {
		if !strings.Contains(step.Script, "buildx build ") {
			continue
		}
		steps = append(steps, recipeStep{script: azureMacro.ReplaceAllStringFunc(step.Script, func(macro string) string {
			value, ok := variables[azureMacro.FindStringSubmatch(macro)[1]]
			if !ok {
				t.Fatalf("the pipeline has no variable %s", macro)
			}
			return value
		})})
	}
	if len(steps) == 0 {
		t.Fatal("the pipeline builds nothing")
	}
	return steps
}

func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

func goRoot() (string, error) {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	return strings.TrimSpace(string(out)), err
}

// goreleaserSteps does what GoReleaser does for the part dockers_v2 of its file: it compiles for each target, puts the
// programs into one folder for each platform, and builds the Dockerfile with them. It leaves out the SBOM, because its
// scanner is an image on Docker Hub.
func goreleaserSteps(t *testing.T, text string) []recipeStep {
	t.Helper()
	var file struct {
		ProjectName string `yaml:"project_name"`
		Builds      []struct {
			Env, Goos, Goarch []string
			Ignore            []struct{ Goos, Goarch string }
		}
		DockersV2 []struct {
			Dockerfile              string
			Images, Tags, Platforms []string
			BuildArgs               map[string]string `yaml:"build_args"`
		} `yaml:"dockers_v2"`
	}
	decode(t, text, &file)
	if len(file.Builds) != 1 || len(file.DockersV2) != 1 {
		t.Fatalf("the file has %d builds and %d images, want one of each", len(file.Builds), len(file.DockersV2))
	}
	image, build := file.DockersV2[0], file.Builds[0]
	script := []string{"rm -rf dist", "mkdir dist", "cp " + quoted(image.Dockerfile) + " dist/Dockerfile"}
	for _, system := range build.Goos {
		for _, architecture := range build.Goarch {
			if slices.ContainsFunc(build.Ignore, func(one struct{ Goos, Goarch string }) bool {
				return one.Goos == system && one.Goarch == architecture
			}) {
				continue
			}
			program := file.ProjectName
			if system == "windows" {
				program += ".exe"
			}
			script = append(script, strings.Join(build.Env, " ")+" GOOS="+system+" GOARCH="+architecture+" go build -o "+
				quoted("dist/"+system+"/"+architecture+"/"+program)+" .")
		}
	}
	args := []string{"docker", "buildx", "build", "--platform", quoted(strings.Join(image.Platforms, ","))}
	for _, name := range image.Images {
		for _, tag := range image.Tags {
			args = append(args, "--tag", quoted(name+":"+strings.ReplaceAll(tag, "{{ .Version }}", "8.0.0")))
		}
	}
	args = append(args, "--push")
	for _, name := range slices.Sorted(maps.Keys(image.BuildArgs)) {
		args = append(args, "--build-arg", quoted(name+"="+image.BuildArgs[name]))
	}
	return []recipeStep{{script: strings.Join(append(script, strings.Join(append(args, "dist"), " ")), "\n")}}
}
