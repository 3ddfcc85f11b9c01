package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fanlight/ci/tools/bases"
	"fanlight/ci/tools/registry"
)

// manyVersions is the maximum number of elements in a list.
const manyVersions = 64

// TestFanOutLimits builds the maximum number of versions at once, and sends a build with more steps than the frontend
// accepts.
func TestFanOutLimits(t *testing.T) {
	env := loadEnvironment(t)
	clients(t, env)
	const repo = "limit/versions"
	if err := bases.PushVersions(registry.Host(env.registry), repo, standInSeed(), manyVersions, "amd64", "arm64"); err != nil {
		t.Fatal(err)
	}
	var tags []string
	var index []entry
	for number := manyVersions; number > 0; number-- {
		tags = append(tags, fmt.Sprint(number))
		index = append(index, entry{
			Platform: "windows/amd64", OSVersion: bases.VersionOf(number), Base: fmt.Sprintf("%s/%s:%d", env.registry, repo, number),
		})
	}
	list := "FROM " + env.registry + "/" + repo + ":{" + strings.Join(tags, ",") + "}\n"
	few := "COPY file.txt C:/one.txt\nCOPY file.txt C:/two.txt\nENV A=b\n"
	files := map[string]map[string]string{"windows": {"Files/one.txt": "a file\n", "Files/two.txt": "a file\n"}}
	both := append([]entry{}, index...)
	for _, one := range index {
		one.Platform = "windows/arm64"
		both = append(both, one)
	}
	plain := func(platform string) map[string]string {
		return map[string]string{"platform": platform, "attest:provenance": "false"}
	}
	cases := []fanOutCase{
		{testCase: testCase{Name: "64 versions in a list", Options: plain("windows/amd64"), Index: index, Files: files, Shared: true}, dockerfile: list + few},
	}
	if allFaults() {
		cases = append(cases,
			fanOutCase{testCase: testCase{Name: "64 versions in an index", Options: plain("windows/amd64"), Index: index, Files: files, Shared: true},
				dockerfile: "FROM " + env.registry + "/" + repo + ":all\n" + few},
			fanOutCase{testCase: testCase{Name: "64 versions for two processors", Options: plain("windows/amd64,windows/arm64"), Index: both, Files: files},
				dockerfile: list + few},
		)
	}
	buildx := remoteClient(env, "remote")
	buildx.attests = false
	for _, one := range cases {
		t.Run(one.Name, func(t *testing.T) { one.run(t, env, buildx) })
	}
	var steps strings.Builder
	for i := range 400 {
		fmt.Fprintf(&steps, "COPY file.txt C:/%d/file.txt\n", i)
	}
	for name, from := range map[string]string{"a list": list, "an index": "FROM " + env.registry + "/" + repo + ":all\n"} {
		t.Run("too many steps on "+name, func(t *testing.T) {
			stop, memory := watchMemory()
			start := time.Now()
			fanOutCase{
				testCase: testCase{
					Options: map[string]string{"platform": "windows/amd64,windows/arm64"}, Error: []string{"128 Windows images have 51200 steps"},
				},
				dockerfile: from + steps.String(),
			}.run(t, env, buildx)
			took := time.Since(start)
			close(stop)
			peak := <-memory
			t.Logf("%.1f s, %d MB", took.Seconds(), peak>>20)
			if took > 20*time.Second || peak > 256<<20 {
				t.Errorf("it took %v and %d MB", took, peak>>20)
			}
		})
	}
}
