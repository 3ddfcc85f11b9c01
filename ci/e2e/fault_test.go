package e2e

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// faultPlace is where something is resolved that a fault can meet.
type faultPlace struct {
	name string
	// isIndex: it is part of an index, which fanlight reads where it can, and else asks for version by version.
	isIndex bool
	// names are the tags and digests of that place.
	names func(faultImages) []string
	// lines are those before the copy. BASE is the base's repository and FILES that of other images, both with faults;
	// LIST is a list of all versions without any.
	lines string
	// file is what each image holds: its name, where %s is the version of the image.
	file string
	// after is how many requests for it are answered rightly before.
	after int
	// without are the names of faults that are none there.
	without []string
}

// faultImages are the images that a case has for itself: an engine does not ask again for what it has seen.
type faultImages struct {
	base, files shelf
	// What is pushed, by digest: the index of all versions, that of the tag of one, and the images, newest first.
	baseIndex, baseTag, filesIndex string
	baseImages, filesImages        []string
	// hidingIndex has the same images as baseIndex, the newest one behind another.
	hidingIndex string
	baseConfig  string
}

// The version that meets faults stands between the others.
func (i faultImages) baseImage() string  { return i.baseImages[1] }
func (i faultImages) filesImage() string { return i.filesImages[1] }

const (
	listLines  = "FROM BASE:{ltsc2025,ltsc2022,ltsc2019}\n"
	indexLines = "FROM BASE:all\n"
	// Files of another image, which is an index of the same versions.
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
	// BuildKit has seen it by then, and fanlight reads it. The newest image cannot be asked for, which is what is left
	// where a registry does not give an index as a file.
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

// faultCases are all that there are, or with few of them some at every place.
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
				// Each place gets three, the next one others.
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
		// Of what BuildKit tries again, the build sees nothing, or all.
		listed := faultPlaces[slices.IndexFunc(faultPlaces, func(place faultPlace) bool { return place.name == listedManifest })]
		for i, fault := range []fault{faults[3], faults[4], faults[5], faults[6]} {
			cases = append(cases, faultCase{listed, fault, 1 + i%2, true})
		}
		cases = append(cases, faultCase{listed, silence, 1, true})
	}
	return cases
}

// TestFaults builds three versions from a registry that misbehaves in one place. Either the index is whole and every
// image has the files of its own version, or the build fails with what the registry did. FAULTS=all, as the part faults of
// ci/conformance sets it, builds every fault at every place.
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

// allFaults tells whether there is time for what takes minutes.
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
	// What is asked for once cannot meet a fault the second time.
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

// checkFailure wants to see what the registry did, and nothing pushed.
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

// pushFaultImages pushes what a case needs.
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
