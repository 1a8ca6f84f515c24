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
// many patterns for many names, an expression that takes many steps for each text, and
// keywords that go through all of a long value, each of them again.
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
		"equal entries":     {`{"allOf":[` + list(600, func(int) string { return `{"uniqueItems":true}` }) + `]}`, numbers},
		"lengths":           {`{"allOf":[` + list(100, func(int) string { return `{"minLength":1}` }) + `]}`, strings.Repeat("a", 100_000)},
		"formats":           {`{"allOf":[` + list(100, func(int) string { return `{"format":"uri-reference"}` }) + `]}`, strings.Repeat("a", 100_000)},
		"expressions":       {`{"items":{"format":"regex"}}`, slices.Repeat([]any{strings.Repeat("(a|b){9}", 100)}, 200)},
		"quotients":         {`{"items":{"allOf":[` + list(10, func(int) string { return `{"multipleOf":1e-300}` }) + `]}}`, slices.Repeat([]any{1.5e300}, 1_000)},
		"long values":       {`{"allOf":[` + list(1_000, func(int) string { return `{"enum":[1,2,3,4,5,6,7,8,9]}` }) + `]}`, numbers},
		"a long expression": {`{"items":{"pattern":"(a|b|ab|ba|aa){0,1000}c$"}}`, slices.Repeat([]any{strings.Repeat("ab", 60)}, 50)},
	} {
		isGivenUp := false
		compiled(t, tt.schema).FindWithin(500_000, tt.value, func(v jsonschema.Violation) { isGivenUp = isGivenUp || v.Keyword == jsonschema.TooLong })
		if !isGivenUp {
			t.Errorf("%s: the check was not given up", name)
		}
	}
}

// The expressions of a schema are compiled once for each text, and those that are too many
// together are ignored.
func TestCompile_manyExpressions(t *testing.T) {
	schema := func(expression func(i int) string) string {
		texts := make([]string, 200)
		for i := range texts {
			texts[i] = fmt.Sprintf(`"k%d":{"pattern":%q}`, i, expression(i))
		}
		return `{"properties":{` + strings.Join(texts, ",") + `}}`
	}
	same := compiled(t, schema(func(int) string { return "^(a|b){0,1500}$" }))
	if len(same.Ignored) > 0 {
		t.Errorf("one expression in 200 places: ignored %v", same.Ignored)
	}
	for name, expression := range map[string]string{"large ones": "^(a|b){0,1500}%d$", "too large ones": "^(a|b){0,9000}%d$"} {
		many := compiled(t, schema(func(i int) string { return fmt.Sprintf(expression, i) }))
		last := many.Ignored[len(many.Ignored)-1]
		if len(many.Ignored) < 50 || !strings.Contains(last, "is one too many") {
			t.Errorf("%s: %d were ignored, the last one because %s", name, len(many.Ignored), last)
		}
	}
}
