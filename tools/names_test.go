package tools_test

import (
	"testing"

	"realmconf/runtime"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
	"realmconf/tools"
	"realmconf/tools/policy"
)

func TestNearestName(t *testing.T) {
	var methods, names []string
	for _, o := range tools.New(&runtime.Runtime{}, meerkat.New(), policy.Policy{}).All() {
		methods, names = append(methods, o.Method()), append(names, o.Tool())
	}
	known := append(methods, names...)
	for _, tt := range []struct{ name, want string }{ // want "": no suggestion
		{"config_pacth", "config_patch"},
		{"config_rolback", "config_rollback"},
		{"config/sett", "config/set"},
		{"config/gte", "config/get"},
		{"config.patch", "config/patch"},
		{"config_histroy", "config_history"},
		{"config/hist", "config/history"},
		{"configget", "config/get"},
		{"config_fetch", ""},
		{"config_watch", ""},
		{"config/watch", ""},
		{"config_batch", ""},
		{"config_reset", ""},
		{"config_write", ""},
		{"config_", ""},
		{"xyz", ""},
	} {
		if got, ok := tools.NearestName(tt.name, known); ok != (tt.want != "") || ok && got != tt.want {
			t.Errorf("%s: got %q, %t, want %q", tt.name, got, ok, tt.want)
		}
	}
}

// TestName_Writes: an operation writes if it can expect a generation.
func TestName_Writes(t *testing.T) {
	for name, o := range newClient(t).operations {
		_, want := o.Input()["properties"].(tree.Object)["expected_generation"]
		if o.Writes() != want {
			t.Errorf("%s: got %t, want %t", name, o.Writes(), want)
		}
		if o.Method() != "config/"+name || o.Tool() != "config_"+name {
			t.Errorf("%s: method %s, tool %s", name, o.Method(), o.Tool())
		}
	}
	for _, n := range []tools.Name{tools.Watch, tools.Unwatch, tools.Changed, "", "reset"} {
		if n.Writes() {
			t.Errorf("%q: got a write", n)
		}
	}
}
