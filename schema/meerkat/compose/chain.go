package compose

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"realmconf/schema"
	"realmconf/schema/meerkat/realmid"
	"realmconf/schema/tree"
)

// resolveChain returns the realms that a realm inherits from, itself first. The
// messages of its errors are Meerkat's, but for the one about realmid.MaxLength.
func resolveChain(head string, documents map[string]tree.Object) ([]string, error) {
	t := newTopology(documents)
	chain := []string{head}
	for realm := head; ; {
		parent, hasParent := t.parents[realm]
		refuse := func(advice, format string, args ...any) ([]string, error) {
			return nil, &schema.CompositionError{
				Realm: t.declaredBy[realm], Path: tree.Pointer{realmsKey, realm, "parent"}.String(),
				Message: fmt.Sprintf(format, args...), Advice: advice,
			}
		}
		switch {
		case len(chain) > realmid.MaxChain:
			return nil, &schema.CompositionError{Realm: head, Path: tree.Pointer{realmsKey, head, "parent"}.String(),
				Message: fmt.Sprintf("realm parent chain from '%s' exceeds max depth %d", head, realmid.MaxChain),
				Advice:  "give one of its realms a parent nearer to the root"}
		case realm == realmid.Global && hasParent:
			return refuse("remove the key parent there", "the reserved 'global' realm (via 'global') must not declare a parent")
		case !hasParent:
			if realm != realmid.Global && t.isConfigured[realmid.Global] && !slices.Contains(chain, realmid.Global) {
				chain = append(chain, realmid.Global)
			}
			return chain, nil
		case len(parent) > realmid.MaxLength:
			return refuse("name another parent there", "realm '%s' names a parent with an id of %d bytes, and %d is the most", realm, len(parent), realmid.MaxLength)
		case parent == realmid.EnvDefault:
			return refuse("name another parent there", "realm '%s' names the reserved env_default slug as its parent", realm)
		case parent != realmid.Global && !t.isConfigured[parent]:
			advice := fmt.Sprintf("add a table [realm.%s] to the config.toml of %[1]s, or name another parent", parent)
			return refuse(advice, "realm '%s' names parent '%s' which is not configured", realm, parent)
		case slices.Contains(chain, parent):
			return refuse("name another parent in one of them", "realm parent chain has a cycle: %s", strings.Join(append(chain, parent), " -> "))
		}
		chain = append(chain, parent)
		realm = parent
	}
}

// topology is everything that the documents say of realms. A section in any
// document counts, whatever realm it is about.
type topology struct {
	isConfigured map[string]bool   // there is a section of this realm
	parents      map[string]string // of the realms that have one
	declaredBy   map[string]string // the realm whose document has the section that counts
}

// newTopology reads the sections of all documents in the order of the ids of
// their realms: of two sections of one realm, the later one counts.
func newTopology(documents map[string]tree.Object) topology {
	t := topology{map[string]bool{}, map[string]string{}, map[string]string{}}
	for _, id := range slices.Sorted(maps.Keys(documents)) {
		sections, _ := documents[id][realmsKey].(map[string]any)
		for realm := range sections {
			t.isConfigured[realm], t.declaredBy[realm] = true, id
			delete(t.parents, realm)
			if parent, ok := parentOf(documents[id], realm); ok {
				t.parents[realm] = parent
			}
		}
	}
	return t
}
