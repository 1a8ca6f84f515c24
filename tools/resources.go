package tools

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
)

// The resources' URIs and templates.
const (
	uriConfig         = "realmconf://config"
	uriSchema         = "realmconf://schema"
	uriEffective      = "realmconf://effective"
	uriHistory        = "realmconf://history/"
	templateConfig    = "realmconf://config/{+path}"
	templateEffective = "realmconf://effective/{+path}"
	templateHistory   = "realmconf://history/{generation}"

	typeJSON       = "application/json"
	typeJSONSchema = "application/schema+json"
)

// Resources is the configuration as documents, which an MCP host can show to a
// model, or an editor open, without a tool call.
type Resources struct {
	rt    *runtime.Runtime
	model Model
	words words
}

// Resource describes one document, or a template of many.
type Resource struct {
	URI         string // of a template: a URI template (RFC 6570)
	Name        string
	Title       string
	Description string
	MIMEType    string
}

// Document is the content of a resource.
type Document struct {
	MIMEType   string
	Text       string
	Versioned  bool // Generation is set: the document is not the schema
	Generation uint64
	Paths      *store.ResolvedPaths // nil unless paths are shown
}

// List returns the documents that always exist.
func (r *Resources) List() []Resource {
	whole := Resource{uriConfig, "config", r.words.title, "The whole configuration as JSON, defaults filled in.", typeJSON}
	schema := Resource{uriSchema, "schema", "Configuration schema", "The JSON Schema of the configuration: every key with its type, meaning and default.", typeJSONSchema}
	if !r.words.inherits {
		return []Resource{whole, schema}
	}
	return []Resource{
		whole,
		{uriEffective, "effective", "Effective configuration", "What agents run with: inherited values too, and from which realm each comes.", typeJSON},
		schema,
	}
}

// Templates returns the templates of all other documents.
func (r *Resources) Templates() []Resource {
	part := Resource{templateConfig, "config-part", "Part of the configuration", "One value of the configuration, defaults filled in: path is a JSON Pointer without its first slash, like " + r.words.pick("agent/model", "tool/name") + ".", typeJSON}
	earlier := Resource{templateHistory, "history-entry", "Earlier generation", "What the configuration was at a generation, who made it and why.", typeJSON}
	if !r.words.inherits {
		return []Resource{part, earlier}
	}
	return []Resource{
		part,
		{templateEffective, "effective-part", "Part of the effective configuration", "One value that agents run with, and from which realm it comes: path as for config-part.", typeJSON},
		earlier,
	}
}

// Read reads a document. An unknown URI is a not_found fault.
func (r *Resources) Read(ctx context.Context, caller Caller, uri string) (*Document, error) {
	if path, ok := r.EffectiveTarget(uri); ok {
		return r.readEffective(ctx, caller, path)
	}
	switch path, isConfig := pathOf(uri, uriConfig); {
	case isConfig:
		return r.readConfig(ctx, caller, path)
	case uri == uriSchema:
		return &Document{MIMEType: typeJSONSchema, Text: string(r.model.JSON())}, nil
	case strings.HasPrefix(uri, uriHistory):
		return r.readHistory(ctx, uri[len(uriHistory):])
	}
	known := []string{uriConfig, templateConfig, uriEffective, templateEffective, uriSchema, templateHistory}
	if !r.words.inherits {
		known = []string{uriConfig, templateConfig, uriSchema, templateHistory}
	}
	return nil, fault.New(fault.NotFound, "no such resource: there are %s", tree.JoinWords(known, "and", len(known)))
}

// EffectiveTarget returns the part of what agents run with that a resource shows.
// ok is false if it is another resource.
func (r *Resources) EffectiveTarget(uri string) (part tree.Pointer, ok bool) {
	if !r.words.inherits {
		return nil, false
	}
	return pathOf(uri, uriEffective)
}

