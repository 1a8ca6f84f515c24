package tools

import (
	"fmt"
	"maps"
	"slices"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// bareForm returns a function that accepts the parameters of a write in two
// forms. Parameters with one of the members are wrapped, and stay as they are.
// In the bare form every parameter is a section, and the whole becomes the value
// of the first member. A mixture of the two is refused: to guess would lose
// either the condition of the write or its content.
func bareForm(o *Operation, members []string, model Model) func(tree.Object) (tree.Object, error) {
	member := members[0]
	return func(params tree.Object) (tree.Object, error) {
		if slices.ContainsFunc(members, func(m string) bool { _, exists := params[m]; return exists }) {
			return params, nil
		}
		if len(params) == 0 {
			return nil, o.input.missing(o.Method(), member)
		}
		roots := model.Roots()
		for _, name := range slices.Sorted(maps.Keys(params)) {
			if slices.Contains(roots, name) {
				continue
			}
			if _, isParameter := o.input.parameters().properties[name]; isParameter {
				return nil, fault.New(fault.InvalidParams,
					"%q is given without %s: put the configuration's sections into %s; nothing was done", name, member, member).
					With("path", tree.Pointer{name}.String())
			}
			return nil, fault.New(fault.InvalidParams,
				"%q is neither a parameter of %s nor a section of the configuration%s; nothing was done",
				name, o.Method(), didYouMean(name, append(slices.Clone(o.input.parameters().names), roots...))).
				With("path", tree.Pointer{name}.String())
		}
		return tree.Object{member: params}, nil
	}
}

func didYouMean(name string, candidates []string) string {
	nearest, ok := tree.Nearest(name, candidates)
	if !ok {
		return ""
	}
	return fmt.Sprintf(": did you mean %q?", nearest)
}
