// The agent prints the platform that it runs on.
package main

import "runtime"

var version = "dev"

func main() {
	println("agent", version, "on", runtime.GOOS+"/"+runtime.GOARCH)
}