// WatchTarget returns the part of the configuration that a resource shows. A
// resource that never changes can be watched, too: changes is false then, as for
// what EffectiveTarget knows. ok is false if there is no such resource.
func (r *Resources) WatchTarget(uri string) (part tree.Pointer, changes, ok bool) {
	if path, ok := r.EffectiveTarget(uri); ok {
		return path, false, true
	}
	if path, ok := pathOf(uri, uriConfig); ok {
		return path, true, true
	}
	_, err := generation(strings.TrimPrefix(uri, uriHistory))
	return nil, false, uri == uriSchema || strings.HasPrefix(uri, uriHistory) && err == nil
}

// pathOf parses the URI of a configuration, which is whole, or that of a part of
// it. The path is percent-encoded where a URI needs it. The configuration's own URI
// may end with a slash, which a template with an empty path makes.
func pathOf(uri, whole string) (tree.Pointer, bool) {
	rest, ok := strings.CutPrefix(uri, whole)
	if !ok || rest != "" && rest[0] != '/' || strings.ContainsAny(rest, "?#") {
		return nil, false
	}
	if rest == "/" {
		rest = ""
	}
	text, err := url.PathUnescape(rest)
	if err != nil {
		return nil, false
	}
	path, err := tree.ParsePointer(text)
	return path, err == nil && utf8.ValidString(text)
}

func (r *Resources) readConfig(ctx context.Context, caller Caller, path tree.Pointer) (*Document, error) {
	snapshot, err := r.rt.Get(ctx)
	if err != nil {
		return nil, err
	}
	doc := &Document{MIMEType: typeJSON, Versioned: true, Generation: snapshot.Version.Generation}
	if caller.PathVisibility == runtime.ShowPaths {
		doc.Paths = snapshot.Metadata.Paths
	}
	if len(path) == 0 {
		doc.Text = string(snapshot.ShownJSON())
		return doc, nil
	}
	value, depth, ok := path.Get(snapshot.Shown())
	if !ok {
		return nil, notFound(path, depth, snapshot.Shown(), r.model)
	}
	doc.Text = string(tree.Append(nil, value))
	return doc, nil
}

// readEffective reads what agents run with, as config/get replies.
func (r *Resources) readEffective(ctx context.Context, caller Caller, path tree.Pointer) (*Document, error) {
	e, err := r.rt.Effective(ctx)
	if err != nil {
		return nil, err
	}
	params := tree.Object{}
	if len(path) > 0 {
		params["path"] = path.String()
	}
	reply, err := effectiveReply(e, r.model, caller, params, path)
	if err != nil {
		return nil, err
	}
	return &Document{MIMEType: typeJSON, Text: string(tree.Append(nil, reply)), Versioned: true, Generation: e.Version.Generation}, nil
}

// readHistory reads a generation and its configuration. A text that is not TOML
// is not shown, because nothing tells where it has secrets.
func (r *Resources) readHistory(ctx context.Context, number string) (*Document, error) {
	n, err := generation(number)
	if err != nil {
		return nil, err
	}
	revision, err := r.rt.Revision(ctx, n)
	if err != nil {
		return nil, err
	}
	entry := historyRecord(&revision.Record, revision.IsApprovalUnproven)
	if entry["valid"] = revision.Snapshot != nil; revision.Snapshot != nil {
		entry["config"] = revision.Snapshot.ShownJSON()
	} else {
		entry["line"], entry["column"], entry["note"] = revision.Syntax.Line, revision.Syntax.Column,
			"the text was not TOML at this generation, and is not shown"
	}
	return &Document{MIMEType: typeJSON, Text: string(tree.Append(nil, entry)), Versioned: true, Generation: n}, nil
}

// generation parses the number in a URI. There is one spelling of each number.
func generation(text string) (uint64, error) {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || text != strconv.FormatUint(n, 10) {
		return 0, fault.New(fault.NotFound, "a generation is a number without a sign or leading zeros: take one from a read, or complete the template's generation")
	}
	return n, nil
}
