// The agent says where it runs.
package main

import "runtime"

var version = "dev"

func main() {
	println("agent", version, "on", runtime.GOOS+"/"+runtime.GOARCH)
}
