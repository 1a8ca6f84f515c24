package cli

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"

	"realmconf/schema/tree"
	"realmconf/tools"
	"realmconf/tools/policy"
)

func schemaCommand() *command {
	var asJSON, file bool
	var query string
	return &command{
		name: "schema", onlyReads: true, form: "[POINTER]", maxArgs: 1,
		summary: "list the keys under a JSON Pointer, or about some words, and explain them",
		details: `--file prints the whole JSON Schema, for an editor's TOML plug-in (Taplo, Even Better TOML):
  realmconf schema --file > realmconf.schema.json
and as the first line of config.toml:
  #:schema ./realmconf.schema.json`,
		flags: func(f *flag.FlagSet) {
			addJSONFlag(f, &asJSON)
			f.BoolVar(&file, "file", false, "print the whole JSON Schema")
			f.StringVar(&query, "search", "", "list the places that are about a `text`, such as \"web search\"")
		},
		complete: completePointer,
		run: func(ctx context.Context, s *Session, args []string) error {
			if file {
				if len(args) > 0 {
					return s.usageError("--file prints the whole schema: leave the pointer out")
				}
				s.print("%s\n", strings.TrimSpace(string(s.Model.JSON())))
				return nil
			}
			params := tree.Object{}
			switch {
			case query != "" && len(args) > 0:
				return s.usageError("--search looks everywhere: leave the pointer out, and write several words in quotes")
			case query != "":
				return s.show(ctx, tools.Schema, tree.Object{"query": query}, asJSON, s.printPlaces)
			case len(args) > 0:
				params["path"] = args[0]
			}
			return s.show(ctx, tools.Schema, params, asJSON, func(reply tree.Object) {
				path, _ := reply["path"].(string)
				described, _ := reply["schema"].(tree.Object)
				s.printSchema(path, described)
			})
		},
	}
}

// printSchema prints a place and the keys below it, for each alternative if the
// place has several.
func (s *Session) printSchema(path string, described tree.Object) {
	if path != "" {
		s.print("%s\n", s.Terminal.paint(bold, policy.EscapeHidden(path)))
	}
	for _, m := range alternatives(described) {
		if condition, ok := m["x-when"].([]any); ok {
			s.print("where %s:\n", strings.Trim(fmt.Sprint(condition), "[]"))
		}
		if path != "" {
			s.printWrapped("", "  "+policy.EscapeHidden(summarizeSchema(m)), "  ")
			if description, ok := m["description"].(string); ok {
				s.printWrapped("", "  "+oneLine(description), "  ")
			}
		}
		s.printKeys(m)
	}
}

// alternatives returns the schemas of which one holds: those of anyOf, or the
// schema itself.
func alternatives(described tree.Object) []tree.Object {
	list, several := described["anyOf"].([]any)
	if !several {
		return []tree.Object{described}
	}
	schemas := make([]tree.Object, 0, len(list))
	for _, a := range list {
		schema, _ := a.(tree.Object)
		schemas = append(schemas, schema)
	}
	return schemas
}

// maxIndent is the widest indent of a continued description.
const maxIndent = 24

// printKeys prints a line for each key of a table. A map has the key NAME and a
// list the key 0.
func (s *Session) printKeys(m tree.Object) {
	keys, _ := m["properties"].(tree.Object)
	if entry, ok := m["additionalProperties"].(tree.Object); ok {
		keys = maps.Clone(keys)
		if keys == nil {
			keys = tree.Object{}
		}
		keys["NAME"] = entry
	}
	if items, ok := m["items"].(tree.Object); ok {
		keys = tree.Object{"0": items}
	}
	width := 0
	for name := range keys {
		width = max(width, len(name))
	}
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		key, _ := keys[name].(tree.Object)
		text := fmt.Sprintf("%-*s  %s", width, name, summarizeSchema(key))
		if description, _ := key["description"].(string); description != "" {
			text += ": " + oneLine(description)
		}
		s.printWrapped("", policy.EscapeHidden(text), strings.Repeat(" ", min(width+2, maxIndent)))
	}
	tag, ok := m["x-tag"]
	if !ok {
		tag = "key"
	}
	branches, _ := m["x-branches"].(tree.Object)
	for _, name := range slices.Sorted(maps.Keys(branches)) {
		branch, _ := branches[name].(tree.Object)
		s.printWrapped("", policy.EscapeHidden(fmt.Sprintf("%v %s: %s", tag, name, tree.Append(nil, branch["keys"]))), "  ")
	}
}

// summarizeSchema returns a place's type, allowed values, default and risk in a
// few words.
func summarizeSchema(m tree.Object) string {
	kind := "any"
	switch types := m["type"].(type) {
	case nil:
	case []any:
		names := make([]string, 0, len(types))
		for _, name := range types {
			names = append(names, fmt.Sprint(name))
		}
		kind = tree.JoinWords(names, "or", len(names))
	default:
		kind = fmt.Sprint(types)
	}
	if words, ok := m["enum"].([]any); ok {
		kind = string(tree.Append(nil, words))
	}
	if value, ok := m["default"]; ok {
		kind += fmt.Sprintf(", default %s", tree.Append(nil, value))
	}
	if risk, ok := m["x-risk"]; ok {
		kind += fmt.Sprintf(", risk %v", risk)
	}
	return kind
}
