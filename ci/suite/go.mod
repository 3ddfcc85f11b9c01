// BuildKit's own integration suite for Dockerfile frontends, pinned: go get -t github.com/moby/buildkit/frontend/dockerfile
module fanlight/ci/suite

go 1.26.8

require (
	fanlight/ci/tools v0.0.0
	github.com/moby/buildkit v0.34.2 // indirect
)

replace fanlight/ci/tools => ../tools
