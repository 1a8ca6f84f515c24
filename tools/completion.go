package tools

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// maxGenerations is how many generations a completion reads.
const maxGenerations = 1000

// Complete returns the values of a template's argument that begin with value:
// paths one name at a time, generations from the newest back. An unknown template
// or argument is an invalid_params fault.
func (r *Resources) Complete(ctx context.Context, template, argument, value string) ([]string, error) {
	switch {
	case (template == templateConfig || template == templateEffective) && argument == "path":
		return r.completePath(ctx, value), nil
	case template == templateHistory && argument == "generation":
		return r.completeGeneration(ctx, value)
	case template == templateConfig, template == templateEffective, template == templateHistory:
		return nil, fault.New(fault.InvalidParams, "%s has no argument of that name: its argument is in braces", template)
	}
	return nil, fault.New(fault.InvalidParams, "no such template: there are %s, %s and %s", templateConfig, templateEffective, templateHistory)
}

// completePath completes the last name of a path: with the names that the schema
// has, and if the configuration can be read, those that it has.
func (r *Resources) completePath(ctx context.Context, value string) []string {
	parent, beginning := "", value
	if i := strings.LastIndexByte(value, '/'); i >= 0 {
		parent, beginning = "/"+value[:i], value[i+1:]
	}
	path, err := tree.ParsePointer(parent)
	if err != nil {
		return nil
	}
	names := r.model.Children(path)
	if snapshot, err := r.rt.Get(ctx); err == nil {
		value, _, _ := path.Get(snapshot.Resolved())
		switch value := value.(type) {
		case map[string]any:
			names = slices.AppendSeq(names, maps.Keys(value))
		case []any:
			for i := range value {
				names = append(names, strconv.Itoa(i))
			}
		}
	}
	var found []string
	for _, name := range names {
		if token := (tree.Pointer{name}).String()[1:]; strings.HasPrefix(token, beginning) {
			found = append(found, path.Child(name).String()[1:])
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func (r *Resources) completeGeneration(ctx context.Context, value string) ([]string, error) {
	numbers, err := r.rt.Generations(ctx, maxGenerations)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, n := range numbers {
		if text := strconv.FormatUint(n, 10); strings.HasPrefix(text, value) {
			found = append(found, text)
		}
	}
	return found, nil
}
