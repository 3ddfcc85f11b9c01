package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/client/buildid"
	"github.com/moby/buildkit/client/llb"
	gateway "github.com/moby/buildkit/frontend/gateway/pb"
	"github.com/moby/buildkit/solver/pb"
	"github.com/moby/buildkit/util/grpcerrors"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	grpcstatus "google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// programs runs frontends as processes beside the oracle instead of in containers of buildkitd. Their requests go to
// the same session of the same buildkitd. This saves the hundred milliseconds that a container takes to start, and it
// is the only way to see their warnings.
type programs struct {
	// environment is the environment of every process: session and workers.
	environment []string
	// build is buildkitd's name for the build whose session the calls belong to.
	build  string
	engine *grpc.ClientConn
}

// startPrograms connects to buildkitd for the programs of one build.
func startPrograms(ctx context.Context, bk *client.Client, addr, session, build string) (*programs, error) {
	workers, err := bk.ListWorkers(ctx)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(workers)
	if err != nil {
		return nil, err
	}
	engine, err := grpc.NewClient(addr, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(messageLimit), grpc.MaxCallSendMsgSize(messageLimit)))
	if err != nil {
		return nil, err
	}
	environment := []string{"BUILDKIT_SESSION_ID=" + session, "BUILDKIT_WORKERS=" + string(text), "BUILDKIT_EXPORTEDPRODUCT=buildkit"}
	return &programs{environment: environment, build: build, engine: engine}, nil
}

// asker asks the program at a path, which is the same as in the image.
func (p *programs) asker(path, image string) asker {
	return func(ctx context.Context, q question, one testCase) answer {
		options, asked := requestFor(q, one)
		options["source"] = image
		return p.run(ctx, path, options, asked)
	}
}

// messageLimit is BuildKit's limit, in bytes.
const messageLimit = 16 << 20

// call is one run of a program: the returned result, and what was seen before it.
type call struct {
	*programs
	sync.Mutex
	returned *gateway.ReturnRequest
	// definitions are the definitions of references, by their IDs.
	definitions map[string]*pb.Definition
	warnings    []string
}

// run runs a program once with these options.
func (p *programs) run(ctx context.Context, path string, options map[string]string, asked string) answer {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	one := &call{programs: p, definitions: map[string]*pb.Definition{}}
	command := exec.CommandContext(ctx, path)
	command.Env = slices.Clone(p.environment)
	for key, value := range options {
		command.Env = append(command.Env, fmt.Sprintf("BUILDKIT_FRONTEND_OPT_%d=%s=%s", len(command.Env), key, value))
	}
	var complaint bytes.Buffer
	command.Stderr = &complaint
	in, err := command.StdinPipe()
	if err != nil {
		return answer{err: err}
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return answer{err: err}
	}
	server := grpc.NewServer(grpc.ForceServerCodec(raw{}), grpc.UnknownServiceHandler(one.forward),
		grpc.MaxRecvMsgSize(messageLimit), grpc.MaxSendMsgSize(messageLimit))
	if err := command.Start(); err != nil {
		return answer{err: err}
	}
	line := &oneLine{conn: pipes{out, in}, closed: make(chan struct{})}
	go func() { _ = server.Serve(line) }()
	err = command.Wait()
	server.Stop()
	one.Lock()
	defer one.Unlock()
	if one.returned == nil {
		return answer{err: fmt.Errorf("%s returned nothing: %w: %s", path, errors.Join(err, ctx.Err()), complaint.String())}
	}
	return one.answer(ctx, asked)
}

// forward forwards a call to buildkitd, and keeps what is needed for the answer.
func (c *call) forward(_ any, stream grpc.ServerStream) error {
	method, _ := grpc.MethodFromServerStream(stream)
	var request, reply []byte
	if err := stream.RecvMsg(&request); err != nil {
		return err
	}
	_, name, _ := strings.Cut(strings.TrimPrefix(method, "/"), "/")
	switch name {
	case "Return":
		returned := &gateway.ReturnRequest{}
		if err := proto.Unmarshal(request, returned); err != nil {
			return err
		}
		c.Lock()
		c.returned = returned
		c.Unlock()
		return stream.SendMsg(&reply)
	case "Warn":
		if err := c.warn(request); err != nil {
			return err
		}
	}
	ctx := buildid.AppendToOutgoingContext(stream.Context(), c.build)
	if err := c.engine.Invoke(ctx, method, &request, &reply, grpc.ForceCodec(raw{})); err != nil {
		return err
	}
	if name == "Solve" {
		if err := c.solved(reply); err != nil {
			return err
		}
	}
	return stream.SendMsg(&reply)
}

