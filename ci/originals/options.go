package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/containerd/platforms"
	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/moby/buildkit/frontend/gateway/client"
	gateway "github.com/moby/buildkit/frontend/gateway/pb"
	"github.com/moby/buildkit/solver/pb"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

var optionsFixtures = []fixture{
	{"testdata/options/archives.txt", archives},
	rows("testdata/options/dockerui.jsonl", spacedLines, clientOptions()),
}

// archives asks dockerui whether it unpacks a downloaded context. A row has the answer, a name, the number of bytes
// that dockerui reads, and these bytes in base64 without the zeros at their end.
func archives(old []byte) ([]byte, error) {
	var out strings.Builder
	for _, line := range splitLines(old) {
		if strings.HasPrefix(line, "#") {
			out.WriteString(line + "\n")
			continue
		}
		fields := strings.Split(line, " ")
		if len(fields) != 4 {
			return nil, fmt.Errorf("not four fields: %q", line)
		}
		length, err := strconv.Atoi(fields[2])
		if err != nil {
			return nil, err
		}
		start, err := base64.StdEncoding.DecodeString(fields[3])
		if err != nil {
			return nil, err
		}
		header := make([]byte, length)
		copy(header, start)
		unpacked, err := isUnpacked(header)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", fields[1], err)
		}
		fields[0] = strconv.FormatBool(unpacked)
		out.WriteString(strings.Join(fields, " ") + "\n")
	}
	return []byte(out.String()), nil
}

// isUnpacked returns whether dockerui unpacks the download with a file operation.
func isUnpacked(header []byte) (bool, error) {
	ctx := context.Background()
	options := map[string]string{"context": "https://example.com/context"}
	c, err := dockerui.NewClient(downloadClient{gatewayClient{options: options}, header})
	if err != nil {
		return false, err
	}
	state, err := c.MainContext(ctx)
	if err != nil {
		return false, err
	}
	definition, err := state.Marshal(ctx)
	if err != nil {
		return false, err
	}
	for _, encoded := range definition.Def {
		var op pb.Op
		if err := op.UnmarshalVT(encoded); err != nil {
			return false, err
		}
		if op.GetFile() != nil {
			return true, nil
		}
	}
	return false, nil
}

// downloadClient is a fake BuildKit in which every file begins with the header.
type downloadClient struct {
	gatewayClient
	header []byte
}

func (c downloadClient) Solve(context.Context, client.SolveRequest) (*client.Result, error) {
	result := client.NewResult()
	result.SetRef(download{header: c.header})
	return result, nil
}

type download struct {
	client.Reference
	header []byte
}

func (d download) ReadFile(context.Context, client.ReadRequest) ([]byte, error) { return d.header, nil }

// gatewayClient is a fake BuildKit with what a frontend knows before its first call: options, and the platform of a
// worker.
type gatewayClient struct {
	client.Client
	options map[string]string
}

func (c gatewayClient) BuildOpts() client.BuildOpts {
	platform := ocispecs.Platform{OS: "linux", Architecture: "arm64", Variant: "v9"}
	return client.BuildOpts{
		Opts:      c.options,
		SessionID: "session",
		Workers:   []client.WorkerInfo{{Platforms: []ocispecs.Platform{platform}}},
		LLBCaps:   pb.Caps.CapSet(pb.Caps.All()),
		Caps:      gateway.Caps.CapSet(gateway.Caps.All()),
	}
}

// clientOptions asks dockerui.NewClient. The first row has the whole config without options; the others have what
// differs from it.
func clientOptions() answer {
	var defaults row
	return func(old row) (row, error) {
		var options map[string]string
		if err := old.into("options", &options); err != nil {
			return nil, err
		}
		new := row{"options": old["options"]}
		client, err := dockerui.NewClient(gatewayClient{options: options})
		if err != nil {
			new["error"] = err.Error()
			return new, nil
		}
		config, err := describeConfig(client)
		if err != nil {
			return nil, err
		}
		if defaults == nil {
			defaults = config
			new["config"] = config
			return new, nil
		}
		new["config"], err = without(config, defaults)
		return new, err
	}
}

// without returns the values of a config that differ from the defaults.
func without(config, defaults row) (row, error) {
	left := row{}
	for name, value := range config {
		mine, err := encode(value)
		if err != nil {
			return nil, err
		}
		usual, err := encode(defaults[name])
		if err != nil {
			return nil, err
		}
		if mine != usual {
			left[name] = value
		}
	}
	return left, nil
}

func describeConfig(c *dockerui.Client) (row, error) {
	imports, hosts, noCache, ulimits := []any{}, []string{}, []string{}, []string{}
	for _, entry := range c.CacheImports {
		imports = append(imports, row{"type": entry.Type, "attrs": entry.Attrs})
	}
	for _, host := range c.ExtraHosts {
		hosts = append(hosts, host.Host+"="+host.IP.String())
	}
	for _, stage := range []string{"", "a", "B", "stage"} {
		if c.IsNoCache(stage) {
			noCache = append(noCache, stage)
		}
	}
	for _, ulimit := range c.Ulimits {
		text, err := json.Marshal(ulimit)
		if err != nil {
			return nil, err
		}
		ulimits = append(ulimits, string(text))
	}
	resources := ""
	if c.LinuxResources != nil {
		text, err := json.Marshal(c.LinuxResources)
		if err != nil {
			return nil, err
		}
		resources = string(text)
	}
	return row{
		"build": platformNames(c.BuildPlatforms), "targets": platformNames(c.TargetPlatforms), "multi": c.MultiPlatformRequested,
		"buildArgs": c.BuildArgs, "labels": c.Labels, "target": c.Target, "noCache": noCache, "cacheImports": imports,
		"cacheNamespace": c.CacheIDNamespace, "cgroupParent": c.CgroupParent, "gitAdvice": c.GitAdvice, "hostname": c.Hostname,
		"hosts": hosts, "network": networkName(c.NetworkMode), "resolveMode": c.ImageResolveMode.String(),
		"resources": resources, "sbom": c.SBOM, "shmSize": c.ShmSize, "ulimits": ulimits,
	}, nil
}

func platformNames(list []ocispecs.Platform) []string {
	names := []string{}
	for _, platform := range list {
		names = append(names, platforms.FormatAll(platform))
	}
	return names
}

func networkName(mode pb.NetMode) string {
	switch mode {
	case pb.NetMode_HOST:
		return "host"
	case pb.NetMode_NONE:
		return "none"
	default:
		return "sandbox"
	}
}
