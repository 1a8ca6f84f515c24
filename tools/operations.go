package tools

import (
	"sync"

	"realmconf/runtime"
	"realmconf/schema"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// Model is the schema of a configuration. *schema.Model implements it.
type Model interface {
	policy.Model

	// Roots returns the names of the sections, sorted.
	Roots() []string
	// Describe returns the schema at p, its children in short; false if there
	// can be no value.
	Describe(p tree.Pointer) (tree.Object, bool)
	// DescribePage is Describe for several levels, in parts if it is long.
	DescribePage(p tree.Pointer, depth, offset int) (schema.DescriptionPage, bool)
	// Search returns the places that a query in words is about, the best first, and
	// the number of further ones.
	Search(query string) (places []schema.SearchResult, more int)
	// Children returns the names that there may be under p, sorted.
	Children(p tree.Pointer) []string
	// JSON returns the schema itself.
	JSON() []byte
}

// Operations has all operations on one configuration.
type Operations struct {
	words     words
	all       func() []*Operation
	find      func(Name) *Operation
	resources *Resources
}

// New returns the operations on a realm's configuration. Their writes follow the
// policy.
func New(rt *runtime.Runtime, model Model, p policy.Policy) *Operations {
	return NewFor(Subject{}, rt, model, p)
}

// NewFor is New with texts for clients that are about a subject.
func NewFor(about Subject, rt *runtime.Runtime, model Model, p policy.Policy) *Operations {
	w := about.words()
	find := func(name Name) *Operation {
		var o *Operation
		switch name {
		case Get:
			o = newGet(rt, model, w)
		case Schema:
			o = newSchema(rt, model, w)
		case Patch:
			o = newPatch(rt, model, p, w)
		case Set:
			o = newSet(rt, model, p, w)
		case History:
			o = newHistory(rt, w)
		case Diff:
			o = newDiff(rt)
		case Revert:
			o = newRevert(rt, model, p, w)
		case Rollback:
			o = newRollback(rt, model, p, w)
		default:
			return nil
		}
		o.input = newInputSchema(o)
		return o
	}
	all := func() []*Operation {
		var list []*Operation
		for _, name := range []Name{Get, Schema, Patch, Set, History, Diff, Revert, Rollback} {
			list = append(list, find(name))
		}
		return list
	}
	return &Operations{words: w, all: sync.OnceValue(all), find: find, resources: &Resources{rt: rt, model: model, words: w}}
}

// Resources returns the same configuration as documents to be read and watched.
func (s *Operations) Resources() *Resources { return s.resources }

// All returns the operations in the order in which clients list them. The order
// does not change.
func (s *Operations) All() []*Operation { return s.all() }

// Find returns an operation by its name, or nil. It makes only this one, for a command
// that needs no other.
func (s *Operations) Find(name Name) *Operation { return s.find(name) }

// Title names the configuration for people.
func (s *Operations) Title() string { return s.words.title }

// Instructions tells a model how the operations belong together. It is short
// enough for every host.
func (s *Operations) Instructions() string {
	w := s.words
	return w.opening + ` with a generation number that grows with every change.

To change something:
1. config_get with path (for example ` + w.path + `) gives the values and the generation.
2. config_patch with only the keys to change, and expected_generation set to that generation. Comments and everything else in ` + w.document + ` stay. null returns a key to its default. For entries of lists use operations, by index` + w.entriesRead + `.
3. generation_conflict: somebody was first. The error has their changes; overlaps lists what you both touch. If it is empty, repeat with the current generation; otherwise decide whether your change still makes sense. if_overlap "refuse" repeats for you if nothing overlaps.
4. invalid_config: nothing was written. Each issue has a path, what was expected and often the nearest valid name; correct and repeat.
5. would_drop: your call would lose what it does not name. Use operations; allow_drop only for what your user wants gone.
6. approval_required: tell your user what you want and why. Do not look for another way to the same effect.

dry_run shows what a write would do. config_schema with query ` + w.pick(`("web search")`, w.search) + ` finds keys, with path it tells which there are: use it before writing a key you have not seen. config_history and config_diff show past changes. To undo, config_revert takes back one generation and keeps what came later; config_rollback returns to a generation, and everything since goes. config_set is only for rewriting everything.
Secrets appear as tokens (realmconf-secret:...). Leave them where they are; they cannot be read or moved elsewhere.
If ` + w.document + ` is broken (corrupt_config), tell your user, who can repair it with realmconf edit. With their yes, config_rollback to last_good_generation.
` + w.only + w.risk + `.`
}
