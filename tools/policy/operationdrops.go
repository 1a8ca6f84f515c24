package policy

import (
	"context"

	"realmconf/runtime"
	"realmconf/schema/tree"
)

// operationDrops returns what the operations of a JSON Patch overwrite without
// naming it. A remove and a move name what goes; an add, a replace and a copy do
// not. The operations are done one by one, because the pointer of each refers to
// the result of those before it. A default that is not stored is no loss.
func operationDrops(ctx context.Context, model Model, call Call, c *runtime.Comparison) ([]drop, error) {
	f := newDropFinder(model, call, c.Before.Shown())
	f.isNamed = func(tree.Pointer) bool { return false }
	f.matters = func(p tree.Pointer, v any) bool {
		_, _, stored := p.Get(c.Before.Stored())
		return stored || differsFromDefault(model, p, v)
	}
	patcher := tree.NewPatcher(c.Before.Shown())
	replaced := replacedEntries{model: model}
	for _, op := range call.Operations {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if op.Op == "test" {
			continue // it has passed; with the token of an earlier generation it would not pass here
		}
		op = runtime.NamesAsShown(model, op, c.Before)
		replaced.addLost(f, op, patcher.Object())
		old, overwrites := overwritten(op, patcher.Object())
		patcher.Keep(old)
		if err := patcher.Apply(op); err != nil {
			return nil, err // unexpected: the runtime has applied the same operations
		}
		if overwrites {
			f.addOverwritten(op, old, patcher.Object())
			replaced.add(op.Path, old, patcher.Object())
		}
	}
	replaced.addAllLost(f, patcher.Object())
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

// overwritten returns the value that an operation is about to overwrite at its
// path, and whether it overwrites one. A remove names what goes. An add, a move
// and a copy to a list's index insert an entry: the one that was there moves up.
// Only a replace overwrites an entry.
func overwritten(op tree.Operation, before tree.Object) (old any, overwrites bool) {
	old, _, exists := op.Path.Get(before)
	if op.Op == "remove" || !exists || op.Op != "replace" && isEntry(before, op.Path) {
		return nil, false
	}
	return old, true
}

// addOverwritten adds what one operation overwrites at its path:
//
//  1. A null that is copied or moved deletes the value at the path. The call
//     shows no null at this path, so the value is not named.
//  2. Inside the value, whatever the old one has and the new one lacks.
//
// An entry of a list that is overwritten whole is one for replacedEntries.
func (f *dropFinder) addOverwritten(op tree.Operation, old any, after tree.Object) {
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
