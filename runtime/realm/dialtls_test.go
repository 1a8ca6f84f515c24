//go:build etcds

package realm

import (
	"testing"

	"realmconf/runtime/fault"
)

// A program with TLS takes an address that needs it.
func TestSelectionCheck_TLS(t *testing.T) {
	err := Selection{Realm: "team", Store: "etcds://127.0.0.1:1"}.Check()
	if refused := fault.Is(err, fault.InvalidParams); refused != false || !refused && err != nil {
		t.Errorf("got %v, want refused: false", err)
	}
}
