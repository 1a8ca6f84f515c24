package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"realmconf/schema"
)

// intro is the head of the reference page.
const intro = `# The keys of config.toml

This page is made from the doc comments in this directory by ` + "`go generate`" + `; do not edit it.

Each table is one section of the file: ` + "`agent`" + ` is the table ` + "`[agent]`" + `, ` + "`hooks.entries[]`" + ` is each ` + "`[[hooks.entries]]`" + `, and ` + "`<id>`" + ` is a name of your own.
A key without a default may be left out unless it is required. A key with a risk is one that an agent's tools change only with a person's approval,
in whichever direction, unless --allow lifts that: it runs code (exec), holds a secret (secret), reaches or opens an address (network), names a file (path), or sets what agents
may do (posture). A section, list or map shows the classes of all keys in it.
`

// reference returns the page for people about all keys of a model.
func reference(m *schema.Model) ([]byte, error) {
	var root map[string]any
	d := json.NewDecoder(bytes.NewReader(m.JSON()))
	d.UseNumber()
	if err := d.Decode(&root); err != nil {
		return nil, err
	}
	p := page{risk: func(path []string) string {
		if classes := m.Risk(path); classes != 0 {
			return classes.String()
		}
		return ""
	}}
	p.WriteString(intro)
	p.section("", nil, root)
	return p.Bytes(), nil
}

// page is the reference page as it is written.
type page struct {
	bytes.Buffer
	risk func(path []string) string
}

// section writes the table of an object, and then the tables of the objects in
// it. A name is how people write a place, a path how the model does.
func (p *page) section(name string, path []string, o map[string]any) {
	if name != "" {
		fmt.Fprintf(p, "\n## %s\n", name)
		p.about(o)
	}
	then, _ := o["then"].(map[string]any)
	p.table(path, o)
	if then != nil {
		p.table(path, then)
	}
	all, _ := o["allOf"].([]any)
	for _, b := range all {
		b := b.(map[string]any)
		then := b["then"].(map[string]any)
		fmt.Fprintf(p, "\n### %s, %s\n", name, when(o, b["if"].(map[string]any)))
		p.about(then)
		p.table(path, then)
	}
	p.below(name, path, o)
	for _, b := range all {
		b := b.(map[string]any)
		p.below(name+" ("+when(o, b["if"].(map[string]any))+")", path, b["then"].(map[string]any))
	}
	if values, ok := o["additionalProperties"].(map[string]any); ok && holds(values) {
		p.section(join(name, "<id>"), append(slices.Clip(path), "<id>"), values)
	}
}

// below writes the tables of the objects in an object's members.
func (p *page) below(name string, path []string, o map[string]any) {
	for key, v := range properties(o) {
		at, under := join(name, key), append(slices.Clip(path), key)
		if items, ok := v["items"].(map[string]any); ok && holds(items) {
			p.section(at+"[]", append(under, "0"), items)
		}
		if values, ok := v["additionalProperties"].(map[string]any); ok && holds(values) && v["properties"] == nil {
			p.section(at+".<id>", append(under, "<id>"), values)
		} else if holds(v) {
			p.section(at, under, v)
		}
	}
}

func join(name, key string) string {
	if name == "" {
		return key
	}
	return name + "." + key
}

// holds reports whether an object has keys to write about.
func holds(o map[string]any) bool {
	return o["properties"] != nil || o["allOf"] != nil || o["then"] != nil
}

// properties iterates over the properties of an object that have a schema, in the
// order of their names.
func properties(o map[string]any) func(yield func(string, map[string]any) bool) {
	all, _ := o["properties"].(map[string]any)
	return func(yield func(string, map[string]any) bool) {
		for _, name := range slices.Sorted(maps.Keys(all)) {
			if v, ok := all[name].(map[string]any); ok && !yield(name, v) {
				return
			}
		}
	}
}

// when returns the condition of a branch.
func when(o, condition map[string]any) string {
	tag, ok := o["x-tag"].(string)
	if !ok {
		return fmt.Sprintf("with `%s`", condition["required"].([]any)[0])
	}
	value := condition["properties"].(map[string]any)[tag].(map[string]any)["const"]
	return fmt.Sprintf("`%s = %q`", tag, value)
}

func (p *page) about(o map[string]any) {
	if d, ok := o["description"].(string); ok {
		fmt.Fprintf(p, "\n%s\n", d)
	}
}

// table writes a row for each property of an object.
func (p *page) table(path []string, o map[string]any) {
	required, _ := o["required"].([]any)
	head := "\n| key | type | default | limits | risk | what it is |\n| --- | --- | --- | --- | --- | --- |\n"
	for key, v := range properties(o) {
		p.WriteString(head)
		head = ""
		def := ""
		if d, ok := v["default"]; ok {
			text, err := json.Marshal(d)
			if err != nil {
				panic("gen: a default is not JSON: " + err.Error()) // it was read from JSON
			}
			def = "`" + string(text) + "`"
		} else if slices.Contains(required, any(key)) {
			def = "required"
		}
		fmt.Fprintf(p, "| `%s` | %s | %s | %s | %s | %s |\n", key, typeOf(v), def, limits(v),
			p.risk(append(slices.Clip(path), key)), strings.ReplaceAll(about(v), "|", `\|`))
	}
}

// about returns a description with the other names and spellings of a key.
func about(v map[string]any) string {
	d, _ := v["description"].(string)
	if names, ok := v["x-alias"].([]any); ok {
		d += fmt.Sprintf(" Older name: `%s`.", names[0])
	}
	if values, ok := v["x-value-alias"].(map[string]any); ok {
		for _, other := range slices.Sorted(maps.Keys(values)) {
			d += fmt.Sprintf(" `%s` is read as `%s`.", other, values[other])
		}
	}
	return d
}

// typeOf returns a type in words.
func typeOf(v map[string]any) string {
	switch t := v["type"].(type) {
	case string:
		if items, ok := v["items"].(map[string]any); ok {
			return "list of " + typeOf(items) + "s"
		}
		if values, ok := v["additionalProperties"].(map[string]any); ok && v["properties"] == nil {
			return "map of " + typeOf(values) + "s"
		}
		if t == "object" {
			return "table"
		}
		return t
	case []any:
		return fmt.Sprintf("%s or %s", t[0], t[1])
	}
	return "anything"
}

// limits returns the conditions on a value beside its type.
func limits(v map[string]any) string {
	var parts []string
	if enum, ok := v["enum"].([]any); ok {
		for _, e := range enum {
			parts = append(parts, fmt.Sprintf("`%s`", e))
		}
		return strings.Join(parts, ", ")
	}
	if format, ok := v["format"].(string); ok {
		parts = append(parts, format)
	}
	if format, ok := v["x-format"].(string); ok && format != "name" {
		parts = append(parts, format)
	}
	if v["type"] == "integer" {
		parts = append(parts, fmt.Sprintf("%s to %s", v["minimum"], v["maximum"]))
	}
	return strings.Join(parts, ", ")
}
