package e2e

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// faultPlace is a place where fanlight resolves something that a fault can affect.
type faultPlace struct {
	name string
	// isIndex is true if the place is part of an index. fanlight reads an index if possible, and otherwise asks for it
	// version by version.
	isIndex bool
	// names returns the tags and digests of the place.
	names func(faultImages) []string
	// lines are the instructions before the copy. BASE is the repository of the base image and FILES that of other
	// images, both with faults. LIST is a list of all versions without faults.
	lines string
	// file is the name of a file that each image must hold. %s is the version of the image.
	file string
	// after is the number of requests that are answered correctly before the fault begins.
	after int
	// without are the names of faults that are regular answers at this place.
	without []string
}

// faultImages are the images of one case. Cases do not share images, because an engine does not request again what it
// has seen.
type faultImages struct {
	base, files shelf
	// These are digests of what was pushed: the index of all versions, the index behind one tag, and the images, newest
	// first.
	baseIndex, baseTag, filesIndex string
	baseImages, filesImages        []string
	// hidingIndex has the same images as baseIndex, but another image comes before the newest one and hides it.
	hidingIndex string
	baseConfig  string
}

// The image that is affected by faults is between two others.
func (i faultImages) baseImage() string  { return i.baseImages[1] }
func (i faultImages) filesImage() string { return i.filesImages[1] }

const (
	listLines  = "FROM BASE:{ltsc2025,ltsc2022,ltsc2019}\n"
	indexLines = "FROM BASE:all\n"
	// The files are copied from another image, an index of the same versions.
	addonLines = "FROM FILES:all AS files\nFROM LIST\nCOPY --from=files /Windows/System32/10.0.*.dll C:/added/\n"
	ownFile    = "Files/added/%s.dll"
)

var faultPlaces = []faultPlace{
	{name: "a tag of a list", lines: listLines, names: func(i faultImages) []string { return []string{"ltsc2022", i.baseTag} }},
	{name: "the manifest behind a tag of a list", lines: listLines, names: func(i faultImages) []string { return []string{i.baseImage()} }},
	{name: "the config behind a tag of a list", lines: listLines, names: func(i faultImages) []string { return []string{i.baseConfig} }},
	{name: "the index of a base", isIndex: true, lines: indexLines, names: func(i faultImages) []string { return []string{"all", i.baseIndex} }},
	{name: listedManifest, isIndex: true, lines: indexLines, names: func(i faultImages) []string { return []string{i.baseImage()} }},
	{name: "a listed config of a base", isIndex: true, lines: indexLines, names: func(i faultImages) []string { return []string{i.baseConfig} }},
	{name: "two listed manifests of a base", isIndex: true, lines: indexLines, names: func(i faultImages) []string { return i.baseImages[1:] }},
	// BuildKit makes the first request, and fanlight the second, to read the index as a file. In a registry that refuses
	// this, fanlight asks for each version instead, which cannot find the newest image here.
	{name: "the index of a base, the second time", lines: "FROM BASE:hiding\n", after: 1, without: []string{"401", "403", "404"},
		names: func(i faultImages) []string { return []string{i.hidingIndex} }},
	{name: "the index of an addon", isIndex: true, lines: addonLines, file: ownFile, names: func(i faultImages) []string { return []string{"all", i.filesIndex} }},
	{name: "a listed manifest of an addon", isIndex: true, lines: addonLines, file: ownFile, names: func(i faultImages) []string { return []string{i.filesImage()} }},
	{name: "an addon that is one image", lines: strings.Replace(addonLines, "FILES:all", "FILES:"+server2022, 1), file: "Files/added/" + server2022 + ".dll",
		names: func(i faultImages) []string { return []string{server2022, i.filesImage()} }},
	{name: "a listed manifest of an image that is copied from", isIndex: true, file: ownFile,
		lines: "FROM LIST\nCOPY --from=FILES:all /Windows/System32/10.0.*.dll C:/added/\n",
		names: func(i faultImages) []string { return []string{i.filesImage()} }},
}

const listedManifest = "a listed manifest of a base"

// faultCase is a fault at a place.
type faultCase struct {
	place      faultPlace
	fault      fault
	times      int
	wantsToken bool
}

func (one faultCase) name() string {
	read, often := "without login", "always"
	if one.wantsToken {
		read = "with token"
	}
	if one.times > 0 {
		often = fmt.Sprintf("%d times", one.times)
	}
	return strings.Join([]string{one.place.name, one.fault.name, often, read}, ", ")
}

// faultCases returns every fault at every place, or with few, some faults at every place.
func faultCases(few bool) []faultCase {
	var cases []faultCase
	number := 0
	for _, place := range faultPlaces {
		for _, wantsToken := range []bool{false, true} {
			if wantsToken && !place.isIndex {
				continue
			}
			number++
			for i, fault := range faults {
				if slices.Contains(place.without, fault.name) {
					continue
				}
				// Each place gets three faults, and the next place three others.
				if often := (i + number) % 8; !few || often == 0 || often == 3 || often == 5 {
					cases = append(cases, faultCase{place, fault, 0, wantsToken})
				}
				if !few {
					cases = append(cases, faultCase{place, fault, 1, wantsToken}, faultCase{place, fault, 3, wantsToken})
				}
			}
			if !few {
				cases = append(cases, faultCase{place, silence, 1, wantsToken})
			}
		}
	}
	if few {
		// BuildKit retries these. The build either does not notice the fault or fails.
		listed := faultPlaces[slices.IndexFunc(faultPlaces, func(place faultPlace) bool { return place.name == listedManifest })]
		for i, fault := range []fault{faults[3], faults[4], faults[5], faults[6]} {
			cases = append(cases, faultCase{listed, fault, 1 + i%2, true})
		}
		cases = append(cases, faultCase{listed, silence, 1, true})
	}
	return cases
}

