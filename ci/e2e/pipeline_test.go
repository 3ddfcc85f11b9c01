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

// recipeStep is a script that is run, with what the service would have put into its environment.
type recipeStep struct {
	script string
	env    []string
	// shows is what the page says that it prints, and fails that it ends with an error.
	shows string
	fails bool
}

// recipeSteps finds in a block what builds: the text itself, or the steps of a CI service's file. What logs in or makes
// a builder is left out; the tests have both.
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

// isNoPullRequest is the condition by which a workflow pushes or only builds.
const isNoPullRequest = "${{ github.event_name != 'pull_request' }}"

// githubSteps turns every use of docker/build-push-action into the command that the action runs, once for a pull request
// and once for a push where the workflow tells them apart. Scripts that build are run as they are, and conditions hold.
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

// buildPush is what docker/build-push-action makes of its inputs: lists of lines are repeated flags, and of the others
// each is a flag.
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

// gitlabSteps gives the script of a job, with its variables and the predefined ones it uses.
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

// azureSteps gives the scripts that build, with the pipeline's variables put in as the service puts them in.
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

// goreleaserSteps does what GoReleaser does with the part dockers_v2 of its file: it compiles for each target, lays the
// programs into a folder a platform, and builds the Dockerfile on them. The SBOM that it asks for is left out: its scanner
// is an image of Docker Hub.
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
