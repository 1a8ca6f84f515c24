// Etcd starts servers of etcd on the loopback interface, until it is interrupted: for
// the examples of runtime/store/etcd, and for the tests here, which need a real server
// and the official client. They are a module of their own, so that their hundred modules
// stay out of the program's.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() {
	if os.Getenv(serverVariable) != "" {
		etcdmain.Main(os.Args)
		return
	}
	nodes := flag.Int("nodes", 3, "how many servers")
	port := flag.Int("port", 2379, "the clients' port of the first server; the others have the next ones")
	dir := flag.String("dir", "", "the directory of their data; a temporary one if not given, which is removed at the end")
	flag.Parse()
	if err := run(*nodes, *port, *dir); err != nil {
		fmt.Fprintln(os.Stderr, "etcd:", err)
		os.Exit(1)
	}
}

func run(nodes, port int, dir string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "etcd"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
	}
	var ports []int
	for i := range nodes {
		ports = append(ports, port+i)
	}
	c, err := newCluster(dir, nodes, ports)
	if err != nil {
		return err
	}
	defer c.stop()
	starting, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := c.start(starting, startLog{os.Stderr}); err != nil {
		return err
	}
	fmt.Printf("etcd://%s\n", strings.Join(c.endpoints(), ","))
	<-ctx.Done()
	return nil
}

// startLog is the log of a server without the line that each new one writes, with the
// level error and a stack trace, although nothing is wrong.
type startLog struct{ io.Writer }

func (l startLog) Write(text []byte) (int, error) {
	if bytes.Contains(text, []byte("failed to update storage version")) {
		return len(text), nil
	}
	return l.Writer.Write(text)
}
