//go:build linux || darwin

package review

import (
	"fmt"
	"io"
	"net"
	"os"
	"testing"

	"realmconf/schema/tree/treetest"
)

// The environment of a child process of TestSocket_otherUser: what it does, and where.
const (
	childDoes = "REVIEW_TEST_CHILD"
	childPath = "REVIEW_TEST_PATH"
)

func TestMain(m *testing.M) {
	switch os.Getenv(childDoes) {
	case "":
		treetest.Main(m)
	case "connect":
		c, err := net.Dial("unix", os.Getenv(childPath))
		if err != nil {
			fmt.Print(err)
			return
		}
		_, _ = c.Write(request{kind: listRequest}.line())
		reply, _ := io.ReadAll(c)
		fmt.Printf("reply %q", reply)
	case "listen":
		q := New(Options{})
		d, err := listenIn(os.Getenv(childPath), q, os.Geteuid())
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(d.(*socket).path)
		_, _ = io.Copy(io.Discard, os.Stdin) // until the test ends
	}
}
