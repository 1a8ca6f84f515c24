package jsonschema

import (
	"fmt"
	"net/url"
	"path"
	"reflect"
	"slices"
	"strings"

	"realmconf/schema/tree"
)

// resource is a schema that has an address of its own: a file, or a schema object with
// $id.
type resource struct {
	address string // absolute, without fragment
	root    any    // nil if only schemas with names in it are known
	draft   draft
	file    string       // relative to the directory of the first document; "" for that one
	at      tree.Pointer // of root in the file
	isLost  bool         // it was not found: every value is valid there

	anchors  map[string]namedSchema
	dynamics map[string]tree.Object // of $dynamicAnchor
}

// namedSchema is a schema object that has a name.
type namedSchema struct {
	object tree.Object
	at     tree.Pointer // in the file
}

// place returns a place in a file as errors name it: that in the first document, or in the
// other file, whose name is the first token.
func (r *resource) place(at tree.Pointer) tree.Pointer {
	if r.file == "" {
		return at
	}
	return append(tree.Pointer{r.file}, at...)
}

// rootAddress is the address of a document that gives itself none. The path is that of
// the directory in which references to files are looked up.
const rootAddress = "file:///"

// resources has the resources of all documents that were read.
type resources struct {
	options   Options
	byAddress map[string]*resource
	around    map[uintptr]*resource // of each schema object, by the identity of its map
	lost      []*Error              // the references to what is not there
	size      int                   // bytes that were read
	files     int
}

// identity returns a number that no other object has as long as this one is in memory.
func identity(o tree.Object) uintptr { return reflect.ValueOf(o).Pointer() }

// addDocument adds a document, whose address is that of the place where it was found,
// and all resources in it.
func (rs *resources) addDocument(root any, address, file string, d draft) (*resource, error) {
	o, isObject := root.(map[string]any)
	if dialect, has := o["$schema"].(string); has {
		d = draftOf(dialect)
	}
	r := &resource{address: address, root: root, draft: d, file: file}
	rs.byAddress[address] = r
	if !isObject {
		return r, nil
	}
	in, err := rs.enter(o, r, nil)
	if err != nil {
		return nil, err
	}
	if in.root == nil {
		in.root = o
	}
	rs.byAddress[address] = in // the place where it was found leads to it, too
	return in, rs.index(o, in, nil)
}

// enter returns the resource that a schema object is in, a new one if it has $id.
func (rs *resources) enter(o tree.Object, r *resource, at tree.Pointer) (*resource, error) {
	d := r.draft
	if dialect, has := o["$schema"].(string); has {
		d = draftOf(dialect)
	}
	id, hasID := o[d.idKeyword()].(string)
	if _, isRef := o["$ref"]; isRef && d.refHidesSiblings() {
		hasID = false
	}
	if !hasID || d <= draft7 && strings.HasPrefix(id, "#") {
		return r, nil
	}
	address, err := resolve(r.address, id)
	if err != nil {
		return nil, notUnderstood(at.Child(d.idKeyword()), "it is no address")
	}
	address, fragment, _ := strings.Cut(address, "#")
	inner := &resource{address: address, root: o, draft: d, file: r.file, at: at}
	if d <= draft7 && fragment != "" { // a schema of the resource, not the whole of it
		inner.root = nil
	}
	switch known := rs.byAddress[address]; {
	case known == nil:
		rs.byAddress[address] = inner
	case inner.root == nil:
		return known, nil
	case known.root == nil:
		known.root, known.draft, known.file, known.at = inner.root, inner.draft, inner.file, inner.at
		return known, nil
	}
	return inner, nil
}

// index notes the resource of each schema object below one, and its anchors.
func (rs *resources) index(o tree.Object, r *resource, at tree.Pointer) error {
	rs.around[identity(o)] = r
	r.addAnchors(o, at)
	for keyword, v := range o {
		var err error
		each := func(v any, at tree.Pointer) {
			inner, isObject := v.(map[string]any)
			if !isObject || err != nil {
				return
			}
			var in *resource
			if in, err = rs.enter(inner, r, at); err == nil {
				err = rs.index(inner, in, at)
			}
		}
		forEachSchema(keyword, v, at.Child(keyword), each)
		if err != nil {
			return err
		}
	}
	return nil
}

