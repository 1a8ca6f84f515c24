package tree

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
)

const (
	// maxCopied is the limit of all copies of one patch together, in bytes of
	// JSON. A copy of the whole into itself doubles it: without a limit forty
	// short operations would fill any memory. No configuration is larger.
	maxCopied = 1 << 20

	// maxMeasured is the limit of the values that one patch visits to find out how
	// deep they are nested, all together. That is needed once, and then only if
	// moves and copies may have led to MaxDepth.
	maxMeasured = 1 << 22
)

// Patcher carries out the operations of a JSON Patch (RFC 6902) one by one on a
// configuration. Neither the configuration nor the values of the operations are
// changed; the result shares parts with both.
//
// Numbers are compared as in Equal. The result is an object after every operation:
// the root can be replaced by an object, not removed. It is nested at most MaxDepth
// deep, and the copies add at most 1 MiB as JSON to it.
//
// An object or list is copied when the first operation changes it, and the copy
// is changed from then on: the time grows with the number of operations and the
// size of what they change, not with their product.
type Patcher struct {
	root     Object
	owned    map[any]bool // the copies, by identity
	done     int          // operations
	copied   int          // bytes of JSON
	height   int          // of the root, or more; -1 if it is not known yet
	measured int          // values that were counted to find heights
}

// NewPatcher returns a patcher that begins with a configuration.
func NewPatcher(o Object) *Patcher {
	return &Patcher{root: o, owned: make(map[any]bool), height: -1}
}

// Object returns the result of the operations so far. It must not be used any more
// after another operation, except for the parts that Keep was called with.
func (p *Patcher) Object() Object { return p.root }

// Apply carries out one operation. Its error is an *OperationError; the patcher
// must not be used any more after it.
func (p *Patcher) Apply(op Operation) error {
	if err := p.apply(op); err != nil {
		err.Index = p.done
		return err
	}
	p.done++
	return nil
}

// Keep makes sure that later operations do not change a value that is a part of
// the result: they copy it again.
func (p *Patcher) Keep(v any) {
	id := identity(v)
	if id == nil || !p.owned[id] {
		return // what is inside is no copy either
	}
	delete(p.owned, id)
	switch v := v.(type) {
	case map[string]any:
		for _, e := range v {
			p.Keep(e)
		}
	case []any:
		for _, e := range v {
			p.Keep(e)
		}
	}
}

// identity returns a key for the memory of an object, or of a list that has
// capacity; nil for other values.
func identity(v any) any {
	switch v := v.(type) {
	case map[string]any:
		return reflect.ValueOf(v).UnsafePointer()
	case []any:
		if cap(v) > 0 {
			return &v[:1][0]
		}
	}
	return nil
}

// own returns an object or list that may be changed: v, or a copy of it.
func (p *Patcher) own(v any) any {
	if id := identity(v); id != nil && p.owned[id] {
		return v
	}
	switch c := v.(type) {
	case map[string]any:
		o := make(Object, len(c)+1)
		maps.Copy(o, c)
		v = o
	case []any:
		v = append(make([]any, 0, len(c)+1), c...)
	}
	p.owned[identity(v)] = true
	return v
}

// change replaces the object or list at a place by the result of edit, which is
// given one that it may change.
func (p *Patcher) change(at Pointer, edit func(container any) any) {
	p.root = p.changeIn(p.root, at, edit).(map[string]any)
}

func (p *Patcher) changeIn(v any, at Pointer, edit func(any) any) any {
	v = p.own(v)
	if len(at) == 0 {
		return edit(v)
	}
	switch c := v.(type) {
	case map[string]any:
		c[at[0]] = p.changeIn(c[at[0]], at[1:], edit)
	case []any:
		i, _ := ArrayIndex(at[0])
		c[i] = p.changeIn(c[i], at[1:], edit)
	}
	return v
}

// setMember sets a member of the object at parent, or an existing entry of the
// list there.
func (p *Patcher) setMember(parent Pointer, token string, v any) {
	p.change(parent, func(container any) any {
		switch c := container.(type) {
		case map[string]any:
			c[token] = v
		case []any:
			i, _ := ArrayIndex(token)
			c[i] = v
		}
		return container
	})
}

// insertEntry inserts an entry into the list at parent.
func (p *Patcher) insertEntry(parent Pointer, i int, v any) {
	p.change(parent, func(container any) any {
		before := identity(container)
		list := slices.Insert(container.([]any), i, v)
		if after := identity(list); after != before {
			delete(p.owned, before)
			p.owned[after] = true
		}
		return list
	})
}

// removeAt removes the member or entry at a place.
func (p *Patcher) removeAt(at Pointer) {
	parent, token := at[:len(at)-1], at[len(at)-1]
	p.change(parent, func(container any) any {
		if list, isList := container.([]any); isList {
			i, _ := ArrayIndex(token)
			return slices.Delete(list, i, i+1)
		}
		delete(container.(map[string]any), token)
		return container
	})
}

// fits checks that a value may be at a place, whether or not one is there now.
func (p *Patcher) fits(at Pointer, v any) *OperationError {
	if err := rootFits(at, v); err != nil {
		return err
	}
	return p.raise(at, len(at)+height(v))
}

// fitsFrom is fits for a value that was at from. The height of the whole limits
// that of the value, so that the value is seldom measured.
func (p *Patcher) fitsFrom(from, at Pointer, v any) *OperationError {
	if err := rootFits(at, v); err != nil {
		return err
	}
	deeper := len(at) - len(from)
	if p.height < 0 || p.height+deeper > MaxDepth {
		if p.measured += size(p.root) + size(v); p.measured > maxMeasured {
			return &OperationError{Pointer: at.String(), Reason: fmt.Sprintf("too much is moved between places that are nearly %d levels deep; move less in one call", MaxDepth)}
		}
		here := len(from) + height(v)
		if p.height = max(height(p.root), here); p.height+deeper > MaxDepth {
			return p.raise(at, here+deeper)
		}
	}
	return p.raise(at, p.height+deeper)
}

// raise notes the depth that a value at a place reaches.
func (p *Patcher) raise(at Pointer, depth int) *OperationError {
	if depth > MaxDepth {
		return &OperationError{Pointer: at.String(), Reason: fmt.Sprintf("the result would be nested deeper than %d levels; nest less", MaxDepth)}
	}
	if p.height >= 0 {
		p.height = max(p.height, depth)
	}
	return nil
}

func rootFits(at Pointer, v any) *OperationError {
	if _, ok := v.(map[string]any); len(at) == 0 && !ok {
		return &OperationError{Reason: "the root must be an object, not " + WithArticle(TypeName(v)) + "; give an object, or a path below the root"}
	}
	return nil
}

// size returns the number of values that a value consists of.
func size(v any) int {
	n := 1
	switch v := v.(type) {
	case map[string]any:
		for _, e := range v {
			n += size(e)
		}
	case []any:
		for _, e := range v {
			n += size(e)
		}
	}
	return n
}

// height returns how many objects and lists are nested in each other.
func height(v any) int {
	most := -1
	switch v := v.(type) {
	case map[string]any:
		for _, e := range v {
			most = max(most, height(e))
		}
	case []any:
		for _, e := range v {
			most = max(most, height(e))
		}
	default:
		return 0
	}
	return max(most, 0) + 1
}
