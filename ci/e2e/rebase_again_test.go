package e2e

import (
	"fmt"
	"testing"

	"fanlight/ci/tools/bases"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// TestRebaseOnOneBuilder builds images of one to three layers and moves them from month to month, all on one builder
// that is never pruned. Its cache of builds and of other rebases must not change the layers.
func TestRebaseOnOneBuilder(t *testing.T) {
	env := loadEnvironment(t)
	december := patched{tag: "ltsc2022", version: "10.0.20348.4529", day: 60}
	steps := []string{"COPY file.txt /app/\n", "COPY file.txt /app/second.txt\n", "COPY file.txt /data/\n"}
	for _, client := range clients(t, env) {
		for layers := 1; layers <= len(steps); layers++ {
			t.Run(fmt.Sprintf("%s/%d", client.name, layers), func(t *testing.T) {
				nano := newMonth(t, env, "nanoserver")
				nano.push(t, october[1])
				text := "FROM " + nano.ref("ltsc2022") + "\nENTRYPOINT [\"app.exe\"]\n"
				for _, step := range steps[:layers] {
					text += step
				}
				m := newMove(t, env, client, text)
				first := m.push(t)
				base := func(one patched) pulled { return pull(t, nano.ref(one.version)) }
				nano.push(t, november)
				second := m.push(t, "build-arg:FANLIGHT_REBASE", first.name())
				checkMoved(t, first.images[0], second.images[0], base(october[1]), base(november))
				// Rebase once more, and then from the result to the next month.
				again := m.push(t, "build-arg:FANLIGHT_REBASE", first.name())
				checkMoved(t, first.images[0], again.images[0], base(october[1]), base(november))
				nano.push(t, december)
				third := m.push(t, "build-arg:FANLIGHT_REBASE", second.name())
				checkMoved(t, second.images[0], third.images[0], base(november), base(december))
				direct := m.push(t, "build-arg:FANLIGHT_REBASE", first.name())
				checkMoved(t, first.images[0], direct.images[0], base(october[1]), base(december))
			})
		}
	}
}

// TestRebaseOfSharedLayers moves two images with a common layer, one after the other on one builder. BuildKit's cache
// may confuse the two, so the second rebase is refused every time until the cache is pruned.
func TestRebaseOfSharedLayers(t *testing.T) {
	env := loadEnvironment(t)
	client := clients(t, env)[1]
	nano := newMonth(t, env, "nanoserver")
	nano.push(t, october[1])
	old := pull(t, nano.ref("ltsc2022"))
	var shared, other bases.Layer
	for _, layer := range []*bases.Layer{&shared, &other} {
		var err error
		if *layer, err = bases.PatchLayer(standInSeed(), 1<<10); err != nil {
			t.Fatal(err)
		}
	}
	one := nano.above(t, old.images[0], []bases.Layer{shared, other}, []ocispec.History{{}, {}})
	two := nano.above(t, old.images[0], []bases.Layer{shared}, []ocispec.History{{}})
	now := nano.push(t, november)
	m := newMove(t, env, client, "FROM "+nano.ref("ltsc2022")+"\n")
	moves := func(name string) {
		t.Helper()
		after := m.push(t, "build-arg:FANLIGHT_REBASE", name)
		if after.images[0].config.Config.Labels[ocispec.AnnotationBaseImageDigest] != now.Digest.String() {
			t.Errorf("%s was not moved", name)
		}
		checkMoved(t, pull(t, name).images[0], after.images[0], old, pull(t, nano.ref("ltsc2022")))
	}
	forget(t, env)
	moves(one)
	moves(one)
	for range 2 {
		m.refused(t, []string{"above-", "shares layers with another image", "docker buildx prune"}, "build-arg:FANLIGHT_REBASE", two)
	}
	moves(one)
	forget(t, env)
	moves(two)
}
