package e2e

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// lazyCase generates a random Dockerfile for Windows. The same seed and number always give the same file.
//
// It leaves out cases where a plain copy differs on purpose (docs/limits.md): several sources without a trailing slash,
// a name in another spelling than the existing one, and directories of a base image that its config does not show.
type lazyCase struct {
	*rand.Rand
	server string
	// heredocs counts heredocs, so that no two have the same content.
	heredocs int
}

func newLazyCase(seed, number uint64, server string) string {
	c := &lazyCase{Rand: rand.New(rand.NewPCG(seed, number)), server: server}
	base := oneOf(c, nanoserver, nanoserver, servercore, hostProcess, "registry.test/e2e/lazy-base", "image")
	var file strings.Builder
	file.WriteString("# syntax=registry.test/fanlight:1\n" +
		"FROM --platform=$BUILDPLATFORM registry.test/debian/busybox:12 AS files\n" +
		"COPY . /src/\nCOPY one.txt /out/lib:amd64.list\n" +
		"FROM " + nanoserver + " AS win\nCOPY dist /app\nCOPY tool C:/tools/\n")
	if c.IntN(3) == 0 {
		fmt.Fprintf(&file, "FROM %s AS below\n%s", base, c.steps(1+c.IntN(3)))
		base = "below"
	}
	fmt.Fprintf(&file, "FROM %s\n%s", base, c.steps(2+c.IntN(4)))
	return file.String()
}

func oneOf[T any](c *lazyCase, values ...T) T { return values[c.IntN(len(values))] }

func (c *lazyCase) steps(count int) string {
	var lines strings.Builder
	for range count {
		lines.WriteString(c.step() + "\n")
	}
	return lines.String()
}

var (
	lazyFiles = []string{"one.txt", "two.txt", "with space.txt", "tool", "app.exe", "site.conf", "v1.2", "link"}
	lazyTrees = []string{"dist", "dist2", "conf.d", "my dir", "bin", "links", "empty", "deep", "v2.0", "linkdir"}
	lazyTars  = []string{"app.tar", "app2.tar", "app.tgz"}
	// lazyInside are paths inside the trees.
	lazyInside = []string{"dist/conf.d", "dist/sub", "dist/app.exe", "dist2/conf.d", "dist2/app.exe", "links/to", "links/to-dir", "deep/x", "dist/sub/deep"}
	lazyGlobs  = []string{"*.txt", "o*.txt", "dis*", "no*thing", "dist/*", "conf.[d]", "dist/s*", "?ool", "v*"}
	lazyNames  = []string{"app", "app", "app", "x", "conf.d", "sub", "bin", "app.exe", "site.conf", "v1.2", "to-dir", "up", "tool", "one.txt", "y z"}
)

func (c *lazyCase) step() string {
	switch c.IntN(20) {
	case 0, 1, 2, 3:
		return "WORKDIR " + c.workdir()
	case 4, 5:
		return c.heredoc()
	case 6, 7:
		return c.add()
	case 8:
		return oneOf(c, "ENV A=b", "LABEL a=b", `CMD ["cmd"]`, "USER ContainerUser", "EXPOSE 80", "VOLUME C:/data")
	case 9:
		return c.parents()
	case 10, 11:
		return c.copy("", oneOf(c, lazyGlobs...))
	case 12, 13:
		sources := []string{c.source(), c.source()}
		return "COPY" + c.flags() + " " + list(append(sources, c.directory()))
	case 14, 15:
		return c.copy(" --from=files", oneOf(c, "/src/"+c.source(), `\src\dist`, "/out/lib:amd64.list", "src/dist/", "/src/./conf.d"))
	case 16:
		return c.copy(" --from=win", oneOf(c, "/app", "C:/app/", `C:\tools`, "app/conf.d", "/tools/tool"))
	case 17:
		return c.copy(" --from=local", oneOf(c, ".", "windows", "users/u.txt", "Windows", "/windows/w.txt"))
	}
	return c.copy("", c.source())
}

func (c *lazyCase) source() string {
	switch c.IntN(10) {
	case 0, 1, 2:
		return oneOf(c, lazyFiles...)
	case 3:
		return oneOf(c, lazyInside...)
	case 4:
		return oneOf(c, lazyTrees...) + "/"
	case 5:
		return oneOf(c, ".", "./dist", `dist\sub`, "/one.txt", "dist/.")
	}
	return oneOf(c, lazyTrees...)
}

func (c *lazyCase) copy(from, source string) string {
	return "COPY" + from + c.flags() + " " + list([]string{source, c.destination()})
}

