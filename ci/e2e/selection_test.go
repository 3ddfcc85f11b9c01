package e2e

import (
	"net/http"
	"testing"

	"github.com/opencontainers/go-digest"
)

// TestSelection builds some of the available versions. Versions that are not selected may be missing, and must not be
// requested.
func TestSelection(t *testing.T) {
	env := loadEnvironment(t)
	nano := env.registry + "/windows/nanoserver"
	of := func(platform, version, tag string) entry {
		return entry{Platform: platform, OSVersion: version, Base: nano + ":" + tag}
	}
	amd64 := []entry{of("windows/amd64", server2025, "ltsc2025"), of("windows/amd64", server2022, "ltsc2022")}
	arm64 := of("windows/arm64", server2025, "ltsc2025")
	three := "FROM " + nano + ":ltsc2019,ltsc2022,ltsc2025\nCOPY file.txt C:/\n"
	both := "FROM " + nano + ":ltsc2022,ltsc2025\nCOPY file.txt C:/\n"
	cases := []fanOutCase{
		{testCase: testCase{Name: "a name in the platform", Options: map[string]string{"platform": "windows(ltsc2022)/amd64"}, Index: amd64[1:]}, dockerfile: three},
		{testCase: testCase{Name: "a build in the platform", Options: map[string]string{"platform": "windows(20348)/amd64"}, Index: amd64[1:]}, dockerfile: three},
		{testCase: testCase{
			Name: "names in two platforms", Options: map[string]string{"platform": "windows(ltsc2022)/amd64,windows(24H2)/amd64"}, Index: amd64,
		}, dockerfile: three},
		{testCase: testCase{
			Name: "nonsense in the platform", Options: map[string]string{"platform": "windows(nonsense)/amd64"},
			Error: []string{"nonsense", "ltsc2022"},
		}, dockerfile: three},
		{testCase: testCase{
			Name: "a version for which one processor has no image",
			Options: map[string]string{
				"platform": "windows/amd64,windows/arm64", "build-arg:FANLIGHT_VERSIONS": "ltsc2022,ltsc2025",
			},
			Index:  append(append([]entry{}, amd64...), arm64),
			Output: []string{nano + ":ltsc2022 has no image for windows/arm64"},
		}, dockerfile: both},
		{testCase: testCase{
			Name: "a version that nobody has",
			Options: map[string]string{
				"platform": "windows/amd64,windows/arm64", "build-arg:FANLIGHT_VERSIONS": "ltsc2022,20H2",
			},
			Error: []string{"no Windows base matches ltsc2022 and 20H2"},
		}, dockerfile: both},
		{testCase: testCase{
			Name: "a version that no processor has in an index",
			Options: map[string]string{
				"platform": "windows/amd64,windows/arm64", "build-arg:FANLIGHT_VERSIONS": "ltsc2022,20H2",
			},
			Error: []string{"no Windows base matches ltsc2022 and 20H2"},
		}, dockerfile: "FROM " + env.registry + "/library/runtime:ordered\nCOPY file.txt C:/\n"},
		{testCase: testCase{
			Name: "an index that has a version for one processor alone",
			Options: map[string]string{
				"platform": "windows/amd64,windows/arm64", "build-arg:FANLIGHT_VERSIONS": "ltsc2022,ltsc2025",
			},
			Index: []entry{
				{Platform: "windows/amd64", OSVersion: server2025, Base: env.registry + "/library/runtime:ordered"},
				{Platform: "windows/amd64", OSVersion: server2022, Base: env.registry + "/library/runtime:ordered"},
				{Platform: "windows/arm64", OSVersion: server2025, Base: env.registry + "/library/runtime:ordered"},
			},
			Output: []string{"windows/arm64"},
		}, dockerfile: "FROM " + env.registry + "/library/runtime:ordered\nCOPY file.txt C:/\n"},
	}
	eachFanOut(t, env, append(cases, unselectedCases(t, env)...))
}

