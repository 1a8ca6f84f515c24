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

const (
	stdinName = "-"     // the argument that stands for standard input
	maxInput  = 8 << 20 // the longest input in bytes
)

// inputName returns an input's name for a message.
func inputName(argument string) string {
	if argument == stdinName {
		return "standard input"
	}
	return argument
}

// readInput reads a file, or standard input for "-".
func (s *Session) readInput(ctx context.Context, argument string) ([]byte, error) {
	text, err := await(ctx, func() ([]byte, error) {
		source := s.Stdin
		if argument != stdinName {
			f, err := os.Open(argument) // for a named pipe this waits for a writer
			if err != nil {
				return nil, err
			}
			defer f.Close()
			source = f
		}
		return io.ReadAll(io.LimitReader(source, maxInput+1))
	})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, s.usageError("%s cannot be read: %v", inputName(argument), withoutPath(err))
	}
	if len(text) > maxInput {
		return nil, fault.New(fault.TooLarge, "%s has more than the %d bytes that are allowed: nothing was written", inputName(argument), maxInput)
	}
	return text, nil
}

// parseConfig parses a complete configuration. The suffix of the name selects
// TOML or JSON, or else the first character of the text. doc is nil for JSON.
func parseConfig(name string, text []byte) (config tree.Object, doc *document.Document, err error) {
	start := bytes.TrimLeft(trimBOM(text), " \t\r\n")
	isJSON := len(start) > 0 && start[0] == '{'
	switch strings.ToLower(filepath.Ext(name)) {
	case ".json":
		isJSON = true
	case ".toml":
		isJSON = false
	}
	if isJSON {
		config, err = tree.DecodeObjectUnlimited(trimBOM(text))
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

// parseTOML parses a TOML document. The fault for a syntax error has its place.
func parseTOML(name string, text []byte) (*document.Document, error) {
	doc, err := document.Parse(text)
	var syntax *document.SyntaxError
	if errors.As(err, &syntax) {
		return nil, fault.New(fault.InvalidConfig, "%s is not TOML: line %d, column %d: %s; nothing was written",
			name, syntax.Line, syntax.Column, syntax.Reason).With("line", syntax.Line).With("column", syntax.Column)
	}
	return doc, err
}

// malformed turns an input's syntax error into a usage error: it is a mistake in
// the command line, whatever the realm holds.
func (s *Session) malformed(err error) error {
	if fault.Is(err, fault.InvalidConfig) {
		return s.usageError("%v", err)
	}
	return err
}

// addLines adds to the issues of a fault the lines of the document that the
// command read. doc may be nil.
func addLines(doc *document.Document, err error) error {
	var f *fault.Fault
	if doc == nil || !errors.As(err, &f) {
		return err
	}
	issues, ok := f.Data["issues"].([]schema.Issue)
	if !ok {
		return err
	}
	return f.With("issues", locateIssues(doc, issues))
}

// locateIssues returns issues with their lines in a document. The line of a
// missing key is that of the table that should have it.
func locateIssues(doc *document.Document, issues []schema.Issue) []schema.Issue {
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

// trimBOM removes a byte order mark.
func trimBOM(text []byte) []byte { return bytes.TrimPrefix(text, []byte("\ufeff")) }
