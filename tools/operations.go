package tools

import (
	"realmconf.io/realmconf/runtime"
	"realmconf.io/realmconf/schema/tree"
)

// Model is what the operations' texts are made from: the names that a
// configuration may hold. *schema.Model is one.
type Model interface {
	// Roots are the names of the sections, sorted.
	Roots() []string
	// Describe is the schema at p, its children in short; false where nothing
	// may stand.
	Describe(p tree.Pointer) (tree.Object, bool)
	// Children are the names that may stand under p, sorted.
	Children(p tree.Pointer) []string
	// JSON is the schema itself.
	JSON() []byte
}

// Operations is all operations on one configuration, in the order in which they are
// shown.
type Operations struct {
	list      []*Operation
	resources *Resources
}

// New makes the operations over a runtime.
func New(rt *runtime.Runtime, model Model) *Operations {
	return &Operations{resources: &Resources{rt: rt, model: model}, list: []*Operation{
		newGet(rt, model),
		newSchema(model),
		newPatch(rt, model),
		newSet(rt, model),
	}}
}

// Resources are the same configuration as documents to be read and watched.
func (s *Operations) Resources() *Resources { return s.resources }

// All are the operations in their order. The order does not change.
func (s *Operations) All() []*Operation { return s.list }

// Instructions tell a model how the operations belong together. They are short
// enough for every host.
func (s *Operations) Instructions() string {
	return `This server holds one agent platform configuration ("realm config"), stored as config.toml with a generation number that grows with every change.

To change something:
1. config_get with path (for example /agent) returns the values and the generation.
2. config_patch with only the keys to change and expected_generation set to that generation. Comments and everything else in the file stay as they are. null returns a key to its default.
3. If the answer is generation_conflict, somebody changed the configuration meanwhile. Read again, and repeat with the current generation if your change still makes sense.
4. If the answer is invalid_config, nothing was written. Each issue has a path, what was expected and often the nearest valid name; correct the patch and repeat.

config_schema tells which keys there are under a path, what they mean and what they may be: use it before writing a key you have not seen.
Use config_set only to rewrite the whole configuration: what it leaves out returns to its default.
Never edit config.toml with a file tool while this server is there: your edit would not be checked, and could be lost.`
}
