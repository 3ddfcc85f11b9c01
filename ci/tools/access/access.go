// Package access reads a registry's access log (common log format, as docker-registry writes it to its output) and
// counts what was fetched.
package access

import (
	"bufio"
	"io"
	"os"
	"regexp"
	"strconv"
)

// Request is one line of the log.
type Request struct {
	Method, Path string
	Status       int
	// Bytes of the answer's body.
	Bytes int64
}

var line = regexp.MustCompile(`"(GET|HEAD|POST|PUT|PATCH|DELETE) ([^ "]+) HTTP/[0-9.]+" ([0-9]{3}) ([0-9]+|-)`)
var blob = regexp.MustCompile(`/blobs/(sha256:[0-9a-f]{64})`)

// Blob is the digest of the blob that the request names, or "".
func (r Request) Blob() string {
	if m := blob.FindStringSubmatch(r.Path); m != nil {
		return m[1]
	}
	return ""
}

// Read gives the requests of the log from the offset on, and the offset where it ended.
func Read(path string, offset int64) ([]Request, int64, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, offset, err
	}
	defer file.Close()
	if _, err := file.Seek(offset, io.SeekStart); err != nil {
		return nil, offset, err
	}
	var requests []Request
	in := bufio.NewReader(file)
	for {
		text, err := in.ReadString('\n')
		if err == io.EOF {
			// A line that is still being written is read the next time.
			return requests, offset, nil
		}
		if err != nil {
			return nil, offset, err
		}
		offset += int64(len(text))
		m := line.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		status, _ := strconv.Atoi(m[3])
		size, _ := strconv.ParseInt(m[4], 10, 64)
		requests = append(requests, Request{Method: m[1], Path: m[2], Status: status, Bytes: size})
	}
}

// Fetched sums, by digest, the bytes of the blobs that were downloaded. A HEAD or a mount downloads nothing.
func Fetched(requests []Request) map[string]int64 {
	fetched := map[string]int64{}
	for _, r := range requests {
		if dgst := r.Blob(); dgst != "" && r.Method == "GET" && r.Status < 300 {
			fetched[dgst] += r.Bytes
		}
	}
	return fetched
}
