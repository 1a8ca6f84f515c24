package disk

import (
	"os"
	"strings"
)

// BootID identifies the time since the machine was last started. It is empty
// when that is unknown.
func BootID() string {
	b, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}
