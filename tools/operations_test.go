package tools_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/runtime/store"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
	"realmconf/tools"
	"realmconf/tools/policy"
)

// TestOperations_Find expects each operation by its name, and nothing else.
func TestOperations_Find(t *testing.T) {
	ops := tools.New(clientOf(t, policy.Policy{}, "[rest]\nport = 1\n").rt, meerkat.New(), policy.Policy{})
	for _, want := range ops.All() {
		got := ops.Find(want.Name)
		if got == nil {
			t.Errorf("%s: not found", want.Name)
			continue
		}
		if diff := cmp.Diff([]any{want.Name, want.Title, want.Description, want.Input(), want.Output()},
			[]any{got.Name, got.Title, got.Description, got.Input(), got.Output()}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", want.Name, diff)
		}
	}
	for _, name := range []tools.Name{"", "gett", tools.Watch} {
		if got := ops.Find(name); got != nil {
			t.Errorf("Find(%q): got %v, want nil", name, got.Name)
		}
	}
}

// TestCallChecked expects the reply and the errors of Call.
func TestCallChecked(t *testing.T) {
	ops := tools.New(clientOf(t, policy.Policy{}, "[rest]\nport = 1\n").rt, meerkat.New(), policy.Policy{})
	for _, params := range []tree.Object{
		{"path": "/rest/port", "view": "resolved"},
		{"path": "/rest", "view": "stored"},
		{"view": "resolved"},
		{"path": "/rest/prot"},
		{"path": "rest"},
	} {
		caller := tools.Caller{Surface: store.CLI}
		want, wantErr := ops.Find(tools.Get).Call(t.Context(), caller, params)
		got, err := ops.Find(tools.Get).CallChecked(t.Context(), caller, params)
		if string(got) != string(want) || (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() {
			t.Errorf("%v: got %s and %v, want %s and %v", params, got, err, want, wantErr)
		}
	}
}