// forEachSchema calls each for the schemas that are the value of a keyword, or in it.
func forEachSchema(keyword string, v any, at tree.Pointer, each func(v any, at tree.Pointer)) {
	switch keyword {
	case "$defs", "definitions", "properties", "patternProperties", "dependentSchemas", "dependencies":
		members, _ := v.(map[string]any)
		for name, member := range members {
			each(member, at.Child(name))
		}
	case "allOf", "anyOf", "oneOf", "prefixItems", "items":
		if list, isList := v.([]any); isList {
			for i, entry := range list {
				each(entry, at.Index(i))
			}
			return
		}
		each(v, at)
	case "additionalItems", "additionalProperties", "contains", "contentSchema", "else", "if", "not", "propertyNames", "then", "unevaluatedItems", "unevaluatedProperties":
		each(v, at)
	}
}

// addAnchors notes the names by which a schema object may be referred to.
func (r *resource) addAnchors(o tree.Object, at tree.Pointer) {
	if _, isRef := o["$ref"]; isRef && r.draft.refHidesSiblings() {
		return
	}
	add := func(name string) {
		if r.anchors == nil {
			r.anchors = make(map[string]namedSchema)
		}
		r.anchors[name] = namedSchema{o, at}
	}
	if id, _ := o[r.draft.idKeyword()].(string); r.draft <= draft7 {
		if _, name, _ := strings.Cut(id, "#"); name != "" {
			add(name)
		}
	}
	if name, has := o["$anchor"].(string); has && r.draft.has("$anchor") {
		add(name)
	}
	if name, has := o["$dynamicAnchor"].(string); has && r.draft.has("$dynamicAnchor") {
		add(name)
		if r.dynamics == nil {
			r.dynamics = make(map[string]tree.Object)
		}
		r.dynamics[name] = o
	}
}

// resolve returns a reference as an absolute address (RFC 3986, section 5).
func resolve(base, reference string) (string, error) {
	b, err := url.Parse(base)
	if err != nil {
		return "", err
	}
	r, err := url.Parse(reference)
	if err != nil {
		return "", err
	}
	if b.Opaque != "" && !r.IsAbs() && r.Path == "" && r.RawQuery == "" { // urn:…#fragment
		b.Fragment = r.Fragment
		return b.String(), nil
	}
	return b.ResolveReference(r).String(), nil
}

// found is what a reference leads to.
type found struct {
	schema any
	in     *resource
	at     tree.Pointer // the place of the schema
	anchor string       // the name by which it was found, "" if by another way
}

// find returns the schema that a reference leads to.
func (rs *resources) find(from *resource, reference string, at tree.Pointer) (found, error) {
	address, err := resolve(from.address, reference)
	if err != nil {
		return found{}, notUnderstood(at, "it is no address")
	}
	address, fragment, _ := strings.Cut(address, "#")
	if fragment, err = url.PathUnescape(fragment); err != nil {
		return found{}, notUnderstood(at, "it is no address")
	}
	r := rs.byAddress[address]
	if r == nil || r.root == nil && r.anchors[fragment].object == nil {
		if r, err = rs.fetch(from, reference, address, at); err != nil {
			return found{}, err
		}
	}
	if r.isLost {
		return found{true, r, at, ""}, nil
	}
	if fragment != "" && fragment[0] != '/' {
		o, has := r.anchors[fragment]
		if !has {
			return found{}, notUnderstood(at, "nothing in the schema has the anchor "+clip(fragment))
		}
		return found{o.object, r, r.place(o.at), fragment}, nil
	}
	p, err := tree.ParsePointer(fragment)
	if err != nil {
		return found{}, notUnderstood(at, "its fragment is no JSON Pointer")
	}
	to := found{schema: r.root, in: r, at: r.place(slices.Concat(r.at, p))}
	for _, token := range p {
		var ok bool
		if to.schema, _, ok = (tree.Pointer{token}).Get(to.schema); !ok {
			return found{}, notUnderstood(at, "there is nothing at "+clip(reference))
		}
		if o, isObject := to.schema.(map[string]any); isObject {
			if in := rs.around[identity(o)]; in != nil {
				to.in = in
			}
		}
	}
	return to, nil
}

