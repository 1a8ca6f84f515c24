//go:build !linux && !darwin

package disk

// FreeSpace is unknown.
func FreeSpace(string) (bytes, files uint64, ok bool) { return 0, 0, false }
