package schema

import (
	"math"

	"realmconf/schema/tree"
)

// mistake identifies an issue in a configuration, without the index of an entry
// in its list. Equal mistakes are the same one.
type mistake struct {
	kind  Kind
	path  string
	value string // as JSON, with one spelling for equal numbers; "" if there is no value
}

// pointerOf returns the place of an issue that this package made.
func pointerOf(issue Issue) tree.Pointer {
	p, err := tree.ParsePointer(issue.Path)
	if err != nil {
		panic("schema: an issue has an invalid pointer: " + err.Error())
	}
	return p
}

// mistakeOf returns the mistake that an issue is about.
func mistakeOf(issue Issue, config tree.Object) mistake {
	p := pointerOf(issue)
	var general tree.Pointer
	var v any = config
	ok := true
	for _, t := range p {
		next, _, has := tree.Pointer{t}.Get(v)
		if _, list := v.([]any); list {
			t = "-"
		}
		general, v, ok = append(general, t), next, has
	}
	found := mistake{kind: issue.Kind, path: general.String()}
	if ok {
		found.value = string(tree.Append(nil, normaliseNumbers(v)))
	}
	return found
}

// normaliseNumbers returns a value in which equal numbers have one spelling: 2
// for 2.0.
func normaliseNumbers(v any) any {
	switch v := v.(type) {
	case map[string]any:
		c := make(tree.Object, len(v))
		for key, e := range v {
			c[key] = normaliseNumbers(e)
		}
		return c
	case []any:
		c := make([]any, len(v))
		for i, e := range v {
			c[i] = normaliseNumbers(e)
		}
		return c
	case float64:
		if i := int64(v); v > -1<<63 && v < 1<<63 && float64(i) == v {
			return i
		}
		if v >= 1<<63 && v < 1<<64 && v == math.Trunc(v) {
			return uint64(v)
		}
	}
	return v
}
