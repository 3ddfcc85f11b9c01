package e2e

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// faultyRegistry is a proxy for the registry of the run. It answers some requests with a fault and forwards all others.
type faultyRegistry struct {
	// address is host:port. Every engine accepts plain HTTP for a registry on 127.0.0.1.
	address string
	// wantsToken is true if every request needs a token, which anyone can get. An index in such a registry cannot be
	// downloaded as a file.
	wantsToken bool
	// isAlone is true if the registry mounts no blobs of other repositories, as if it had no others.
	isAlone bool
	// names are the tags and digests whose requests get the fault.
	names []string
	fault fault
	// after is how many of these requests are answered correctly first. times is how many then get the fault; 0 for
	// all.
	after, times int

	proxy http.Handler
	mutex sync.Mutex
	// seen counts requests for these names that were answered correctly, met those that got the fault.
	seen, met int
}

// fault is a way for a registry to misbehave.
type fault struct {
	name string
	// serve answers with the fault. next sends the correct answer.
	serve func(w http.ResponseWriter, r *http.Request, next http.Handler)
	// shows matches the part of an error that shows the fault to a user.
	shows *regexp.Regexp
}

// status returns a fault that is a status code, with a header, and an error in the format of registries.
func status(code int, key, value, shows string) fault {
	return fault{
		name: strconv.Itoa(code),
		serve: func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			if key != "" {
				w.Header().Set(key, value)
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(code)
			fmt.Fprintf(w, `{"errors":[{"code":"FAULT","message":"this registry answers with %d on purpose"}]}`, code)
		},
		shows: regexp.MustCompile(fmt.Sprintf(`on purpose|\b%d %s|response status %[1]d|%[3]s`, code, http.StatusText(code), shows)),
	}
}

var faults = []fault{
	status(401, "WWW-Authenticate", `Basic realm="faults"`, `authorization failed|authentication required|no basic auth credentials`),
	status(403, "", "", `[Ff]orbidden`),
	status(404, "", "", `not found`),
	status(429, "Retry-After", "1", `[Tt]oo [Mm]any [Rr]equests`),
	status(500, "", "", `unexpected status`),
	{"reset", reset, regexp.MustCompile(`reset by peer|EOF|broken pipe|connection`)},
	{"truncated", truncated, regexp.MustCompile(`EOF|short|size|truncated|reset by peer`)},
	{"wrong bytes", wrongBytes, regexp.MustCompile(`digest|checksum|does not match`)},
}

// silence answers correctly, but only after 30 seconds.
var silence = fault{"30 s of silence", silent, regexp.MustCompile(`timeout|deadline|EOF|reset by peer|canceled`)}

// reset closes the connection without an answer.
func reset(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	conn.Close()
}

// truncated sends half of the announced length.
func truncated(w http.ResponseWriter, r *http.Request, next http.Handler) {
	answer := httptest.NewRecorder()
	next.ServeHTTP(answer, r)
	copyHeader(w, answer)
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(answer.Body.Bytes()[:answer.Body.Len()/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// wrongBytes sends another document: as long, and well-formed, but with one digest changed.
func wrongBytes(w http.ResponseWriter, r *http.Request, next http.Handler) {
	answer := httptest.NewRecorder()
	next.ServeHTTP(answer, r)
	body := answer.Body.Bytes()
	if at := strings.LastIndex(string(body), "sha256:"); at >= 0 && len(body) > at+8 {
		digit := &body[at+7]
		if *digit == '0' {
			*digit = '1'
		} else {
			*digit = '0'
		}
	}
	copyHeader(w, answer)
	_, _ = w.Write(body)
}

func silent(w http.ResponseWriter, r *http.Request, next http.Handler) {
	select {
	case <-time.After(30 * time.Second):
		next.ServeHTTP(w, r)
	case <-r.Context().Done():
		panic(http.ErrAbortHandler)
	}
}

func copyHeader(w http.ResponseWriter, answer *httptest.ResponseRecorder) {
	for key, values := range answer.Result().Header {
		w.Header()[key] = values
	}
	w.WriteHeader(answer.Code)
}

// start serves the registry until the test ends.
func (f *faultyRegistry) start(t *testing.T, env environment) {
	t.Helper()
	target, err := url.Parse("http://" + env.registry)
	if err != nil {
		t.Fatal(err)
	}
	f.proxy = &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		if f.isAlone {
			query := r.Out.URL.Query()
			query.Del("mount")
			query.Del("from")
			r.Out.URL.RawQuery = query.Encode()
		}
		r.Out.Header.Del("Authorization")
	}}
	server := httptest.NewServer(f)
	t.Cleanup(server.CloseClientConnections)
	t.Cleanup(server.Close)
	f.address = strings.TrimPrefix(server.URL, "http://")
}

func (f *faultyRegistry) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/token":
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"token":"for-anyone","access_token":"for-anyone","expires_in":600}`)
	case f.wantsToken && r.Header.Get("Authorization") != "Bearer for-anyone":
		w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm="http://%s/token",service="faults"`, f.address))
		w.WriteHeader(http.StatusUnauthorized)
	case f.meets(r):
		f.fault.serve(w, r, f.proxy)
	default:
		f.proxy.ServeHTTP(w, r)
	}
}

// meets returns whether the request gets the fault, and counts it.
func (f *faultyRegistry) meets(r *http.Request) bool {
	name := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	if !slices.Contains(f.names, name) {
		return false
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.seen < f.after || f.times > 0 && f.met >= f.times {
		f.seen++
		return false
	}
	f.met++
	return true
}

// count returns how many requests got the fault.
func (f *faultyRegistry) count() int {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return f.met
}
