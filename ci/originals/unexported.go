package main

import (
	"unsafe"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	// This package contains the functions below.
	_ "github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
)

// These functions of buildkit are private to their package. The linker connects them, and fails if one no longer
// exists.

//go:linkname isHTTPSource github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb.isHTTPSource
func isHTTPSource(source string) bool

//go:linkname validateStageNames github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb.validateStageNames
func validateStageNames(stages []instructions.Stage, lint *linter.Linter)

//go:linkname validateCommandCasing github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb.validateCommandCasing
func validateCommandCasing(stages []instructions.Stage, lint *linter.Linter)

// portSpecs is a type of dockerfile2llb, only known here as a pointer.
type portSpecs = unsafe.Pointer

//go:linkname newPortSpecs github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb.newPortSpecs
func newPortSpecs(options ...func(portSpecs)) portSpecs

//go:linkname withLint github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb.withLint
func withLint(lint *linter.Linter) func(portSpecs)

//go:linkname parsePort github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb.(*portSpecs).parsePort
func parsePort(specs portSpecs, port string) ([]string, error)
