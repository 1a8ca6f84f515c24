package runtime_test

import (
	"testing"

	"realmconf/runtime"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// formModel returns the model of a file whose kind says what the other keys are.
func formModel(t *testing.T) runtime.Model {
	t.Helper()
	model, err := schema.Load([]byte(`{"oneOf": [
		{"required": ["kind"], "properties": {"kind": {"const": "open"}, "n": {"type": "number"}, "word": {"type": "string"}}},
		{"required": ["kind"], "properties": {"kind": {"const": "shut"}, "n": {"type": "integer"}, "word": {"type": "string", "x-secret": true}}}]}`), schema.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return model
}

// TestSet_form sets a number that the kind, which stays, makes an integer.
func TestSet_form(t *testing.T) {
	for kind, want := range map[string]string{"open": "2.0", "shut": "2"} {
		text := "kind = \"" + kind + "\"\nn = "
		out, err := runtimeWith(t, formModel(t), storeHolding(t, text+"1\n")).Set(t.Context(), tree.Object{"kind": kind, "n": 2.0}, runtime.Write{})
		if err != nil {
			t.Fatal(err)
		}
		if got := string(out.After.Text()); got != text+want+"\n" {
			t.Errorf("got\n%swant\n%s%s", got, text, want)
		}
	}
}

// TestShown_form reads after a change of the kind, which makes a word that stays a secret,
// and after a change of a word that the kind, which stays, makes a secret.
func TestShown_form(t *testing.T) {
	for name, test := range map[string]struct{ before, after string }{
		"another kind": {"kind = \"open\"\nword = \"hunter2\"\n", "kind = \"shut\"\nword = \"hunter2\"\n"},
		"another word": {"kind = \"shut\"\nword = \"hunter1\"\n", "kind = \"shut\"\nword = \"hunter2\"\n"},
	} {
		check := func(how string, s *runtime.Snapshot) {
			t.Helper()
			for view, shown := range map[string]tree.Object{"resolved": s.Shown(), "stored": s.ShownStored()} {
				if got := shown["word"]; got == "hunter2" {
					t.Errorf("%s %s: the %s view shows %v, want a token", name, how, view, got)
				}
			}
		}
		s := storeHolding(t, test.before)
		rt := runtimeWith(t, formModel(t), s)
		get(t, rt).Shown()
		appendText(t, s, test.after)
		check("by another program", get(t, rt))

		rt = runtimeWith(t, formModel(t), storeHolding(t, test.before))
		get(t, rt).Shown()
		patch := tree.Object{"kind": "shut", "word": "hunter2"}
		if name == "another kind" {
			delete(patch, "word")
		}
		out, err := rt.Patch(t.Context(), patch, runtime.Write{})
		if err != nil {
			t.Fatal(err)
		}
		check("by a patch", out.After)
	}
}
