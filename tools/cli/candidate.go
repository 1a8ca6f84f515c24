package cli

import (
	"context"
	"maps"
	"slices"
	"strings"

	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// candidate is a possible next word of a command line.
type candidate struct{ word, description string }

// fileNames stands for the names of files, which the shell knows better. Its word
// is empty.
var fileNames = candidate{"", "a file"}

// isVisible reports whether a person sees every character of the word. Other words,
// which somebody may have written into a realm's files, are no candidates: the line
// of a shell would hide what they are, and a line break would make two of one.
func (c candidate) isVisible() bool { return policy.EscapeHidden(c.word) == c.word }

// wordCandidates returns candidates without a description.
func wordCandidates(words ...string) []candidate {
	list := make([]candidate, 0, len(words))
	for _, word := range words {
		list = append(list, candidate{word, ""})
	}
	return list
}

// completePointer completes a JSON Pointer by one name. If the pointer is already
// complete, it returns the keys below it.
func completePointer(ctx context.Context, s *Session, _ []string, last string) []candidate {
	found := s.pointerCandidates(ctx, last)
	if len(found) == 1 && found[0].word == last {
		if below := s.pointerCandidates(ctx, last+"/"); len(below) > 0 {
			return below
		}
	}
	return found
}

// pointerCandidates returns the pointers that begin with a prefix, up to the next
// name.
func (s *Session) pointerCandidates(ctx context.Context, prefix string) []candidate {
	if prefix != "" && prefix[0] != '/' {
		return nil
	}
	descriptions := make(map[string]string)
	for _, path := range s.completeResource(ctx, "config-part", "path", strings.TrimPrefix(prefix, "/")) {
		description := ""
		if p, err := tree.ParsePointer("/" + path); err == nil {
			described, _ := s.Model.Describe(p)
			description, _ = described["description"].(string)
		}
		descriptions["/"+path] = description
	}
	var list []candidate
	for _, path := range slices.Sorted(maps.Keys(descriptions)) {
		list = append(list, candidate{path, descriptions[path]})
	}
	return list
}

// completeResource completes an argument of a resource template, as MCP clients
// do. It returns nothing if the realm cannot be read.
func (s *Session) completeResource(ctx context.Context, template, argument, value string) []string {
	resources := s.Operations.Resources()
	for _, t := range resources.Templates() {
		if t.Name == template {
			found, err := resources.Complete(ctx, t.URI, argument, value)
			if err != nil {
				return nil
			}
			return found
		}
	}
	return nil
}
