package runtime_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

// integerPlace is one place of Meerkat's configuration that holds an integer.
type integerPlace struct {
	path      tree.Pointer
	low, high any // the limits of its Go type: int64, or uint64 above its range
	with      func(v any) any
}

// integerPlaces returns the places below a Go type, from the structs that the model
// is generated from: every member, and one entry of each list and map.
func integerPlaces(t reflect.Type) []integerPlace {
	var found []integerPlace
	below := func(t reflect.Type, token string, wrap func(v any) any) {
		for _, p := range integerPlaces(t) {
			found = append(found, integerPlace{slices.Concat(tree.Pointer{token}, p.path), p.low, p.high, func(v any) any { return wrap(p.with(v)) }})
		}
	}
	leaf := func(low, high any) {
		found = append(found, integerPlace{low: low, high: high, with: func(v any) any { return v }})
	}
	switch t {
	case reflect.TypeFor[meerkat.DurationOrMillis]():
		leaf(int64(0), nil) // text is allowed too, and numbers of any length
		return found
	}
	switch t.Kind() {
	case reflect.Int32:
		leaf(int64(math.MinInt32), int64(math.MaxInt32))
	case reflect.Int64:
		leaf(int64(math.MinInt64), int64(math.MaxInt64))
	case reflect.Uint16:
		leaf(int64(0), int64(math.MaxUint16))
	case reflect.Uint32:
		leaf(int64(0), int64(math.MaxUint32))
	case reflect.Uint64:
		leaf(int64(0), int64(math.MaxInt64)) // older readers fail above
	case reflect.Slice:
		below(t.Elem(), "0", func(v any) any { return []any{v} })
	case reflect.Map:
		below(t.Elem(), "n1", func(v any) any { return tree.Object{"n1": v} })
	case reflect.Struct:
		for f := range t.Fields() {
			if f.Tag.Get("json") == ",inline" {
				below(f.Type.Elem(), "n1", func(v any) any { return tree.Object{"n1": v} })
				continue
			}
			branch := tree.Object{}
			if value, tagged := f.Tag.Lookup("case"); tagged {
				branch[tagKey(t)] = value
			} else if key, tagged := f.Tag.Lookup("with"); tagged {
				branch[key] = "x"
			}
			if f.Tag.Get("json") != "-" {
				name := f.Tag.Get("json")
				below(f.Type, name, func(v any) any { return tree.Object{name: v} })
				continue
			}
			for _, p := range integerPlaces(f.Type) {
				found = append(found, integerPlace{p.path, p.low, p.high, func(v any) any {
					return tree.Merge(branch, p.with(v))
				}})
			}
		}
	}
	return found
}

// tagKey returns the key of a union's tag.
func tagKey(t reflect.Type) string {
	for f := range t.Fields() {
		if f.Type == reflect.TypeFor[meerkat.Tag]() {
			return f.Tag.Get("json")
		}
	}
	return ""
}

// outside returns values below and above the limits of a place.
func (p integerPlace) outside() []any {
	values := []any{uint64(math.MaxUint64)}
	if low := p.low.(int64); low > math.MinInt64 {
		values = append(values, low-1, int64(math.MinInt64))
	}
	if high, ok := p.high.(int64); ok && high < math.MaxInt64 {
		values = append(values, high+1, int64(math.MaxInt64))
	} else if ok {
		values = append(values, uint64(high)+1)
	} else {
		values = values[1:]
	}
	return values
}

// TestIntegers_outsideTheirLimits gives every integer of the model values that its
// Go type cannot hold, by every write and in a file. A write is refused at the
// place; a file is read with a warning there, and the line.
func TestIntegers_outsideTheirLimits(t *testing.T) {
	places := integerPlaces(reflect.TypeFor[meerkat.Config]())
	if len(places) < 60 {
		t.Fatalf("found only %d integers", len(places))
	}
	model := meerkat.New()
	rt := runtimeWith(t, model, newStore())
	for _, p := range places {
		for _, v := range p.outside() {
			config := p.with(v).(tree.Object)
			section := p.path[:1]
			value, _, _ := section.Get(config)
			text := tomlText(t, config)
			for name, err := range map[string]error{
				"set":        second(rt.Set(t.Context(), config, runtime.Write{})),
				"patch":      second(rt.Patch(t.Context(), config, runtime.Write{})),
				"operations": second(rt.Operate(t.Context(), []tree.Operation{{Op: "add", Path: section, Value: value}}, runtime.Write{})),
				"edit":       second(rt.Replace(t.Context(), text, runtime.Write{})),
			} {
				var f *fault.Fault
				issues := []schema.Issue{}
				if errors.As(err, &f) {
					issues, _ = f.Data["issues"].([]schema.Issue)
				}
				if !fault.Is(err, fault.InvalidConfig) || !hasIssue(issues, p.path) {
					t.Errorf("%s of %v to %s: got %v with %v, want an issue there", name, v, p.path, err, issues)
				}
			}
			file := get(t, runtimeWith(t, model, storeHolding(t, string(text))))
			warnings := file.Warnings()
			i := slices.IndexFunc(warnings, func(w schema.Issue) bool { return w.Path == p.path.String() })
			if i < 0 || warnings[i].Line == 0 {
				t.Errorf("%v at %s in a file: got warnings %v, want one there with its line", v, p.path, warnings)
			}
		}
	}
	if version, err := rt.Version(t.Context()); err != nil || version != store.Empty() {
		t.Errorf("after the refusals: got %v, %v, want nothing written", version, err)
	}
}

func second(_ *runtime.Outcome, err error) error { return err }

func hasIssue(issues []schema.Issue, p tree.Pointer) bool {
	return slices.ContainsFunc(issues, func(i schema.Issue) bool {
		return i.Path == p.String() && (i.Kind == schema.Range || i.Kind == schema.Type)
	})
}

// tomlText writes a configuration as TOML, with one key on each line.
func tomlText(t *testing.T, config tree.Object) []byte {
	t.Helper()
	var b strings.Builder
	var inline func(v any) string
	inline = func(v any) string {
		switch v := v.(type) {
		case map[string]any:
			var members []string
			for name, e := range v {
				members = append(members, name+" = "+inline(e))
			}
			return "{" + strings.Join(members, ", ") + "}"
		case []any:
			var entries []string
			for _, e := range v {
				entries = append(entries, inline(e))
			}
			return "[" + strings.Join(entries, ", ") + "]"
		case string:
			return fmt.Sprintf("%q", v)
		default:
			return fmt.Sprint(v)
		}
	}
	for name, v := range config {
		fmt.Fprintf(&b, "%s = %s\n", name, inline(v))
	}
	return []byte(b.String())
}
