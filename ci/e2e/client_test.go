package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// client is a program that builds on an engine.
type client struct {
	name string
	// attests is true if the client requests provenance by default.
	attests bool
	command func(buildRequest) *exec.Cmd
}

type buildRequest struct {
	context string
	options map[string]string
	// ref is the reference to push the result to.
	ref string
	// file is the Dockerfile, if it is not in the context (buildx only).
	file string
	// cacheTo is a registry cache to write, with or without ",mode=max". cacheFrom is a registry cache to read.
	cacheTo, cacheFrom string
}

func clients(t *testing.T, env environment) []client {
	t.Helper()
	if out, err := docker(env, "buildx", "create", "--name", "remote", "--driver", "remote", env.buildkit).CombinedOutput(); err != nil {
		t.Fatalf("buildx create: %v\n%s", err, out)
	}
	t.Cleanup(func() { _ = docker(env, "buildx", "rm", "remote").Run() })
	return []client{
		buildctlClient(env),
		remoteClient(env, "remote"),
		dockerClient(env),
	}
}

// remoteClient is buildx with a remote buildkitd.
func remoteClient(env environment, builder string) client {
	return client{"buildx-remote", true, func(r buildRequest) *exec.Cmd {
		return docker(env, r.buildx(builder, "type=image,push=true,name="+r.ref)...)
	}}
}

func buildctlClient(env environment) client {
	return client{"buildctl", false, func(r buildRequest) *exec.Cmd { return exec.Command("buildctl", r.buildctl(env)...) }}
}

// dockerClient is buildx on a Docker Engine. Without store=false the image store of the engine downloads every layer of
// every base image. The engine of the tests has no bridge network.
func dockerClient(env environment) client {
	return client{"docker", true, func(r buildRequest) *exec.Cmd {
		args := r.buildx("default", "type=image,push=true,store=false,name="+r.ref)
		return docker(env, append(args, "--network", "host")...)
	}}
}

func docker(env environment, args ...string) *exec.Cmd {
	cmd := exec.Command("docker", args...)
	for _, variable := range os.Environ() {
		// Settings of the user must not change the tests.
		if !strings.HasPrefix(variable, "BUILDX_") && !strings.HasPrefix(variable, "DOCKER_HOST=") {
			cmd.Env = append(cmd.Env, variable)
		}
	}
	cmd.Env = append(cmd.Env, "DOCKER_HOST="+env.engine)
	return cmd
}

// build runs the client and returns its output.
func (c client) build(t *testing.T, request buildRequest) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	made := c.command(request)
	cmd := exec.CommandContext(ctx, made.Path, made.Args[1:]...)
	cmd.Env = made.Env
	output, err := cmd.CombinedOutput()
	return string(output), err
}

func (r buildRequest) buildctl(env environment) []string {
	args := []string{
		"--addr", env.buildkit, "build", "--progress", "plain", "--frontend", "dockerfile.v0",
		"--local", "context=" + r.context, "--local", "dockerfile=" + r.context,
		"--output", "type=image,push=true,name=" + r.ref,
	}
	for key, value := range r.all() {
		args = append(args, "--opt", key+"="+value)
	}
	if r.cacheTo != "" {
		args = append(args, "--export-cache", "type=registry,ref="+r.cacheTo)
	}
	if r.cacheFrom != "" {
		args = append(args, "--import-cache", "type=registry,ref="+r.cacheFrom)
	}
	return args
}

func (r buildRequest) buildx(builder, output string) []string {
	args := []string{"buildx", "build", "--builder", builder, "--progress", "plain", "--output", output}
	for key, value := range r.all() {
		switch kind, name, _ := strings.Cut(key, ":"); kind {
		case "build-arg", "label":
			args = append(args, "--"+kind, name+"="+value)
		case "attest":
			// Both flags take a value of key=value pairs.
			args = append(args, "--"+name, value)
		case "context":
			args = append(args, "--build-context", name+"="+value)
		case "filename":
			args = append(args, "--file", r.context+"/"+value)
		case "platform", "target":
			args = append(args, "--"+kind, value)
		case "no-cache":
			args = append(args, "--no-cache")
		case "force-network-mode":
			args = append(args, "--network", value)
		case "add-hosts":
			args = append(args, "--add-host", value)
		default:
			panic("no flag of buildx is known for the option " + key)
		}
	}
	if r.file != "" {
		args = append(args, "--file", r.file)
	}
	if r.cacheTo != "" {
		args = append(args, "--cache-to", "type=registry,ref="+r.cacheTo)
	}
	if r.cacheFrom != "" {
		args = append(args, "--cache-from", "type=registry,ref="+r.cacheFrom)
	}
	return append(args, r.context)
}

// all adds a build argument that is unique to this build, for stages that must not be cached.
func (r buildRequest) all() map[string]string {
	options := map[string]string{"build-arg:NONCE": fmt.Sprintf("%s-%d", r.ref, time.Now().UnixNano())}
	for key, value := range r.options {
		options[key] = value
	}
	return options
}

// ranLines returns how many steps printed the line.
func ranLines(output, text string) int {
	line := regexp.MustCompile(`(?m)^#\d+ \d+\.\d+ ` + regexp.QuoteMeta(text) + `$`)
	return len(line.FindAllString(output, -1))
}
