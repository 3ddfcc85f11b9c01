// Command failures prints the failed tests in the output of go test -v or cargo test: with -names their names and the
// first line of each, otherwise the last lines of each.
//
//	failures [-names] LOG
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"

	"fanlight/ci/tools/failures"
)

func main() {
	names := flag.Bool("names", false, "names and first lines alone")
	flag.Parse()
	if err := show(flag.Arg(0), *names); err != nil {
		fmt.Fprintln(os.Stderr, "failures:", err)
		os.Exit(1)
	}
}

func show(name string, short bool) error {
	log, err := os.Open(name)
	if err != nil {
		return err
	}
	defer log.Close()
	tests, err := failures.Read(log)
	if err != nil {
		return err
	}
	for _, test := range tests {
		if short {
			fmt.Println(strings.TrimSpace(fmt.Sprintf("%s %.160s", test.Name, test.First)))
			continue
		}
		fmt.Printf("--- FAIL: %s\n", test.Name)
		for _, line := range test.Output {
			fmt.Println(line)
		}
	}
	return nil
}
