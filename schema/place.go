package schema

import (
	"math"

	"realmconf/schema/tree"
)

// place says what an issue is about: wherever in its list the entry stands, and
// with which value. Equal places are the same mistake.
type place struct {
	kind  Kind
	path  string
	value string // as JSON, with one spelling of each number; "" for a missing one
}

// locate finds an issue's place.
func locate(issue Issue, config tree.Object) place {
	p, err := tree.ParsePointer(issue.Path)
	if err != nil {
		panic("schema: an issue has no pointer: " + err.Error())
	}
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
	at := place{kind: issue.Kind, path: general.String()}
	if ok {
		at.value = string(tree.Append(nil, oneSpelling(v)))
	}
	return at
}

// oneSpelling is a value in which equal numbers are written alike: 2 for 2.0.
func oneSpelling(v any) any {
	switch v := v.(type) {
	case map[string]any:
		c := make(tree.Object, len(v))
		for key, e := range v {
			c[key] = oneSpelling(e)
		}
		return c
	case []any:
		c := make([]any, len(v))
		for i, e := range v {
			c[i] = oneSpelling(e)
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
