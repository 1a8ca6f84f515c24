package tools

import (
	"slices"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// operations reads the parameter of that name.
func operations(params tree.Object) ([]tree.Operation, error) {
	list, _ := params["operations"].([]any)
	ops, err := tree.ParseOperations(list)
	if err != nil {
		return nil, fault.New(fault.InvalidParams, "%v; nothing was written", err).With("path", "/operations")
	}
	return ops, nil
}

// operationLosses finds what operations put something else over: a remove and a
// move say what goes, an add, a replace and a copy do not. Pointers count as
// they do in the operation, on what those before it have left. A default that
// nobody wrote down is no loss.
func operationLosses(model Model, params tree.Object, c *runtime.Comparison) ([]drop, error) {
	allowed, err := pointers(params, "allow_drop")
	if err != nil {
		return nil, err
	}
	ops, err := operations(params)
	if err != nil {
		return nil, err
	}
	l := losses{
		model: model, allowed: allowed, shown: c.Before.Shown(),
		named: func(tree.Pointer) bool { return false },
		matters: func(p tree.Pointer, v any) bool {
			_, _, stored := p.Get(c.Before.Stored())
			return stored || says(model, p, v)
		},
	}
	state := c.Before.Shown()
	for i, op := range ops {
		if op.Op == "test" {
			continue // it has passed, maybe by the token of an earlier generation
		}
		next, err := tree.Apply(state, ops[i:i+1])
		if err != nil {
			return nil, err // although it was carried out before, on the same configuration
		}
		l.covered(op, state, next)
		state = next
	}
	return l.found, nil
}

// says reports whether a value in the resolved view is more than a default.
func says(model Model, p tree.Pointer, v any) bool {
	if otherwise, ok := model.Default(p); ok && tree.Equal(v, otherwise) {
		return false
	}
	switch v := v.(type) {
	case nil:
		return false
	case map[string]any:
		for name, member := range v {
			if says(model, p.Child(name), member) {
				return true
			}
		}
		return false
	case []any:
		return len(v) > 0
	}
	return true
}

// covered looks at what one operation puts something else over.
func (l *losses) covered(op tree.Operation, before, after tree.Object) {
	if op.Op == "remove" || op.Op == "test" {
		return
	}
	old, _, there := op.Path.Get(before)
	if !there {
		return
	}
	if len(op.Path) > 0 {
		parent := op.Path[:len(op.Path)-1]
		list, _, _ := parent.Get(before)
		if _, isList := list.([]any); isList && op.Op != "replace" {
			return // it goes between the others
		}
		l.identity(op.Path, old, after)
	}
	new, _, _ := op.Path.Get(after)
	if new == nil && (op.Op == "copy" || op.Op == "move") && l.matters(op.Path, old) {
		l.lose(op.Path, "") // the null that says so stands elsewhere
	}
	l.base = op.Path
	l.between(old, new)
}

// identity finds a list's entry that another one stands for now.
func (l *losses) identity(p tree.Pointer, old any, after tree.Object) {
	parent := p[:len(p)-1]
	key := l.model.Key(parent)
	was, _ := old.(map[string]any)
	name, _ := was[key].(string)
	if key == "" || name == "" {
		return
	}
	list, _, _ := parent.Get(after)
	entries, _ := list.([]any)
	if !slices.ContainsFunc(entries, func(e any) bool {
		o, _ := e.(map[string]any)
		return o[key] == any(name)
	}) {
		l.lose(parent, name)
	}
}
