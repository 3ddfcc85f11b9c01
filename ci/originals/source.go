package main

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerfile/dfgitutil"
	"github.com/moby/buildkit/solver/pb"
)

var sourceFixtures = []fixture{
	rows("testdata/source/git_ref.json", list, gitRef),
	rows("testdata/source/url.json", list, ask(readURL)),
}

// gitRef describes a source of ADD: "read" is the result of dfgitutil.ParseGitRef, "http" is that of dockerfile2llb,
// and "remote" is the source that llb.Git creates: its address, its identifier, and whether it is fetched over SSH.
func gitRef(old row) (row, error) {
	in, err := old.text("in")
	if err != nil {
		return nil, err
	}
	remote, err := gitRemote(in)
	return row{"in": in, "read": readGitRef(in), "http": isHTTPSource(in), "remote": remote}, err
}

func readGitRef(in string) row {
	ref, git, err := dfgitutil.ParseGitRef(in)
	if !git {
		return row{"git": false}
	}
	if err != nil {
		return row{"git": true, "error": err.Error()}
	}
	return row{
		"git": true, "remote": ref.Remote, "short_name": ref.ShortName, "reference": ref.Ref, "checksum": ref.Checksum,
		"subdir": ref.SubDir, "local": ref.IndistinguishableFromLocal, "unencrypted": ref.UnencryptedTCP,
		"keep_git_dir": ref.KeepGitDir, "submodules": ref.Submodules, "mtime": ref.MTime, "fetch_by_commit": ref.FetchByCommit,
	}
}

// gitRemote reads the source from the operation. It sets known hosts, so that llb.Git does not ask the host for its
// keys.
func gitRemote(in string) ([]any, error) {
	state := llb.Git(in, "", llb.KnownSSHHosts("none"))
	definition, err := state.Marshal(context.Background())
	if err != nil {
		return nil, err
	}
	for _, encoded := range definition.Def {
		var op pb.Op
		if err := op.UnmarshalVT(encoded); err != nil {
			return nil, err
		}
		if source := op.GetSource(); source != nil {
			_, ssh := source.Attrs[pb.AttrMountSSHSock]
			return []any{source.Attrs[pb.AttrFullRemoteURL], strings.TrimPrefix(source.Identifier, "git://"), ssh}, nil
		}
	}
	return nil, fmt.Errorf("%q: no source", in)
}

// readURL asks package net/url. "bare" is the URL without query and fragment.
func readURL(in string) row {
	read, err := url.Parse(in)
	if err != nil {
		return row{"error": err.Error()}
	}
	new := row{
		"scheme": read.Scheme, "opaque": read.Opaque, "host": read.Host, "path": read.Path, "fragment": read.Fragment,
		"query": read.Query(), "string": read.String(), "user": nil,
	}
	if read.User != nil {
		new["user"] = read.User.String()
	}
	bare := *read
	bare.RawQuery, bare.Fragment, bare.RawFragment = "", "", ""
	new["bare"] = bare.String()
	return new
}
