package runtime

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"reflect"
	"slices"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// Decode stores the value at p of Resolved, with its secrets, in the variable that into
// points to, by the rules of encoding/json: a struct has the keys that its json tags
// name, and other keys are left out. An empty p is the whole configuration. A date of
// TOML is a text, which a time.Time reads if it has an offset.
//
// If there is no value at p, the error is a not_found fault; if it does not fit into the
// variable, an invalid_config fault with the place.
func (s *Snapshot) Decode(p tree.Pointer, into any) error {
	v, _, ok := s.model.PathIn(p, s.Resolved()).Get(s.Resolved())
	if !ok {
		return fault.New(fault.NotFound, "%s: there is no value, and the schema has no default: set one first", placeName(p))
	}
	return decodeInto(p, v, into)
}

// SetValue changes the configuration so that Decode at p gives a value of the same type.
// It writes the difference between the value and what Decode gives for from, the snapshot
// that the value was read from. So keys that the type does not have stay, also those of
// the entries of lists, and so do comments. A key that encoding/json leaves out or writes
// as null returns to its default. As in an add of JSON Patch, a p that ends with "-", or
// with the length of the list, appends an entry.
//
// The write expects the generation of from, whatever w has: if another one is current
// meanwhile, the error is a generation_conflict fault, and the caller reads again.
func (r *Runtime) SetValue(ctx context.Context, from *Snapshot, p tree.Pointer, value any, w Write) (*Outcome, error) {
	next, err := encode(p, value)
	if err != nil {
		return nil, err
	}
	p = r.model.PathIn(p, from.Shown())
	var before any
	shown, _, has := p.Get(from.Shown())
	if has {
		known := reflect.New(elementType(value))
		if err := from.Decode(p, known.Interface()); err != nil {
			return nil, err
		}
		if before, err = encode(p, known.Interface()); err != nil {
			return nil, err
		}
	}
	whole, ok := withValue(from.Shown(), p, r.valueChange(p, shown, before, next))
	config, isObject := whole.(tree.Object)
	if !ok || !isObject {
		return nil, fault.New(fault.NotFound, "%s: there is no such place: the root is an object, and a list must be there, with the entry, or with \"-\" for a new last one", p)
	}
	w.Expected = &from.Version.Generation
	return r.Set(ctx, config, w)
}

// elementType returns the type of a value, or of the variable that it points to.
func elementType(value any) reflect.Type {
	t := reflect.TypeOf(value)
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil {
		return reflect.TypeFor[any]()
	}
	return t
}

func encode(p tree.Pointer, value any) (any, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, fault.New(fault.InvalidParams, "%s: a value of the type %T has no form in JSON: give another one", placeName(p), value).Because(err)
	}
	return tree.DecodeUnlimited(text)
}

func decodeInto(p tree.Pointer, v, into any) error {
	err := json.Unmarshal(tree.Append(nil, withoutInfinite(v)), into)
	wrongType := (*json.UnmarshalTypeError)(nil)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &wrongType): // its own text may quote a number
		place := placeName(p)
		if wrongType.Field != "" {
			place += " (" + wrongType.Field + ")"
		}
		return fault.New(fault.InvalidConfig, "%s: the value does not fit into the Go type %s: change the value or the type", place, wrongType.Type)
	case reflect.ValueOf(into).Kind() != reflect.Pointer || reflect.ValueOf(into).IsNil():
		return fault.New(fault.InvalidParams, "%s: Decode needs a pointer to a variable, and got %T", placeName(p), into)
	}
	return fault.New(fault.InvalidConfig, "%s: the value does not fit into the Go type %T: change the value or the type", placeName(p), into).Because(err)
}

// withoutInfinite returns a value with a text in the place of each number that JSON does
// not have. A text fits into no number, so that none is read as 0.
func withoutInfinite(v any) any {
	switch v := v.(type) {
	case float64:
		if math.IsNaN(v) {
			return "nan"
		} else if math.IsInf(v, 0) {
			return "inf"
		}
	case map[string]any:
		o := make(tree.Object, len(v))
		for name, e := range v {
			o[name] = withoutInfinite(e)
		}
		return o
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = withoutInfinite(e)
		}
		return list
	}
	return v
}

// valueChange returns shown, the value at p, changed as next differs from before. The
// latter two have only what a Go type has of it.
func (r *Runtime) valueChange(p tree.Pointer, shown, before, next any) any {
	if tree.Equal(before, next) {
		return shown
	}
	switch next := next.(type) {
	case map[string]any:
		have, isObject := shown.(map[string]any)
		known, _ := before.(map[string]any)
		changed := make(tree.Object, len(next))
		if isObject {
			maps.Copy(changed, have)
		}
		for name := range known {
			if next[name] == nil {
				delete(changed, name)
			}
		}
		for name, v := range next {
			if v != nil {
				changed[name] = r.valueChange(p.Child(name), have[name], known[name], v)
			}
		}
		return changed
	case []any:
		have, _ := shown.([]any)
		known, _ := before.([]any)
		if len(have) != len(known) {
			return next
		}
		changed := slices.Clone(next)
		for i, old := range tree.MatchEntries(known, next, r.model.Key(p)).Old {
			if old >= 0 {
				changed[i] = r.valueChange(p.Index(i), have[old], known[old], next[i])
			}
		}
		return changed
	case int64:
		if _, isFloat := shown.(float64); isFloat { // JSON writes 2.0 as 2
			return float64(next)
		}
	}
	return next
}

// appendToken is the token of the entry after the last one of a list (RFC 6901, section 4),
// where a value is appended (RFC 6902, section 4.1).
const appendToken = "-"

// withValue returns a value with another one at p, or without one if at is nil. Missing
// objects around p are added, and a value at the end of a list is appended. It reports false if p leads through a list to no entry, or
// through another value.
func withValue(v any, p tree.Pointer, at any) (any, bool) {
	if len(p) == 0 {
		return at, true
	}
	switch v := v.(type) {
	case nil:
		if p[0] == appendToken { // it is of a list that is not there
			return nil, false
		}
		return withValue(tree.Object{}, p, at)
	case map[string]any:
		inner, ok := withValue(v[p[0]], p[1:], at)
		changed := maps.Clone(v)
		if changed[p[0]] = inner; inner == nil {
			delete(changed, p[0])
		}
		return changed, ok
	case []any:
		i, isIndex := tree.ArrayIndex(p[0])
		if len(p) == 1 && (p[0] == appendToken || isIndex && i == len(v)) && at != nil {
			return append(slices.Clone(v), at), true
		}
		if !isIndex || i >= len(v) {
			return nil, false
		}
		inner, ok := withValue(v[i], p[1:], at)
		changed := slices.Clone(v)
		changed[i] = inner
		return changed, ok
	}
	return nil, false
}

// placeName names a place in an error.
func placeName(p tree.Pointer) string { return cmp.Or(p.String(), "the configuration") }
