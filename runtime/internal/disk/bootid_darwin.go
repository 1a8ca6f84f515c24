package disk

import "golang.org/x/sys/unix"

// BootID identifies the time since the machine was last started. It is empty
// when that is unknown.
func BootID() string {
	id, err := unix.Sysctl("kern.bootsessionuuid")
	if err != nil {
		return ""
	}
	return id
}
