package e2e

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// destination is a stage for Windows whose copies depend on what is a directory. It is built once on layers without the
// base image and once on the base image itself, and both must hold the same files, unless differs gives a reason.
type destination struct {
	base  string
	lines string
	// has are files that must exist.
	has []string
	// differs is the reason why the plain copy holds other files.
	differs string
}

const (
	nanoserver  = "registry.test/windows/nanoserver:ltsc2022"
	servercore  = "registry.test/windows/servercore:ltsc2022"
	hostProcess = "registry.test/windows/hostprocess:v1.0.0"
)

var destinations = map[string]destination{
	"a final slash":             {nanoserver, `COPY one.txt /x/`, []string{"x/one.txt"}, ""},
	"a final slash and a dot":   {nanoserver, `COPY one.txt /x/.`, []string{"x"}, ""},
	"no slash":                  {nanoserver, `COPY one.txt /x`, []string{"x"}, ""},
	"deep, no slash":            {nanoserver, `COPY one.txt /x/y/z`, []string{"x/y/z"}, ""},
	"the root":                  {nanoserver, `COPY one.txt /`, []string{"one.txt"}, ""},
	"a dot":                     {nanoserver, `COPY one.txt .`, []string{"one.txt"}, ""},
	"a dot in a directory":      {nanoserver, "WORKDIR /app\nCOPY one.txt .", []string{"app/one.txt"}, ""},
	"a dot and a slash":         {nanoserver, "WORKDIR /app\nCOPY one.txt ./", []string{"app/one.txt"}, ""},
	"a relative name":           {nanoserver, "WORKDIR /app\nCOPY one.txt tool", []string{"app/tool"}, ""},
	"the working directory":     {nanoserver, "WORKDIR /app\nCOPY one.txt /app", []string{"app/one.txt"}, ""},
	"two dots":                  {nanoserver, "WORKDIR /app/sub\nCOPY one.txt ..", []string{"app/one.txt"}, ""},
	"above a working directory": {nanoserver, "WORKDIR /app/sub\nCOPY one.txt /app", []string{"app/one.txt"}, ""},
	"a relative WORKDIR":        {nanoserver, "WORKDIR /app\nWORKDIR sub\nCOPY one.txt /app/sub", []string{"app/sub/one.txt"}, ""},

	"several sources and a slash": {nanoserver, `COPY one.txt two.txt /x/`, []string{"x/one.txt", "x/two.txt"}, ""},
	"several sources, known":      {nanoserver, "WORKDIR /x\nCOPY one.txt two.txt /x", []string{"x/one.txt", "x/two.txt"}, ""},
	"several sources, no slash": {nanoserver, `COPY one.txt two.txt /x`, []string{"x/one.txt", "x/two.txt"},
		"the plain copy leaves the last file alone, under the name of the directory"},
	"a pattern":             {nanoserver, `COPY o*.txt /x`, []string{"x"}, ""},
	"a pattern, several":    {nanoserver, `COPY *.txt /x`, []string{"x"}, ""},
	"a pattern and a slash": {nanoserver, `COPY *.txt /x/`, []string{"x/one.txt", "x/two.txt"}, ""},
	"a pattern that is a directory, then a file": {nanoserver, "COPY di[r] /x\nCOPY one.txt /x",
		[]string{"x/a.txt", "x/one.txt"}, ""},
	"JSON and a space": {nanoserver, `COPY ["with space.txt", "/x y/"]`, []string{"x y/with space.txt"}, ""},

	"a directory":                 {nanoserver, `COPY dir /x`, []string{"x/a.txt", "x/sub/b.txt"}, ""},
	"a directory, then a file":    {nanoserver, "COPY dir /x\nCOPY one.txt /x", []string{"x/a.txt", "x/one.txt"}, ""},
	"a directory, then two files": {nanoserver, "COPY dir /x\nCOPY one.txt /x\nCOPY two.txt /x", []string{"x/one.txt", "x/two.txt"}, ""},
	"a file, then a file":         {nanoserver, "COPY one.txt /x\nCOPY two.txt /x", []string{"x"}, ""},
	"a directory, then one in it": {nanoserver, "COPY dir /x\nCOPY one.txt /x/sub", []string{"x/sub/b.txt", "x/sub"}, ""},
	"a file in a directory":       {nanoserver, "COPY dir /x\nCOPY one.txt /x/other", []string{"x/sub/b.txt", "x/other"}, ""},
	"a name with an extension":    {nanoserver, "COPY dir /x\nCOPY one.txt /x/a.txt", []string{"x/sub/b.txt", "x/a.txt"}, ""},
	"a directory with a slash":    {nanoserver, "COPY dir/ /x\nCOPY one.txt /x", []string{"x/a.txt", "x/one.txt"}, ""},
	"a directory with a dot":      {nanoserver, "COPY tree /x\nCOPY one.txt /x/conf.d", []string{"x/conf.d/c.conf", "x/conf.d/one.txt"}, ""},
	"a pattern of nothing":        {nanoserver, "COPY none* /x/y/\nCOPY one.txt /x", []string{"x"}, ""},
	"the root, then a file":       {nanoserver, "COPY one.txt /\nCOPY two.txt /x/y", []string{"x/y", "one.txt"}, ""},
	"through a link":              {nanoserver, "COPY tree /x\nCOPY one.txt /x/to/\nCOPY dir /x/real", []string{"x/real/one.txt", "x/real/a.txt"}, ""},
	"WORKDIR in a directory":      {nanoserver, "COPY tree /x\nWORKDIR /x/conf.d\nCOPY one.txt .", []string{"x/conf.d/one.txt"}, ""},
	"WORKDIR, then a directory":   {nanoserver, "WORKDIR /x/conf.d\nCOPY tree /x", []string{"x/conf.d/c.conf"}, ""},
	"a colon from a stage":        {nanoserver, "COPY --from=files /made/lib:amd64.list /x/", []string{"x/lib:amd64.list"}, ""},
	"a backslash from a stage":    {nanoserver, `COPY --from=files ["made\\\\made.txt", "/x/"]`, []string{"x/made.txt"}, ""},
	"a backslash, and a drive":    {nanoserver, `COPY ["C:\\\\dir\\\\a.txt", "/x/"]`, []string{"x/a.txt"}, ""},
	"the whole context":           {nanoserver, "COPY . /x\nADD one.txt /x", []string{"x/one.txt", "x/dir/a.txt"}, ""},
	"what a file is in":           {nanoserver, "COPY one.txt /x/y/one.txt\nCOPY two.txt /x/y", []string{"x/y/two.txt"}, ""},
	"exclude":                     {nanoserver, "COPY --exclude=a* dir /x\nCOPY one.txt /x", []string{"x/sub/b.txt", "x/one.txt"}, ""},
	"parents":                     {nanoserver, `COPY --parents dir/sub/b.txt /x`, []string{"x/dir/sub/b.txt"}, ""},
	"parents of a file":           {nanoserver, "COPY --parents one.txt /x\nCOPY two.txt /x", []string{"x/one.txt", "x/two.txt"}, ""},
	"parents from a point":        {nanoserver, `COPY --parents dir/./sub /x`, []string{"x/sub/b.txt"}, ""},

	"a directory of Windows":     {nanoserver, `COPY one.txt /Windows/System32`, []string{"Windows/System32/one.txt"}, ""},
	"backslashes and a drive":    {nanoserver, `COPY one.txt C:\\Windows\\System32`, []string{"Windows/System32/one.txt"}, ""},
	"a drive and slashes":        {nanoserver, `COPY one.txt c:/Windows/System32/drivers/etc`, []string{"Windows/System32/drivers/etc/one.txt"}, ""},
	"a final backslash":          {nanoserver, `COPY ["one.txt", "C:\\\\x\\\\"]`, []string{"x/one.txt"}, ""},
	"a name with a space":        {nanoserver, `COPY ["one.txt", "/Program Files"]`, []string{"Program Files/one.txt"}, ""},
	"a file of Windows":          {nanoserver, `COPY one.txt /Windows/System32/drivers/etc/hosts`, []string{"Windows/System32/drivers/etc/hosts"}, ""},
	"a new directory of Windows": {nanoserver, `COPY one.txt /Windows/System32/mine/`, []string{"Windows/System32/mine/one.txt"}, ""},
	"small letters": {nanoserver, `COPY one.txt /windows/system32`, []string{"windows/system32/one.txt"},
		"Linux tells case apart, so that the plain copy finds no directory"},
	"small letters, an earlier step": {nanoserver, "COPY dir /App/\nCOPY one.txt /app", []string{"App/one.txt"},
		"Linux tells case apart, so that the plain copy finds no directory"},
	"small letters, an earlier directory": {nanoserver, "COPY dir /App\nCOPY one.txt /app", []string{"App/one.txt"},
		"Linux tells case apart, so that the plain copy finds no directory"},
	"a directory of servercore":          {servercore, `COPY one.txt /Windows/System32/WindowsPowerShell/v1.0`, []string{"Windows/System32/WindowsPowerShell/v1.0/one.txt"}, ""},
	"no directory of nanoserver":         {nanoserver, `COPY one.txt /Windows/SysWOW64`, []string{"Windows/SysWOW64"}, ""},
	"no directory of a HostProcess base": {hostProcess, `COPY one.txt /Windows`, []string{"Windows"}, ""},

	"ADD of a file":            {nanoserver, `ADD one.txt /x`, []string{"x"}, ""},
	"ADD of an archive":        {nanoserver, `ADD app.tar /x`, []string{"x/in/tar.txt"}, ""},
	"an archive, then a file":  {nanoserver, "ADD app.tar /x\nCOPY one.txt /x", []string{"x/in/tar.txt", "x/one.txt"}, ""},
	"an archive as it is":      {nanoserver, "ADD --unpack=false app.tar /x\nCOPY one.txt /x", []string{"x"}, ""},
	"an archive into one more": {nanoserver, "ADD app.tar /x\nADD --unpack=false app.tar /x/in", []string{"x/in/app.tar"}, ""},
	"ADD of a URL":             {nanoserver, `ADD http.test/file.txt /x`, []string{"x"}, ""},
	"ADD of a URL and a slash": {nanoserver, `ADD http.test/file.txt /x/`, []string{"x/file.txt"}, ""},
	"ADD of a URL, known":      {nanoserver, "WORKDIR /x\nADD http.test/file.txt /x", []string{"x/file.txt"}, ""},
	"ADD of an archive's URL":  {nanoserver, "ADD --unpack http.test/app.tar /x\nCOPY one.txt /x", []string{"x/in/tar.txt", "x/one.txt"}, ""},
	"a URL, then a file":       {nanoserver, "ADD http.test/file.txt /x\nCOPY one.txt /x", []string{"x"}, ""},
	"ADD of a repository":      {nanoserver, "ADD http.test/git/repo.git /x\nCOPY one.txt /x", []string{"x/git.txt", "x/one.txt"}, ""},

	"a heredoc":                {nanoserver, "COPY <<note.txt /x\nnote\nnote.txt", []string{"x"}, ""},
	"a heredoc and a slash":    {nanoserver, "COPY <<note.txt /x/\nnote\nnote.txt", []string{"x/note.txt"}, ""},
	"a heredoc into a known":   {nanoserver, "COPY dir /x\nCOPY <<note.txt /x\nnote\nnote.txt", []string{"x/note.txt", "x/a.txt"}, ""},
	"a link to a file":         {nanoserver, "COPY link /x\nCOPY two.txt /x", []string{"x"}, ""},
	"a link to a directory":    {nanoserver, "COPY linkdir /x\nCOPY one.txt /x", []string{"x/a.txt", "x/one.txt"}, ""},
	"a directory with a link":  {nanoserver, `COPY links /x`, []string{"x/to"}, ""},
	"from a stage":             {nanoserver, "COPY --from=files /made /x\nCOPY one.txt /x", []string{"x/made.txt", "x/one.txt"}, ""},
	"a file from a stage":      {nanoserver, "COPY --from=files /made/made.txt /Windows", []string{"Windows/made.txt"}, ""},
	"an earlier stage":         {"below", `COPY one.txt /below`, []string{"below/a.txt", "below/one.txt"}, ""},
	"an earlier WORKDIR":       {"below", `COPY one.txt /work`, []string{"work/one.txt"}, ""},
	"an earlier image":         {"registry.test/e2e/destinations-base", `COPY one.txt /told`, []string{"told/one.txt"}, ""},
	"an earlier image's last":  {"registry.test/e2e/destinations-base", `COPY one.txt /copied`, []string{"copied/one.txt"}, ""},
	"an earlier image's place": {"registry.test/e2e/destinations-base", `COPY one.txt .`, []string{"told/one.txt"}, ""},
	"chmod":                    {nanoserver, "COPY --chmod=755 dir /x\nCOPY --chmod=644 one.txt /x", []string{"x/one.txt"}, ""},
	"link":                     {nanoserver, "COPY --link dir /x\nCOPY --link one.txt /x", []string{"x/one.txt", "x/a.txt"}, ""},
}

