package access

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadCountsDownloadsOnly(t *testing.T) {
	blob := "sha256:" + strings.Repeat("ab", 32)
	log := strings.Join([]string{
		`time="2026-11-21" level=info msg="listening on 127.0.0.1:1"`,
		`127.0.0.1 - - [21/Nov/2026:06:12:01 +0000] "HEAD /v2/windows/nanoserver/blobs/` + blob + ` HTTP/1.1" 200 0 "" "buildkit/v0.33"`,
		`127.0.0.1 - - [21/Nov/2026:06:12:01 +0000] "POST /v2/app/blobs/uploads/?mount=` + blob + `&from=windows%2Fnanoserver HTTP/1.1" 201 0 "" ""`,
		`127.0.0.1 - - [21/Nov/2026:06:12:01 +0000] "GET /v2/windows/nanoserver/blobs/` + blob + ` HTTP/1.1" 206 700 "" ""`,
		`127.0.0.1 - - [21/Nov/2026:06:12:01 +0000] "GET /v2/windows/nanoserver/blobs/` + blob + ` HTTP/1.1" 404 90 "" ""`,
		`127.0.0.1 - - [21/Nov/2026:06:12:01 +0000] "GET /v2/a/manifests/1 HTTP/1.1" 200 500 "" ""`,
		`127.0.0.1 - - [21/Nov/2026:06:12:01 +0000] "GET /v2/half`,
	}, "\n")
	path := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(path, []byte(log), 0o644); err != nil {
		t.Fatal(err)
	}
	requests, offset, err := Read(path, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(requests) != 5 {
		t.Fatalf("%d requests: %v", len(requests), requests)
	}
	if fetched := Fetched(requests); len(fetched) != 1 || fetched[blob] != 700 {
		t.Fatalf("fetched %v", fetched)
	}
	if again, _, err := Read(path, offset); err != nil || len(again) != 0 {
		t.Fatalf("read twice: %v %v", again, err)
	}
}
