package e2e

import "testing"

// TestTargetOSVersion checks TARGETOSVERSION. If the client names versions, it is what the client wrote, in FROM and in
// stages, as with docker/dockerfile. Otherwise it is the version of the base image, in stages only. The index always
// has the version of the base image.
func TestTargetOSVersion(t *testing.T) {
	env := loadEnvironment(t)
	s := newShelf(env, "target/nano")
	for version, tags := range map[string][]string{
		server2019: {"ltsc2019", "10.0.17763", "17763"}, server2022: {"ltsc2022", "10.0.20348", "20348"},
	} {
		desc := s.push(t, standIn{version: version})
		for _, tag := range tags {
			s.indexOf(t, tag, desc)
		}
	}
	all := newShelf(env, "target/index")
	all.index(t, "all", ofVersions(server2022, server2019)...)
	const told = "ARG TARGETOSVERSION\nCOPY <<END C:/told.txt\n$TARGETOSVERSION\nEND\n"
	stages := "FROM scratch AS base-linux\nCOPY file.txt /\n" +
		"FROM " + s.ref("ltsc2019") + " AS base-windows-10.0.17763\n" + "FROM " + s.ref("ltsc2022") + " AS base-windows-10.0.20348\n"
	const (
		ofWindows = "FROM base-${TARGETOS}-${TARGETOSVERSION}\n"
		ofBoth    = "FROM base-${TARGETOS}${TARGETOSVERSION:+-$TARGETOSVERSION}\n"
	)
	list := "FROM " + s.ref("ltsc2019,ltsc2022") + "\n" + told
	index := "FROM " + all.ref("all") + "\n" + told
	tagged := "FROM " + s.ref("${TARGETOSVERSION}") + "\n" + told

	var cases []fanOutCase
	add := func(name, platform, lines string, base shelf, texts ...string) {
		entries := base.entries(server2022, server2019)
		for i, text := range texts {
			entries[i].Files = map[string]string{"Files/told.txt": text + "\n"}
		}
		entries = entries[:len(texts)]
		cases = append(cases, fanOutCase{
			testCase:   testCase{Name: name, Options: map[string]string{"platform": platform}, Index: entries},
			dockerfile: lines,
		})
	}
	const both = "windows(10.0.17763)/amd64,windows(10.0.20348)/amd64"
	add("a tag, versions in the platforms", both, tagged, s, "10.0.20348", "10.0.17763")
	add("a tag, names in the platforms", "windows(ltsc2019)/amd64,windows(ltsc2022)/amd64", tagged, s, "ltsc2022", "ltsc2019")
	add("a tag, builds in the platforms", "windows(17763)/amd64,windows(20348)/amd64", tagged, s, "20348", "17763")
	add("a tag, one version", "windows(ltsc2022)/amd64", tagged, s, "ltsc2022")
	add("a list, versions in the platforms", both, list, s, "10.0.20348", "10.0.17763")
	add("a list, names in the platforms", "windows(ltsc2022)/amd64", list, s, "ltsc2022")
	add("a list, no versions", "windows/amd64", list, s, server2022, server2019)
	add("an index, versions in the platforms", both, index, all, "10.0.20348", "10.0.17763")
	add("an index, names in the platforms", "windows(ltsc2022)/amd64", index, all, "ltsc2022")
	add("an index, no versions", "windows/amd64", index, all, server2022, server2019)
	add("an index, a version by FANLIGHT_VERSIONS", "windows/amd64", index, all, server2022)
	cases[len(cases)-1].Options["build-arg:FANLIGHT_VERSIONS"] = "ltsc2022"
	add("stages, versions in the platforms", both, stages+ofWindows+told, s, "10.0.20348", "10.0.17763")
	add("stages, Linux beside them", "linux/amd64,"+both, stages+ofBoth+"COPY file.txt /copied.txt\n", s, "", "")
	linux := &cases[len(cases)-1]
	linux.Index = append([]entry{{Platform: "linux/amd64", Files: map[string]string{"copied.txt": "a file\n"}}}, s.entries(server2022, server2019)...)
	linux.Files = map[string]map[string]string{"windows": {"Files/copied.txt": "a file\n"}}
	eachFanOut(t, env, cases)
}
