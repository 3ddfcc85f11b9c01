// Command oracle compares a frontend image with docker/dockerfile. In one session with a real buildkitd it asks the
// daemon's built-in frontend and the image about every Dockerfile in the folders, with every set of options, and writes
// the verdicts to a ledger. No step of a build runs, so thousands of cases are cheap.
//
//	oracle -addr unix:///run/buildkitd.sock -image 127.0.0.1:5000/fanlight@sha256:... \
//	    -context DIR -ledger testdata/agreement.tsv [-update] [-explain] FOLDER...
//
// It fails if the result differs from the committed ledger. -update writes the ledger, -explain shows each difference.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/moby/buildkit/client"
	gateway "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/identity"
	"github.com/tonistiigi/fsutil"
)

func main() {
	addr := flag.String("addr", os.Getenv("BUILDKIT_HOST"), "address of buildkitd")
	image := flag.String("image", "", "the frontend image to compare with the built-in frontend")
	peer := flag.String("peer", "", "docker/dockerfile as an image: its answer is as good as the built-in frontend's, whose errors have words that no image can have")
	program := flag.String("program", "", "what the image holds, as a program of this machine: run instead of the image, much faster")
	peerProgram := flag.String("peer-program", "", "what the peer holds, likewise")
	contextDir := flag.String("context", "", "folder that all cases have as their build context")
	ledger := flag.String("ledger", "", "the committed ledger; none: print the rows")
	update := flag.Bool("update", false, "write the ledger")
	explain := flag.Bool("explain", false, "show what differs, on stderr")
	names := flag.String("questions", "", "only these questions, separated by commas")
	only := flag.String("run", "", "only cases whose name has this in it")
	jobs := flag.Int("jobs", 4, "cases asked at the same time")
	hide := flag.String("hide", "", "HOST=NAME,...: addresses that change from run to run, named in the ledger")
	flag.Parse()

	questions, err := chosen(*names)
	if err != nil {
		fmt.Fprintln(os.Stderr, "oracle:", err)
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	o := &oracle{questions: questions, image: *image, peer: *peer, program: *program, peerProgram: *peerProgram, explain: *explain, hide: replacer(*hide)}
	start := time.Now()
	rows, err := o.run(ctx, *addr, *contextDir, flag.Args(), *only, *jobs)
	if err == nil {
		fmt.Fprintf(os.Stderr, "oracle: %d rows in %.1f s\n", len(rows), time.Since(start).Seconds())
		err = settle(rows, questions, *ledger, *update, *only != "")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "oracle:", err)
		os.Exit(1)
	}
}

// oracle is the state that all cases share.
type oracle struct {
	questions   []question
	image, peer string
	// programs is nil if only containers are asked.
	program, peerProgram string
	programs             *programs
	explain              bool
	hide                 *strings.Replacer
	client               gateway.Client
	// printing separates the explanations of cases that run in parallel.
	printing sync.Mutex
}

// replacer parses HOST=NAME pairs.
func replacer(pairs string) *strings.Replacer {
	var args []string
	for pair := range strings.SplitSeq(pairs, ",") {
		if host, name, ok := strings.Cut(pair, "="); ok {
			args = append(args, host, name)
		}
	}
	return strings.NewReplacer(args...)
}

// run opens a single session and asks about every case in it. The operation that reads the build context contains the
// ID of the session, so answers from two sessions always differ.
func (o *oracle) run(ctx context.Context, addr, contextDir string, folders []string, only string, jobs int) ([]row, error) {
	cases, err := findCases(folders, only)
	if err != nil {
		return nil, err
	}
	bk, err := client.New(ctx, addr)
	if err != nil {
		return nil, err
	}
	defer bk.Close()
	mounts := map[string]fsutil.FS{}
	if mounts["context"], err = fsutil.NewFS(contextDir); err != nil {
		return nil, err
	}
	// The path of a case's Dockerfile is relative to this folder.
	if mounts["dockerfile"], err = fsutil.NewFS("."); err != nil {
		return nil, err
	}
	rows := make([]row, len(cases))
	build := identity.NewID()
	_, err = bk.Build(ctx, client.SolveOpt{LocalMounts: mounts, Ref: build}, "", func(ctx context.Context, c gateway.Client) (*gateway.Result, error) {
		o.client = c
		if o.program != "" {
			if o.programs, err = startPrograms(ctx, bk, addr, c.BuildOpts().SessionID, build); err != nil {
				return nil, err
			}
		}
		var wait sync.WaitGroup
		slots := make(chan struct{}, jobs)
		for i, one := range cases {
			wait.Add(1)
			slots <- struct{}{}
			go func() {
				defer func() { <-slots; wait.Done() }()
				rows[i] = o.compare(ctx, one)
			}()
		}
		wait.Wait()
		return gateway.NewResult(), ctx.Err()
	}, nil)
	return rows, err
}
