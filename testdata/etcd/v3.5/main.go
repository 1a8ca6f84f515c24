// Etcd is a server of etcd 3.5, for the tests of the directory above. It is a module of its own,
// because a module has one version of another.
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() { etcdmain.Main(os.Args) }
