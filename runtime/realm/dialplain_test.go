//go:build !etcds

package realm

import (
	"testing"

	"realmconf/runtime/fault"
)

// A program without TLS refuses an address that needs it, before it reads anything.
func TestSelectionCheck_TLS(t *testing.T) {
	err := Selection{Realm: "team", Store: "etcds://127.0.0.1:1"}.Check()
	if !fault.Is(err, fault.InvalidParams) {
		t.Errorf("got %v, want %v", err, fault.InvalidParams)
	}
}
