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

// The resources' URIs, and the templates of those that there are many of.
const (
	uriConfig       = "realmconf://config"
	uriSchema       = "realmconf://schema"
	uriHistory      = "realmconf://history/"
	templateConfig  = "realmconf://config/{+path}"
	templateHistory = "realmconf://history/{generation}"

	typeJSON       = "application/json"
	typeJSONSchema = "application/schema+json"
)

// Resources are the configuration as documents: what an MCP host may put before
// a model, or an editor open, without calling anything.
type Resources struct {
	rt    *runtime.Runtime
	model Model
}

// Resource describes one document, or a template of many.
type Resource struct {
	URI         string // of a template: a URI template (RFC 6570)
	Name        string
	Title       string
	Description string
	MIMEType    string
}

// Document is what a resource holds.
type Document struct {
	MIMEType   string
	Text       string
	Versioned  bool // it shows the configuration at Generation; the schema does not
	Generation uint64
	Paths      *store.ResolvedPaths // only under Diagnostic
}

// List returns the documents that are always there.
func (r *Resources) List() []Resource {
	return []Resource{
		{uriConfig, "config", "Realm configuration", "The whole configuration as JSON, defaults filled in.", typeJSON},
		{uriSchema, "schema", "Configuration schema", "The JSON Schema of the configuration: every key with its type, meaning and default.", typeJSONSchema},
	}
}

// Templates are the documents that there are many of.
func (r *Resources) Templates() []Resource {
	return []Resource{
		{templateConfig, "config-part", "Part of the configuration", "One value of the configuration, defaults filled in: path is a JSON Pointer without its first slash, like agent/model.", typeJSON},
		{templateHistory, "history-entry", "Earlier generation", "What the configuration was at a generation, who made it and why.", typeJSON},
	}
}

// Read reads a document. A URI that leads nowhere is a not_found fault.
func (r *Resources) Read(ctx context.Context, caller Caller, uri string) (*Document, error) {
	switch path, isConfig := configPath(uri); {
	case isConfig:
		return r.readConfig(ctx, caller, path)
	case uri == uriSchema:
		return &Document{MIMEType: typeJSONSchema, Text: string(r.model.JSON())}, nil
	case strings.HasPrefix(uri, uriHistory):
		return r.readHistory(ctx, uri[len(uriHistory):])
	}
	return nil, fault.New(fault.NotFound, "no such resource: there are %s, %s, %s and %s", uriConfig, templateConfig, uriSchema, templateHistory)
}

// WatchTarget says which part of the configuration a resource shows, so that a
// change of it can be told. What never changes is watchable, too: it shows no
// part.
func (r *Resources) WatchTarget(uri string) (part tree.Pointer, changes, ok bool) {
	if path, ok := configPath(uri); ok {
		return path, true, true
	}
	_, err := generation(strings.TrimPrefix(uri, uriHistory))
	return nil, false, uri == uriSchema || strings.HasPrefix(uri, uriHistory) && err == nil
}

// configPath reads the URI of the configuration or of a part of it. Of a path,
// what a URI cannot hold is percent-encoded; a slash at the end of the
// configuration's own URI is what a template with an empty path makes.
func configPath(uri string) (tree.Pointer, bool) {
	rest, ok := strings.CutPrefix(uri, uriConfig)
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
	if caller.Policy == runtime.Diagnostic {
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

// readHistory reads a generation: what the history keeps of it, and the
// configuration that it was. Of a text that is not TOML nothing is shown.
func (r *Resources) readHistory(ctx context.Context, number string) (*Document, error) {
	n, err := generation(number)
	if err != nil {
		return nil, err
	}
	revision, err := r.rt.Revision(ctx, n)
	if err != nil {
		return nil, err
	}
	entry := historyRecord(&revision.Record)
	if entry["valid"] = revision.Snapshot != nil; revision.Snapshot != nil {
		entry["config"] = revision.Snapshot.ShownJSON()
	} else {
		entry["line"], entry["column"], entry["note"] = revision.Syntax.Line, revision.Syntax.Column,
			"config.toml was not TOML at this generation, and is not shown"
	}
	return &Document{MIMEType: typeJSON, Text: string(tree.Append(nil, entry)), Versioned: true, Generation: n}, nil
}

func generation(text string) (uint64, error) {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || text != strconv.FormatUint(n, 10) {
		return 0, fault.New(fault.NotFound, "a generation is a number without a sign or leading zeros: take one from a read, or complete the template's generation")
	}
	return n, nil
}
