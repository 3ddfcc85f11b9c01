package e2e

import (
	"maps"
	"os"
	"testing"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// TestBaseLabels checks that the labels of each Windows image name its own base image, with the digest that the build
// pinned. It also checks that nothing else changes: labels of the file, and images for Linux.
func TestBaseLabels(t *testing.T) {
	env := loadEnvironment(t)
	client := clients(t, env)[1]
	s := newShelf(env, newRepo("labels"))
	index := s.index(t, "all", ofVersions(servers...)...)
	digests := map[string]digest.Digest{}
	for _, version := range servers {
		digests[version] = s.push(t, standIn{version: version}).Digest
	}
	s.push(t, standIn{isLinux: true})
	hostProcess := s.push(t, standIn{})
	own := map[string]string{ocispec.AnnotationBaseImageName: "mine", ocispec.AnnotationBaseImageDigest: "sha256:mine"}
	listed := s.repo + ":" + server2025 + "," + server2022
	// build returns the labels of each image, by its os.version.
	build := func(dockerfile string, more ...string) map[string]map[string]string {
		t.Helper()
		one := fanOutCase{dockerfile: dockerfile}
		request := buildRequest{context: one.folder(t, env), options: onWindows(more...), ref: newRef(env)}
		if output, err := client.build(t, request); err != nil {
			t.Fatalf("%v\n%s", err, output)
		}
		labels := map[string]map[string]string{}
		for _, image := range pull(t, request.ref).images {
			labels[image.config.OSVersion+image.config.OS[:1]] = image.config.Config.Labels
		}
		return labels
	}
	check := func(what string, got, want map[string]string) {
		t.Helper()
		if !maps.Equal(got, want) {
			t.Errorf("%s: the labels are %v, want %v", what, got, want)
		}
	}
	of := func(tag string, of digest.Digest) map[string]string {
		return map[string]string{ocispec.AnnotationBaseImageName: s.ref(tag), ocispec.AnnotationBaseImageDigest: of.String()}
	}
	images := build("FROM "+env.registry+"/"+listed+" AS windows\nCOPY file.txt /\nFROM "+s.ref("linux")+" AS linux\nENV A=b\n",
		"platform", "linux/amd64,windows/amd64")
	check("an element", images[server2025+"w"], of(server2025, digests[server2025]))
	check("another element", images[server2022+"w"], of(server2022, digests[server2022]))
	check("Linux", images["l"], nil)
	images = build("FROM " + s.ref("all") + "\nCOPY file.txt /\n")
	for version := range digests {
		got := images[version+"w"]
		if got[ocispec.AnnotationBaseImageName] != s.ref("all") || got[ocispec.AnnotationBaseImageDigest] == index.Digest.String() {
			t.Errorf("%s of an index: the labels are %v", version, got)
		}
	}
	check("HostProcess", build("FROM " + s.ref("none") + "\nCOPY file.txt /\n")["w"], of("none", hostProcess.Digest))
	check("scratch", build("FROM scratch\nCOPY file.txt /\n")["w"], nil)
	text := "FROM " + s.ref(server2022) + "\nLABEL org.opencontainers.image.base.name=mine org.opencontainers.image.base.digest=sha256:mine\n"
	check("labels of the file", build(text)[server2022+"w"], own)
	check("no labels", build("FROM "+s.ref(server2022)+"\nCOPY file.txt /\n", "build-arg:FANLIGHT_LABELS", "0")[server2022+"w"], nil)
	// The base image was built with fanlight, and its own labels name its base image.
	one := fanOutCase{dockerfile: "FROM " + s.ref(server2022) + "\nCOPY file.txt /\n"}
	team := buildRequest{context: one.folder(t, env), options: onWindows(), ref: newRef(env) + ":team"}
	if output, err := client.build(t, team); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	got := build("FROM " + team.ref + "\nCOPY file.txt /above/\n")[server2022+"w"]
	if got[ocispec.AnnotationBaseImageName] != team.ref || got[ocispec.AnnotationBaseImageDigest] == digests[server2022].String() {
		t.Errorf("labels that came from the base: %v", got)
	}
	got = build("FROM "+team.ref+"\nCOPY file.txt /above/\n", "build-arg:BUILDKIT_SYNTAX", os.Getenv("PEER"))[server2022+"w"]
	check("docker/dockerfile hands them on", got, of(server2022, digests[server2022]))
}
