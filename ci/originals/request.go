package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/attestations/sbom"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/frontend/subrequests"
	"github.com/moby/buildkit/frontend/subrequests/convertllb"
	"github.com/moby/buildkit/frontend/subrequests/lint"
	"github.com/moby/buildkit/frontend/subrequests/outline"
	"github.com/moby/buildkit/frontend/subrequests/targets"
	"github.com/moby/buildkit/solver/pb"
	digest "github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

var requestFixtures = func() (all []fixture) {
	requests := []struct {
		name   string
		cases  []string
		answer func(dockerfile []byte) (*client.Result, error)
	}{
		{"describe", []string{"describe"}, describeRequests},
		{"lint", []string{"crlf", "fails", "many", "outline"}, lintRequest},
		{"outline", []string{"crlf", "outline", "tabs"}, outlineRequest},
		{"targets", []string{"crlf", "onlyargs", "outline", "tabs"}, targetsRequest},
	}
	for _, request := range requests {
		for _, name := range request.cases {
			path := "testdata/request/" + request.name + "/" + name
			all = append(all, answered(path+".json", "result.json", request.answer))
			all = append(all, answered(path+".txt", "result.txt", request.answer))
		}
	}
	for _, name := range []string{"dockerfile", "every-field", "random", "scratch"} {
		all = append(all, fixture{"testdata/request/convertllb/" + name + ".json", convertDefinition(name)})
	}
	for _, scan := range scans() {
		all = append(all, fixture{"testdata/request/sbom/" + scan.name + ".json", scan.write})
	}
	return append(all, fixture{"testdata/request/sort.tsv", sortSlice})
}()

// amd64 is the platform of all requests.
var amd64 = ocispecs.Platform{OS: "linux", Architecture: "amd64"}

// tries is how many times a request is sent. Upstream lists what is on one line in random order, and the fixture has
// one of the orders.
const tries = 1000

// answered is a part of the answer to a request about the Dockerfile beside it. It keeps the existing answer if
// upstream still gives it.
func answered(path, part string, answer func([]byte) (*client.Result, error)) fixture {
	return fixture{path, func([]byte) ([]byte, error) {
		dockerfile, err := os.ReadFile(withExtension(path, ".Dockerfile"))
		if err != nil {
			return nil, err
		}
		stands, err := os.ReadFile(withExtension(path, ".json"))
		if err != nil {
			return nil, err
		}
		var result *client.Result
		for range tries {
			if result, err = answer(dockerfile); err != nil {
				return nil, err
			}
			if bytes.Equal(result.Metadata["result.json"], stands) {
				break
			}
		}
		return result.Metadata[part], nil
	}}
}

// describeRequests lists the requests that docker/dockerfile answers.
func describeRequests([]byte) (*client.Result, error) {
	options := map[string]string{"requestid": subrequests.RequestSubrequestsDescribe}
	c, err := dockerui.NewClient(gatewayClient{options: options})
	if err != nil {
		return nil, err
	}
	result, _, err := c.HandleSubrequest(context.Background(), dockerui.RequestHandler{
		Outline:     func(context.Context) (*outline.Outline, error) { return nil, nil },
		ListTargets: func(context.Context) (*targets.List, error) { return nil, nil },
		Lint:        func(context.Context) (*lint.LintResults, error) { return nil, nil },
		ConvertLLB:  func(context.Context) (*convertllb.Result, error) { return nil, nil },
	})
	return result, err
}

// lintRequest asks for a lint of a Dockerfile that is in an image.
func lintRequest(dockerfile []byte) (*client.Result, error) {
	state := llb.Image("file")
	definition, err := state.Marshal(context.Background(), llb.LinuxAmd64)
	if err != nil {
		return nil, err
	}
	options := convertOptions()
	options.SourceMap = llb.NewSourceMap(&state, "Dockerfile", "Dockerfile", dockerfile)
	options.SourceMap.Definition = definition
	results, err := dockerfile2llb.DockerfileLint(context.Background(), dockerfile, options)
	if err != nil {
		return nil, err
	}
	return results.ToResult(nil)
}

func outlineRequest(dockerfile []byte) (*client.Result, error) {
	found, err := dockerfile2llb.Dockerfile2Outline(context.Background(), dockerfile, convertOptions())
	if err != nil {
		return nil, err
	}
	return found.ToResult()
}

func targetsRequest(dockerfile []byte) (*client.Result, error) {
	found, err := dockerfile2llb.ListTargets(context.Background(), dockerfile)
	if err != nil {
		return nil, err
	}
	return found.ToResult()
}

func convertOptions() dockerfile2llb.ConvertOpt {
	return dockerfile2llb.ConvertOpt{TargetPlatform: &amd64, MetaResolver: registry(`{"architecture":"amd64","os":"linux"}`)}
}

// registry is a fake registry that has the same config for every image.
type registry string

