//go:build unix

package file

import "golang.org/x/sys/unix"

// mayWrite asks the system, without changing anything, whether this process may
// make files in a directory.
func mayWrite(dir string) error { return unix.Access(dir, unix.W_OK|unix.X_OK) }
