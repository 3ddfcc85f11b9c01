// Go lets a package with a file of assembly declare functions without a body: unexported.go.
