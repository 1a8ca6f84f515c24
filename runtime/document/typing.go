package document

import (
	"maps"
	"slices"
	"strconv"

	"realmconf/schema/tree"
)

// typing finds the literals of a wanted tree, in which a date is a string. It knows
// them from trees of which the wanted one has parts: the present one, and those of
// other texts.
//
//	present   [{d = 1979-05-27}, {d = 1980-01-01}]
//	wanted    [{"d": "1979-05-27"}, "text", {"d": "1980-01-01"}]
//
// A part is looked for where it was, where a move tells, and, in a list, where the
// matching entry is. Then for a string
//
//  1. an equal value in one of these places decides;
//  2. or an equal value of the other entries of a list;
//  3. or a date there, if the string spells one, or a float, if it is inf or nan;
//  4. or what all other entries of the list have at their places.
type typing struct {
	moves
	model   Model
	present origin
	at      tree.Pointer   // of the wanted value
	copies  map[string]any // objects and lists with dates in the present tree, by their JSON; nil if they were not looked for
}

// origin is a value from which a wanted one may come.
type origin struct {
	value any  // as in the tree
	typed any  // with literals
	has   bool // there is such a value
	isOld bool // it is in the text that is edited, which keeps its spelling
}

func (o origin) exists() bool { return o.has }

// equalOrigin returns the value with literals of the first origin, if that is equal to
// the wanted value; spelled as in the present text, if that means the same. Of an object
// or list with several origins each part may have another one that decides.
func equalOrigin(origins []origin, want any) (typed any, is bool) {
	for _, o := range origins {
		switch {
		case !o.has:
		case is && sameMeaning(typed, o.typed):
			if o.isOld {
				typed = o.typed
			}
		case is && !isScalar(want):
			return nil, false
		case !is && tree.Equal(o.value, want):
			typed, is = o.typed, true
		case !is && !isScalar(want):
			return nil, false
		}
	}
	return typed, is
}

func isScalar(v any) bool {
	switch v.(type) {
	case []any, map[string]any:
		return false
	}
	return true
}

// Sources says where parts of a wanted tree come from. A tree has strings in the place
// of dates, times, inf and nan; the sources tell which of them are none.
type Sources struct {
	Moves   []Move      // in the text
	Given   *Document   // what a client gave as TOML: it decides before the text
	Earlier []*Document // other texts of the file, which decide where the text has nothing
}

// typed returns a wanted tree with literals. have is the present one with literals.
func (d *Document) typed(have, want tree.Object, model Model, sources Sources) tree.Object {
	others := sources.Earlier
	if sources.Given != nil {
		others = append(slices.Clip(others), sources.Given)
	}
	hasAny := !tree.Same(have, d.tree) || slices.ContainsFunc(others, (*Document).hasLiterals)
	if !hasAny && !hasWord(tree.Others(want, d.tree)) {
		return want
	}
	t := &typing{moves: newMoves(sources.Moves), model: model, present: origin{d.tree, have, true, true}}
	var origins []origin
	if sources.Given != nil {
		origins = append(origins, origin{sources.Given.tree, sources.Given.literals(), true, false})
	}
	origins = append(origins, t.present)
	for _, earlier := range sources.Earlier {
		origins = append(origins, origin{earlier.tree, earlier.literals(), true, false})
	}
	return t.value(origins, nil, want).(tree.Object)
}

// hasWord reports whether a value has a string that spells inf or nan.
func hasWord(v any) bool {
	switch v := v.(type) {
	case string:
		return isWord(v)
	case []any:
		return slices.ContainsFunc(v, hasWord)
	case map[string]any:
		for _, e := range v {
			if hasWord(e) {
				return true
			}
		}
	}
	return false
}

// value returns the wanted value at t.at with literals. beside describes the values at
// the same place of the other entries of the list, nil if there is none.
func (t *typing) value(origins []origin, beside *shape, want any) any {
	if moved := t.moved(); moved.has {
		origins = append([]origin{moved}, origins...)
	}
	if typed, is := equalOrigin(origins, want); is {
		return typed
	}
	hasAny := slices.ContainsFunc(origins, origin.exists)
	switch w := want.(type) {
	case string:
		return typedString(origins, beside, w)
	case map[string]any:
		if v, has := t.copyOf(hasAny, want); has {
			return v
		}
		return t.object(origins, beside, w)
	case []any:
		if v, has := t.copyOf(hasAny, want); has {
			return v
		}
		return t.list(origins, beside, w)
	default:
		return want
	}
}

// below is value of a part of the wanted value at t.at.
func (t *typing) below(name string, origins []origin, beside *shape, want any) any {
	t.at = append(t.at, name)
	defer func() { t.at = t.at[:len(t.at)-1] }()
	return t.value(origins, beside, want)
}

