package schema_test

import (
	"testing"

	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

func TestPathIn(t *testing.T) {
	model := meerkat.New()
	stored := decodeObject(t, `{"shell":{"allowlist":["ls"]},"hooks":{"entries":[{"runtime":{"type":"in_process","name":"x"}},{"runtime":{"type":"command","name":"x"}}]}}`)
	for path, want := range map[string]string{
		"/shell/allowlist/0":                     "/shell/allowlist/0",
		"/shell/security_patterns/0":             "/shell/allowlist/0",
		"/shell/security_mode":                   "/shell/security_mode",
		"/hooks/entries/0/runtime/handler":       "/hooks/entries/0/runtime/name",
		"/hooks/entries/0/runtime/name":          "/hooks/entries/0/runtime/name",
		"/hooks/entries/1/runtime/name":          "/hooks/entries/1/runtime/name",
		"/hooks/entries/9/runtime/name":          "/hooks/entries/9/runtime/handler",
		"/hooks/entries/-/runtime/name":          "/hooks/entries/-/runtime/handler",
		"/self_hosted/servers/allowlist/handler": "/self_hosted/servers/allowlist/handler",
		"/nothing/name":                          "/nothing/name",
		"":                                       "",
	} {
		p, err := tree.ParsePointer(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := model.PathIn(p, stored).String(); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
		if p.String() != path {
			t.Errorf("%s was changed to %s", path, p)
		}
	}
}

func TestNamesAsStored(t *testing.T) {
	model := meerkat.New()
	for _, tt := range []struct{ stored, patch, want string }{
		{`{"shell":{"allowlist":["a"]}}`, `{"shell":{"security_patterns":["b"]},"rest":{"port":1}}`, `{"rest":{"port":1},"shell":{"allowlist":["b"]}}`},
		{`{"shell":{"allowlist":["a"]}}`, `{"shell":{"security_patterns":null}}`, `{"shell":{"allowlist":null}}`},
		{`{"shell":{"security_patterns":["a"]}}`, `{"shell":{"allowlist":null}}`, `{"shell":{"security_patterns":null}}`},
		{`{"shell":{"allowlist":["a"]}}`, `{"shell":{"security_patterns":["b"],"allowlist":null}}`, `{"shell":{"allowlist":null,"security_patterns":["b"]}}`},
		{`{"shell":{"allowlist":["a"],"security_patterns":["c"]}}`, `{"shell":{"allowlist":null}}`, `{"shell":{"allowlist":null}}`},
		{`{}`, `{"shell":{"allowlist":["b"]}}`, `{"shell":{"allowlist":["b"]}}`},
	} {
		patch := decodeObject(t, tt.patch)
		got := string(tree.Append(nil, model.NamesAsStored(patch, decodeObject(t, tt.stored))))
		if got != tt.want {
			t.Errorf("%s on %s: got %s, want %s", tt.patch, tt.stored, got, tt.want)
		}
		if !tree.Exactly(patch, decodeObject(t, tt.patch)) {
			t.Errorf("%s: the patch was changed", tt.patch)
		}
	}
}

func decodeObject(t *testing.T, text string) tree.Object {
	t.Helper()
	o, err := tree.DecodeObject([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return o
}
