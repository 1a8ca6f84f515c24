//go:build !linux

package storetest

import "os"

// exchange exchanges the names of two files, by renaming three times.
func exchange(a, b string) error {
	if err := os.Rename(b, a+".old"); err != nil {
		return err
	}
	if err := os.Rename(a, b); err != nil {
		return err
	}
	return os.Rename(a+".old", a)
}
