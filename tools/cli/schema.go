package cli

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"

	"realmconf/schema"
	"realmconf/schema/tree"
	"realmconf/tools"
	"realmconf/tools/policy"
)

func schemaCommand() *command {
	var asJSON, whole bool
	var query string
	depth, offset := generation{min: 1}, generation{} // they have the same syntax
	return &command{
		name: "schema", onlyReads: true, form: "[POINTER]", maxArgs: 1,
		summary: "list the keys under a JSON Pointer, or about some words, and explain them",
		details: `--whole prints the whole JSON Schema, for an editor's TOML plug-in (Taplo, Even Better TOML):
  realmconf schema --whole > realmconf.schema.json
and as the first line of config.toml:
  #:schema ./realmconf.schema.json`,
		flags: func(f *flag.FlagSet) {
			addOutputFlags(f, &asJSON)
			f.BoolVar(&whole, "whole", false, "print the whole JSON Schema")
			f.StringVar(&query, "search", "", "list the places that are about a `text`, such as \"web search\"")
			f.Var(&offset, "offset", "explain the keys of a long list from this `number` on")
			f.Var(&depth, "depth", fmt.Sprintf("also explain the keys below, in this `number` of levels: 1 to %d; 1 if not given", schema.MaxDepth))
		},
		complete: completePointer,
		run: func(ctx context.Context, s *Session, args []string) error {
			again := "realmconf schema" // the command that continues a long description
			if whole {
				if len(args) > 0 {
					return s.usageError("--whole prints the whole schema: leave the pointer out")
				}
				s.print("%s\n", strings.TrimSpace(string(s.Model.JSON())))
				return nil
			}
			params := tree.Object{}
			switch {
			case query != "" && (depth.given || offset.given):
				return s.usageError("--depth and --offset are for the keys under a pointer: leave them out, or name one instead of --search")
			case query != "" && len(args) > 0:
				return s.usageError("--search looks everywhere: leave the pointer out, and write several words in quotes")
			case query != "":
				return s.show(ctx, tools.Schema, tree.Object{"query": query}, asJSON, s.printPlaces)
			case len(args) > 0:
				params["path"] = args[0]
				again += " " + shellWord(args[0])
			}
			if offset.given {
				params["offset"] = offset.json()
			}
			if depth.given {
				params["depth"] = depth.json()
			}
			return s.show(ctx, tools.Schema, params, asJSON, func(reply tree.Object) {
				path, _ := reply["path"].(string)
				described, _ := reply["schema"].(tree.Object)
				s.printSchema(path, described)
				if next, more := reply["next_offset"]; more {
					s.print("%s\n", addRealmFlags(fmt.Sprintf("%s --offset %v continues", again, next), s.realmFlags()))
				}
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
		s.printKeys(m, "")
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

const (
	// maxIndent is the widest indent of a continued description.
	maxIndent = 24
	// minDescription is the least room for a description behind its key. On a
	// narrower terminal it follows on lines of its own.
	minDescription = 30
)

// printKeys prints a line for each key of a table, and indented those of the tables
// in it that m explains. A map has the key NAME and a list the key 0.
func (s *Session) printKeys(m tree.Object, indent string) {
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
		text := fmt.Sprintf("%s%-*s  %s", indent, width, name, summarizeSchema(key))
		description, _ := key["description"].(string)
		next := indent + strings.Repeat(" ", min(width+2, maxIndent))
		switch isNarrow := s.Terminal.Width > 0 && s.Terminal.Width-len(next) < minDescription; {
		case isNarrow:
			s.printWrapped("", policy.EscapeHidden(fmt.Sprintf("%s%s  %s", indent, name, summarizeSchema(key))), indent+"  ")
			if description != "" {
				s.printWrapped("", indent+"  "+oneLine(description), indent+"  ")
			}
		case description != "":
			s.printWrapped("", policy.EscapeHidden(text+": "+oneLine(description)), next)
		default:
			s.printWrapped("", policy.EscapeHidden(text), next)
		}
		s.printKeys(key, indent+"  ")
	}
	tag, ok := m["x-tag"]
	if !ok {
		tag = "key"
	}
	branches, _ := m["x-branches"].(tree.Object)
	for _, name := range slices.Sorted(maps.Keys(branches)) {
		branch, _ := branches[name].(tree.Object)
		if _, isExplained := branch["properties"]; isExplained {
			s.printWrapped("", policy.EscapeHidden(fmt.Sprintf("%s%v %s:", indent, tag, name)), indent+"  ")
			s.printKeys(branch, indent+"  ")
			continue
		}
		text := fmt.Sprintf("%s%v %s", indent, tag, name)
		if names, has := branch["keys"]; has {
			text += ": " + string(tree.Append(nil, names))
		}
		s.printWrapped("", policy.EscapeHidden(text), indent+"  ")
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
	if classes, ok := m["x-risk"].([]any); ok {
		names := make([]string, 0, len(classes))
		for _, class := range classes {
			names = append(names, fmt.Sprint(class))
		}
		kind += ", risk " + tree.JoinWords(names, "and", len(names))
	}
	return kind
}