// unselectedCases returns cases that lack an image that is not selected.
func unselectedCases(t *testing.T, env environment) []fanOutCase {
	t.Helper()
	s := newShelf(env, "selection/list")
	s.indexOf(t, "ltsc2022", s.push(t, standIn{version: server2022}))
	s.push(t, standIn{version: server2019})
	from := "FROM " + env.registry + "/selection/list:"
	copied := "\nCOPY file.txt C:/\n"
	sparse := newShelf(env, "selection/sparse")
	sparse.index(t, "all", ofVersions(servers...)...)
	gone := sparse.remove(t, server2019)
	// This shelf is separate, because the other cases must not request the missing image.
	asked := newShelf(env, "selection/asked")
	asked.index(t, "all", ofVersions(servers...)...)
	goneAndAsked := asked.remove(t, server2019)
	files := newShelf(env, "selection/files")
	files.index(t, "all", ofVersions(servers...)...)
	goneFile := files.remove(t, server2019)
	selected := func(version string) map[string]string { return onWindows("build-arg:FANLIGHT_VERSIONS", version) }
	newer := newShelf(env, "selection/newer")
	newer.indexOf(t, "ltsc2099", newer.push(t, standIn{version: serverToCome}))
	onArm64 := newer.push(t, standIn{version: server2025, arch: "arm64"})
	newer.indexOf(t, "ltsc2025", newer.push(t, standIn{version: server2025}), onArm64)
	return []fanOutCase{
		{testCase: testCase{Name: "a release that is newer than fanlight, by its name", Options: selected("ltsc2099"), Index: newer.entries(serverToCome)},
			dockerfile: "FROM " + newer.ref("ltsc2025,ltsc2099") + copied},
		{testCase: testCase{
			Name: "a release that is newer than fanlight, in the platform", Index: newer.entries(serverToCome),
			Options: map[string]string{"platform": "windows(ltsc2099)/amd64"},
		}, dockerfile: "FROM " + newer.ref("ltsc2025,ltsc2099") + copied},
		{testCase: testCase{
			Name: "a release that is newer than fanlight, which one processor has",
			Options: map[string]string{
				"platform": "windows/amd64,windows/arm64", "build-arg:FANLIGHT_VERSIONS": "ltsc2025,ltsc2099",
			},
			Index: append(newer.entries(serverToCome, server2025), entry{Platform: "windows/arm64", OSVersion: server2025, Base: newer.ref("ltsc2025")}),
			Output: []string{
				newer.ref("ltsc2099") + " has no image for windows/arm64", "no base has Windows 10.0.40100 for windows/arm64",
			},
		}, dockerfile: "FROM " + newer.ref("ltsc2025,ltsc2099") + copied},
		{testCase: testCase{
			Name: "a release that is newer than fanlight and in no tag", Options: selected("ltsc2099"),
			Error: []string{"unknown Windows version \"ltsc2099\"", "selection/list:ltsc2022"},
		}, dockerfile: from + "ltsc2022," + server2019 + copied},
		{testCase: testCase{Name: "a tag that is gone, by its name", Options: selected("ltsc2022"), Index: s.entries(server2022)},
			dockerfile: from + "ltsc2022,ltsc2016" + copied, unasked: []string{"/selection/list/manifests/ltsc2016"}},
		{testCase: testCase{Name: "a tag that is gone, by its version", Options: selected("ltsc2019"), Index: s.entries(server2019)},
			dockerfile: from + "{" + server2019 + ",10.0.19041.1415}" + copied, unasked: []string{"/selection/list/manifests/10.0.19041"}},
		{testCase: testCase{
			Name: "a tag that is gone, with the version in the platform", Index: s.entries(server2022),
			Options: map[string]string{"platform": "windows(10.0.20348)/amd64"},
		}, dockerfile: from + "ltsc2022,ltsc2016" + copied, unasked: []string{"/selection/list/manifests/ltsc2016"}},
		{testCase: testCase{Name: "a tag that is gone and asked for", Options: selected("ltsc2022,1903"), Error: []string{"selection/list:1903", "not found"}},
			dockerfile: from + "ltsc2022,1903" + copied},
		{testCase: testCase{Name: "a manifest that is gone from an index", Options: selected("ltsc2022"), Index: sparse.entries(server2022)},
			dockerfile: "FROM " + sparse.ref("all") + copied, unasked: []string{gone}},
		{testCase: testCase{Name: "a manifest that is gone from an index and asked for", Options: onWindows(), Error: []string{"not found", goneAndAsked}},
			dockerfile: "FROM " + asked.ref("all") + copied},
		{testCase: testCase{
			Name: "a manifest that is gone from an index beside a list", Options: selected("ltsc2022"),
			Index: holding(s.entries(server2022), "Files/added/%s.dll", "MZ stand-in %s.dll"),
		}, dockerfile: "FROM " + files.ref("all") + " AS files\n" + from + "ltsc2022,ltsc2016\nCOPY --from=files /Windows/System32/10.0.*.dll C:/added/\n",
			unasked: []string{goneFile, "/selection/list/manifests/ltsc2016"}},
		{testCase: testCase{
			Name: "an index beside a list that has other versions", Options: selected("ltsc2022"),
			Index: holding(sparse.entries(server2022), "Files/added/version.txt", "ltsc2022\n"),
		}, dockerfile: "ARG V=ltsc2022,20H2\nFROM --platform=linux/amd64 " + env.registry + "/library/cache:${V} AS files\nFROM " + sparse.ref("all") +
			"\nCOPY --from=files /version.txt C:/added/\n", unasked: []string{gone, "/library/cache/manifests/20H2"}},
		{testCase: testCase{
			Name: "a list beside an index of which one tag is gone", Options: selected("ltsc2022"),
			Index: holding(sparse.entries(server2022), "Files/added/version.txt", "ltsc2022\n"),
		}, dockerfile: "ARG V=ltsc2022,ltsc2016\nFROM --platform=linux/amd64 " + env.registry + "/library/cache:${V} AS files\nFROM " + sparse.ref("all") +
			"\nCOPY --from=files /version.txt C:/added/\n", unasked: []string{"/library/cache/manifests/ltsc2016"}},
	}
}

// remove deletes the manifest of an image from the registry and returns its digest.
func (s shelf) remove(t *testing.T, tag string) string {
	t.Helper()
	dgst := s.digest(t, tag)
	request, err := http.NewRequest(http.MethodDelete, "http://"+string(s.host)+"/v2/"+s.repo+"/manifests/"+dgst.String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusAccepted {
		t.Fatalf("DELETE: %s", answer.Status)
	}
	return dgst.String()
}

// digest returns the digest of the manifest or index behind a tag.
func (s shelf) digest(t *testing.T, tag string) digest.Digest {
	t.Helper()
	var ignored any
	desc, err := s.parse(t, tag).Manifest(&ignored)
	if err != nil {
		t.Fatal(err)
	}
	return desc.Digest
}
