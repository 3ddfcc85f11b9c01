package e2e

import (
	"fmt"
	"path/filepath"
	"testing"
)

// TestNamedContexts replaces a base image, a stage, or an image that files are copied from.
func TestNamedContexts(t *testing.T) {
	env := loadEnvironment(t)
	s := newShelf(env, "contexts/nano")
	s.index(t, "all", ofVersions(servers...)...)
	files := newShelf(env, "contexts/files")
	files.index(t, "all", ofVersions(servers...)...)
	layout := writeLayout(t, files.ref("all"), "1")
	folder := filepath.Join(t.TempDir(), "folder")
	for _, name := range []string{"windows/one.txt", "users/two.txt", "sub/windows/three.txt", "four.txt"} {
		write(t, filepath.Join(folder, name), "in a folder\n")
	}
	image := func(ref string) string { return "docker-image://" + ref }
	from := "FROM " + s.ref("all") + "\n"
	libraries := from + "COPY --from=files /Windows/System32/10.0.*.dll C:/added/\n"
	added := func() []entry { return holding(s.entries(servers...), "Files/added/%s.dll", "MZ stand-in %s.dll") }
	list := "FROM " + s.ref("{"+server2019+","+server2022+"}") + " AS base\nCOPY file.txt C:/base/\n"
	inFolder := map[string]map[string]string{"windows": {
		"Files/added/one.txt": "in a folder\n", "Files/added/two.txt": "in a folder\n", "Files/added/three.txt": "in a folder\n",
		"Files/all/four.txt": "in a folder\n", "Files/all/windows/one.txt": "in a folder\n",
	}}
	one := files.entries(server2022)
	fromFolder := "COPY --from=files /windows/one.txt /users/two.txt /sub/windows/three.txt C:/added/\nCOPY --from=files / C:/all/\n"

	cases := []fanOutCase{
		{testCase: testCase{Name: "an image in the place of a stage whose FROM is a list", Index: one,
			Options: onWindows("context:base", image(files.ref(server2022)))}, dockerfile: list + "FROM base\nCOPY file.txt C:/\n"},
		{testCase: testCase{Name: "an index in the place of a stage whose FROM is a list", Index: files.entries(servers...),
			Options: onWindows("context:base", image(files.ref("all")))}, dockerfile: list + "FROM base\nCOPY file.txt C:/\n"},
		{testCase: testCase{Name: "a folder in the place of a stage whose FROM is a list, copied from", Index: s.entries(server2025),
			Options: onWindows("context:base", folder), Files: map[string]map[string]string{"windows": {"Files/added/four.txt": "in a folder\n"}}},
			dockerfile: list + "FROM " + s.ref(server2025) + "\nCOPY --from=base four.txt C:/added/\n"},
		{testCase: testCase{Name: "a base that cannot be unpacked in the place of a stage",
			Index:   []entry{{Platform: "windows/amd64", OSVersion: server2022, Base: env.registry + "/windows/broken:ltsc2022"}},
			Options: onWindows("context:base", image(env.registry+"/windows/broken:ltsc2022")),
			Files:   map[string]map[string]string{"windows": {"Files/file.txt": "a file\n"}}},
			dockerfile: "FROM scratch AS base\nFROM base\nCOPY file.txt C:/\n"},
		{testCase: testCase{Name: "an image in the place of a base that is not there", Index: one,
			Options: onWindows("context:"+env.registry+"/contexts/none:1", image(files.ref(server2022)))},
			dockerfile: "FROM " + env.registry + "/contexts/none:1\nCOPY file.txt C:/\n", unasked: []string{"/contexts/none/"}},
		{testCase: testCase{Name: "a layout that is an index", Index: files.entries(servers...),
			Options: onWindows("context:base", "oci-layout://"+layout+":1")}, dockerfile: "FROM base\nCOPY file.txt C:/\n"},
		{testCase: testCase{Name: "some versions of a layout", Index: files.entries(server2022, server2019),
			Options: onWindows("context:base", "oci-layout://"+layout+":1", "build-arg:FANLIGHT_VERSIONS", "ltsc2019,ltsc2022")},
			dockerfile: "FROM base\nCOPY file.txt C:/\n"},
		{testCase: testCase{Name: "a folder that is copied from", Index: s.entries(servers...), Files: inFolder,
			Options: onWindows("context:files", folder)}, dockerfile: from + fromFolder},
		{testCase: testCase{Name: "an index that is copied from", Index: added(), Options: onWindows("context:files", image(files.ref("all")))},
			dockerfile: libraries},
		{testCase: testCase{Name: "a layout that is copied from", Index: added(), Options: onWindows("context:files", "oci-layout://"+layout+":1")},
			dockerfile: libraries},
		{testCase: testCase{Name: "an index in the place of a stage, copied from", Index: added(), Options: onWindows("context:files", image(files.ref("all")))},
			dockerfile: "FROM scratch AS files\n" + libraries},
		{testCase: testCase{Name: "one image that is copied from", Options: onWindows("context:files", image(files.ref(server2022))), Index: s.entries(servers...),
			Files: map[string]map[string]string{"windows": {"Files/added/" + server2022 + ".dll": "MZ stand-in " + server2022 + ".dll"}}},
			dockerfile: libraries},
	}
	eachFanOut(t, env, cases)
}

// TestContextsPerVersion passes a context for each version by hand, as buildx does for the targets of bake.
func TestContextsPerVersion(t *testing.T) {
	env := loadEnvironment(t)
	s := newShelf(env, "contexts/versions")
	s.index(t, "all", ofVersions(servers...)...)
	per := func(name, version, ref string) (string, string) {
		return fmt.Sprintf("context:%s::windows(%s)/amd64", name, version), "docker-image://" + ref
	}
	options := func(name string, of shelf, more ...string) map[string]string {
		made := onWindows(more...)
		for _, version := range []string{server2019, server2022} {
			key, value := per(name, version, of.ref(version))
			made[key] = value
		}
		return made
	}
	files := newShelf(env, "contexts/version-files")
	files.index(t, "all", ofVersions(servers...)...)
	both := s.entries(server2022, server2019)
	cases := []fanOutCase{
		{testCase: testCase{Name: "a base", Options: options("base", s), Index: both}, dockerfile: "FROM base\nCOPY file.txt C:/\n"},
		{testCase: testCase{Name: "a base, one version", Options: options("base", s, "build-arg:FANLIGHT_VERSIONS", "ltsc2022"), Index: both[:1]},
			dockerfile: "FROM base\nCOPY file.txt C:/\n"},
		{testCase: testCase{Name: "an image by its name", Options: options(env.registry+"/contexts/none:2", s), Index: both},
			dockerfile: "FROM " + env.registry + "/contexts/none:2\nCOPY file.txt C:/\n", unasked: []string{"/contexts/none/"}},
		{testCase: testCase{Name: "a stage", Options: options("base", s), Index: both},
			dockerfile: "FROM scratch AS base\nFROM base\nCOPY file.txt C:/\n"},
		{testCase: testCase{
			Name: "copied from", Options: options("files", files),
			Index: holding(s.entries(server2022, server2019), "Files/added/%s.dll", "MZ stand-in %s.dll"),
		}, dockerfile: "FROM " + s.ref("{"+server2019+","+server2022+"}") + "\nCOPY --from=files /Windows/System32/10.0.*.dll C:/added/\n"},
	}
	t.Run("builds", func(t *testing.T) {
		for _, one := range cases {
			t.Run(one.Name, func(t *testing.T) {
				t.Parallel()
				one.run(t, env, buildctlClient(env))
			})
		}
	})
}
