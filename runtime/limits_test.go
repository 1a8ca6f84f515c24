package runtime_test

import (
	"testing"

	"realmconf/runtime"
	"realmconf/runtime/store"
)

// A store gives no generation to a text that no write may make.
func TestMaxText_isTheStores(t *testing.T) {
	if runtime.MaxText != store.MaxText {
		t.Errorf("the runtime's limit is %d, the store's %d", runtime.MaxText, store.MaxText)
	}
}