// moved returns the value that moves to t.at.
func (t *typing) moved() origin {
	if len(t.to) == 0 {
		return origin{}
	}
	mv, isMove := t.to[t.at.String()]
	if !isMove {
		return origin{}
	}
	value, _, has := mv.From.Get(t.present.value)
	typed, _, _ := mv.From.Get(t.present.typed)
	return origin{value, typed, has, true}
}

// typedString returns a wanted string, or the literal of its text.
func typedString(origins []origin, beside *shape, want string) any {
	if isLiteral, known := beside.spells(want); known {
		if isLiteral {
			return literal{want, want}
		}
		return want
	}
	if !slices.ContainsFunc(origins, origin.exists) {
		if kind, ok := beside.only(); ok {
			if l, ok := spell(kind, want); ok {
				return l
			}
		}
		return want
	}
	for _, o := range origins {
		if kind, ok := spelledKind(o.typed); ok {
			if l, ok := spell(kind, want); ok {
				return l
			}
		}
	}
	return want
}

// object returns an object with literals.
func (t *typing) object(origins []origin, beside *shape, want tree.Object) tree.Object {
	next := make(tree.Object, len(want))
	inner := make([]origin, len(origins))
	for name, w := range want {
		isNew := true
		for i, o := range origins {
			inner[i] = o.member(name)
			isNew = isNew && !inner[i].has
		}
		if isNew && len(origins) > 0 {
			inner[0] = origins[0].goneEqual(want, w)
		}
		next[name] = t.below(name, inner, beside.member(name), w)
	}
	return next
}

// member returns the member of an object.
func (o origin) member(name string) origin {
	object, _ := o.value.(map[string]any)
	typed, _ := o.typed.(map[string]any)
	value, has := object[name]
	return origin{value, typed[name], has, o.isOld}
}

// goneEqual returns the member that is not wanted any more and has a value, if there is
// one: it may have been renamed.
func (o origin) goneEqual(want tree.Object, value any) origin {
	object, _ := o.value.(map[string]any)
	typed, _ := o.typed.(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if _, stays := want[name]; !stays && !tree.Same(object[name], typed[name]) && tree.Equal(object[name], value) {
			return o.member(name)
		}
	}
	return origin{}
}

// list returns a list with literals.
func (t *typing) list(origins []origin, beside *shape, want []any) []any {
	entries := beside.element()
	matches := make([]*tree.Matching, len(origins))
	for i, o := range origins {
		if list, isList := o.value.([]any); isList {
			matches[i] = tree.MatchSimilar(list, want, t.model.Key(t.at))
			entries = entries.with(o.typed.([]any)...)
		} else if o.has {
			entries = entries.with(o.typed) // a list in the place of its only entry
		}
	}
	next := make([]any, len(want))
	inner := make([]origin, len(origins))
	for j, w := range want {
		for i, m := range matches {
			inner[i] = origin{}
			if m != nil && m.Old[j] >= 0 {
				from := m.Old[j]
				inner[i] = origin{origins[i].value.([]any)[from], origins[i].typed.([]any)[from], true, origins[i].isOld}
			}
		}
		next[j] = t.below(strconv.Itoa(j), inner, entries, w)
	}
	return next
}

// copyOf returns an equal value of the present tree, for a wanted one without a known
// origin: a client may send back anywhere what it was shown.
func (t *typing) copyOf(hasOrigin bool, want any) (any, bool) {
	if hasOrigin {
		return nil, false
	}
	if t.copies == nil {
		t.copies = make(map[string]any)
		t.collect(t.present)
	}
	if len(t.copies) == 0 {
		return nil, false
	}
	v, has := t.copies[string(tree.Append(nil, want))]
	return v, has && v != nil
}

// collect notes the objects and lists with dates in a value. If two of one JSON differ
// in their types, it notes nil.
func (t *typing) collect(o origin) {
	if tree.Same(o.value, o.typed) {
		return
	}
	switch v := o.value.(type) {
	case map[string]any:
		for name := range v {
			t.collect(o.member(name))
		}
	case []any:
		for i := range v {
			t.collect(origin{v[i], o.typed.([]any)[i], true, true})
		}
	default:
		return
	}
	if !hasSpelling(o.typed) {
		return
	}
	name := string(tree.Append(nil, o.value))
	if before, has := t.copies[name]; has && (before == nil || !sameMeaning(before, o.typed)) {
		t.copies[name] = nil
		return
	}
	t.copies[name] = o.typed
}

// hasSpelling reports whether a value with literals has a date, a time, inf or nan.
func hasSpelling(v any) bool {
	switch v := v.(type) {
	case literal:
		_, is := v.value.(string)
		return is
	case []any:
		return slices.ContainsFunc(v, hasSpelling)
	case map[string]any:
		for _, e := range v {
			if hasSpelling(e) {
				return true
			}
		}
	}
	return false
}
