package tools

import (
	"testing"

	"realmconf.io/realmconf/runtime"
	"realmconf.io/realmconf/schema"
)

func TestNobodyIsLedToAWriteWhoDidNotNameOne(t *testing.T) {
	var methods, names []string
	for _, o := range New(&runtime.Runtime{}, schema.New(), Options{}).All() {
		methods, names = append(methods, o.Method()), append(names, o.Tool())
		if isWrite(o.Name) != o.Writes {
			t.Errorf("%s: taken for a write: %t, want %t", o.Name, isWrite(o.Name), o.Writes)
		}
	}
	known := append(methods, names...)
	for _, tt := range []struct{ name, want string }{ // want "": anything that does not write
		{"config_pacth", "config_patch"},
		{"config_rolback", "config_rollback"},
		{"config/sett", "config/set"},
		{"config/gte", "config/get"},
		{"config_fetch", "config_get"},
		{"config_watch", ""},
		{"config/watch", ""},
		{"config_batch", ""},
		{"config_", ""},
		{"xyz", ""},
	} {
		got, ok := Meant(tt.name, known)
		if tt.want != "" && got != tt.want || tt.want == "" && ok && isWrite(verb(got)) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}
