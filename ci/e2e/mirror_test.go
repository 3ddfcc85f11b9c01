package e2e

import (
	"strings"
	"testing"
)

// TestMirror copies the frontend image as the README says, and as it says not to. Without its Windows entries a build
// downloads the base images and warns.
func TestMirror(t *testing.T) {
	env := loadEnvironment(t)
	remote := clients(t, env)[1]
	run := func(args ...string) {
		t.Helper()
		if output, err := docker(env, args...).CombinedOutput(); err != nil {
			t.Fatalf("docker %s: %v\n%s", strings.Join(args, " "), err, output)
		}
	}
	project := t.TempDir()
	write(t, project+"/Dockerfile", env.fill("FROM registry.test/windows/nanoserver:ltsc2022\nCOPY Dockerfile /Dockerfile\n"))
	for name, test := range map[string]struct {
		copy   func(from, to string)
		images int
	}{
		"imagetools": {func(from, to string) { run("buildx", "imagetools", "create", "--builder", "remote", "--tag", to, from) }, 4},
		"pull and push": {func(from, to string) {
			run("pull", from)
			run("tag", from, to)
			run("push", to)
		}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			ref := newRef(env)
			test.copy(env.frontend, ref)
			if got := len(pull(t, ref).images); got != test.images {
				t.Errorf("the copy has %d images, want %d", got, test.images)
			}
			offset := logSize(t, env.registryLog)
			output, err := remote.build(t, buildRequest{
				context: project,
				options: map[string]string{"platform": "windows/amd64", "build-arg:BUILDKIT_SYNTAX": ref, "no-cache": ""},
				ref:     newRef(env),
			})
			if err != nil {
				t.Fatalf("%v\n%s", err, output)
			}
			if warned := strings.Contains(output, "downloaded and unpacked"); warned == (test.images > 1) {
				t.Errorf("a copy of %d images: a warning is %v\n%s", test.images, warned, output)
			}
			if test.images > 1 {
				checkNoBaseFetched(t, env, offset)
			}
		})
	}
}
