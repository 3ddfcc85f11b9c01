package e2e

import "testing"

// TestMistakes builds Dockerfiles whose images would lack a version, or have files of another one. Each is refused, or
// built with a warning that names the mistake.
func TestMistakes(t *testing.T) {
	env := loadEnvironment(t)
	s, files := newShelf(env, "mistakes/nano"), newShelf(env, "mistakes/files")
	digests := map[string]string{}
	for version, tag := range map[string]string{server2025: "ltsc2025", server2022: "ltsc2022", server2019: "ltsc2019"} {
		digests[tag] = s.indexOf(t, tag, s.push(t, standIn{version: version})).Digest.String()
		files.index(t, tag, standIn{version: version})
	}
	linux := env.registry + "/debian/cc:12"
	forBoth := map[string]string{"platform": "linux/amd64,windows/amd64"}
	const copied = "COPY file.txt C:/\n"
	withFiles := func(addon, base string) string {
		return "FROM " + addon + " AS addon\nFROM " + base + "\nCOPY --from=addon /Windows/System32/10.0.*.dll C:/added/\n"
	}
	three := s.ref("ltsc2019,ltsc2022,ltsc2025")
	mispinned := s.ref("ltsc2022@" + digests["ltsc2025"])
	cases := []fanOutCase{
		{testCase: testCase{
			Name: "a revision that no base has", Options: onWindows("build-arg:FANLIGHT_VERSIONS", "10.0.20348.1"),
			Error: []string{"no base is 10.0.20348.1; available: " + s.ref("ltsc2022") + " (" + server2022 + ")"},
		}, dockerfile: "FROM " + three + "\n" + copied},
		{testCase: testCase{
			Name: "a revision that a base has", Options: onWindows("build-arg:FANLIGHT_VERSIONS", server2022), Index: s.entries(server2022),
		}, dockerfile: "FROM " + three + "\n" + copied},
		{testCase: testCase{
			Name: "a tag with the digest of another version", Options: onWindows(), Index: s.entries(server2025),
			Output: []string{"WindowsBaseTag: The tag of the base " + mispinned + " names another version of Windows than that of its image, " + server2025},
		}, dockerfile: "FROM " + mispinned + "\n" + copied},
		{testCase: testCase{
			Name: "a misspelled argument", Options: onWindows("build-arg:OSVERSON", "ltsc2019"), Index: s.entries(server2022),
			Output: []string{"WindowsArgument: No ARG declares the build argument OSVERSON (did you mean OSVERSION?) (line 2)"},
		}, dockerfile: "ARG OSVERSION=ltsc2022\nFROM " + s.ref("${OSVERSION}") + "\n" + copied},
		{testCase: testCase{
			Name: "an argument of a stage", Options: onWindows("build-arg:OTHERVERSION", "1"), Index: s.entries(server2022),
		}, dockerfile: "ARG OSVERSION=ltsc2022\nFROM " + s.ref("${OSVERSION}") + "\nARG OTHERVERSION\n" + copied, silent: []string{"WindowsArgument"}},
		{testCase: testCase{
			Name: "a part of a list in a stage", Options: onWindows(), Index: s.entries(servers...),
			Output: []string{"WindowsWholeList: OLD is the whole list ltsc2019,ltsc2022 here: write ARG ALL for the element that is built (line 5)"},
		}, dockerfile: "ARG OLD=ltsc2019,ltsc2022\nARG ALL=${OLD},ltsc2025\nFROM " + s.ref("${ALL}") + "\nARG OLD\n" + copied},
		{testCase: testCase{Name: "a list in a stage", Options: onWindows(), Index: s.entries(server2022, server2019)},
			dockerfile: "ARG OLD=ltsc2019,ltsc2022\nFROM " + s.ref("${OLD}") + "\nARG OLD\n" + copied, silent: []string{"WindowsWholeList"}},
		{testCase: testCase{
			Name: "lists in different orders", Options: onWindows(),
			Error: []string{"Dockerfile:2", "would get files from " + files.ref("ltsc"), "lists are read in parallel"},
		}, dockerfile: withFiles(files.ref("ltsc2025,ltsc2022"), s.ref("ltsc2022,ltsc2025"))},
		{testCase: testCase{
			Name: "lists in different orders, one version selected", Options: onWindows("build-arg:FANLIGHT_VERSIONS", "ltsc2022"),
			Error: []string{"would get files from " + files.ref("ltsc2025")},
		}, dockerfile: withFiles(files.ref("ltsc2025,ltsc2022"), s.ref("ltsc2022,ltsc2025"))},
		{testCase: testCase{
			Name: "lists of Linux images in different orders", Options: onWindows(), Error: []string{"Dockerfile:2", "lists are read in parallel"},
		}, dockerfile: "FROM --platform=linux/amd64 cache:ltsc2025,ltsc2022 AS addon\nFROM " + s.ref("ltsc2022,ltsc2025") + "\nCOPY --from=addon / C:/added/\n"},
		{testCase: testCase{
			Name: "files of one version for all", Options: onWindows(), Index: s.entries(servers...),
			Output: []string{
				"WindowsOtherVersion: The image for Windows 10.0.17763 gets files of 10.0.20348 from " + files.ref("ltsc2022"),
				"WindowsOtherVersion: The image for Windows 10.0.26100 gets files of 10.0.20348 from " + files.ref("ltsc2022"),
			},
			// The image for that version has its own files.
		}, dockerfile: withFiles(files.ref("ltsc2022"), three), silent: []string{"The image for Windows 10.0.20348"}},
		{testCase: testCase{Name: "files of one version for all, on purpose", Options: onWindows(), Index: s.entries(servers...)},
			dockerfile: "# check=skip=WindowsOtherVersion\n" + withFiles(files.ref("ltsc2022"), three), silent: []string{"WindowsOtherVersion"}},
		{testCase: testCase{Name: "files of each version", Options: onWindows(), Index: holding(s.entries(server2025, server2022), "Files/added/%s.dll", "MZ stand-in %s.dll")},
			dockerfile: withFiles(files.ref("ltsc2022,ltsc2025"), s.ref("ltsc2022,ltsc2025")), silent: []string{"WindowsOtherVersion"}},
		{testCase: testCase{
			Name: "a list in another FROM alone", Options: onWindows(),
			Error: []string{"would be built on the same base, " + s.ref("ltsc2022"), "if the list is in another FROM"},
		}, dockerfile: withFiles(files.ref("ltsc2022,ltsc2025"), s.ref("ltsc2022"))},
		{testCase: testCase{
			Name: "a Windows stage that is not built", Options: forBoth,
			Error: []string{"Dockerfile:2", "windows/amd64 builds the stage linux on line 4, which is based on scratch, and not the stage win on line 2"},
		}, dockerfile: "FROM " + three + " AS win\n" + copied + "FROM scratch AS linux\nCOPY file.txt /\n"},
		{testCase: testCase{
			Name: "a stage after the last", Options: forBoth,
			Error: []string{"windows/amd64 builds the stage debug on line 6, which is based on scratch, and not the stage windows on line 2"},
		}, dockerfile: "FROM " + three + " AS windows\n" + copied + "FROM scratch AS linux\nCOPY file.txt /\nFROM linux AS debug\n"},
		{testCase: testCase{
			Name: "an index of Linux images in a list", Options: onWindows(), Error: []string{linux, "It has no image for windows/amd64"},
		}, dockerfile: "FROM {" + s.ref("ltsc2022") + "," + linux + "}\n" + copied},
		{testCase: testCase{
			Name: "files of an index of Linux images", Options: onWindows(),
			Error: []string{"Dockerfile:3", "write FROM --platform=$BUILDPLATFORM " + linux + " AS addon, and --from=addon here"},
		}, dockerfile: "FROM " + three + "\nCOPY --from=" + linux + " /etc/passwd C:/\n"},
		{testCase: testCase{
			Name: "a Windows base for Linux", Options: map[string]string{"platform": "linux/amd64"},
			Error: []string{s.ref("ltsc2022"), "It has images for Windows only: add --platform windows/amd64"},
		}, dockerfile: "FROM " + s.ref("ltsc2022") + "\n" + copied},
		{testCase: testCase{
			Name: "a processor that no image is for", Options: map[string]string{"platform": "windows/arm64"},
			Error: []string{s.ref("ltsc2022"), "It has an image for windows/amd64, but not for windows/arm64"},
		}, dockerfile: "FROM " + s.ref("ltsc2022") + "\n" + copied},
	}
	for key, says := range map[string]string{
		"FANLIGHT_REBASE": "FANLIGHT_REBASE is empty", "FANLIGHT_HOSTS": "FANLIGHT_HOSTS is empty", "FANLIGHT_AGAINST": "FANLIGHT_AGAINST is empty",
	} {
		cases = append(cases, fanOutCase{
			testCase:   testCase{Name: key + " of an unset variable", Options: onWindows("build-arg:"+key, ""), Error: []string{says}},
			dockerfile: "FROM " + three + "\n" + copied,
		})
	}
	eachFanOut(t, env, cases)
}
