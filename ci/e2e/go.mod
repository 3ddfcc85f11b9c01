module fanlight/ci/e2e

go 1.26.0

require (
	fanlight/ci/tools v0.0.0
	github.com/opencontainers/image-spec v1.1.1
	go.yaml.in/yaml/v3 v3.0.4
)

require github.com/opencontainers/go-digest v1.0.0 // indirect

replace fanlight/ci/tools => ../tools
