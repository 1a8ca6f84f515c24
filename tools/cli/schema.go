package cli

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"

	"realmconf/schema/tree"
)

func schemaCommand() *command {
	var asJSON, file bool
	return &command{
		name: "schema", form: "[POINTER]", most: 1,
		about: "say which keys there are under a JSON Pointer, and what they mean",
		more: `--file prints the whole JSON Schema, for an editor's TOML plug-in (Taplo, Even Better TOML):
  realmconf schema --file > realmconf.schema.json
and as the first line of config.toml:
  #:schema ./realmconf.schema.json`,
		flags: func(f *flag.FlagSet) {
			jsonFlag(f, &asJSON)
			f.BoolVar(&file, "file", false, "print the whole JSON Schema")
		},
		run: func(ctx context.Context, s *Session, args []string) error {
			if file {
				if len(args) > 0 {
					return s.usage("--file prints the whole schema: leave the pointer out")
				}
				s.print("%s\n", strings.TrimSpace(string(s.Model.JSON())))
				return nil
			}
			params := tree.Object{}
			if len(args) > 0 {
				params["path"] = args[0]
			}
			return s.show(ctx, "schema", params, asJSON, func(reply tree.Object) {
				path, _ := reply["path"].(string)
				described, _ := reply["schema"].(tree.Object)
				s.showSchema(path, described)
			})
		},
	}
}

// showSchema shows a place and the keys below it.
func (s *Session) showSchema(path string, described tree.Object) {
	if path != "" {
		s.print("%s\n", s.Terminal.paint(bold, path))
	}
	meanings, several := described["anyOf"].([]any)
	if !several {
		meanings = []any{described}
	}
	for _, m := range meanings {
		m, _ := m.(tree.Object)
		if when, ok := m["x-when"].([]any); ok {
			s.print("where %s:\n", strings.Trim(fmt.Sprint(when), "[]"))
		}
		if path != "" {
			s.print("  %s\n", line(brief(m)))
			if about, ok := m["description"].(string); ok {
				s.print("  %s\n", line(about))
			}
		}
		s.showKeys(m)
	}
}

func (s *Session) showKeys(m tree.Object) {
	keys, _ := m["properties"].(tree.Object)
	if any, ok := m["additionalProperties"].(tree.Object); ok {
		keys = maps.Clone(keys)
		if keys == nil {
			keys = tree.Object{}
		}
		keys["NAME"] = any
	}
	if items, ok := m["items"].(tree.Object); ok {
		keys = tree.Object{"0": items}
	}
	widest := 0
	for name := range keys {
		widest = max(widest, len(name))
	}
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		key, _ := keys[name].(tree.Object)
		about, _ := key["description"].(string)
		text := fmt.Sprintf("%-*s  %s", widest, name, brief(key))
		if about != "" {
			text += ": " + about
		}
		s.print("%s\n", cut(line(text), s.Terminal.Width))
	}
	branches, _ := m["x-branches"].(tree.Object)
	for _, name := range slices.Sorted(maps.Keys(branches)) {
		branch, _ := branches[name].(tree.Object)
		s.print("%s\n", cut(line(fmt.Sprintf("%v %s: %s", orKey(m["x-tag"]), name, tree.Append(nil, branch["keys"]))), s.Terminal.Width))
	}
}

func orKey(tag any) any {
	if tag == nil {
		return "key"
	}
	return tag
}

// brief is a place's type, allowed values, default and risk in a few words.
func brief(m tree.Object) string {
	kind := fmt.Sprint(m["type"])
	if list, ok := m["type"].([]any); ok {
		var names []string
		for _, name := range list {
			names = append(names, fmt.Sprint(name))
		}
		kind = tree.JoinWords(names, "or", len(names))
	} else if m["type"] == nil {
		kind = "any"
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
