package realm

import (
	"strings"
	"testing"

	"realmconf/runtime/fault"
)

// A file of the kernel is refused before it is opened: reading one may block for ever.
func TestLocateFile_kernels(t *testing.T) {
	for _, path := range []string{"/proc/self/environ", "/proc/kmsg", "/proc/sys/kernel/hostname", "/sys/kernel/mm/none.toml", "/proc/self/none.toml"} {
		for what, err := range map[string]error{
			"located": func() error { _, err := LocateFile(Selection{File: path}, Environment{}); return err }(),
			"opened":  func() error { _, err := openAnyFile(t, Selection{File: path}); return err }(),
			"examined": func() error {
				_, _, err := InspectFile(Selection{File: path})
				return err
			}(),
		} {
			if !fault.Is(err, fault.InvalidParams) || !strings.Contains(err.Error(), "file of the system") {
				t.Errorf("%s was %s: %v", path, what, err)
			}
		}
	}
}
