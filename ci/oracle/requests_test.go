package main

import (
	"context"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/client/llb"
	gateway "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/solver/pb"
	"github.com/tonistiigi/fsutil"
)

// requestCase is a request that the cases of testdata/agreement do not cover: one with inputs instead of files, or one
// about requests.
type requestCase struct {
	name    string
	options map[string]string
	// inputs are the inputs as states, by name.
	inputs map[string]llb.State
	// evaluate runs the steps. Then the files of the result are compared.
	evaluate bool
	files    []string
	// refused is true if the request must fail. Then the texts and locations are compared.
	refused bool
}

var subrequests = "moby.buildkit.frontend.subrequests"

func file(state llb.State, name, text string) llb.State {
	return state.File(llb.Mkfile(name, 0o644, []byte(text)))
}

func requestCases() []requestCase {
	const stages = "# first is a stage\nFROM scratch AS first\nCOPY foo foo2\n\nFROM first\nARG A=1\nLABEL a=$A\n"
	sources := map[string]llb.State{
		"context":    file(llb.Scratch(), "/foo", "data"),
		"dockerfile": file(llb.Scratch(), "/Dockerfile", stages),
	}
	with := func(name string, state llb.State) map[string]llb.State {
		inputs := maps.Clone(sources)
		inputs[name] = state
		return inputs
	}
	based := with("dockerfile", file(llb.Scratch(), "/Dockerfile", "FROM base AS first\nCOPY foo foo2\nCOPY --from=base /bar /\n"))
	based["mine"] = file(llb.Scratch(), "/bar", "from the input")
	metadata := `{"containerimage.config":"eyJhcmNoaXRlY3R1cmUiOiJhbWQ2NCIsIm9zIjoibGludXgiLCJjb25maWciOnsiRW52IjpbIkE9YiJdLCJPbkJ1aWxkIjpbIkxBQkVMIGI9Yz0kQSJdfX0="}`
	named := map[string]string{"context:base": "input:mine", "input-metadata:mine": metadata}
	ask := func(id string, more ...string) map[string]string {
		options := map[string]string{"requestid": id, "frontend.caps": subrequests}
		for i := 0; i+1 < len(more); i += 2 {
			options[more[i]] = more[i+1]
		}
		return options
	}
	ignored := with("dockerfile", file(file(llb.Scratch(), "/Dockerfile", "FROM scratch\nCOPY . /\nCOPY foo /\n"), "/Dockerfile.dockerignore", "foo\n"))

	cases := []requestCase{
		{name: "inputs", inputs: sources, evaluate: true, files: []string{"/foo2"}},
		{name: "inputs, lazy", inputs: sources},
		{name: "inputs and a target", inputs: sources, options: map[string]string{"target": "first"}},
		{name: "inputs for two platforms", inputs: sources, options: map[string]string{"platform": "linux/amd64,linux/arm64"}},
		{name: "inputs, only the context", inputs: map[string]llb.State{"context": sources["context"]}, refused: true},
		{name: "input as a named context", inputs: based, options: named, evaluate: true, files: []string{"/foo2", "/bar"}},
		{name: "input without metadata", inputs: based, options: map[string]string{"context:base": "input:mine"}},
		{name: "input with broken metadata", inputs: based, options: map[string]string{"context:base": "input:mine", "input-metadata:mine": "{"}, refused: true},
		{name: "input that is not there", inputs: sources, options: map[string]string{"context:first": "input:none"}, refused: true},
		{name: "input and its ignore file", inputs: ignored},
		{name: "input and no cache", inputs: sources, options: map[string]string{"no-cache": "first"}},
		{name: "a step that fails", inputs: with("context", file(llb.Scratch(), "/other", "")), evaluate: true, refused: true},
		{name: "a step that fails on two platforms", inputs: with("context", file(llb.Scratch(), "/other", "")), evaluate: true, refused: true,
			options: map[string]string{"platform": "linux/amd64,linux/arm64"}},
		{name: "a step that would fail", inputs: with("context", file(llb.Scratch(), "/other", ""))},
		{name: "describe", inputs: sources, options: ask("frontend.subrequests.describe")},
		{name: "describe without a capability", inputs: sources, options: map[string]string{"requestid": "frontend.subrequests.describe"}},
		{name: "unknown request", inputs: sources, options: ask("frontend.nothing"), refused: true},
		{name: "unknown capability", inputs: sources, options: map[string]string{"frontend.caps": "moby.buildkit.frontend.future"}, refused: true},
		{name: "all capabilities", inputs: sources, options: map[string]string{"frontend.caps": strings.Join([]string{
			subrequests, "moby.buildkit.frontend.inputs", "moby.buildkit.frontend.contexts",
			"moby.buildkit.frontend.gitquerystring", "moby.buildkit.frontend.contexts.zstd"}, ",")}},
		{name: "capability only if handed on", inputs: sources, options: map[string]string{"frontend.caps": "moby.buildkit.frontend.future+forward"}, refused: true},
	}
	for _, id := range []string{"frontend.outline", "frontend.targets", "frontend.lint", "frontend.convertllb"} {
		cases = append(cases,
			requestCase{name: id + " of inputs", inputs: sources, options: ask(id)},
			requestCase{name: id + " of a target", inputs: sources, options: ask(id, "target", "FIRST", "build-arg:A", "2")},
			requestCase{name: id + " with a version", inputs: sources, options: ask(id, "requestversion", "9.9")},
			requestCase{name: id + " of a named input", inputs: based, options: ask(id, "context:base", "input:mine", "input-metadata:mine", metadata)},
			requestCase{name: id + " of a broken file", inputs: with("dockerfile", file(llb.Scratch(), "/Dockerfile", "FROM scratch\nCOPPY a b\n")), options: ask(id), refused: id != "frontend.lint"},
		)
	}
	return cases
}

