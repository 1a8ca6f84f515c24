package file

import (
	"os"
	"strings"
)

// bootID names the run of the machine since it was last started, or is empty
// when the system does not tell.
func bootID() string {
	b, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}