// fetch reads the file that a reference leads to.
func (rs *resources) fetch(from *resource, reference, address string, at tree.Pointer) (*resource, error) {
	if isMetaschema(address) {
		r := &resource{address: address, root: tree.Object{"type": []any{"object", "boolean"}}, draft: draft2020}
		rs.byAddress[address] = r
		return r, nil
	}
	reference, _, _ = strings.Cut(reference, "#")
	u, err := url.Parse(reference)
	if err != nil {
		return nil, notUnderstood(at, "it is no address")
	}
	isRemote := u.IsAbs() || u.Host != ""
	name := path.Join(path.Dir(from.file), u.Path)
	if isRemote {
		name = path.Base(u.Path) // where it is expected to have been saved
	}
	if rs.options.Open == nil {
		return rs.lose(address, at, reference, name, isRemote, "the directory of the schema is not known"), nil
	}
	if name == "." || name == "/" || !isRemote && path.IsAbs(u.Path) || strings.HasPrefix(name, "../") {
		return nil, &Error{At: at, Reason: "it refers to " + clip(reference) + ", which is not in the directory of the schema: save it there and refer to that"}
	}
	if rs.files++; rs.files > MaxFiles {
		return nil, &Error{At: at, Reason: fmt.Sprintf("the schema has more than %d files", MaxFiles)}
	}
	text, err := rs.options.Open(name)
	if err != nil {
		return rs.lose(address, at, reference, name, isRemote, err.Error()), nil
	}
	if rs.size += len(text); rs.size > MaxSize {
		return nil, &Error{At: at, Reason: fmt.Sprintf("the files of the schema have more than %d bytes", MaxSize)}
	}
	root, err := decodeText(text)
	if err != nil {
		return nil, &Error{At: at, Reason: "the file " + clip(name) + " that it refers to is not JSON: " + err.Error()}
	}
	r, err := rs.addDocument(root, address, name, from.draft)
	if err != nil {
		return nil, fmt.Errorf("in the file %s: %w", clip(name), err)
	}
	return r, nil
}

// lose notes that a reference leads to nothing that can be read, and returns a resource
// for it.
func (rs *resources) lose(address string, at tree.Pointer, reference, name string, isRemote bool, why string) *resource {
	reason := "it refers to the file " + clip(name) + ", and " + why
	if strings.HasPrefix(reference, "file:") {
		reason = "it refers to " + clip(reference) + ", and only files in the directory of the schema are read: save that as " + clip(name) + " there, and refer to it by its name"
	} else if isRemote {
		reason = "it refers to " + clip(reference) + ", and nothing is fetched from the network: save that as " + clip(name) + " beside the schema (" + why + ")"
	}
	rs.lost = append(rs.lost, &Error{at, reason, name})
	r := &resource{address: address, root: true, draft: draft2020, isLost: true}
	rs.byAddress[address] = r
	return r
}

// lostError returns one error for all references that lead to nothing, nil if there are
// none.
func (rs *resources) lostError() error {
	if len(rs.lost) == 0 {
		return nil
	}
	lost := rs.sortedLost()
	first := *lost[0]
	var files []string
	for _, e := range lost[1:] {
		files = append(files, clip(e.File))
	}
	if len(files) > 0 {
		const most = 30
		first.Reason += "; also missing: " + tree.JoinWords(files, "and", most)
	}
	return &first
}

// sortedLost returns the errors of the references that lead to nothing, by place.
func (rs *resources) sortedLost() []*Error {
	return slices.SortedFunc(slices.Values(rs.lost), func(a, b *Error) int { return tree.ComparePointers(a.At, b.At) })
}

// isMetaschema reports whether an address is that of the standard's own schemas, for
// which any schema object counts as valid.
func isMetaschema(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host == "json-schema.org" && strings.HasSuffix(u.Path, "/schema")
}

// clip cuts a text of the schema that an error quotes.
func clip(s string) string {
	const most = 200
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
