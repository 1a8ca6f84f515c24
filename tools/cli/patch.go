package cli

import (
	"context"
	"flag"

	"realmconf/runtime/document"
	"realmconf/schema/tree"
	"realmconf/tools"
)

func patchCommand() *command {
	var w writeFlags
	var isTOML bool
	return &command{
		name: "patch", form: "PATCH|-", realm: true, minArgs: 1, maxArgs: 1,
		summary: "change only the keys that a JSON merge patch names",
		details: `An object is a merge patch (RFC 7396), in which null returns a key to its default:
  realmconf patch '{"rest":{"port":9000}}'
A list is a JSON Patch (RFC 6902), which can also change entries of lists:
  realmconf patch '[{"op":"remove","path":"/hooks/entries/0"}]'`,
		flags: func(f *flag.FlagSet) {
			w.add(f)
			f.BoolVar(&isTOML, "toml", false, "the patch is TOML")
		},
		run: func(ctx context.Context, s *Session, args []string) error {
			name, text := "the patch", []byte(args[0])
			if args[0] == stdinName {
				var err error
				if text, err = s.readInput(ctx, stdinName); err != nil {
					return err
				}
				name = inputName(stdinName)
			}
			var doc *document.Document // for the lines of issues; nil for JSON
			var value any
			var err error
			if isTOML {
				if doc, err = parseTOML(name, text); err != nil {
					return s.malformed(err)
				}
				value = doc.Tree()
			} else if value, err = tree.Decode(trimBOM(text)); err != nil {
				return s.usageError("%s is not JSON: %v; nothing was written", name, err)
			}
			content := tree.Object{"patch": value}
			if operations, isList := value.([]any); isList {
				content = tree.Object{"operations": operations}
			}
			return addLines(doc, s.changeTo(ctx, doc, tools.Patch, &w, content))
		},
	}
}
