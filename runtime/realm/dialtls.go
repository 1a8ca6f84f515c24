//go:build etcds

package realm

import (
	"realmconf/runtime/store/etcd"
	"realmconf/runtime/store/etcd/tlsdial"
)

// tlsDialer returns how servers of etcd are reached with TLS.
func tlsDialer() etcd.DialFunc { return tlsdial.Dial }
