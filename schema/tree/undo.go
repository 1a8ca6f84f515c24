package tree

import "slices"

// Undo returns current without the change that led from before to after, and keeps
// every other difference between after and current. It is decided key by key, and
// for lists whose entries have an identity entry by entry:
//
//  1. A place that before and after have alike stays as it is in current.
//  2. A place that current has as after has it gets the value of before.
//  3. A place that current has as before has it stays: the change is undone.
//  4. Any other place has been changed twice. It stays, and is one of overlaps.
//
// Places at or below a pointer of except stay as they are. They and the overlaps
// are places in current; an entry that current does not have is reported by its list.
// An entry of a list that the change added or removed is decided as a whole. The result
// shares values with its arguments.
func Undo(before, after, current Object, keyOf func(Pointer) string, except []Pointer) (result Object, overlaps []Pointer) {
	u := undoer{keyOf: keyOf, except: NewPointerSet(except...)}
	result, _ = u.value(Pointer{}, before, after, current).(map[string]any)
	if result == nil {
		result = Object{}
	}
	slices.SortFunc(u.overlaps, ComparePointers)
	return result, slices.CompactFunc(u.overlaps, slices.Equal[Pointer])
}

type undoer struct {
	keyOf    func(Pointer) string
	except   *PointerSet
	overlaps []Pointer
}

// absent is the value of a key that an object does not have.
type absent struct{}

func isAbsent(v any) bool { _, is := v.(absent); return is }

// same reports whether two values are equal, absence included.
func same(a, b any) bool {
	if isAbsent(a) || isAbsent(b) {
		return isAbsent(a) && isAbsent(b)
	}
	return Exactly(a, b)
}

// value returns the value at p, absent if there is none.
func (u *undoer) value(p Pointer, before, after, current any) any {
	switch {
	case same(before, after), same(current, before), u.except.Covers(p):
		return current
	case same(current, after) && !u.except.HasWithin(p):
		return before
	}
	if b, a, c, ok := threeObjects(before, after, current); ok {
		merged := u.object(p, b, a, c)
		if len(merged) == 0 && isAbsent(u.presence(before, after, current)) {
			return absent{}
		}
		return merged
	}
	if b, a, c, ok := threeLists(before, after, current); ok {
		if merged, ok := u.list(p, b, a, c); ok {
			if len(merged) == 0 && isAbsent(u.presence(before, after, current)) {
				return absent{}
			}
			return merged
		}
	}
	u.overlaps = append(u.overlaps, p)
	return current
}

// presence returns the one of three values that decides whether an empty object or
// list stays.
func (u *undoer) presence(before, after, current any) any {
	if isAbsent(before) == isAbsent(after) {
		return current
	}
	return before
}

func (u *undoer) object(p Pointer, before, after, current Object) Object {
	merged := make(Object, len(current))
	member := func(o Object, name string) any {
		if v, has := o[name]; has {
			return v
		}
		return absent{}
	}
	visit := func(name string) {
		b, a, c := member(before, name), member(after, name), member(current, name)
		if Same(b, a) { // most are, and need no pointer
			if !isAbsent(c) {
				merged[name] = c
			}
			return
		}
		if v := u.value(p.Child(name), b, a, c); !isAbsent(v) {
			merged[name] = v
		}
	}
	for name := range current {
		visit(name)
	}
	for name := range before {
		if _, has := current[name]; !has {
			visit(name)
		}
	}
	for name := range after {
		_, was := before[name]
		if _, is := current[name]; !was && !is {
			visit(name)
		}
	}
	return merged
}

// threeObjects returns three values as objects, if each is one or is absent.
func threeObjects(before, after, current any) (b, a, c Object, ok bool) {
	as := func(v any) (o Object, ok bool) {
		if isAbsent(v) {
			return nil, true
		}
		o, ok = v.(map[string]any)
		return o, ok
	}
	b, okB := as(before)
	a, okA := as(after)
	c, okC := as(current)
	return b, a, c, okB && okA && okC
}

// threeLists returns three values as lists, if each is one or is absent.
func threeLists(before, after, current any) (b, a, c []any, ok bool) {
	as := func(v any) (list []any, ok bool) {
		if isAbsent(v) {
			return nil, true
		}
		list, ok = v.([]any)
		return list, ok
	}
	b, okB := as(before)
	a, okA := as(after)
	c, okC := as(current)
	return b, a, c, okB && okA && okC
}
