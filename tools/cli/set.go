package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"realmconf/runtime/document"
	"realmconf/runtime/fault"
	"realmconf/schema"
	"realmconf/schema/tree"
)

func setCommand() *command {
	var w writing
	return &command{
		name: "set", form: "FILE|-", realm: true, least: 1, most: 1, file: true,
		about: "replace the whole configuration by a TOML or JSON file",
		more: "The suffix .toml or .json says what it is, else its first character. What it leaves out\n" +
			"returns to its default. Comments in the realm's own file stay; those of FILE are not taken over.",
		flags: w.add,
		run: func(ctx context.Context, s *Session, args []string) error {
			text, err := s.file(ctx, args[0])
			if err != nil {
				return err
			}
			config, doc, err := parseConfig(called(args[0]), text)
			if err != nil {
				return s.malformed(err)
			}
			if len(config) == 0 {
				return &hinted{
					fault.New(fault.InvalidConfig, "%s has no key, which would return every key to its default: nothing was written", called(args[0])),
					"realmconf rollback 0 does that",
				}
			}
			return inFile(doc, s.change(ctx, "set", &w, tree.Object{"config": config}))
		},
	}
}

// called is what a file is called in a message.
func called(name string) string {
	if name == "-" {
		return "standard input"
	}
	return name
}

// maxFile is how many bytes of a file or of standard input are read.
const maxFile = 8 << 20

// file reads a file, or standard input for "-".
func (s *Session) file(ctx context.Context, name string) ([]byte, error) {
	text, err := await(ctx, func() ([]byte, error) {
		source := s.Stdin
		if name != "-" {
			f, err := os.Open(name) // a pipe waits for its other end here
			if err != nil {
				return nil, err
			}
			defer f.Close()
			source = f
		}
		return io.ReadAll(io.LimitReader(source, maxFile+1))
	})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, s.usage("%s cannot be read: %v", called(name), withoutPlace(err))
	}
	if len(text) > maxFile {
		return nil, fault.New(fault.TooLarge, "%s has more than %d bytes, which is the most: nothing was written", called(name), maxFile)
	}
	return text, nil
}

// malformed is an argument, or the file that it names, that does not read as
// what it should be: a mistake in the command line, whatever the realm is like.
func (s *Session) malformed(err error) error {
	if fault.Is(err, fault.InvalidConfig) {
		return s.usage("%v", err)
	}
	return err
}

// parseConfig reads a whole configuration. doc is nil when it is JSON.
func parseConfig(name string, text []byte) (config tree.Object, doc *document.Document, err error) {
	start := bytes.TrimLeft(bytes.TrimPrefix(text, []byte("\ufeff")), " \t\r\n")
	isJSON := len(start) > 0 && start[0] == '{'
	switch strings.ToLower(filepath.Ext(name)) {
	case ".json":
		isJSON = true
	case ".toml":
		isJSON = false
	}
	if isJSON {
		config, err = tree.DecodeObject(bytes.TrimPrefix(text, []byte("\ufeff")))
		if err != nil {
			return nil, nil, fault.New(fault.InvalidConfig, "%s is not a JSON object: %v; nothing was written", name, err)
		}
		return config, nil, nil
	}
	if doc, err = parseTOML(name, text); err != nil {
		return nil, nil, err
	}
	return doc.Tree(), doc, nil
}

func parseTOML(name string, text []byte) (*document.Document, error) {
	doc, err := document.Parse(text)
	var syntax *document.SyntaxError
	if errors.As(err, &syntax) {
		return nil, fault.New(fault.InvalidConfig, "%s is not TOML: line %d, column %d: %s; nothing was written",
			name, syntax.Line, syntax.Column, syntax.Reason).With("line", syntax.Line).With("column", syntax.Column)
	}
	return doc, err
}

// inFile gives the issues of a refusal the lines of the text that they are
// about.
func inFile(doc *document.Document, err error) error {
	var f *fault.Fault
	if doc == nil || !errors.As(err, &f) {
		return err
	}
	issues, ok := f.Data["issues"].([]schema.Issue)
	if !ok {
		return err
	}
	return f.With("issues", placed(doc, issues))
}

// placed is issues with the lines that they are about; for a key that is
// missing, that of the table that should have it.
func placed(doc *document.Document, issues []schema.Issue) []schema.Issue {
	issues = slices.Clone(issues)
	for i, issue := range issues {
		p, _ := tree.ParsePointer(issue.Path)
		for ; len(p) > 0; p = p[:len(p)-1] {
			if line, column, ok := doc.Position(p); ok {
				issues[i].Line, issues[i].Column = line, column
				break
			}
		}
	}
	return issues
}
