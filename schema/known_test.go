package schema_test

import (
	"testing"

	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

// TestKnown_removesUnknownKeys removes the keys that the schema does not have at
// every depth, and shares everything else.
func TestKnown_removesUnknownKeys(t *testing.T) {
	config, err := tree.DecodeObject([]byte(`{"x":1,"agent":{"model":"m","y":2},"rest":{"port":1},
		"hooks":{"entries":[{"id":"a"},{"id":"b","z":3,"runtime":{"type":"command","command":"c","w":1}}]},
		"realm":{"r":{"backend":{"b":{"provider":"p","backend_kind":"k","options":{"any":{"key":1}}}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	want, err := tree.DecodeObject([]byte(`{"agent":{"model":"m"},"rest":{"port":1},
		"hooks":{"entries":[{"id":"a"},{"id":"b","runtime":{"type":"command","command":"c"}}]},
		"realm":{"r":{"backend":{"b":{"provider":"p","backend_kind":"k","options":{"any":{"key":1}}}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	got := meerkat.New().Known(config)
	if !tree.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for _, name := range []string{"rest", "realm"} {
		if !tree.Same(got[name], config[name]) {
			t.Errorf("%s was copied", name)
		}
	}
	if _, stays := config["x"]; !stays {
		t.Error("the argument was changed")
	}
}
