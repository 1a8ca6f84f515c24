package tree

import (
	"fmt"
	"maps"
	"slices"
)

// maxCopied is the limit of all copies of one patch together, in bytes of JSON.
// A copy of the whole into itself doubles it: without a limit forty short
// operations would fill any memory. No configuration is larger.
const maxCopied = 1 << 20

// Apply carries out the operations of a JSON Patch (RFC 6902), in order. If one
// of them fails, no result is returned, but an *OperationError. Neither o nor the
// values of the operations are changed; the result shares parts with both.
//
// Numbers are compared as in Equal. The result is an object after every
// operation: the root can be replaced by an object, not removed. It is nested
// at most MaxDepth deep, and the copies add at most 1 MiB as JSON to it.
func Apply(o Object, operations []Operation) (Object, error) {
	copied := 0
	for i, op := range operations {
		if op.Op == "copy" {
			if v, _, ok := op.From.Get(o); ok {
				copied += len(Append(nil, v))
			}
			if copied > maxCopied {
				return nil, &OperationError{Index: i, Pointer: op.From.String(), Reason: "the copies come to more than 1 MiB; copy less"}
			}
		}
		next, err := op.apply(o)
		if err != nil {
			err.Index = i
			return nil, err
		}
		o = next
	}
	return o, nil
}

func (op Operation) apply(o Object) (Object, *OperationError) {
	switch op.Op {
	case "add":
		return add(o, op.Path, op.Value)
	case "remove":
		return remove(o, op.Path)
	case "replace":
		return replace(o, op.Path, op.Value)
	case "move":
		return op.move(o)
	case "copy":
		v, err := find(o, op.From, op.Op)
		if err != nil {
			return nil, err
		}
		return add(o, op.Path, v)
	case "test":
		v, err := find(o, op.Path, op.Op)
		if err == nil && !Equal(v, op.Value) {
			err = &OperationError{Pointer: op.Path.String(), Reason: "the value is not the one given; read it again, then decide again"}
		}
		if err != nil {
			err.Test = true
			return nil, err
		}
		return o, nil
	default:
		return nil, &OperationError{Pointer: op.Path.String(), Reason: fmt.Sprintf("no op %q exists; %s", op.Op, giveOp)}
	}
}

// move is a remove followed by an add (RFC 6902, section 4.4): an index in path
// counts in the list without the removed value.
func (op Operation) move(o Object) (Object, *OperationError) {
	v, err := find(o, op.From, op.Op)
	if err != nil {
		return nil, err
	}
	if op.Path.HasPrefix(op.From) {
		if len(op.From) == len(op.Path) {
			return o, nil
		}
		return nil, &OperationError{Pointer: op.Path.String(), Reason: "from, " + place(op.From) + ", cannot move into itself; name a path outside of it"}
	}
	without, err := remove(o, op.From)
	if err != nil {
		return nil, err
	}
	moved, err := add(without, op.Path, v)
	if err != nil {
		err.Reason = "once " + op.From.String() + " is removed, " + err.Reason
	}
	return moved, err
}

// find returns the value at a pointer.
func find(o Object, p Pointer, op string) (any, *OperationError) {
	v, _, ok := p.Get(o)
	if !ok {
		return nil, notFound(o, p, op)
	}
	return v, nil
}

// add sets an object's member, or inserts an entry into a list.
func add(o Object, p Pointer, v any) (Object, *OperationError) {
	if err := fits(p, v); err != nil {
		return nil, err
	}
	if len(p) == 0 {
		return v.(map[string]any), nil
	}
	parent, token := p[:len(p)-1], p[len(p)-1]
	held, _, _ := parent.Get(o)
	switch c := held.(type) {
	case map[string]any:
		return with(o, parent, withMember(c, token, v)), nil
	case []any:
		i, ok := ArrayIndex(token)
		if token == "-" {
			i, ok = len(c), true
		}
		if ok && i <= len(c) {
			return with(o, parent, slices.Concat(c[:i], []any{v}, c[i:])), nil
		}
	}
	return nil, notFound(o, p, "add")
}

// remove removes a member or an entry. The entries behind it move up.
func remove(o Object, p Pointer) (Object, *OperationError) {
	if _, err := find(o, p, "remove"); err != nil {
		return nil, err
	}
	if len(p) == 0 {
		return nil, &OperationError{Reason: "the root cannot be removed; name the keys to remove"}
	}
	parent, token := p[:len(p)-1], p[len(p)-1]
	held, _, _ := parent.Get(o)
	if list, ok := held.([]any); ok {
		i, _ := ArrayIndex(token)
		return with(o, parent, slices.Delete(slices.Clone(list), i, i+1)), nil
	}
	c := maps.Clone(held.(map[string]any))
	delete(c, token)
	return with(o, parent, c), nil
}

// replace replaces an existing value.
func replace(o Object, p Pointer, v any) (Object, *OperationError) {
	if _, err := find(o, p, "replace"); err != nil {
		return nil, err
	}
	if err := fits(p, v); err != nil {
		return nil, err
	}
	return with(o, p, v), nil
}

// fits checks that a value may be at a pointer, whether or not one is there now.
func fits(p Pointer, v any) *OperationError {
	if _, ok := v.(map[string]any); len(p) == 0 && !ok {
		return &OperationError{Reason: "the root must be an object, not " + WithArticle(TypeName(v)) + "; give an object, or a path below the root"}
	}
	if len(p)+height(v) > MaxDepth {
		return &OperationError{Pointer: p.String(), Reason: fmt.Sprintf("the result would be nested deeper than %d levels; nest less", MaxDepth)}
	}
	return nil
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

// with returns o with v at p, where a value exists. Only the objects and lists
// around it are copied.
func with(o Object, p Pointer, v any) Object {
	for len(p) > 0 {
		token := p[len(p)-1]
		p = p[:len(p)-1]
		held, _, _ := p.Get(o)
		if list, ok := held.([]any); ok {
			i, _ := ArrayIndex(token)
			changed := slices.Clone(list)
			changed[i] = v
			v = changed
			continue
		}
		v = withMember(held.(map[string]any), token, v)
	}
	return v.(map[string]any)
}

// withMember returns a copy of o in which the member called name is v.
func withMember(o Object, name string, v any) Object {
	c := make(Object, len(o)+1)
	maps.Copy(c, o)
	c[name] = v
	return c
}
