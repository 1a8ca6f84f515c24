package compose_test

import (
	"errors"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"realmconf/runtime/document"
	"realmconf/schema"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

// TestCompose_measured compares with what Meerkat 0.8.26 composed.
func TestCompose_measured(t *testing.T) {
	for _, c := range cases(t, "testdata/measured.json") {
		texts := map[string]string{c["head_realm"].(string): c["head_toml"].(string), "global": c["global_toml"].(string)}
		t.Run(c["name"].(string), func(t *testing.T) { checkCase(t, c, texts) })
	}
}

// TestCompose_derived compares with cases that a model of Meerkat's algorithm has
// computed. They were not measured.
func TestCompose_derived(t *testing.T) {
	for _, c := range cases(t, "testdata/derived.json") {
		texts := map[string]string{}
		for realm, text := range c["documents"].(tree.Object) {
			texts[realm] = text.(string)
		}
		t.Run(c["name"].(string), func(t *testing.T) { checkCase(t, c, texts) })
	}
}

// checkCase composes the documents of a case and compares everything that it says.
func checkCase(t *testing.T, c tree.Object, texts map[string]string) {
	t.Helper()
	got, err := compose(t, c["head_realm"].(string), texts)
	if want, fails := c["error"]; fails {
		var refused *schema.CompositionError
		if !errors.As(err, &refused) || refused.Error() != want || refused.Advice == "" || refused.Realm == "" {
			t.Fatalf("got %#v, want the message %q, a realm and an advice", err, want)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	want, effective := rounded(c["effective"]), rounded(meerkat.New().Fill(got.Stored))
	if !tree.Equal(want, effective) {
		t.Errorf("(-want +got)\n%s", cmp.Diff(want, effective))
	}
	if chain, isGiven := c["chain"].([]any); isGiven {
		var names []any
		for _, realm := range got.Chain {
			names = append(names, realm)
		}
		if !tree.Equal(chain, names) {
			t.Errorf("got the chain %v, want %v", names, chain)
		}
	}
	checkOrigins(t, got, parsed(t, texts))
}

// checkOrigins wants exactly one origin for every leaf, and no realm outside the
// chain. A value must be the one that its document has at the source.
func checkOrigins(t rapid.TB, c *schema.Composition, documents map[string]tree.Object) {
	t.Helper()
	model := meerkat.New()
	var paths []tree.Pointer
	for _, o := range c.Origins() {
		if o.Realm != "" && !slices.Contains(c.Chain, o.Realm) {
			t.Errorf("%s is of %q, which is not in the chain %v", o.Path, o.Realm, c.Chain)
		}
		paths = append(paths, o.Path)
	}
	eachLeaf(nil, meerkat.New().Fill(c.Stored), func(leaf tree.Pointer) {
		n := 0
		for _, p := range paths {
			if leaf.HasPrefix(p) {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%s has %d origins, want 1", leaf, n)
		}
	})
	for _, o := range c.Origins() {
		value, _, ok := o.Path.Get(c.Stored)
		if o.Realm == "" {
			if isEmpty := tree.Equal(value, tree.Object{}); ok && !isEmpty {
				t.Errorf("%s is said to be a default, and has the stored value %v", o.Path, value)
			}
			continue
		}
		canonical, _ := model.Canonical(documents[o.Realm])
		if source, _, exists := o.Source.Get(canonical); !ok || !exists || !tree.Equal(source, value) {
			t.Errorf("%s is %v, and %s has %v at %s", o.Path, value, o.Realm, source, o.Source)
		}
	}
}

// eachLeaf visits the values that hold no other value.
func eachLeaf(p tree.Pointer, v any, visit func(tree.Pointer)) {
	switch v := v.(type) {
	case map[string]any:
		for key, member := range v {
			eachLeaf(p.Child(key), member, visit)
		}
		if len(v) > 0 {
			return
		}
	case []any:
		for i, entry := range v {
			eachLeaf(p.Index(i), entry, visit)
		}
		if len(v) > 0 {
			return
		}
	}
	visit(p)
}

// compose composes the realms of some texts.
func compose(t *testing.T, head string, texts map[string]string) (*schema.Composition, error) {
	t.Helper()
	documents := parsed(t, texts)
	return meerkat.New().Compose(head, func(realm string) (schema.Document, error) { return schema.Document{Tree: documents[realm]}, nil })
}

func parsed(t *testing.T, texts map[string]string) map[string]tree.Object {
	t.Helper()
	documents := map[string]tree.Object{}
	for realm, text := range texts {
		d, err := document.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		documents[realm] = d.Tree()
	}
	return documents
}

// cases reads a list of cases.
func cases(t *testing.T, name string) []tree.Object {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	list, err := tree.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	var all []tree.Object
	for _, c := range list.([]any) {
		all = append(all, c.(tree.Object))
	}
	return all
}

// rounded returns a value with every number that is not an integer rounded to 32
// bits: Meerkat keeps some in that form, and prints all digits.
func rounded(v any) any {
	switch v := v.(type) {
	case map[string]any:
		o := maps.Clone(v)
		for key, member := range o {
			o[key] = rounded(member)
		}
		return o
	case []any:
		list := slices.Clone(v)
		for i, entry := range list {
			list[i] = rounded(entry)
		}
		return list
	case float64:
		return float64(float32(v))
	}
	return v
}
