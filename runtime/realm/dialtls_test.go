//go:build etcds

package realm

import "testing"

// A program with TLS takes an address that needs it.
func TestSelectionCheck_TLS(t *testing.T) {
	if err := (Selection{Realm: "team", Store: "etcds://127.0.0.1:1"}).Check(); err != nil {
		t.Error(err)
	}
}
