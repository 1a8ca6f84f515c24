//go:build !linux

package storetest

import "os"

// exchange gives a file another one's name. What stood there is put back under
// the file's old name: the loop does as many steps everywhere.
func exchange(a, b string) error {
	if err := os.Rename(b, a+".old"); err != nil {
		return err
	}
	if err := os.Rename(a, b); err != nil {
		return err
	}
	return os.Rename(a+".old", a)
}
