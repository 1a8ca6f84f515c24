package policy

import (
	"slices"

	"realmconf/runtime"
	"realmconf/schema/tree"
)

// operationDrops returns what the operations of a JSON Patch overwrite without
// naming it. A remove and a move name what goes; an add, a replace and a copy do
// not. The operations are done one by one, because the pointer of each refers to
// the result of those before it. A default that is not stored is no loss.
func operationDrops(model Model, call Call, c *runtime.Comparison) ([]drop, error) {
	f := dropFinder{
		model: model, allowed: call.AllowDrop, shown: c.Before.Shown(),
		isNamed: func(tree.Pointer) bool { return false },
		matters: func(p tree.Pointer, v any) bool {
			_, _, stored := p.Get(c.Before.Stored())
			return stored || differsFromDefault(model, p, v)
		},
	}
	before := c.Before.Shown()
	for i, op := range call.Operations {
		if op.Op == "test" {
			continue // it has passed; with the token of an earlier generation it would not pass here
		}
		after, err := tree.Apply(before, call.Operations[i:i+1])
		if err != nil {
			return nil, err // unexpected: the runtime has applied the same operations
		}
		f.addOverwritten(op, before, after)
		before = after
	}
	return f.found, nil
}

// differsFromDefault reports whether a resolved value has more than defaults in
// it.
func differsFromDefault(model Model, p tree.Pointer, v any) bool {
	if d, ok := model.Default(p); ok && tree.Equal(v, d) {
		return false
	}
	switch v := v.(type) {
	case nil:
		return false
	case map[string]any:
		for name, member := range v {
			if differsFromDefault(model, p.Child(name), member) {
				return true
			}
		}
		return false
	case []any:
		return len(v) > 0
	}
	return true
}

// addOverwritten adds what one operation overwrites at its path. Its order of
// checks:
//
//  1. A remove names what goes. Where nothing was before, nothing is lost.
//  2. An add, a move and a copy to a list's index insert an entry: the one that
//     was there moves up. Only a replace overwrites an entry; the old entry's
//     identity may then be gone from the whole list, which compare would take
//     for one changed member.
//  3. A null that is copied or moved deletes the value at the path. The call
//     shows no null at this path, so the value is not named.
//  4. Inside the value, whatever the old one has and the new one lacks.
func (f *dropFinder) addOverwritten(op tree.Operation, before, after tree.Object) {
	old, _, exists := op.Path.Get(before)
	if op.Op == "remove" || !exists {
		return
	}
	if isEntry(before, op.Path) {
		if op.Op != "replace" {
			return
		}
		f.addLostIdentity(op.Path, old, after)
	}
	new, _, _ := op.Path.Get(after)
	if isNullFromElsewhere(op, new) && f.matters(op.Path, old) {
		f.add(op.Path, "")
	}
	f.base = op.Path
	f.compare(old, new)
}

// isEntry reports whether a place is in a list.
func isEntry(o tree.Object, p tree.Pointer) bool {
	if len(p) == 0 {
		return false
	}
	_, _, inList := splitEntry(o, p)
	return inList
}

func isNullFromElsewhere(op tree.Operation, value any) bool {
	return value == nil && (op.Op == "copy" || op.Op == "move")
}

// addLostIdentity adds the list's entry old, which has been overwritten at p,
// unless an entry of the new list has its identity.
func (f *dropFinder) addLostIdentity(p tree.Pointer, old any, after tree.Object) {
	list := p[:len(p)-1]
	key := f.model.Key(list)
	entry, _ := old.(map[string]any)
	identity, _ := entry[key].(string)
	if key == "" || identity == "" {
		return
	}
	value, _, _ := list.Get(after)
	entries, _ := value.([]any)
	isSame := func(e any) bool {
		o, _ := e.(map[string]any)
		return o[key] == any(identity)
	}
	if !slices.ContainsFunc(entries, isSame) {
		f.add(list, identity)
	}
}
