package compose

import (
	"realmconf/schema/meerkat/realmid"
	"realmconf/schema/tree"
)

// maxFetches is how many realms are looked for along the parents. It is more
// than a chain may have, so that a chain that is too long is seen as one.
const maxFetches = realmid.MaxChain + 4

// discover fetches the document of a realm, of its parent, of that one's parent
// and so on, and last that of global. Each document names the parent of its own
// realm only: what it says of other realms is not followed here. A realm without
// a document is not in the result.
func discover(head string, fetch func(id string) (tree.Object, error)) (map[string]tree.Object, error) {
	documents, fetched := map[string]tree.Object{}, map[string]bool{}
	get := func(id string) error {
		fetched[id] = true
		document, err := fetch(id)
		if document != nil {
			documents[id] = document
		}
		return err
	}
	for id, known := head, true; known && !fetched[id] && len(fetched) < maxFetches; {
		if err := get(id); err != nil {
			return nil, err
		}
		id, known = parentOf(documents[id], id)
	}
	if !fetched[realmid.Global] {
		if err := get(realmid.Global); err != nil {
			return nil, err
		}
	}
	return documents, nil
}

// parentOf returns the parent that a document gives a realm.
func parentOf(document tree.Object, id string) (string, bool) {
	v, _, _ := tree.Pointer{realmsKey, id, "parent"}.Get(document)
	parent, ok := v.(string)
	return parent, ok
}
