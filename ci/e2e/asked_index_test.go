package e2e

import "testing"

// TestAskedIndex builds on indexes in a registry that requires a token. fanlight cannot read such an index, so it asks
// for one version after the other. The registry has no faults.
func TestAskedIndex(t *testing.T) {
	env := loadEnvironment(t)
	faulty := &faultyRegistry{wantsToken: true}
	faulty.start(t, env)
	s := newShelf(env, "faults/asked")
	newest, middle, oldest := s.push(t, standIn{version: server2025}), s.push(t, standIn{version: server2022}), s.push(t, standIn{version: server2019})
	s.indexOf(t, "ordered", newest, middle, oldest)
	s.indexOf(t, "hiding", middle, newest, oldest)
	from := "FROM " + faulty.address + "/" + s.repo + ":"
	eachFanOut(t, env, []fanOutCase{
		{testCase: testCase{Name: "newest first", Options: onWindows(), Index: s.entries(servers...)}, dockerfile: from + "ordered\nCOPY file.txt C:/\n"},
		{testCase: testCase{Name: "two of them", Options: onWindows("build-arg:FANLIGHT_VERSIONS", "ltsc2025,ltsc2019"),
			Index: s.entries(server2025, server2019)}, dockerfile: from + "ordered\nCOPY file.txt C:/\n"},
		{testCase: testCase{Name: "the newest behind another", Options: onWindows(), Index: s.entries(server2022, server2019),
			Output: []string{"Windows Server 2025 is not found this way if"}}, dockerfile: from + "hiding\nCOPY file.txt C:/\n"},
		{testCase: testCase{Name: "the newest behind another and asked for", Options: onWindows("build-arg:FANLIGHT_VERSIONS", "ltsc2025,ltsc2019"),
			Error: []string{"Windows Server 2025 cannot be told apart from"}}, dockerfile: from + "hiding\nCOPY file.txt C:/\n"},
	})
}