// TestDestinations builds every case on layers without the base image and on the base image itself, all cases in one
// build each.
func TestDestinations(t *testing.T) {
	env := loadEnvironment(t)
	context := destinationsContext(t)
	server := destinationsServer(t, context)
	names := slices.Sorted(maps.Keys(destinations))

	write := func(name, text string) {
		t.Helper()
		text = strings.ReplaceAll(env.fill(text), "http.test", server)
		if err := os.WriteFile(filepath.Join(context, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("base.Dockerfile", "# syntax=registry.test/fanlight:1\nFROM "+nanoserver+"\nWORKDIR /told\nCOPY one.txt /copied/\n")
	base := buildRequest{context: context, options: map[string]string{"platform": "windows/amd64", "filename": "base.Dockerfile"}, ref: env.fill("registry.test/e2e/destinations-base")}
	if output, err := exec.Command("buildctl", base.buildctl(env)...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}

	stages := "# syntax=registry.test/fanlight:1\nFROM --platform=$BUILDPLATFORM registry.test/debian/cc:12 AS files\nCOPY one.txt /made/made.txt\nCOPY one.txt /made/lib:amd64.list\n" +
		"FROM " + nanoserver + " AS below\nCOPY dir /below/\nWORKDIR /work\n"
	collect := "FROM scratch\n"
	for i, name := range names {
		one := destinations[name]
		stages += fmt.Sprintf("FROM %s AS case%d\n%s\n", one.base, i, one.lines)
		collect += fmt.Sprintf("COPY --from=case%d --exclude=Windows/*.bin / /%d/\n", i, i)
	}
	write("Dockerfile", stages+collect)
	trees := map[string][][]string{}
	for _, lazy := range []string{"1", "0"} {
		to := t.TempDir()
		request := buildRequest{context: context, options: map[string]string{"platform": "windows/amd64", "build-arg:FANLIGHT_LAZY": lazy}}
		args := request.buildctl(env)
		for i, arg := range args {
			if strings.HasPrefix(arg, "type=image") {
				args[i] = "type=local,dest=" + to
			}
		}
		if output, err := exec.Command("buildctl", args...).CombinedOutput(); err != nil {
			t.Fatalf("FANLIGHT_LAZY=%s: %v\n%s", lazy, err, output)
		}
		for i := range names {
			trees[lazy] = append(trees[lazy], listTree(t, filepath.Join(to, fmt.Sprint(i))))
		}
	}
	for i, name := range names {
		t.Run(name, func(t *testing.T) {
			one, lazy, plain := destinations[name], trees["1"][i], trees["0"][i]
			for _, path := range one.has {
				if !slices.ContainsFunc(lazy, func(line string) bool { return strings.HasPrefix(line, path) }) {
					t.Errorf("no %s", path)
				}
			}
			if same := slices.Equal(lazy, plain); same != (one.differs == "") {
				t.Errorf("%s\nwithout the base:\n  %s\non the base:\n  %s", one.lines, strings.Join(without(lazy, plain), "\n  "), strings.Join(without(plain, lazy), "\n  "))
			}
		})
	}
}

func without(lines, others []string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return slices.Contains(others, line) })
}

// listTree returns a line for each file and directory: its path and its content.
func listTree(t *testing.T, root string) []string {
	t.Helper()
	var lines []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(root, path)
		switch {
		case entry.IsDir():
			name += "/"
		case entry.Type() == fs.ModeSymlink:
			to, err := os.Readlink(path)
			if err != nil {
				return err
			}
			name += " -> " + to
		default:
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			name += fmt.Sprintf(" %.20q", text)
		}
		lines = append(lines, name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// destinationsContext creates files, directories, links, an archive and a repository.
func destinationsContext(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	var archive bytes.Buffer
	pack := tar.NewWriter(&archive)
	content := "in an archive\n"
	err := pack.WriteHeader(&tar.Header{Name: "in/tar.txt", Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(content))})
	if err == nil {
		_, err = pack.Write([]byte(content))
	}
	if err == nil {
		err = pack.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{
		"one.txt": "one\n", "two.txt": "two\n", "with space.txt": "space\n", "file.txt": "from a server\n",
		"dir/a.txt": "a\n", "dir/sub/b.txt": "b\n", "tree/conf.d/c.conf": "c\n", "tree/real/f.txt": "f\n", "links/target.txt": "target\n", "app.tar": archive.String(),
		"work/git.txt": "from a repository\n", ".dockerignore": "*.Dockerfile\nDockerfile\nwork\ngit\n",
	}
	for name, content := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, to := range map[string]string{"link": "one.txt", "linkdir": "dir", "links/to": "target.txt", "tree/to": "real"} {
		if err := os.Symlink(to, filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	work := filepath.Join(root, "work")
	for _, args := range [][]string{
		{"init", "--quiet"}, {"add", "."},
		{"-c", "user.name=test", "-c", "user.email=test@example.test", "commit", "--quiet", "--message", "a file"},
		{"clone", "--quiet", "--bare", ".", filepath.Join(root, "git", "repo.git")},
	} {
		git := exec.Command("git", args...)
		git.Dir = work
		if output, err := git.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, output)
		}
	}
	return root
}

// destinationsServer serves the files of the context, and its repository through git http-backend. It returns the
// address.
func destinationsServer(t *testing.T, context string) string {
	t.Helper()
	path, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", http.FileServer(http.Dir(context)))
	mux.Handle("/git/", &cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(string(path)), "git-http-backend"),
		Root: "/git",
		Env:  []string{"GIT_PROJECT_ROOT=" + filepath.Join(context, "git"), "GIT_HTTP_EXPORT_ALL=1"},
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}
