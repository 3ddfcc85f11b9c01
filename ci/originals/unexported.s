// With an assembly file in its package, unexported.go can declare functions without a body.
