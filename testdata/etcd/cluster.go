package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// serverVariable is set in the environment of a process that is a server.
const serverVariable = "REALMCONF_ETCD_SERVER"

// cluster is servers of etcd on the loopback interface, each of them a process.
type cluster struct {
	program string // of the servers; empty for this one
	dir     string
	extra   []string // further arguments of each server
	nodes   []*node
	initial string // all names and addresses among the servers
}

// node is one server.
type node struct {
	cluster      *cluster
	name         string
	client, peer string // host:port
	process      *exec.Cmd
}

// newCluster prepares servers. With ports, the clients' ports are the given ones.
func newCluster(dir string, n int, ports []int, extra ...string) (*cluster, error) {
	c := &cluster{dir: dir, extra: extra}
	var all []string
	for i := range n {
		client, err := freeAddress()
		if err != nil {
			return nil, err
		}
		if i < len(ports) {
			client = fmt.Sprintf("127.0.0.1:%d", ports[i])
		}
		peer, err := freeAddress()
		if err != nil {
			return nil, err
		}
		m := &node{cluster: c, name: fmt.Sprintf("node%d", i+1), client: client, peer: peer}
		c.nodes = append(c.nodes, m)
		all = append(all, m.name+"=http://"+peer)
	}
	c.initial = strings.Join(all, ",")
	return c, nil
}

// freeAddress returns an address whose port is free now.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// endpoints returns the clients' addresses.
func (c *cluster) endpoints() []string {
	var list []string
	for _, n := range c.nodes {
		list = append(list, n.client)
	}
	return list
}

// start starts all servers, and waits until they answer.
func (c *cluster) start(ctx context.Context, log io.Writer) error {
	for _, n := range c.nodes {
		if err := n.start(log); err != nil {
			return err
		}
	}
	for _, n := range c.nodes {
		if err := n.wait(ctx); err != nil {
			return err
		}
	}
	return nil
}

// stop kills all servers.
func (c *cluster) stop() {
	for _, n := range c.nodes {
		n.kill()
	}
}

// start starts a server, with the data that it has had before.
func (n *node) start(log io.Writer) error {
	program := n.cluster.program
	if program == "" {
		var err error
		if program, err = os.Executable(); err != nil {
			return err
		}
	}
	scheme := "http://"
	for _, argument := range n.cluster.extra {
		if strings.HasPrefix(argument, "--cert-file") {
			scheme = "https://"
		}
	}
	n.process = exec.Command(program, append([]string{
		"--name", n.name, "--data-dir", filepath.Join(n.cluster.dir, n.name), "--log-level", "error",
		"--listen-client-urls", scheme + n.client, "--advertise-client-urls", scheme + n.client,
		"--listen-peer-urls", "http://" + n.peer, "--initial-advertise-peer-urls", "http://" + n.peer,
		"--initial-cluster", n.cluster.initial,
	}, n.cluster.extra...)...)
	n.process.Env = append(os.Environ(), serverVariable+"=1")
	n.process.Stdout, n.process.Stderr = log, log
	return n.process.Start()
}

// wait waits until a server accepts connections.
func (n *node) wait(ctx context.Context) error {
	for {
		c, err := net.DialTimeout("tcp", n.client, time.Second)
		if err == nil {
			return c.Close()
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("%s does not answer", n.name), err)
		}
	}
}

// kill kills a server, as a loss of power does but for the disk's own memory.
func (n *node) kill() {
	if n.process == nil {
		return
	}
	_ = n.process.Process.Kill() // it may have ended
	_ = n.process.Wait()
	n.process = nil
}