func (r registry) ResolveImageConfig(_ context.Context, reference string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	return reference, digest.FromString(string(r)), []byte(r), nil
}

func (r registry) ResolveSourceMetadata(_ context.Context, op *pb.SourceOp, _ sourceresolver.Opt) (*sourceresolver.MetaResponse, error) {
	image := &sourceresolver.ResolveImageResponse{Digest: digest.FromString(string(r)), Config: []byte(r)}
	return &sourceresolver.MetaResponse{Op: op, Image: image}, nil
}

// convertDefinition encodes a definition as frontend.convertllb does.
func convertDefinition(name string) func([]byte) ([]byte, error) {
	return func([]byte) ([]byte, error) {
		encoded, err := os.ReadFile("testdata/request/convertllb/" + name + ".pb")
		if err != nil {
			return nil, err
		}
		var definition pb.Definition
		if err := definition.UnmarshalVT(encoded); err != nil {
			return nil, err
		}
		return convert(&definition)
	}
}

func convert(definition *pb.Definition) ([]byte, error) {
	var read llb.Definition
	read.FromPB(definition)
	result := convertllb.Result{Def: map[digest.Digest]*pb.Op{}, Metadata: read.Metadata, Source: read.Source}
	for _, encoded := range read.Def {
		var op pb.Op
		if err := op.UnmarshalVT(encoded); err != nil {
			return nil, err
		}
		result.Def[digest.FromBytes(encoded)] = &op
	}
	answer, err := result.ToResult()
	if err != nil {
		return nil, err
	}
	return answer.Metadata["result.json"], nil
}

// scan is the scan of an image or a stage by a scanner with this config. src/attest/scanner.rs has the same scans.
type scan struct {
	name       string
	platform   ocispecs.Platform
	config     string
	parameters map[string]string
	core       llb.State
	extras     map[string]llb.State
	options    []llb.ConstraintsOpt
}

func scans() []scan {
	arm64 := llb.Platform(ocispecs.Platform{OS: "linux", Architecture: "arm64"})
	core := llb.Image("core", arm64).Run(llb.Args([]string{"true"})).Root()
	return []scan{
		{name: "plain", platform: amd64, config: `{"config":{"Entrypoint":["/bin/scan"],"Cmd":["-x","y"]}}`, core: core},
		{
			name:     "windows",
			platform: ocispecs.Platform{OS: "windows", Architecture: "amd64", OSVersion: "10.0.20348.1"},
			config:   `{"config":{"Cmd":["scan.exe"]}}`, core: core,
		},
		{
			name:     "extras",
			platform: ocispecs.Platform{OS: "linux", Architecture: "arm64", Variant: "v8"},
			config: `{"config":{"Cmd":["scan"],"Env":["PATH=/bin","BARE","PATH=/sbin","A=b=c"],` +
				`"WorkingDir":"work/../dir","User":"nobody"}}`,
			parameters: map[string]string{"mode": "fast=1"},
			core:       core,
			extras: map[string]llb.State{
				"context": llb.Image("context"),
				"a-stage": llb.Scratch().File(llb.Mkfile("/x", 0o644, []byte("y"))),
			},
			options: []llb.ConstraintsOpt{llb.IgnoreCache},
		},
		{
			name:     "scratch",
			platform: ocispecs.Platform{OS: "linux", Architecture: "arm", Variant: "v7"},
			config:   `{"config":{"Cmd":["scan"],"WorkingDir":"/a/../b/"}}`, core: llb.Scratch(),
		},
	}
}

// write asks attestations/sbom for the operations of the scan.
func (s scan) write([]byte) ([]byte, error) {
	ctx := context.Background()
	scanner, err := sbom.CreateSBOMScanner(
		ctx, registry(s.config), "example.com/scanner:latest", s.platform, sourceresolver.Opt{}, s.parameters,
	)
	if err != nil {
		return nil, err
	}
	attestation, err := scanner(ctx, "linux/arm64", s.core, s.extras, s.options...)
	if err != nil {
		return nil, err
	}
	definition, err := attestation.Ref.Marshal(ctx, llb.LinuxAmd64)
	if err != nil {
		return nil, err
	}
	return convert(definition.ToPB())
}

// sortSlice writes lists of numbers, each with the order in which sort.Slice leaves its elements.
func sortSlice(old []byte) ([]byte, error) {
	var out strings.Builder
	for number, line := range splitLines(old) {
		keys, _, _ := strings.Cut(line, "\t")
		var values, order []int
		for index, text := range strings.Split(keys, " ") {
			value, err := strconv.Atoi(text)
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", number+1, err)
			}
			values, order = append(values, value), append(order, index)
		}
		sort.Slice(order, func(i, j int) bool { return values[order[i]] < values[order[j]] })
		out.WriteString(keys + "\t" + strings.Trim(fmt.Sprint(order), "[]") + "\n")
	}
	return []byte(out.String()), nil
}