func (c *lazyCase) flags() string {
	var flags string
	if c.IntN(8) == 0 {
		flags += " --link"
	}
	if c.IntN(10) == 0 {
		flags += oneOf(c, " --chmod=755", " --chmod=u=rwX,go=rX")
	}
	if c.IntN(8) == 0 {
		flags += " --exclude=" + oneOf(c, "conf.d", "*.txt", "**/*.exe", "sub/deep", "*")
	}
	return flags
}

func (c *lazyCase) parents() string {
	source := oneOf(c, "dist/sub/b.txt", "dist/./sub", "./dist/conf.d", "deep/./x/y", "**/*.txt", "one.txt", "dist", "dist/*/*.conf", "bin/../tool")
	return "COPY --parents " + list([]string{source, c.destination()})
}

func (c *lazyCase) add() string {
	to := c.destination()
	switch c.IntN(6) {
	case 0, 1:
		return "ADD " + list([]string{oneOf(c, lazyTars...), to})
	case 2:
		return "ADD --unpack=false " + list([]string{oneOf(c, lazyTars...), to})
	case 3:
		return "ADD " + list([]string{c.server + "/" + oneOf(c, "one.txt", "tool", "app.tar"), to})
	case 4:
		return "ADD --unpack " + list([]string{c.server + "/" + oneOf(c, "app.tar", "one.txt"), to})
	}
	return "ADD " + list([]string{c.source(), to})
}

func (c *lazyCase) heredoc() string {
	c.heredocs++
	one := fmt.Sprintf("%s\nwords %d\n", oneOf(c, "note", "conf.d", "app.exe", "sub"), c.heredocs)
	name, _, _ := strings.Cut(one, "\n")
	if c.IntN(5) == 0 {
		return fmt.Sprintf("COPY <<%s <<other.txt %s\n%s%s\nother\nother.txt", name, c.plainDirectory(), strings.TrimPrefix(one, name+"\n"), name)
	}
	return fmt.Sprintf("COPY <<%s %s\n%s%s", name, c.plain(), strings.TrimPrefix(one, name+"\n"), name)
}

// path returns a relative path of one to three names.
func (c *lazyCase) path() string {
	names := make([]string, 1+c.IntN(3)*c.IntN(2))
	for i := range names {
		names[i] = oneOf(c, lazyNames...)
	}
	return strings.Join(names, "/")
}

func (c *lazyCase) destination() string {
	path := c.path()
	switch c.IntN(16) {
	case 0, 1, 2:
		return "/" + path + "/"
	case 3:
		return "/" + path + "/."
	case 4:
		return "C:/" + path + oneOf(c, "", "/")
	case 5:
		return `c:\` + strings.ReplaceAll(path, "/", `\`) + oneOf(c, "", `\`)
	case 6:
		return path + oneOf(c, "", "/")
	case 7:
		return oneOf(c, ".", "./", "..", "../", "./"+path, "../"+path)
	case 8:
		return oneOf(c, "/", "/Windows/System32", "C:/Program Files/", "/Users/Public", "C:"+path, "/x/../"+path)
	}
	return "/" + path
}

// directory returns a destination that is a directory: it has a trailing slash.
func (c *lazyCase) directory() string {
	return strings.TrimRight(strings.TrimSuffix(c.destination(), "/."), `/\`) + "/"
}

// plain returns a destination without spaces, for lines that cannot use JSON.
func (c *lazyCase) plain() string {
	return strings.ReplaceAll(strings.ReplaceAll(c.destination(), "Program Files", "Users"), " ", "-")
}

func (c *lazyCase) plainDirectory() string {
	return strings.TrimRight(strings.TrimSuffix(strings.ReplaceAll(c.plain(), `\`, "/"), "/."), "/") + "/"
}

func (c *lazyCase) workdir() string {
	path := strings.ReplaceAll(c.path(), " ", "-")
	return oneOf(c, "/"+path, "/"+path, "C:/"+path, `C:\\`+strings.ReplaceAll(path, "/", `\\`), path, "..", "/", "./"+path+"/", "/app", "C:"+path)
}

// list returns the JSON form, which allows spaces and backslashes.
func list(words []string) string {
	for i, word := range words {
		// Variables are expanded after JSON is parsed, and there a backslash escapes once more.
		words[i] = fmt.Sprintf("%q", strings.ReplaceAll(word, `\`, `\\`))
	}
	return "[" + strings.Join(words, ", ") + "]"
}
