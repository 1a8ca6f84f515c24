package document

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"realmconf/schema/tree"
)

// style is how a value is written beside others.
type style struct {
	eol     string
	indent  string // of the line that the value starts on
	oneLine bool   // the value must stay on one line
}

// renderValue writes a value as Meerkat's programs do: a list of two or
// more elements gets a line for each, a value inside another one is on one line.
func renderValue(v any, s style) string {
	switch v := v.(type) {
	case string:
		return renderString(v, s)
	case []any:
		return renderArray(v, s)
	case map[string]any:
		return renderInline(v, s)
	case float64:
		return renderFloat(v)
	case literal:
		return v.text
	default: // bool, int64, uint64
		return string(tree.Append(nil, v))
	}
}

func renderArray(list []any, s style) string {
	inner := style{eol: s.eol, oneLine: true}
	if len(list) < 2 || s.oneLine {
		parts := make([]string, len(list))
		for i, v := range list {
			parts[i] = renderValue(v, inner)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	var b strings.Builder
	b.WriteString("[" + s.eol)
	for _, v := range list {
		b.WriteString(s.indent + "    " + renderValue(v, inner) + "," + s.eol)
	}
	b.WriteString(s.indent + "]")
	return b.String()
}

func renderInline(o tree.Object, s style) string {
	if len(o) == 0 {
		return "{}"
	}
	parts := make([]string, 0, len(o))
	for _, name := range slices.Sorted(maps.Keys(o)) {
		parts = append(parts, renderKey(name)+" = "+renderValue(o[name], style{eol: s.eol, oneLine: true}))
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}

// renderFloat keeps a float a float: TOML tells 2 and 2.0 apart.
func renderFloat(f float64) string {
	s := strconv.FormatFloat(f, 'g', -1, 64)
	if !strings.ContainsAny(s, "e") {
		s = strconv.FormatFloat(f, 'f', -1, 64)
	} else if e, err := strconv.Atoi(s[strings.IndexByte(s, 'e')+1:]); err == nil && -5 < e && e < 16 {
		s = strconv.FormatFloat(f, 'f', -1, 64)
	}
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s
}

// renderKey quotes a key only if it must be quoted.
func renderKey(name string) string {
	bare := name != ""
	for _, c := range []byte(name) {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			bare = false
		}
	}
	if bare {
		return name
	}
	return renderBasic(name)
}

func renderPath(names []string) string {
	parts := make([]string, len(names))
	for i, n := range names {
		parts[i] = renderKey(n)
	}
	return strings.Join(parts, ".")
}

// isBlock reports whether a value is written as sections of its own in a place
// that can have sections: an object, or a list of objects that have members.
func isBlock(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return true
	case []any:
		for _, e := range v {
			if o, ok := e.(map[string]any); !ok || len(o) == 0 {
				return false
			}
		}
		return len(v) > 0
	default:
		return false
	}
}

// renderBlock writes the sections for a member that isBlock, with blank lines
// between them.
func renderBlock(path []string, v any, eol string) string {
	b := blocks{eol: eol}
	if list, ok := v.([]any); ok {
		for _, e := range list {
			b.section(path, e.(map[string]any), "[[", "]]")
		}
	} else {
		b.section(path, v.(map[string]any), "[", "]")
	}
	return b.String()
}

// renderListEntry writes the sections for one entry of an array of tables.
func renderListEntry(path []string, o tree.Object, eol string) string {
	b := blocks{eol: eol}
	b.section(path, o, "[[", "]]")
	return b.String()
}

// blocks is a text of sections under construction.
type blocks struct {
	strings.Builder
	eol string
}

// section writes an object below a header with these brackets. A table that has
// only sub-tables needs no header; an entry of a list does.
func (b *blocks) section(path []string, o tree.Object, open, closing string) {
	names := slices.Sorted(maps.Keys(o))
	onlyTables := len(o) > 0
	for _, name := range names {
		onlyTables = onlyTables && isBlock(o[name])
	}
	if !onlyTables || open == "[[" {
		if b.Len() > 0 {
			b.WriteString(b.eol)
		}
		b.WriteString(open + renderPath(path) + closing + b.eol)
		b.WriteString(renderLines(o, names, "", b.eol))
	}
	for _, name := range names {
		if !isBlock(o[name]) {
			continue
		}
		inner := append(slices.Clip(path), name)
		if list, ok := o[name].([]any); ok {
			for _, e := range list {
				b.section(inner, e.(map[string]any), "[[", "]]")
			}
			continue
		}
		b.section(inner, o[name].(map[string]any), "[", "]")
	}
}

// renderLines writes the members that are no blocks, each as `key = value`.
func renderLines(o tree.Object, names []string, indent, eol string) string {
	var b strings.Builder
	for _, name := range names {
		if !isBlock(o[name]) {
			b.WriteString(indent + renderKey(name) + " = " + renderValue(o[name], style{eol: eol, indent: indent}) + eol)
		}
	}
	return b.String()
}
