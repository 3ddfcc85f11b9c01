// Package access parses a registry's access log, in the common log format of docker-registry, and counts the downloads.
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
	// Bytes is the length of the answer's body.
	Bytes int64
}

var line = regexp.MustCompile(`"(GET|HEAD|POST|PUT|PATCH|DELETE) ([^ "]+) HTTP/[0-9.]+" ([0-9]{3}) ([0-9]+|-)`)
var blob = regexp.MustCompile(`/blobs/(sha256:[0-9a-f]{64})`)

// Blob returns the digest of the blob that the request names, or "".
func (r Request) Blob() string {
	if m := blob.FindStringSubmatch(r.Path); m != nil {
		return m[1]
	}
	return ""
}

// Read returns the requests of the log from the offset on, and the offset of its end.
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
			// The next call reads a line that is still being written.
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

// Fetched sums the bytes of the downloaded blobs, by digest. A HEAD or a mount downloads nothing.
func Fetched(requests []Request) map[string]int64 {
	fetched := map[string]int64{}
	for _, r := range requests {
		if dgst := r.Blob(); dgst != "" && r.Method == "GET" && r.Status < 300 {
			fetched[dgst] += r.Bytes
		}
	}
	return fetched
}
