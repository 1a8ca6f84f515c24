//go:build unix

package disk

import (
	"os"
	"testing"
)

// The group's rights were granted to the members of that group.
func TestWithoutGroup(t *testing.T) {
	for _, tt := range []struct{ mode, want os.FileMode }{{0o640, 0o600}, {0o664, 0o644}, {0o600, 0o600}, {0o666, 0o666}} {
		if got := withoutGroup(tt.mode); got != tt.want {
			t.Errorf("mode %v without its group: got %v, want %v", tt.mode, got, tt.want)
		}
	}
}
