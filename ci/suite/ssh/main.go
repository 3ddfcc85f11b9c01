// Command ssh stands in for OpenSSH's in the suite's images: it asks the agent for its keys, as ssh does on its way to a
// log-in, and goes nowhere.
package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

// SSH_AGENTC_REQUEST_IDENTITIES of the agent's protocol.
const requestIdentities = 11

func main() {
	if err := ask(os.Getenv("SSH_AUTH_SOCK")); err != nil {
		fmt.Fprintln(os.Stderr, "ssh:", err)
	}
	// ssh takes its time too, and the suite counts on one connection being gone when the next one comes.
	time.Sleep(time.Second)
	// As ssh does when it cannot log in.
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
