//go:build !etcds

package realm

import "realmconf/runtime/store/etcd"

// tlsDialer returns nil: linking crypto/tls would make each start of the program slower,
// also of those that use no store on a network. The build tag etcds links it.
func tlsDialer() etcd.DialFunc { return nil }
