package cli

import (
	"context"
	"flag"
	"strings"

	"realmconf/runtime/document"
	"realmconf/schema/tree"
)

func patchCommand() *command {
	var w writing
	var isTOML bool
	return &command{
		name: "patch", form: "PATCH|-", realm: true, least: 1, most: 1,
		about: "change the keys that a JSON merge patch names, and no others",
		more: `An object is a merge patch (RFC 7396), in which null returns a key to its default:
  realmconf patch '{"rest":{"port":9000}}'
A list is a JSON Patch (RFC 6902), which also changes entries of lists:
  realmconf patch '[{"op":"remove","path":"/hooks/entries/0"}]'`,
		flags: func(f *flag.FlagSet) {
			w.add(f)
			f.BoolVar(&isTOML, "toml", false, "the patch is TOML")
		},
		run: func(ctx context.Context, s *Session, args []string) error {
			text := []byte(args[0])
			name := "the patch"
			if args[0] == "-" {
				var err error
				if text, err = s.file(ctx, "-"); err != nil {
					return err
				}
				name = "standard input"
			}
			var doc *document.Document
			var value any
			var err error
			if isTOML {
				if doc, err = parseTOML(name, text); err != nil {
					return s.malformed(err)
				}
				value = doc.Tree()
			} else if value, err = tree.Decode([]byte(strings.TrimPrefix(string(text), "\ufeff"))); err != nil {
				return s.usage("%s is not JSON: %v; nothing was written", name, err)
			}
			content := tree.Object{"patch": value}
			if operations, isList := value.([]any); isList {
				content = tree.Object{"operations": operations}
			}
			return inFile(doc, s.change(ctx, "patch", &w, content))
		},
	}
}
