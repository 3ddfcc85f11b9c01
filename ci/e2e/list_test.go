package e2e

import "testing"

// TestLists builds on lists of lists and on lists of pinned images.
func TestLists(t *testing.T) {
	env := loadEnvironment(t)
	s := newShelf(env, "lists/nano")
	tags := map[string]string{server2025: "ltsc2025", server2022: "ltsc2022", server2019: "ltsc2019"}
	digests := map[string]string{}
	for _, version := range servers {
		desc := s.push(t, standIn{version: version})
		for _, tag := range []string{tags[version], tags[version] + "-amd64"} {
			digests[tag] = s.indexOf(t, tag, desc).Digest.String()
		}
	}
	repo := env.registry + "/lists/nano"
	const old = "ARG OLD=ltsc2019,ltsc2022\n"
	// A digest selects the image, whatever tag precedes it.
	pinned := func(tag string) string { return tag + "@" + digests[tag] }

	var cases []fanOutCase
	for _, one := range []struct{ name, dockerfile string }{
		{"a list with one more element", old + "ARG ALL=${OLD},ltsc2025\nFROM " + repo + ":${ALL}\n"},
		{"one more element, then a list", old + "ARG ALL=ltsc2025,${OLD}\nFROM " + repo + ":${ALL}\n"},
		{"a list and one more element in FROM", old + "FROM " + repo + ":${OLD},ltsc2025\n"},
		{"a repository and a list, with one more element", old + "ARG ALL=" + repo + ":${OLD},ltsc2025\nFROM ${ALL}\n"},
		{"text around a list, with one more element", old + "ARG ALL=" + repo + ":${OLD}-amd64,ltsc2025\nFROM ${ALL}\n"},
		{"text around a list, with one more element, after a repository", old + "ARG ALL=${OLD}-amd64,ltsc2025\nFROM " + repo + ":${ALL}\n"},
		{"a list in braces with one more element", old + "ARG ALL=" + repo + ":{${OLD},ltsc2025}-amd64\nFROM ${ALL}\n"},
		{"a list in braces with one more element in FROM", old + "FROM " + repo + ":{${OLD},ltsc2025}\n"},
		{"a list of a list of a list", "ARG ONE=ltsc2019\nARG TWO=${ONE},ltsc2022\nARG ALL=${TWO},ltsc2025\nFROM " + repo + ":${ALL}\n"},
		{"two lists", "ARG OLD=ltsc2019,ltsc2022\nARG NEW=ltsc2025\nARG ALL=${OLD},${NEW}\nFROM " + repo + ":${ALL}\n"},
		{"pinned elements with commas", "FROM " + repo + ":" + pinned("ltsc2019") + "," + pinned("ltsc2022") + "," + pinned("ltsc2025") + "\n"},
		{"pinned elements in an argument", "ARG V=" + pinned("ltsc2019") + "," + pinned("ltsc2022") + "," + pinned("ltsc2025") + "\nFROM " + repo + ":${V}\n"},
		{"pinned elements in braces", "FROM " + repo + ":{" + pinned("ltsc2019") + "," + pinned("ltsc2022") + "," + pinned("ltsc2025") + "}\n"},
		{"one pinned element", "FROM " + repo + ":" + pinned("ltsc2019") + ",ltsc2022,ltsc2025\n"},
		{"one pinned element in an argument", "ARG V=" + pinned("ltsc2019") + ",ltsc2022,ltsc2025\nFROM " + repo + ":${V}\n"},
		{"full version tags", "FROM " + repo + ":" + server2019 + "," + server2022 + "," + server2025 + "\n"},
	} {
		cases = append(cases, fanOutCase{
			testCase:   testCase{Name: one.name, Options: onWindows(), Index: s.entries(servers...)},
			dockerfile: one.dockerfile + "COPY file.txt C:/\n",
			// An element alone would be looked up in the default registry.
			silent: []string{"docker.io/library/ltsc"},
		})
	}
	cases = append(cases, fanOutCase{
		testCase: testCase{
			Name: "a list from the client", Options: onWindows("build-arg:OLD", "ltsc2022,ltsc2025"),
			Index: s.entries(server2025, server2022, server2019),
		},
		dockerfile: old + "ARG ALL=${OLD},ltsc2019\nFROM " + repo + ":${ALL}\nCOPY file.txt C:/\n",
	}, stagesInLockstep(t, env, repo, s))
	eachFanOut(t, env, cases)
}

// stagesInLockstep returns a case with a second stage that follows the elements of a list of lists.
func stagesInLockstep(t *testing.T, env environment, repo string, s shelf) fanOutCase {
	t.Helper()
	files := newShelf(env, "lists/files")
	for tag, version := range map[string]string{"ltsc2019": server2019, "ltsc2022": server2022, "ltsc2025": server2025} {
		files.index(t, tag, standIn{version: version})
	}
	return fanOutCase{
		testCase: testCase{
			Name: "a stage beside the list", Options: onWindows(),
			Index: holding(s.entries(servers...), "Files/added/%s.dll", "MZ stand-in %s.dll"),
		},
		dockerfile: "ARG OLD=ltsc2019,ltsc2022\nARG ALL=${OLD},ltsc2025\nFROM " + env.registry + "/lists/files:${ALL} AS files\n" +
			"FROM " + repo + ":${ALL}\nCOPY --from=files /Windows/System32/10.0.*.dll C:/added/\n",
	}
}
