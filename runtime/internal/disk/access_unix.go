//go:build unix

package disk

import "golang.org/x/sys/unix"

// MayCreate returns why this process may not create files in a directory, or
// nil. It changes nothing.
func MayCreate(dir string) error { return unix.Access(dir, unix.W_OK|unix.X_OK) }
