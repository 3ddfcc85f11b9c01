package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/moby/buildkit/client/llb"
	gateway "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/solver/errdefs"
	"github.com/moby/buildkit/solver/pb"
	digest "github.com/opencontainers/go-digest"
	"google.golang.org/protobuf/encoding/protojson"
)

// question is a question to a frontend: the name of its column in the ledger, and the subrequest. Without a subrequest
// it asks for the build itself, whose result is lazy, so no step runs. A question with a mode is asked about the cases
// that the mode derives.
type question struct {
	name, request string
	mode          mode
}

var allQuestions = []question{
	{name: "build"},
	{name: "convertllb", request: "frontend.convertllb"},
	{name: "lint", request: "frontend.lint"},
	{name: "outline", request: "frontend.outline"},
	{name: "targets", request: "frontend.targets"},
	{name: "two platforms", mode: twoPlatforms},
	{name: "no cache", mode: noCache},
	{name: "other arguments", mode: otherArguments},
	{name: "named context", mode: namedContext},
	{name: "each target", mode: eachTarget},
}

// chosen returns the questions with these names, separated by commas, or all questions.
func chosen(names string) ([]question, error) {
	if names == "" {
		return allQuestions, nil
	}
	var some []question
	for name := range strings.SplitSeq(names, ",") {
		i := slices.IndexFunc(allQuestions, func(q question) bool { return q.name == name })
		if i < 0 {
			return nil, fmt.Errorf("no question is named %q", name)
		}
		some = append(some, allQuestions[i])
	}
	return some, nil
}

// answer is the answer of a frontend: parts that are compared one by one, or an error.
type answer struct {
	// parts are the parts by name. A value is canonical JSON or a digest.
	parts map[string]string
	err   error
}

// requestFor returns the options and the subrequest of a question about a case.
func requestFor(q question, one testCase) (options map[string]string, asked string) {
	options = maps.Clone(one.options)
	options["filename"] = one.file
	// A command line keeps the built-in frontend from forwarding a Dockerfile with a syntax line to that image.
	options["cmdline"] = "compared"
	if options["requestid"] == "build" {
		delete(options, "requestid")
	}
	if q.request != "" {
		options["requestid"] = q.request
		options["frontend.caps"] = "moby.buildkit.frontend.subrequests"
	}
	return options, options["requestid"]
}

// byImage asks a frontend image, or the built-in frontend if the name is empty.
func (o *oracle) byImage(name string) asker {
	return func(ctx context.Context, q question, one testCase) answer {
		options, _ := requestFor(q, one)
		return o.solve(ctx, gateway.SolveRequest{Frontend: "dockerfile.v0", FrontendOpt: options}, name)
	}
}

// solve sends a request to an image, or to the built-in frontend if there is none.
func (o *oracle) solve(ctx context.Context, request gateway.SolveRequest, image string) answer {
	asked := request.FrontendOpt["requestid"]
	if image != "" {
		request.Frontend = "gateway.v0"
		request.FrontendOpt = maps.Clone(request.FrontendOpt)
		request.FrontendOpt["source"] = image
	}
	result, err := o.client.Solve(ctx, request)
	if err != nil {
		return answer{err: err}
	}
	parts := map[string]string{}
	if err := addMetadata(parts, result.Metadata, asked); err != nil {
		return answer{err: err}
	}
	for id, ref := range result.Refs {
		if ref == nil {
			// The result is empty: FROM scratch alone.
			parts["last "+id] = ""
			continue
		}
		if err := addReference(ctx, parts, " "+id, ref); err != nil {
			return answer{err: err}
		}
	}
	if result.Ref != nil {
		if err := addReference(ctx, parts, "", result.Ref); err != nil {
			return answer{err: err}
		}
	}
	return answer{parts: parts}
}

// addMetadata adds the metadata of a result to the parts.
func addMetadata(parts map[string]string, metadata map[string][]byte, asked string) error {
	for key, value := range metadata {
		if key == "result.json" && asked == "frontend.convertllb" {
			if err := addConverted(parts, value); err != nil {
				return err
			}
			continue
		}
		parts[key] = settled(key, value, asked)
	}
	return nil
}

// addConverted adds the answer of convertllb to the parts: each operation, its metadata, and the source map.
func addConverted(parts map[string]string, text []byte) error {
	var result struct {
		Def      map[string]json.RawMessage
		Metadata map[string]json.RawMessage
		Source   struct {
			Infos     json.RawMessage
			Locations map[string]json.RawMessage
		}
	}
	if err := json.Unmarshal(text, &result); err != nil {
		return fmt.Errorf("convertllb's answer: %w", err)
	}
	for dgst, op := range result.Def {
		parts["op "+dgst] = canonical(op)
	}
	for dgst, metadata := range result.Metadata {
		parts["metadata "+dgst] = canonicalMetadata(metadata)
	}
	for dgst, location := range result.Source.Locations {
		parts["location "+dgst] = canonical(location)
	}
	parts["location infos"] = canonical(result.Source.Infos)
	return nil
}

// addReference adds the definition of a reference to the parts.
func addReference(ctx context.Context, parts map[string]string, id string, ref gateway.Reference) error {
	state, err := ref.ToState()
	if err != nil {
		return err
	}
	definition, err := state.Marshal(ctx)
	if err != nil {
		return err
	}
	return addDefinition(parts, id, definition)
}

func addDefinition(parts map[string]string, id string, definition *llb.Definition) error {
	for i, bytes := range definition.Def {
		var op pb.Op
		if err := op.UnmarshalVT(bytes); err != nil {
			return err
		}
		text, err := protojson.Marshal(&op)
		if err != nil {
			return err
		}
		dgst := digest.FromBytes(bytes).String()
		parts["op "+dgst+id] = canonical(text)
		if i == len(definition.Def)-1 {
			parts["last"+id] = dgst
		}
	}
	for dgst, metadata := range definition.Metadata {
		text, err := json.Marshal(metadata)
		if err != nil {
			return err
		}
		parts["metadata "+dgst.String()+id] = canonicalMetadata(text)
	}
	return nil
}

// canonical sorts the keys of JSON. Other text stays as it is.
func canonical(text []byte) string {
	var value any
	if json.Unmarshal(text, &value) != nil {
		return string(text)
	}
	text, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// canonicalMetadata removes what is random: the ID of a progress group.
func canonicalMetadata(text []byte) string {
	var value map[string]any
	if json.Unmarshal(text, &value) != nil {
		return canonical(text)
	}
	if group, ok := value["progress_group"].(map[string]any); ok {
		delete(group, "id")
	}
	text, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// lines returns the locations in the Dockerfile that an error refers to.
func lines(err error) string {
	var places []string
	for _, source := range errdefs.Sources(err) {
		place := source.Info.GetFilename()
		for _, r := range source.Ranges {
			place += fmt.Sprintf(" %d:%d-%d:%d", r.Start.GetLine(), r.Start.GetCharacter(), r.End.GetLine(), r.End.GetCharacter())
		}
		places = append(places, place)
	}
	return strings.Join(places, ", ")
}

// lost returns whether an error is one of the connection, not an answer.
func lost(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