// TestFaults builds three versions from a registry that misbehaves in one place. Either the index is complete and every
// image has the files of its own version, or the build fails with an error that shows the fault. FAULTS=all builds
// every fault at every place; ci/conformance faults sets it.
func TestFaults(t *testing.T) {
	env := loadEnvironment(t)
	clients(t, env)
	healthy := newShelf(env, "faults/healthy")
	healthy.index(t, "all", ofVersions(servers...)...)
	t.Run("builds", func(t *testing.T) {
		for number, one := range faultCases(!allFaults()) {
			t.Run(one.name(), func(t *testing.T) {
				t.Parallel()
				one.run(t, env, healthy, number)
			})
		}
	})
}

// allFaults returns whether to run tests that take minutes.
func allFaults() bool { return os.Getenv("FAULTS") == "all" }

func (one faultCase) run(t *testing.T, env environment, healthy shelf, number int) {
	images := pushFaultImages(t, env, number)
	faulty := &faultyRegistry{wantsToken: one.wantsToken, names: one.place.names(images), fault: one.fault, after: one.place.after, times: one.times}
	faulty.start(t, env)
	base, want := images.base, testCase{}
	lines := strings.NewReplacer(
		"BASE", faulty.address+"/"+images.base.repo, "FILES", faulty.address+"/"+images.files.repo,
		"LIST", string(healthy.host)+"/"+healthy.repo+":{"+strings.Join(servers, ",")+"}",
	).Replace(one.place.lines)
	if strings.Contains(one.place.lines, "LIST") {
		base = healthy
	}
	want.Index = base.entries(servers...)
	if one.place.file != "" {
		for i := range want.Index {
			path := strings.ReplaceAll(one.place.file, "%s", want.Index[i].OSVersion)
			want.Index[i].Files = map[string]string{path: "MZ stand-in " + path[strings.LastIndex(path, "/")+1:]}
		}
	}
	build := fanOutCase{dockerfile: lines + "COPY file.txt C:/\n"}
	client := remoteClient(env, "remote")
	request := buildRequest{
		context: build.folder(t, env), options: onWindows(), ref: newRef(env),
	}
	output, err := client.build(t, request)
	// A place that is requested only once cannot show a fault of the second request.
	if faulty.count() == 0 && (one.place.after == 0 || err != nil) {
		t.Errorf("nothing met the fault: %q was not asked for", faulty.names)
	}
	if err == nil {
		checkImage(t, env, noClient, request.ref, want)
	} else {
		one.checkFailure(t, output, pushed(request.ref))
	}
	if t.Failed() {
		t.Logf("%d requests met the fault; %v\n%s", faulty.count(), err, output)
	}
}

// checkFailure checks that the error shows the fault, and that nothing was pushed.
func (one faultCase) checkFailure(t *testing.T, output string, pushed bool) {
	t.Helper()
	if pushed {
		t.Error("the build failed, and something was pushed")
	}
	_, message, found := strings.Cut(output, "\nERROR: ")
	if !found || !one.fault.shows.MatchString(message) {
		t.Errorf("the error does not tell of the fault (%s)", one.fault.shows)
	}
	if strings.Contains(message, "no match for platform") {
		t.Error("the error says that the image is not there")
	}
}

// pushFaultImages pushes the images of a case.
func pushFaultImages(t *testing.T, env environment, number int) faultImages {
	t.Helper()
	images := faultImages{
		base: newShelf(env, fmt.Sprintf("faults/base-%d", number)), files: newShelf(env, fmt.Sprintf("faults/files-%d", number)),
	}
	tags := map[string]string{server2025: "ltsc2025", server2022: "ltsc2022", server2019: "ltsc2019"}
	var base, files []ocispec.Descriptor
	for _, version := range servers {
		one := standIn{version: version}
		base, files = append(base, images.base.push(t, one)), append(files, images.files.push(t, one))
		images.baseImages = append(images.baseImages, base[len(base)-1].Digest.String())
		images.filesImages = append(images.filesImages, files[len(files)-1].Digest.String())
		tagged := images.base.indexOf(t, tags[version], base[len(base)-1])
		if version == server2022 {
			images.baseTag = tagged.Digest.String()
		}
	}
	images.baseIndex = images.base.indexOf(t, "all", base...).Digest.String()
	images.filesIndex = images.files.indexOf(t, "all", files...).Digest.String()
	images.hidingIndex = images.base.indexOf(t, "hiding", base[1], base[0], base[2]).Digest.String()
	var manifest ocispec.Manifest
	if _, err := images.base.parse(t, server2022).Manifest(&manifest); err != nil {
		t.Fatal(err)
	}
	images.baseConfig = manifest.Config.Digest.String()
	return images
}
