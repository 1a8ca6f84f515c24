package store_test

import (
	"context"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
)

func TestUnwritten(t *testing.T) {
	storage := fault.New(fault.Storage, "no server answers")
	for _, tt := range []struct {
		err  error
		want string
	}{
		{storage, "no server answers; nothing was written"},
		{fault.New(fault.Storage, "the link is refused; nothing was written"), "the link is refused; nothing was written"},
		{fault.New(fault.OutcomeUnknown, "it may have been written"), "it may have been written"},
		{context.Canceled, "context canceled"},
	} {
		if got := store.Unwritten(tt.err); got.Error() != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
	if got := store.Unwritten(nil); got != nil {
		t.Errorf("without an error: got %v", got)
	}
	if storage.Message != "no server answers" {
		t.Errorf("the fault of the read became %q", storage.Message)
	}
}
