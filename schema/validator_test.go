package schema_test

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"pgregory.net/rapid"

	"realmconf/schema"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

// TestValidate_agreesWithLibrary compares all violations with those that a JSON
// Schema library finds, in valid and invalid configurations that are drawn from the
// schema.
func TestValidate_agreesWithLibrary(t *testing.T) {
	plain := withoutAliases(object(t, string(meerkat.New().JSON()))).(tree.Object)
	library := compiled(t, plain)
	model := load(t, string(tree.Append(nil, plain)), meerkat.Rules())
	wrong := 0
	rapid.Check(t, func(t *rapid.T) {
		config := maker{t}.config(plain)
		var got []string
		model.Violations(config, func(at tree.Pointer, keyword, name string) {
			if name != "" {
				got = append(got, lines(at, keyword, []string{name})...)
			} else {
				got = append(got, lines(at, keyword, nil)...)
			}
		})
		want := leaves(library.Validate(config))
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(slices.Compact(want), slices.Compact(got)); diff != "" {
			t.Fatalf("%s\n(-library +got)\n%s", tree.Append(nil, config), diff)
		}
		if len(got) > 0 {
			wrong++
		}
	})
	if wrong == 0 {
		t.Error("no configuration was wrong: nothing was compared")
	}
}

func TestCompare_exact(t *testing.T) {
	for _, tt := range []struct {
		a, b any
		want int
	}{
		{int64(1), int64(2), -1},
		{int64(2), 1.5, 1},
		{1.5, 1.5, 0},
		{uint64(1<<64 - 1), float64(1 << 64), -1},
		{int64(1<<53 + 1), float64(1 << 53), 1},
		{int64(-1), uint64(1<<64 - 1), -1},
	} {
		if got := schema.Compare(tt.a, tt.b); got != tt.want {
			t.Errorf("compare(%v, %v): got %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

// compiled returns a schema of the library, with the formats of the model.
func compiled(t *testing.T, source tree.Object) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for _, f := range schema.New(nil, nil, meerkat.Rules()).TextFormats() {
		c.RegisterFormat(&jsonschema.Format{Name: f.Name, Validate: func(v any) error {
			if text, ok := v.(string); ok {
				return f.Check(text)
			}
			return nil
		}})
	}
	if err := c.AddResource("config.json", source); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("config.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// leaves returns the violations that the library found.
func leaves(err error) []string {
	var e *jsonschema.ValidationError
	if !errors.As(err, &e) {
		return nil
	}
	if _, ok := e.ErrorKind.(*kind.AnyOf); ok {
		return lines(e.InstanceLocation, "anyOf", nil)
	}
	var all []string
	for _, cause := range e.Causes {
		all = append(all, leaves(cause)...)
	}
	if len(e.Causes) > 0 {
		return all
	}
	var names []string
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		names = k.Missing
	case *kind.AdditionalProperties:
		names = k.Properties
	}
	path := e.ErrorKind.KeywordPath()
	return lines(e.InstanceLocation, path[len(path)-1], names)
}

// lines returns a violation as text: one line for each of its names, because the
// library reports the required keys of a union and of its branch apart.
func lines(at tree.Pointer, keyword string, names []string) []string {
	if len(names) == 0 {
		return []string{fmt.Sprintf("%s: %s", at, keyword)}
	}
	var list []string
	for _, name := range names {
		list = append(list, fmt.Sprintf("%s: %s %s", at, keyword, name))
	}
	return list
}

// withoutAliases returns a schema without aliases of keys and values, which the
// library does not know.
func withoutAliases(v any) any {
	switch v := v.(type) {
	case map[string]any:
		c := make(tree.Object)
		for name, e := range v {
			if name != "x-alias" && name != "x-value-alias" {
				c[name] = withoutAliases(e)
			}
		}
		return c
	case []any:
		c := make([]any, len(v))
		for i, e := range v {
			c[i] = withoutAliases(e)
		}
		return c
	}
	return v
}

// maker draws values of a schema that are mostly valid.
type maker struct{ *rapid.T }

// often is true in this many of a hundred draws.
func (m maker) often(percent int) bool { return rapid.IntRange(0, 99).Draw(m.T, "chance") < percent }

func pick[T any](m maker, from []T) T {
	return from[rapid.IntRange(0, len(from)-1).Draw(m.T, "choice")]
}

// config draws one section or two, so that many configurations are valid.
func (m maker) config(schema tree.Object) tree.Object {
	sections := schema["properties"].(tree.Object)
	names := slices.Sorted(maps.Keys(sections))
	config := make(tree.Object)
	for range rapid.IntRange(1, 2).Draw(m.T, "sections") {
		name := pick(m, names)
		config[name] = m.value(sections[name].(tree.Object))
	}
	if m.often(3) {
		config["unheard_of"] = true
	}
	return config
}

func (m maker) value(schema tree.Object) any {
	enum, _ := schema["enum"].([]any)
	constant, isConstant := schema["const"]
	types, _ := schema["type"].([]any)
	if name, ok := schema["type"].(string); ok {
		types = []any{name}
	}
	switch {
	case m.often(2) || len(types) == 0 && len(enum) == 0 && !isConstant:
		return pick(m, []any{nil, true, "x", "command", int64(-1), int64(3), 2.0, 0.5, uint64(1 << 63), []any{}, []any{int64(1)}, tree.Object{}, tree.Object{"format": "x"}})
	case isConstant:
		return constant
	case len(enum) > 0:
		return pick(m, enum)
	}
	switch pick(m, types) {
	case "null":
		return nil
	case "boolean":
		return m.often(50)
	case "integer", "number":
		return m.number(schema)
	case "array":
		list := []any{}
		items, _ := schema["items"].(map[string]any)
		for range rapid.IntRange(0, 2).Draw(m.T, "length") {
			list = append(list, m.value(items))
		}
		return list
	case "object":
		return m.object(schema)
	}
	good := map[string]string{
		"duration-humantime": "1h 30m", "duration-humantime-or-disabled": "disabled", "slug": "a.b",
		"skill-name": "lower-case", "uuid-any-form": "0190a5e2-7a4b-7c3d-8e1f-2a3b4c5d6e7f",
	}
	if format, _ := schema["format"].(string); m.often(95) {
		return good[format]
	}
	return pick(m, []any{"a", "a", "5s", "1h 30m", "disabled", "0190a5e2-7a4b-7c3d-8e1f-2a3b4c5d6e7f", "", "no slug!", "lower-case"})
}

func (m maker) number(schema tree.Object) any {
	if least, ok := schema["minimum"].(int64); ok && m.often(90) {
		return least
	}
	numbers := []any{int64(5), int64(5), 0.5, 7.0}
	for _, limit := range []string{"minimum", "maximum"} {
		switch n := schema[limit].(type) {
		case int64:
			numbers = append(numbers, n, n, n-1)
			if max(n, -n) < 1<<53 && n != math.MinInt64 { // the library rounds floats
				numbers = append(numbers, float64(n)+0.5)
			}
		case float64:
			numbers = append(numbers, n, n+0.25, n-0.25)
		}
	}
	return pick(m, numbers)
}

// object draws most of the required keys, some of the others, and seldom an unknown
// one, of a single branch.
func (m maker) object(schema tree.Object) tree.Object {
	o := make(tree.Object)
	parts := []tree.Object{schema}
	if then, ok := schema["then"].(map[string]any); ok && m.often(50) {
		parts = append(parts, then)
	}
	if branches, ok := schema["allOf"].([]any); ok && m.often(95) {
		one := pick(m, branches).(map[string]any)
		if selects, ok := one["if"].(map[string]any); ok {
			parts = append(parts, selects)
		}
		parts = append(parts, one["then"].(map[string]any))
	}
	for _, part := range parts {
		required, _ := part["required"].([]any)
		properties, _ := part["properties"].(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(properties)) {
			below, ok := properties[name].(map[string]any)
			if ok && (slices.Contains(required, any(name)) && m.often(97) || m.often(30)) {
				o[name] = m.value(below)
			}
		}
		if below, ok := part["additionalProperties"].(map[string]any); ok && m.often(60) {
			o[pick(m, []string{"one", "two"})] = m.value(below)
		}
	}
	if m.often(3) {
		o[strings.Repeat("z", 1+len(o)%3)] = int64(1)
	}
	return o
}
