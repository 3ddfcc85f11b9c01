// Command ssh replaces OpenSSH's ssh in the images of the suite. It requests the keys of the agent, as ssh does before
// it logs in, and connects to no host.
package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

// requestIdentities is SSH_AGENTC_REQUEST_IDENTITIES of the agent's protocol.
const requestIdentities = 11

func main() {
	if err := ask(os.Getenv("SSH_AUTH_SOCK")); err != nil {
		fmt.Fprintln(os.Stderr, "ssh:", err)
	}
	// The suite relies on ssh being slow: one connection must be closed before the next one opens.
	time.Sleep(time.Second)
	// This is the exit status of ssh if it cannot log in.
	os.Exit(255)
}

func ask(socket string) error {
	agent, err := net.Dial("unix", socket)
	if err != nil {
		return err
	}
	defer agent.Close()
	if _, err := agent.Write([]byte{0, 0, 0, 1, requestIdentities}); err != nil {
		return err
	}
	var size uint32
	if err := binary.Read(agent, binary.BigEndian, &size); err != nil {
		return err
	}
	_, err = io.CopyN(io.Discard, agent, int64(size))
	return err
}
