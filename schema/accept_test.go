package schema_test

import (
	"testing"

	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// TestModel_Accept changes only what has another form in a file, and leaves alone
// what a client was shown.
func TestModel_Accept(t *testing.T) {
	object := func(text string) tree.Object {
		o, err := tree.DecodeObject([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	for _, tt := range []struct{ given, shown, want string }{
		{`{"rest":{"port":2.0}}`, `{}`, `{"rest":{"port":2}}`},
		{`{"rest":{"port":2.0}}`, `{"rest":{"port":2.0}}`, `{"rest":{"port":2.0}}`},
		{`{"rest":{"port":2.5,"host":2.0}}`, `{}`, `{"rest":{"host":2.0,"port":2.5}}`},
		{`{"agent":{"temperature":1.0}}`, `{}`, `{"agent":{"temperature":1.0}}`},
		{`{"unknown":2.0}`, `{}`, `{"unknown":2.0}`},
		{`{"hooks":{"entries":[{"id":"a","priority":5.0}]}}`, `{}`, `{"hooks":{"entries":[{"id":"a","priority":5}]}}`},
		{`{"tools":{"tool_timeouts":{"a":"2s","b":"2s","c":"x","d":null}}}`, `{"tools":{"tool_timeouts":{"b":"2s"}}}`, `{"tools":{"tool_timeouts":{"a":{"nanos":0,"secs":2},"b":"2s","c":"x","d":null}}}`},
		{`{"tools":{"default_timeout":"2s"}}`, `{}`, `{"tools":{"default_timeout":"2s"}}`},
	} {
		given := object(tt.given)
		before := treetest.CloneObject(given)
		if got := string(tree.Append(nil, meerkat.New().Accept(given, object(tt.shown)))); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.given, got, tt.want)
		}
		if !tree.Exactly(given, before) {
			t.Errorf("%s was changed", tt.given)
		}
	}
}
