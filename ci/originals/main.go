// Command originals writes the fixtures of testdata that contain answers of docker/dockerfile's own code: of Go's
// library, of moby/buildkit and of the modules that it uses. ci/fixtures runs it.
//
//	originals -characters FILE [-update] REPOSITORY
//
// The questions are in the fixtures, too, and stay as they are. Each row is parsed, its question is asked again, and
// the row is written with the new answer. Without -update nothing is written: it prints the rows that would change, and
// fails.
//
// go.mod and go.sum are links to those of ci/engines/buildkit, so the answers are those of the version pinned there.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
)

// fixture is a file with answers.
type fixture struct {
	// path is the path of the file in the repository.
	path string
	// write returns the new text of the file. It reads the questions from the old text, or from files beside it.
	write func(old []byte) ([]byte, error)
}

// all returns the fixtures of every folder.
func all() []fixture {
	return slices.Concat(
		expandFixtures, imageFixtures, lintFixtures, optionsFixtures, pathFixtures, patternFixtures, platformFixtures,
		referenceFixtures, requestFixtures, sourceFixtures, syntaxFixtures, unicodeFixtures,
	)
}

func main() {
	log.SetFlags(0)
	update := flag.Bool("update", false, "write the fixtures")
	flag.StringVar(&characters, "characters", "", "what characters.rs prints")
	flag.Parse()
	if flag.NArg() != 1 {
		log.Fatal("usage: originals -characters FILE [-update] REPOSITORY")
	}
	if runtime.GOARCH != "amd64" {
		log.Fatal("the fixtures are the answers on amd64: what is not told of a platform is the machine's")
	}
	if err := os.Chdir(flag.Arg(0)); err != nil {
		log.Fatal(err)
	}
	// text/scanner, which shell.Lex uses, prints warnings about words. Package log already has the real stderr.
	if null, err := os.Open(os.DevNull); err == nil {
		os.Stderr = null
	}
	changed, lines, err := run(all(), *update)
	if err != nil {
		log.Fatal(err)
	}
	if changed > 0 && !*update {
		log.Fatalf("%s from what %s answer: ci/fixtures -update", differ(changed), original())
	}
	fmt.Printf("fixtures: %d files, %d lines; written: %d; by %s\n", len(all()), lines, changed, original())
}

// differ returns how many files differ, as the start of a sentence.
func differ(files int) string {
	if files == 1 {
		return "1 file differs"
	}
	return fmt.Sprintf("%d files differ", files)
}

// original names the versions that answer.
func original() string {
	version := "?"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if module.Path == "github.com/moby/buildkit" {
				version = module.Version
			}
		}
	}
	return runtime.Version() + " and buildkit " + version
}

// run compares or writes the fixtures. It returns how many changed, and the number of lines in all of them.
func run(fixtures []fixture, update bool) (changed, lines int, err error) {
	if err := unlisted(fixtures); err != nil {
		return 0, 0, err
	}
	for _, fixture := range fixtures {
		old, err := os.ReadFile(fixture.path)
		if err != nil {
			return 0, 0, err
		}
		text, err := fixture.write(old)
		if err != nil {
			return 0, 0, fmt.Errorf("%s: %w", fixture.path, err)
		}
		differences := compare(fixture.path, old, text, update)
		lines += len(splitLines(text))
		if len(differences) == 0 {
			continue
		}
		changed++
		for _, difference := range differences {
			fmt.Println(difference)
		}
		if !update {
			continue
		}
		if err := os.WriteFile(fixture.path, text, 0o666); err != nil {
			return 0, 0, err
		}
	}
	return changed, lines, nil
}

// folders are the folders in which every file is an answer, or a question with its answer beside it.
var folders = []string{
	"expand", "image", "lint", "options", "path", "pattern", "platform", "reference", "request", "source", "syntax",
}

// unlisted fails if a file in the folders is neither written nor read by a fixture, because no command could write it
// again.
func unlisted(fixtures []fixture) error {
	known := map[string]bool{}
	for _, fixture := range fixtures {
		known[fixture.path] = true
	}
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join("testdata", folder), func(path string, entry os.DirEntry, err error) error {
			if err != nil || entry.IsDir() || known[path] || isQuestion(path, known) {
				return err
			}
			return fmt.Errorf("%s is written by nothing: list it in ci/originals", path)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// isQuestion returns whether a file is the question of an answer beside it.
func isQuestion(path string, known map[string]bool) bool {
	extension := filepath.Ext(path)
	return (extension == ".Dockerfile" || extension == ".pb") && known[withExtension(path, ".json")]
}

func withExtension(path, extension string) string {
	return path[:len(path)-len(filepath.Ext(path))] + extension
}
