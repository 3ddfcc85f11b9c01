package e2e

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"fanlight/ci/tools/bases"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// TestWrongPlatform builds on single images, not indexes, for another operating system or processor than the requested
// one.
func TestWrongPlatform(t *testing.T) {
	env := loadEnvironment(t)
	s := newShelf(env, "wrong/nano")
	s.push(t, standIn{version: server2022})
	s.push(t, standIn{version: server2025, arch: "arm64"})
	linux, _ := pushBareLinux(t, env)
	arm64 := entry{Platform: "windows/arm64", OSVersion: server2025, Base: s.ref(server2025 + "-arm64")}
	onARM := map[string]string{"platform": "windows/arm64"}
	run := newShelf(env, "wrong/run")
	run.index(t, "all", ofVersions(server2022)...)
	var layer ocispec.Manifest
	if _, err := run.parse(t, server2022).Manifest(&layer); err != nil {
		t.Fatal(err)
	}
	eachFanOut(t, env, []fanOutCase{
		{testCase: testCase{Name: "a Linux image as the base", Options: onWindows(), Error: []string{"FROM --platform=linux/amd64 " + linux}},
			dockerfile: "FROM " + linux + "\nCOPY file.txt C:/\n"},
		{testCase: testCase{Name: "a Linux image in a list", Options: onWindows(), Error: []string{"FROM --platform=linux/amd64 " + linux}},
			dockerfile: "FROM {" + linux + "," + s.ref(server2022) + "}\nCOPY file.txt C:/\n"},
		{testCase: testCase{
			Name: "a base for another processor in a list", Options: onARM, Index: []entry{arm64},
			Output: []string{s.ref(server2022) + " has no image for windows/arm64"},
		}, dockerfile: "FROM " + s.ref("{"+server2022+","+server2025+"-arm64}") + "\nCOPY file.txt C:/\n"},
		{testCase: testCase{Name: "a base for another processor", Options: onARM, Error: []string{s.ref(server2022), "windows/amd64", "windows/arm64"}},
			dockerfile: "FROM " + s.ref(server2022) + "\nCOPY file.txt C:/\n"},
		{testCase: testCase{Name: "a stage for another processor", Options: onARM, Error: []string{s.ref(server2022), "windows/amd64", "windows/arm64"}},
			dockerfile: "FROM " + s.ref(server2022) + " AS files\nFROM " + s.ref(server2025+"-arm64") + "\nCOPY --from=files /License.txt C:/\n"},
		{testCase: testCase{Name: "RUN in a Windows stage that a Linux image needs", Options: map[string]string{"platform": "linux/amd64"},
			Error: []string{"RUN needs a Windows worker", "Dockerfile:3"}},
			dockerfile: "FROM --platform=windows/amd64 " + run.ref(server2022) + " AS windows\nRUN cmd /c dir\nFROM scratch\nCOPY --from=windows /License.txt /\n",
			unasked:    []string{layer.Layers[0].Digest.String()}},
		{testCase: testCase{Name: "RUN in a Windows stage that a Linux image needs, beside a Windows image",
			Options: map[string]string{"platform": "linux/amd64,windows/amd64"}, Error: []string{"RUN needs a Windows worker", "Dockerfile:3"}},
			dockerfile: "FROM --platform=windows/amd64 " + run.ref("all") + " AS made\nRUN cmd /c dir\nFROM scratch AS linux\n" +
				"COPY --from=made /License.txt /\nFROM " + s.ref(server2022) + " AS windows\nCOPY file.txt C:/\nFROM ${TARGETOS}\n",
			unasked: []string{layer.Layers[0].Digest.String()}},
	})
}

// TestCopyFromLinuxImage copies from a single Linux image, not an index, into a Windows stage. The build is refused
// before BuildKit stores the layers of that image as Windows layers. The Dockerfile that the error suggests must then
// work on the same engine, and so must a Linux build on that image.
func TestCopyFromLinuxImage(t *testing.T) {
	env := loadEnvironment(t)
	clients(t, env)
	s := newShelf(env, "wrong/copy")
	s.push(t, standIn{version: server2022})
	for _, one := range []struct{ name, lines string }{
		{"COPY --from of the image", "FROM BASE\nCOPY --from=LINUX /etc/motd C:/\n"},
		{"COPY --from of a stage", "FROM LINUX AS files\nFROM BASE\nCOPY --from=files /etc/motd C:/\n"},
	} {
		t.Run(one.name, func(t *testing.T) {
			linux, text := pushBareLinux(t, env)
			fill := strings.NewReplacer("LINUX", linux, "BASE", s.ref(server2022)).Replace
			client := remoteClient(env, "remote")
			fanOutCase{
				testCase:   testCase{Options: onWindows(), Error: []string{"FROM --platform=linux/amd64 " + linux}},
				dockerfile: fill(one.lines),
			}.run(t, env, client)
			fanOutCase{
				testCase: testCase{
					Options: onWindows(), Index: s.entries(server2022), Files: map[string]map[string]string{"windows": {"Files/motd": text}},
				},
				dockerfile: fill("FROM --platform=linux/amd64 LINUX AS files\nFROM BASE\nCOPY --from=files /etc/motd C:/\n"),
			}.run(t, env, client)
			fanOutCase{
				testCase: testCase{
					Options: map[string]string{"platform": "linux/amd64"}, Index: []entry{{Platform: "linux/amd64"}},
					Files: map[string]map[string]string{"linux": {"etc/motd": text, "copied/motd": text, "file.txt": "a file\n"}},
				},
				dockerfile: fill("FROM LINUX\nCOPY file.txt /\nCOPY --from=LINUX /etc/motd /copied/\n"),
			}.run(t, env, client)
		})
	}
}

// pushBareLinux pushes a single Linux image, not an index. Its layer is unique, because BuildKit remembers for which
// system a layer was first unpacked. It returns the reference and the text of the file etc/motd.
func pushBareLinux(t *testing.T, env environment) (ref, text string) {
	t.Helper()
	number := standInSeed()
	text = fmt.Sprintf("Linux %d\n", number)
	layer, err := bases.TextLayer("etc/motd", text)
	if err != nil {
		t.Fatal(err)
	}
	s, tag := newShelf(env, "wrong/linux"), fmt.Sprint(number)
	if _, err := bases.PushPacked(s.host, s.repo, tag, bytes.NewReader(layer)); err != nil {
		t.Fatal(err)
	}
	return s.ref(tag), text
}
