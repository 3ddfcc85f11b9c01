package e2e

import (
	"path/filepath"
	"testing"
)

// TestSameCache builds a project with docker/dockerfile and with fanlight, in either order. The second must find every
// step of the first in the cache. The digests must be equal, also if each begins with an empty cache, and on two
// daemons.
func TestSameCache(t *testing.T) {
	digests := map[string]bool{}
	eachTwins(t, func(t *testing.T, b twins) {
		b.context = copyCase(t, b.env, filepath.Join(casesFolder, "project"))
		for _, order := range [][]string{{builtIn, fanlight}, {fanlight, builtIn}, {peer, fanlight, builtIn}, {fanlight, peer}} {
			b.prune(t)
			for position, frontend := range order {
				got := b.build(t, frontend, "--platform", "linux/amd64,linux/arm64", "--target", "final")
				digests[got.digest] = true
				t.Logf("%s after %v: %d steps, %s", frontend, order[:position], len(got.steps), got.digest)
				if len(got.steps) < 30 {
					t.Errorf("only %d steps:\n%s", len(got.steps), got.log)
				}
				switch names := got.uncached(); {
				case position > 0 && len(names) > 0:
					t.Errorf("%s after %v: not from the cache: %q", frontend, order[:position], names)
				case position == 0 && len(names) == 0:
					t.Error("the cache was not empty")
				}
			}
		}
	})
	if len(digests) > 1 {
		t.Errorf("digests differ: %v", digests)
	}
}
