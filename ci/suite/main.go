// Command suite judges runs of BuildKit's integration suite for Dockerfile frontends.
//
//	suite -ledger FILE -fanlight LOG [-run PATTERN]           compares a run of fanlight's image with the ledger
//	suite -ledger FILE -fanlight LOG -peer LOG -null LOG      writes the ledger
//
// LOG is the suite's output after `go tool test2json`: with fanlight's image, with docker/dockerfile's, and with that
// of a frontend that always fails. A case counts if it passes with docker/dockerfile and not with the null frontend:
// a case that passes with the null frontend does not use the image. All cases that count must pass with fanlight.
package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
)

func main() {
	path := flag.String("ledger", "", "the committed ledger")
	fanlight := flag.String("fanlight", "", "log of the run with fanlight's image")
	peer := flag.String("peer", "", "log of the run with docker/dockerfile's image")
	null := flag.String("null", "", "log of the run with a frontend that fails")
	pattern := flag.String("run", "", "only these cases were run, as in go test -run")
	flag.Parse()
	var err error
	if *peer == "" && *null == "" {
		err = compare(*path, *fanlight, *pattern)
	} else {
		err = update(*path, *fanlight, *peer, *null)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "suite:", err)
		os.Exit(1)
	}
}

// compare prints a line for each case, as `go test -v` does, and fails if the run differs from the ledger.
func compare(path, log, pattern string) error {
	wanted, err := regexp.Compile(pattern)
	if err != nil {
		return err
	}
	rows, err := readLedger(path)
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(r row) bool { return !wanted.MatchString(r.test()) })
	run, err := readRun(log)
	if err != nil {
		return err
	}
	failed := 0
	for _, finding := range judge(rows, run) {
		fmt.Println(finding.line())
		if finding.problem != "" {
			failed++
			fmt.Print(run.output[finding.name])
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d cases are not as in %s", failed, path)
	}
	return nil
}

func update(path, fanlight, peer, null string) error {
	var runs [3]run
	for i, log := range []string{peer, null, fanlight} {
		var err error
		if runs[i], err = readRun(log); err != nil {
			return err
		}
	}
	old, err := readLedger(path)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	rows := merge(old, runs[0], runs[1], runs[2])
	for _, row := range rows {
		if row.counts() && row.fanlight != pass && row.reason == "" {
			fmt.Printf("%s: %s, and the ledger gives no reason\n", row.name, row.fanlight)
		}
	}
	return os.WriteFile(path, []byte(render(rows)), 0o644)
}
