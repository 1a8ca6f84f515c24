package tools

import (
	"testing"

	"realmconf/runtime"
	"realmconf/schema/meerkat"
)

func TestANameLeadsToOneLikeItAndNeverToAnotherWrite(t *testing.T) {
	var methods, names []string
	for _, o := range New(&runtime.Runtime{}, meerkat.New(), Options{}).All() {
		methods, names = append(methods, o.Method()), append(names, o.Tool())
		if isWrite(o.Name) != o.Writes {
			t.Errorf("%s: taken for a write: %t, want %t", o.Name, isWrite(o.Name), o.Writes)
		}
	}
	known := append(methods, names...)
	for _, tt := range []struct{ name, want string }{ // want "": none of them
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
		if got, ok := Meant(tt.name, known); ok != (tt.want != "") || ok && got != tt.want {
			t.Errorf("%s: got %q, %t, want %q", tt.name, got, ok, tt.want)
		}
	}
}
