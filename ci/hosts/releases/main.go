// Command releases prints the version of github.com/containerd/platforms that each release of the engines pins,
// according to the go.mod files at the module proxy: MODULE, VERSION, VERSION OF PLATFORMS. ci/windows-hosts runs it.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"
)

// series are the releases of a module that differ in the last number of their version.
type series struct {
	module, prefix string
	first          int
}

var all = []series{
	{"github.com/containerd/containerd", "v1.7.", 21},
	{"github.com/containerd/containerd/v2", "v2.0.", 0},
	{"github.com/containerd/containerd/v2", "v2.1.", 0},
	{"github.com/containerd/containerd/v2", "v2.2.", 0},
	{"github.com/containerd/containerd/v2", "v2.3.", 0},
	{"github.com/containerd/containerd/v2", "v2.4.", 0},
	{"github.com/moby/moby/v2", "v2.0.0-beta.", 0},
}

var pin = regexp.MustCompile(`(?m)^\s*(?:require\s+)?github\.com/containerd/platforms (v\S+)`)

func main() {
	proxy, err := proxy()
	if err != nil {
		fail(err)
	}
	for _, one := range all {
		if err := one.print(proxy); err != nil {
			fail(err)
		}
	}
}

// print stops after two numbers in a row without a release, because some numbers are skipped.
func (s series) print(proxy string) error {
	for number, missing := s.first, 0; missing < 2; number++ {
		version := fmt.Sprint(s.prefix, number)
		text, err := get(fmt.Sprintf("%s/%s/@v/%s.mod", proxy, s.module, version))
		if err != nil {
			return err
		}
		if text == "" {
			missing++
			continue
		}
		missing = 0
		found := pin.FindStringSubmatch(text)
		if found == nil {
			return fmt.Errorf("%s@%s pins no containerd/platforms", s.module, version)
		}
		fmt.Printf("%s\t%s\t%s\n", s.module, version, found[1])
	}
	return nil
}

// get returns the text at an address, or an empty text if the proxy does not have the version.
func get(address string) (string, error) {
	var last error
	for wait := range 4 {
		time.Sleep(time.Duration(wait) * time.Second)
		response, err := http.Get(address)
		if err != nil {
			last = err
			continue
		}
		text, err := io.ReadAll(response.Body)
		response.Body.Close()
		switch response.StatusCode {
		case http.StatusOK:
			if err == nil {
				return string(text), nil
			}
			last = err
		case http.StatusNotFound, http.StatusGone, http.StatusForbidden:
			return "", nil
		default:
			last = fmt.Errorf("%s: %s", address, response.Status)
		}
	}
	return "", last
}

// proxy returns the first module proxy in Go's configuration.
func proxy() (string, error) {
	output, err := exec.Command("go", "env", "GOPROXY").Output()
	first := strings.FieldsFunc(strings.TrimSpace(string(output)), func(c rune) bool { return c == ',' || c == '|' })
	if err != nil || len(first) == 0 || !strings.HasPrefix(first[0], "http") {
		return "", fmt.Errorf("GOPROXY names no proxy: %q, %v", output, err)
	}
	return strings.TrimSuffix(first[0], "/"), nil
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "releases:", err)
	os.Exit(1)
}
