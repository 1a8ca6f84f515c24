package jsonschema

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"realmconf/schema/tree"
)

// Limits of schemas.
const (
	MaxSize    = 8 << 20 // bytes of all files
	MaxFiles   = 100     // that a schema refers to, each file and those it refers to
	maxSchemas = 200_000

	maxInstructions = 500_000 // of all regular expressions, see ecma.MaxSize
)

// Options are those of Compile.
type Options struct {
	// Open returns the text of a file, whose path is relative to the directory of the
	// schema and does not lead out of it. It is nil if there are no files.
	Open func(name string) ([]byte, error)
	// SkipMissing says that a reference to a file that Open does not return allows any
	// value.
	SkipMissing bool
	// Foreign returns a keyword of a schema object that is not of the standard and has no
	// effect, and why; "" if there is none. It may be nil.
	Foreign func(o tree.Object) (keyword, why string)
}

// Document is a schema with everything that it refers to.
type Document struct {
	Root *Schema
	// Ignored are the parts that have no effect, in words.
	Ignored []string

	schemas   []*Schema
	dynamics  map[string]map[string]*Schema // of $dynamicAnchor, by resource and name
	roots     map[string]*Schema            // of the resources, by address
	isTracked bool                          // some schema looks at what others have evaluated
	isDynamic bool                          // some reference depends on the way to it
}

// compiler makes the schemas of a document. Each schema object is made once.
type compiler struct {
	resources
	doc    *Document
	done   map[uintptr]*Schema // by the identity of the object
	places []tree.Pointer      // of the schemas, by ID

	patterns     map[string]*Pattern // by their texts
	instructions int                 // in them

	pending []unreadSchema
	rare    *Rare // of all schemas that have nothing of it; never changed
	always  *Schema
	never   *Schema
}

// unreadSchema is a schema object that is known and not read yet, so that a long chain of
// references needs no deep recursion.
type unreadSchema struct {
	schema *Schema
	object tree.Object
	in     *resource
	at     tree.Pointer
}

// Compile reads a schema. The error is an *Error, or that of the JSON.
func Compile(text []byte, options Options) (*Document, error) {
	if len(text) > MaxSize {
		return nil, &Error{Reason: fmt.Sprintf("it has %d bytes, and %d is the limit", len(text), MaxSize)}
	}
	root, err := decodeText(text)
	if err != nil {
		return nil, fmt.Errorf("the schema is not JSON: %w", err)
	}
	c := compiler{
		resources: resources{options: options, byAddress: make(map[string]*resource), around: make(map[uintptr]*resource), size: len(text)},
		doc:       &Document{dynamics: make(map[string]map[string]*Schema), roots: make(map[string]*Schema)}, done: make(map[uintptr]*Schema), patterns: make(map[string]*Pattern), rare: new(Rare),
	}
	r, err := c.addDocument(root, rootAddress, "", draft2020)
	if err != nil {
		return nil, err
	}
	if c.doc.Root, err = c.schema(root, r, nil); err != nil {
		return nil, err
	}
	for len(c.pending) > 0 {
		next := c.pending[len(c.pending)-1]
		c.pending = c.pending[:len(c.pending)-1]
		k := keywords{compiler: &c, s: next.schema, o: next.object, in: next.in, at: next.at}
		if k.read(); k.err != nil {
			return nil, k.err
		}
	}
	if err := c.checkChains(); err != nil {
		return nil, err
	}
	c.doc.shortenChains()
	if !options.SkipMissing {
		return c.doc, c.lostError()
	}
	for _, e := range c.sortedLost() {
		c.doc.Ignored = append(c.doc.Ignored, clip(e.At.String())+": "+e.Reason)
	}
	return c.doc, nil
}

// decodeText reads the JSON of a file. Some editors write a byte order mark before it.
func decodeText(text []byte) (any, error) {
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) || bytes.HasPrefix(text, []byte("{\x00")) || bytes.HasPrefix(text, []byte("\x00{")) {
		return nil, errors.New("the text is UTF-16: save it as UTF-8")
	}
	v, err := tree.DecodeUnlimited(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")))
	const most = 16 // keys that lead to a place
	if e := (*tree.DecodeError)(nil); errors.As(err, &e) && len(e.Path) > most {
		short := *e
		short.Path = e.Path[:most].Child("…")
		return nil, &short
	}
	return v, err
}

// schema returns the schema of a schema object or boolean, which is read later.
func (c *compiler) schema(v any, in *resource, at tree.Pointer) (*Schema, error) {
	switch v := v.(type) {
	case bool:
		kept := &c.always
		if !v {
			kept = &c.never
		}
		if *kept == nil {
			*kept = &Schema{ID: len(c.doc.schemas), Never: !v, Rare: c.rare}
			c.doc.schemas = append(c.doc.schemas, *kept)
			c.places = append(c.places, at)
		}
		return *kept, nil
	case map[string]any:
		key := identity(v)
		if s := c.done[key]; s != nil {
			return s, nil
		}
		if len(c.doc.schemas) >= maxSchemas {
			return nil, notUnderstood(at, fmt.Sprintf("there are more than %d schemas in it", maxSchemas))
		}
		if own := c.around[key]; own != nil {
			in = own
		} else { // a place that no keyword of the standard leads to
			var err error
			if in, err = c.enter(v, in, at); err != nil {
				return nil, err
			}
			if err := c.index(v, in, at); err != nil {
				return nil, err
			}
		}
		s := &Schema{ID: len(c.doc.schemas), Source: v, resource: in.address, Rare: c.rare}
		if hasRare(v) {
			s.Rare = new(Rare)
		}
		c.doc.schemas = append(c.doc.schemas, s)
		c.places = append(c.places, at)
		c.done[key] = s
		if r := c.byAddress[in.address]; r != nil && isSame(r.root, v) {
			c.doc.roots[in.address] = s
		}
		c.pending = append(c.pending, unreadSchema{s, v, in, at})
		return s, nil
	}
	return nil, notUnderstood(at, "a schema is an object, true or false")
}

func isSame(root any, o tree.Object) bool {
	r, isObject := root.(map[string]any)
	return isObject && identity(r) == identity(o)
}

// Mentions reports whether some schema has a keyword.
func (d *Document) Mentions(keyword string) bool {
	return slices.ContainsFunc(d.schemas, func(s *Schema) bool { _, has := s.Source[keyword]; return has })
}
