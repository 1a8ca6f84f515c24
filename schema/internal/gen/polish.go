package main

import (
	"fmt"
	"slices"
	"strings"

	"realmconf/schema"
)

// polish adds to a schema the parts that tags and reflection cannot give:
// descriptions in one line, the empty defaults of lists and maps, the defaults of
// tables that are complete or absent, and the shape of the x- keywords. path is for
// error texts.
func polish(o map[string]any, path string) error {
	if d, ok := o["description"].(string); ok {
		o["description"] = strings.Join(strings.Fields(d), " ")
	}
	if s, ok := o["x-alias"].(string); ok {
		o["x-alias"] = []any{s}
	}
	polishRisk(o)
	if err := polishValues(o, path); err != nil {
		return err
	}
	if err := polishProperties(o, path); err != nil {
		return err
	}
	for _, keyword := range []string{"items", "additionalProperties"} {
		if below, ok := o[keyword].(map[string]any); ok {
			if err := polish(below, path+"/-"); err != nil {
				return err
			}
		}
	}
	return polishBranches(o, path)
}

func polishProperties(o map[string]any, path string) error {
	required, _ := o["required"].([]any)
	properties, _ := o["properties"].(map[string]any)
	for name, v := range properties {
		p, ok := v.(map[string]any)
		if !ok {
			return fmt.Errorf("%s: the type of this field has no schema: use meerkat.Any or meerkat.Open", path+"/"+name)
		}
		optional := !slices.Contains(required, any(name))
		if optional {
			emptyDefault(p)
		}
		if err := polish(p, path+"/"+name); err != nil {
			return err
		}
		wholeDefault(p, optional)
	}
	return nil
}

// polishBranches is polish for the branches of a union, which have true for the
// members of all branches.
func polishBranches(o map[string]any, path string) error {
	thens := []any{o}
	if all, ok := o["allOf"].([]any); ok {
		thens = append(thens, all...)
	}
	for _, b := range thens {
		then, ok := b.(map[string]any)["then"].(map[string]any)
		if !ok {
			continue
		}
		common := make(map[string]any)
		properties, _ := then["properties"].(map[string]any)
		for name, p := range properties {
			if p == true {
				common[name] = p
				delete(properties, name)
			}
		}
		if err := polish(then, path); err != nil {
			return err
		}
		delete(then, "type") // the union has it
		for name, p := range common {
			properties[name] = p
		}
	}
	return nil
}

// polishRisk turns x-risk from "exec+secret", or from several such texts, into a list
// of classes, the strongest first.
func polishRisk(o map[string]any) {
	var names []any
	switch v := o["x-risk"].(type) {
	case nil:
		return
	case string:
		names = []any{v}
	case []any:
		names = v
	}
	var classes []any
	for _, text := range names {
		for class := range strings.SplitSeq(text.(string), "+") {
			classes = append(classes, class)
		}
	}
	slices.SortFunc(classes, func(a, b any) int { return strength(b) - strength(a) })
	o["x-risk"] = classes
}

// strength returns the place of a class in the order of classes.
func strength(class any) int { return slices.Index(schema.Risks(), schema.Risk(class.(string))) }

// polishValues turns x-value-alias from "other:canonical" into an object.
func polishValues(o map[string]any, path string) error {
	var pairs []any
	switch v := o["x-value-alias"].(type) {
	case nil:
		return nil
	case string:
		pairs = []any{v}
	case []any:
		pairs = v
	}
	aliases := make(map[string]any)
	for _, pair := range pairs {
		other, canonical, ok := strings.Cut(pair.(string), ":")
		if !ok {
			return fmt.Errorf("%s: x-value-alias must look like other:canonical", path)
		}
		aliases[other] = canonical
	}
	o["x-value-alias"] = aliases
	return nil
}

// emptyDefault gives a list or map that says nothing about its absence the
// default that such fields have.
func emptyDefault(p map[string]any) {
	_, has := p["default"]
	if _, unset := p["x-unset"]; has || unset {
		return
	}
	_, section := p["properties"]
	switch {
	case p["type"] == "array":
		p["default"] = []any{}
	case p["type"] == "object" && !section:
		p["default"] = map[string]any{}
	}
}

// wholeDefault moves the defaults of required keys to the table that requires
// them: where the key may not be absent, only the table can be. They stay
// defaults only if the table may be absent, and all of them have one.
func wholeDefault(p map[string]any, optional bool) {
	required, _ := p["required"].([]any)
	properties, _ := p["properties"].(map[string]any)
	whole := make(map[string]any)
	for _, name := range required {
		key := properties[name.(string)].(map[string]any)
		if d, ok := key["default"]; ok {
			whole[name.(string)] = d
			delete(key, "default")
		}
	}
	if _, unset := p["x-unset"]; optional && !unset && len(required) > 0 && len(whole) == len(required) {
		p["default"] = whole
	}
}
