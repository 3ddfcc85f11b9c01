package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// engine is a build engine that a test can start any number of times, each time empty.
type engine struct {
	// binary is buildkitd or dockerd.
	binary      string
	isDocker    bool
	snapshotter string
	// path is the PATH of the engine, with runc and containerd.
	path string
	// registries are the registries that speak plain HTTP.
	registries []string
	// graphdriver is true for Docker's older image store.
	graphdriver bool
	// bridge is true if containers get their own network, which BuildKit's scanner needs.
	bridge bool
}

// pinnedBuildKit is the buildkitd of ci/engines/buildkit.
func pinnedBuildKit(t *testing.T, env environment) engine {
	t.Helper()
	binary, err := exec.LookPath("buildkitd")
	if err != nil {
		t.Fatal(err)
	}
	return engine{binary: binary, path: os.Getenv("ENGINE_PATH"), snapshotter: "auto", registries: []string{env.registry}}
}

// pinnedDocker is the Docker Engine of ci/engines/docker.
func pinnedDocker(t *testing.T) engine {
	t.Helper()
	return engine{binary: required(t, "DOCKERD"), isDocker: true, path: required(t, "DOCKERD_PATH")}
}

// required returns an environment variable that the script which runs the tests must set.
func required(t *testing.T, name string) string {
	t.Helper()
	value := os.Getenv(name)
	if value == "" {
		t.Fatalf("%s is not set", name)
	}
	return value
}

// daemon is a running engine.
type daemon struct {
	env    environment
	client client
	cmd    *exec.Cmd
	folder string
}

// bridges counts the created bridges.
var bridges atomic.Int64

// start runs the engine until the test ends, or stop is called.
func (e engine) start(t *testing.T, env environment) *daemon {
	t.Helper()
	// t.TempDir does not work here: an engine may leave mounts behind, and the paths of sockets must be short.
	folder, err := os.MkdirTemp("", "engine")
	if err != nil {
		t.Fatal(err)
	}
	d := &daemon{env: env, folder: folder}
	socket := "unix://" + folder + "/sock"
	var args []string
	if e.isDocker {
		args = e.dockerd(t, folder, socket)
		d.env.engine, d.env.buildkit = socket, ""
		d.client = dockerClient(d.env)
	} else {
		args = e.buildkitd(t, folder, socket)
		d.env.engine, d.env.buildkit = "", socket
		d.client = buildctlClient(d.env)
	}
	log, err := os.Create(folder + "/log")
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	d.cmd = exec.Command(e.binary, args...)
	d.cmd.Stdout, d.cmd.Stderr = log, log
	d.cmd.Env = append(os.Environ(), "PATH="+e.path)
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.stop)
	for end := time.Now().Add(time.Minute); !d.healthy(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			text, _ := os.ReadFile(folder + "/log")
			t.Fatalf("%s did not come up:\n%s", e.binary, text)
		}
	}
	return d
}

func (e engine) buildkitd(t *testing.T, folder, socket string) []string {
	t.Helper()
	config := fmt.Sprintf("[worker.oci]\nenabled = true\nsnapshotter = %q\nnetworkMode = \"host\"\ngc = false\n", e.snapshotter)
	config += "[worker.containerd]\nenabled = false\n"
	for _, registry := range e.registries {
		config += fmt.Sprintf("[registry.%q]\nhttp = true\n", registry)
	}
	write(t, folder+"/config", config)
	args := []string{"--config", folder + "/config", "--root", folder + "/root", "--addr", socket}
	if help, _ := exec.Command(e.binary, "--help").Output(); strings.Contains(string(help), "--otel-socket-path") {
		args = append(args, "--otel-socket-path", folder+"/otel")
	}
	return args
}

// dockerd returns the arguments of dockerd. It sets no firewall rules, which some machines do not allow.
func (e engine) dockerd(t *testing.T, folder, socket string) []string {
	t.Helper()
	bridge := "none"
	if e.bridge {
		bridge = newBridge(t)
	}
	write(t, folder+"/config", fmt.Sprintf(
		`{"features":{"containerd-snapshotter":%v},"bridge":%q,"iptables":false,"ip6tables":false,"userland-proxy":false,"ip-forward":false}`,
		!e.graphdriver, bridge))
	args := []string{
		"--config-file", folder + "/config", "-H", socket, "--data-root", folder + "/root", "--exec-root", folder + "/exec",
		"-p", folder + "/pid",
	}
	if e.snapshotter != "" {
		args = append(args, "--storage-driver", e.snapshotter)
	}
	return args
}

// newBridge creates a network bridge that exists until the test ends.
func newBridge(t *testing.T) string {
	t.Helper()
	number := bridges.Add(1)
	bridge := fmt.Sprintf("fl%d-%d", os.Getpid(), number)
	for _, args := range [][]string{
		{"link", "add", bridge, "type", "bridge"},
		{"address", "add", fmt.Sprintf("198.18.%d.1/24", number%256), "dev", bridge},
	} {
		if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
			t.Fatalf("ip %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	t.Cleanup(func() { _ = exec.Command("ip", "link", "delete", bridge).Run() })
	return bridge
}

// healthy returns whether the engine answers.
func (d *daemon) healthy() bool {
	if d.env.engine != "" {
		return docker(d.env, "version").Run() == nil && docker(d.env, "info").Run() == nil
	}
	return exec.Command("buildctl", "--addr", d.env.buildkit, "debug", "workers").Run() == nil
}

// buildx returns a client that shows warnings; buildctl does not.
func (d *daemon) buildx(t *testing.T) client {
	t.Helper()
	if d.env.engine != "" {
		return d.client
	}
	name := filepath.Base(d.folder)
	if out, err := docker(d.env, "buildx", "create", "--name", name, "--driver", "remote", d.env.buildkit).CombinedOutput(); err != nil {
		t.Fatalf("buildx create: %v\n%s", err, out)
	}
	t.Cleanup(func() { _ = docker(d.env, "buildx", "rm", name).Run() })
	return remoteClient(d.env, name)
}

// stop ends the engine and removes its data.
func (d *daemon) stop() {
	if d.cmd == nil {
		return
	}
	_ = d.cmd.Process.Signal(syscall.SIGTERM)
	done := make(chan struct{})
	go func() { _ = d.cmd.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		_ = syscall.Kill(-d.cmd.Process.Pid, syscall.SIGKILL)
		<-done
	}
	d.cmd = nil
	mounts, _ := os.ReadFile("/proc/self/mounts")
	lines := strings.Split(string(mounts), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		if fields := strings.Fields(lines[i]); len(fields) > 1 && strings.HasPrefix(fields[1], d.folder+"/") {
			_ = syscall.Unmount(fields[1], syscall.MNT_DETACH)
		}
	}
	_ = os.RemoveAll(d.folder)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
