package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestCacheKeepsLayers builds several times on one builder, with a cache that it exports and imports, and changes one
// of three files each time. Every layer must be a Windows layer, and the layers of the other files must stay the same.
func TestCacheKeepsLayers(t *testing.T) {
	env := loadEnvironment(t)
	for _, client := range clients(t, env)[:2] {
		t.Run(client.name, func(t *testing.T) {
			folder, cache := t.TempDir(), newRef(env)+":cache"
			write(t, filepath.Join(folder, "Dockerfile"), "# syntax="+env.frontend+"\nFROM "+env.registry+"/windows/nanoserver:ltsc2019,ltsc2022\n"+
				"COPY one.txt C:/one/\nCOPY two.txt C:/two/\nCOPY three.txt C:/three/\n")
			write(t, filepath.Join(folder, "one.txt"), "one "+cache)
			write(t, filepath.Join(folder, "two.txt"), "two "+cache)
			var first []string
			for round := range 8 {
				write(t, filepath.Join(folder, "three.txt"), fmt.Sprint(round, cache))
				if round == 5 {
					forget(t, env)
				}
				request := buildRequest{
					context: folder, ref: newRef(env) + ":app", options: onWindows("build-arg:FANLIGHT_VERIFY", "1"),
					cacheTo: cache + ",mode=max", cacheFrom: cache,
				}
				if output, err := client.build(t, request); err != nil {
					t.Fatalf("%v\n%s", err, output)
				}
				for _, one := range pull(t, request.ref).images {
					own := one.manifest.Layers[len(one.manifest.Layers)-3:]
					for _, layer := range own {
						blob, err := one.ref.Blob(layer.Digest)
						if err != nil {
							t.Fatal(err)
						}
						for _, header := range readLayer(t, layer, blob, map[string][]byte{}) {
							if top, _, _ := strings.Cut(header.Name, "/"); top != "Files" && top != "Hives" {
								t.Errorf("round %d: %s has %s", round, layer.Digest, header.Name)
							}
						}
						blob.Close()
					}
					got := digests(own[:2])
					if first == nil {
						first = got
					}
					if got[0] != first[0] || got[1] != first[1] {
						t.Errorf("round %d: the layers are %q, want %q", round, got, first)
					}
				}
			}
		})
	}
}
