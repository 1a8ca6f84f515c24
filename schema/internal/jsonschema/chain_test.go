package jsonschema_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"realmconf/schema/internal/jsonschema"
	"realmconf/schema/tree"
)

// compiled returns a schema.
func compiled(t *testing.T, text string) *jsonschema.Document {
	t.Helper()
	doc, err := jsonschema.Compile([]byte(text), jsonschema.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// A chain of references leads to its end, and one that is a circle allows any value.
func TestFind_chain(t *testing.T) {
	for schema, want := range map[string]int{
		`{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b","title":"x"},"b":{"$ref":"#/$defs/c"},"c":{"type":"string"}}}`: 1,
		`{"$ref":"#/$defs/b","$defs":{"a":{"$ref":"#/$defs/c"},"b":{"$ref":"#/$defs/a","minimum":9},"c":{"minimum":8}}}`:     2,
		`{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/c"},"c":{"$ref":"#/$defs/b"}}}`:          0,
		`{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/a"}}}`:                                                            0,
	} {
		got := 0
		compiled(t, schema).Find(int64(1), func(jsonschema.Violation) { got++ })
		if got != want {
			t.Errorf("%s: got %d violations, want %d", schema, got, want)
		}
	}
}

// The place of a mistake in a schema is its own, and not the way that led there.
func TestCompile_place(t *testing.T) {
	_, err := jsonschema.Compile([]byte(`{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"minimum":"x"}}}`), jsonschema.Options{})
	if err == nil || !strings.Contains(err.Error(), `at "/$defs/b/minimum"`) {
		t.Errorf("got %v", err)
	}
}

// A check that would take long is given up, and says so: many branches for many entries,
// many patterns for many names, and an expression that takes many steps for each text.
func TestFind_bounded(t *testing.T) {
	list := func(n int, entry func(i int) string) string {
		texts := make([]string, n)
		for i := range texts {
			texts[i] = entry(i)
		}
		return strings.Join(texts, ",")
	}
	numbers := make([]any, 1_000)
	names := tree.Object{}
	for i := range numbers {
		numbers[i], names[fmt.Sprintf("key%05d", i)] = int64(-i-1), true
	}
	for name, tt := range map[string]struct {
		schema string
		value  any
	}{
		"branches":          {`{"items":{"anyOf":[` + list(200, func(i int) string { return fmt.Sprintf(`{"const":%d}`, i) }) + `]}}`, numbers},
		"patterns":          {`{"patternProperties":{` + list(200, func(i int) string { return fmt.Sprintf(`"^k%d":true`, i) }) + `}}`, names},
		"a long expression": {`{"items":{"pattern":"(a|b|ab|ba|aa){0,1000}c$"}}`, slices.Repeat([]any{strings.Repeat("ab", 60)}, 50)},
	} {
		isGivenUp := false
		compiled(t, tt.schema).FindWithin(500_000, tt.value, func(v jsonschema.Violation) { isGivenUp = isGivenUp || v.Keyword == jsonschema.TooLong })
		if !isGivenUp {
			t.Errorf("%s: the check was not given up", name)
		}
	}
}
