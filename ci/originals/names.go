package main

import (
	"github.com/containerd/platforms"
	"github.com/distribution/reference"
	digest "github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

var platformFixtures = []fixture{
	rows("testdata/platform/format.json", list, formatPlatform),
	rows("testdata/platform/parse.json", list, ask(parsePlatform)),
}

var referenceFixtures = []fixture{
	rows("testdata/reference/digest.json", list, ask(func(in string) row {
		_, err := digest.Parse(in)
		return row{"error": failure(err)}
	})),
	rows("testdata/reference/parse.json", list, ask(parseReference)),
	rows("testdata/reference/with_digest.json", list, ask(withDigest)),
}

// parsePlatform asks containerd/platforms.
func parsePlatform(in string) row {
	platform, err := platforms.Parse(in)
	if err != nil {
		return row{"error": err.Error()}
	}
	return describePlatform(platform)
}

// formatPlatform describes a platform that has no text form.
func formatPlatform(old row) (row, error) {
	var platform ocispecs.Platform
	if err := old.into("platform", &platform); err != nil {
		return nil, err
	}
	return describePlatform(platform), nil
}

func describePlatform(platform ocispecs.Platform) row {
	return row{
		"platform": platform, "normal": platforms.Normalize(platform),
		"format": platforms.Format(platform), "all": platforms.FormatAll(platform),
	}
}

// parseReference asks distribution/reference.
func parseReference(in string) row {
	named, err := reference.ParseNormalizedNamed(in)
	if err != nil {
		return row{"error": err.Error()}
	}
	new := row{
		"string": named.String(), "name": named.Name(), "domain": reference.Domain(named), "path": reference.Path(named),
		"familiar": reference.FamiliarString(named), "tagged": reference.TagNameOnly(named).String(),
		"trim": reference.TrimNamed(named).String(),
	}
	if tagged, ok := named.(reference.Tagged); ok {
		new["tag"] = tagged.Tag()
	}
	if digested, ok := named.(reference.Digested); ok {
		new["digest"] = digested.Digest().String()
	}
	return new
}

// withDigest adds a digest to a/b:1.
func withDigest(in string) row {
	named, err := reference.ParseNormalizedNamed("a/b:1")
	if err != nil {
		return row{"error": err.Error()}
	}
	canonical, err := reference.WithDigest(named, digest.Digest(in))
	if err != nil {
		return row{"error": err.Error()}
	}
	return row{"error": nil, "string": canonical.String()}
}