// warn keeps the text and locations of a warning.
func (c *call) warn(request []byte) error {
	warning := &gateway.WarnRequest{}
	if err := proto.Unmarshal(request, warning); err != nil {
		return err
	}
	warning.Digest = ""
	text, err := protojson.Marshal(warning)
	if err != nil {
		return err
	}
	c.Lock()
	defer c.Unlock()
	c.warnings = append(c.warnings, canonical(text))
	return nil
}

// solved keeps the definitions of the references of a solve.
func (c *call) solved(reply []byte) error {
	response := &gateway.SolveResponse{}
	if err := proto.Unmarshal(reply, response); err != nil {
		return err
	}
	c.Lock()
	defer c.Unlock()
	for _, ref := range references(response.GetResult()) {
		c.definitions[ref.GetId()] = ref.GetDef()
	}
	return nil
}

// references returns the references of a result, by the IDs that the parts of a build have. The ID of a single
// reference is empty.
func references(result *gateway.Result) map[string]*gateway.Ref {
	all := map[string]*gateway.Ref{}
	if one := result.GetRef(); one != nil {
		all[""] = one
	}
	for id, ref := range result.GetRefs().GetRefs() {
		all[" "+id] = ref
	}
	return all
}

// answer converts the returned result.
func (c *call) answer(ctx context.Context, asked string) answer {
	if failed := c.returned.GetError(); failed != nil {
		return answer{err: grpcerrors.FromGRPC(grpcstatus.ErrorProto(&status.Status{
			Code: failed.GetCode(), Message: failed.GetMessage(), Details: failed.GetDetails(),
		}))}
	}
	parts := map[string]string{}
	result := c.returned.GetResult()
	if err := addMetadata(parts, result.GetMetadata(), asked); err != nil {
		return answer{err: err}
	}
	for id, ref := range references(result) {
		if err := c.addReference(ctx, parts, id, ref); err != nil {
			return answer{err: err}
		}
	}
	for id, list := range result.GetAttestations() {
		for i, one := range list.GetAttestation() {
			name := fmt.Sprintf("attestation %s %d", id, i)
			if err := c.addReference(ctx, parts, " "+name, one.GetRef()); err != nil {
				return answer{err: err}
			}
			one.Ref = nil
			text, err := protojson.Marshal(one)
			if err != nil {
				return answer{err: err}
			}
			parts[name] = canonical(text)
		}
	}
	for _, warning := range c.warnings {
		// The value counts how many times the warning was reported.
		parts["warning "+warning] += "x"
	}
	return answer{parts: parts}
}

func (c *call) addReference(ctx context.Context, parts map[string]string, id string, ref *gateway.Ref) error {
	if ref.GetId() == "" {
		// The result is empty: FROM scratch alone.
		if id != "" {
			parts["last"+id] = ""
		}
		return nil
	}
	definition := c.definitions[ref.GetId()]
	if definition == nil {
		definition = ref.GetDef()
	}
	op, err := llb.NewDefinitionOp(definition)
	if err != nil {
		return err
	}
	marshalled, err := llb.NewState(op).Marshal(ctx)
	if err != nil {
		return err
	}
	return addDefinition(parts, id, marshalled)
}

// raw is a codec that passes messages through unchanged.
type raw struct{}

func (raw) Name() string { return "proto" }

func (raw) Marshal(value any) ([]byte, error) {
	bytes, ok := value.(*[]byte)
	if !ok {
		return nil, fmt.Errorf("a message of type %T", value)
	}
	return *bytes, nil
}

func (raw) Unmarshal(data []byte, value any) error {
	bytes, ok := value.(*[]byte)
	if !ok {
		return fmt.Errorf("a message of type %T", value)
	}
	*bytes = slices.Clone(data)
	return nil
}

// oneLine is a listener with a single connection.
type oneLine struct {
	conn   net.Conn
	once   sync.Once
	closed chan struct{}
}

func (l *oneLine) Accept() (net.Conn, error) {
	if conn := l.conn; conn != nil {
		l.conn = nil
		return conn, nil
	}
	<-l.closed
	return nil, io.EOF
}

func (l *oneLine) Close() error   { l.once.Do(func() { close(l.closed) }); return nil }
func (l *oneLine) Addr() net.Addr { return &net.UnixAddr{} }

// pipes makes a connection of a program's output and input.
type pipes struct {
	io.ReadCloser
	io.WriteCloser
}

func (p pipes) Close() error                     { return errors.Join(p.ReadCloser.Close(), p.WriteCloser.Close()) }
func (p pipes) LocalAddr() net.Addr              { return &net.UnixAddr{} }
func (p pipes) RemoteAddr() net.Addr             { return &net.UnixAddr{} }
func (p pipes) SetDeadline(time.Time) error      { return nil }
func (p pipes) SetReadDeadline(time.Time) error  { return nil }
func (p pipes) SetWriteDeadline(time.Time) error { return nil }
