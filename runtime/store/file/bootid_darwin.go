package file

import "golang.org/x/sys/unix"

// bootID names the run of the machine since it was last started, or is empty
// when the system does not tell.
func bootID() string {
	id, err := unix.Sysctl("kern.bootsessionuuid")
	if err != nil {
		return ""
	}
	return id
}
