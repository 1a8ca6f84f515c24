package tools

import (
	"slices"
	"strings"

	"realmconf/runtime/store"
	"realmconf/schema/tree"
)

// Name is the last word of a method's name, and of a tool's.
type Name string

// The operations. Each is a method, a tool, and most are a command as well.
const (
	Get      Name = "get"
	Schema   Name = "schema"
	Patch    Name = Name(store.Patch) // the history has the same names of writes
	Set      Name = Name(store.Set)
	History  Name = "history"
	Diff     Name = "diff"
	Revert   Name = Name(store.Revert)
	Rollback Name = Name(store.Rollback)
)

// Methods that are no operations, because they need a connection that stays
// open.
const (
	Watch   Name = "watch"
	Unwatch Name = "unwatch"
	Changed Name = "changed" // the notification
)

// What the names of all methods, and of all tools, begin with.
const (
	MethodPrefix = "config/"
	ToolPrefix   = "config_" // without a slash: hosts refuse one
)

// Method returns the name of the JSON-RPC method.
func (n Name) Method() string { return MethodPrefix + string(n) }

// Tool returns the name of the MCP tool.
func (n Name) Tool() string { return ToolPrefix + string(n) }

// Writes reports whether the operation may change the configuration.
func (n Name) Writes() bool { return n == Set || n == Patch || n == Revert || n == Rollback }

// NearestName returns the method or tool of which name is probably a
// misspelling. The common prefix does not count as similar: the rest must be
// near, too. A write is suggested only for a name with the same first letter:
// watch is one letter from patch, and a client that wants to read must not be
// led to a write.
func NearestName(name string, known []string) (string, bool) {
	candidates := slices.DeleteFunc(slices.Clone(known), func(candidate string) bool {
		v := verb(candidate)
		return Name(v).Writes() && !strings.HasPrefix(verb(name), v[:1])
	})
	nearest, ok := tree.Nearest(name, candidates)
	if !ok {
		return "", false
	}
	if given := verb(name); given != name && given != verb(nearest) {
		_, ok = tree.Nearest(given, []string{verb(nearest)})
	}
	return nearest, ok
}

// verb returns a method's or a tool's name without its prefix.
func verb(name string) string { return name[strings.LastIndexAny(name, "/_.-")+1:] }
