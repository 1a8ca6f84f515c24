package tools

import (
	"slices"
	"strings"

	"realmconf/schema/tree"
)

// Meant is the name of an operation, as a method or a tool, that somebody who
// wrote another one probably meant. What all names begin with says nothing: the
// rest must be near, too. It is that of a write only if the name begins like it:
// watch is one letter from patch, and whoever wants to read must not be led to a
// write.
func Meant(name string, known []string) (string, bool) {
	candidates := slices.DeleteFunc(slices.Clone(known), func(candidate string) bool {
		v := verb(candidate)
		return isWrite(v) && !strings.HasPrefix(verb(name), v[:1])
	})
	meant, ok := tree.Nearest(name, candidates)
	if !ok {
		return "", false
	}
	if said := verb(name); said != name && said != verb(meant) {
		_, ok = tree.Nearest(said, []string{verb(meant)})
	}
	return meant, ok
}

// verb is a method's or a tool's name without what stands before its operation's.
func verb(name string) string { return name[strings.LastIndexAny(name, "/_.-")+1:] }

// isWrite reports whether an operation of that name writes.
func isWrite(operation string) bool {
	return operation == "set" || operation == "patch" || operation == "rollback"
}
