package tools

import (
	"fmt"
	"maps"
	"slices"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// bareForm reads the parameters of a write that may also be the configuration,
// or the patch, itself. Parameters that have one of the members are wrapped.
// Otherwise every member must be a section, and the whole becomes the first of
// the members; a mixture of the two is refused, since guessing would drop either
// the condition or the content.
func bareForm(o *Operation, members []string, model Model) func(tree.Object) (tree.Object, error) {
	member := members[0]
	return func(params tree.Object) (tree.Object, error) {
		if slices.ContainsFunc(members, func(m string) bool { _, wrapped := params[m]; return wrapped }) {
			return params, nil
		}
		if len(params) == 0 {
			return nil, o.signature.missing(o.Method(), member)
		}
		roots := model.Roots()
		for _, name := range slices.Sorted(maps.Keys(params)) {
			if slices.Contains(roots, name) {
				continue
			}
			if _, isParameter := o.signature.parameters().properties[name]; isParameter {
				return nil, fault.New(fault.InvalidParams,
					"%q is given without %s: put the configuration's sections into %s; nothing was done", name, member, member).
					With("path", tree.Pointer{name}.String())
			}
			return nil, fault.New(fault.InvalidParams,
				"%q is neither a parameter of %s nor a section of the configuration%s; nothing was done",
				name, o.Method(), didYouMean(name, append(slices.Clone(o.signature.parameters().names), roots...))).
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