// TestRequests sends every case to the built-in frontend and to the image, from inside one build of a client.
func TestRequests(t *testing.T) {
	image, addr := os.Getenv("FRONTEND"), os.Getenv("BUILDKIT_HOST")
	if image == "" || addr == "" {
		t.Skip("FRONTEND and BUILDKIT_HOST are not set: this test runs through ci/conformance")
	}
	bk, err := client.New(t.Context(), addr)
	if err != nil {
		t.Fatal(err)
	}
	defer bk.Close()
	folder, err := fsutil.NewFS(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	o := &oracle{image: image, peer: os.Getenv("PEER"), hide: replacer("")}
	locals := map[string]fsutil.FS{"context": folder, "dockerfile": folder}
	_, err = bk.Build(t.Context(), client.SolveOpt{LocalMounts: locals}, "", func(ctx context.Context, c gateway.Client) (*gateway.Result, error) {
		o.client = c
		for _, one := range requestCases() {
			t.Run(one.name, func(t *testing.T) { o.checkRequest(ctx, t, one) })
		}
		return gateway.NewResult(), nil
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
}

func (o *oracle) checkRequest(ctx context.Context, t *testing.T, one requestCase) {
	request, err := one.request(ctx)
	if err != nil {
		t.Fatal(err)
	}
	theirs, ours := o.solve(ctx, request, ""), o.solve(ctx, request, o.image)
	if own := takeOwn(ours); len(own) > 0 != strings.HasPrefix(one.name, "describe") {
		t.Errorf("requests of our own: %q", own)
	}
	if (theirs.err != nil) != one.refused {
		t.Errorf("docker/dockerfile: %v, refused should be %t", theirs.err, one.refused)
	}
	verdict, details := o.judge(theirs, ours)
	if !agrees(verdict) && o.peer != "" {
		// No image can have the exact errors of the built-in frontend.
		if second, other := o.judge(o.solve(ctx, request, o.peer), ours); agrees(second) {
			verdict, details = second, other
		}
	}
	if !agrees(verdict) {
		t.Errorf("%s\n%s", verdict, strings.Join(details, "\n"))
	}
	for _, name := range one.files {
		a, b := o.readFile(ctx, t, request, "", name), o.readFile(ctx, t, request, o.image, name)
		if a != b || a == "" {
			t.Errorf("%s is %q of docker/dockerfile and %q of fanlight", name, a, b)
		}
	}
}

func (one requestCase) request(ctx context.Context) (gateway.SolveRequest, error) {
	request := gateway.SolveRequest{
		Frontend: "dockerfile.v0", FrontendOpt: map[string]string{"cmdline": "compared"}, Evaluate: one.evaluate,
		FrontendInputs: map[string]*pb.Definition{},
	}
	maps.Copy(request.FrontendOpt, one.options)
	for name, state := range one.inputs {
		definition, err := state.Marshal(ctx)
		if err != nil {
			return request, err
		}
		request.FrontendInputs[name] = definition.ToPB()
	}
	return request, nil
}

// readFile reads a file of the result, as a frontend does that forwards a build and uses its result.
func (o *oracle) readFile(ctx context.Context, t *testing.T, request gateway.SolveRequest, image, name string) string {
	t.Helper()
	if image != "" {
		request.Frontend = "gateway.v0"
		request.FrontendOpt = maps.Clone(request.FrontendOpt)
		request.FrontendOpt["source"] = image
	}
	result, err := o.client.Solve(ctx, request)
	if err != nil {
		t.Fatal(err)
	}
	ref, err := result.SingleRef()
	if err != nil {
		t.Fatal(err)
	}
	state, err := ref.ToState()
	if err != nil {
		t.Fatal(err)
	}
	moved, err := llb.Scratch().File(llb.Copy(state, name, "/moved")).Marshal(ctx)
	if err != nil {
		t.Fatal(err)
	}
	result, err = o.client.Solve(ctx, gateway.SolveRequest{Definition: moved.ToPB()})
	if err != nil {
		t.Fatal(err)
	}
	text, err := result.Ref.ReadFile(ctx, gateway.ReadRequest{Filename: "/moved"})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
