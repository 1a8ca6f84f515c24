package main

import (
	"strings"
	"testing"
)

func TestCheckClasses(t *testing.T) {
	leaf := func(keywords ...any) map[string]any {
		o := map[string]any{"type": "string"}
		for i := 0; i < len(keywords); i += 2 {
			o[keywords[i].(string)] = keywords[i+1]
		}
		return o
	}
	section := func(p map[string]any) map[string]any {
		return map[string]any{"properties": map[string]any{"a": p}}
	}
	classes := func(names ...any) []any { return names }
	for _, tt := range []struct {
		name string
		p    map[string]any
		want string // in the error; "": there is none
	}{
		{"a class", leaf("x-risk", classes("exec")), ""},
		{"two classes", leaf("x-risk", classes("exec", "secret")), ""},
		{"none, with a reason", leaf("x-risk", classes("none"), "x-risk-why", "it is a name"), ""},
		{"no class", leaf(), "/a: it has no x-risk"},
		{"an empty list", leaf("x-risk", classes()), "/a: it has no x-risk"},
		{"none, without a reason", leaf("x-risk", classes("none")), "/a: it has no risk class and no reason"},
		{"none, with an empty reason", leaf("x-risk", classes("none"), "x-risk-why", ""), "/a: it has no risk class and no reason"},
		{"a class with a reason for none", leaf("x-risk", classes("exec"), "x-risk-why", "it is a name"), "/a: x-risk-why is the reason"},
		{"a list of texts", leaf("items", map[string]any{"type": "string"}), "/a: it has no x-risk"},
		{"a map of texts", leaf("additionalProperties", map[string]any{"type": "string"}), "/a: it has no x-risk"},
		{"anything", map[string]any{"x-form": "any"}, "/a: it has no x-risk"},
		{"a section with a class", map[string]any{"x-risk": classes("exec"), "properties": map[string]any{"b": leaf()}}, "/a/b: it has no x-risk"},
		{"an entry of a list", map[string]any{"items": section(leaf())}, "/a/-/a: it has no x-risk"},
		{"an entry of a map", map[string]any{"additionalProperties": section(leaf())}, "/a/-/a: it has no x-risk"},
		{"a full form", map[string]any{"then": section(leaf())}, "/a/a: it has no x-risk"},
		{"a branch", map[string]any{"allOf": []any{map[string]any{"then": section(leaf())}}}, "/a/a: it has no x-risk"},
		{"a key of all branches", map[string]any{"properties": map[string]any{"b": true}, "allOf": []any{map[string]any{"then": section(leaf("x-risk", classes("path")))}}}, ""},
	} {
		err := checkClasses(section(tt.p), "")
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
}
