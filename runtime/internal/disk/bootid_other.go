//go:build !linux && !darwin

package disk

// BootID is empty: this system does not identify the time since the machine was
// last started.
func BootID() string { return "" }
