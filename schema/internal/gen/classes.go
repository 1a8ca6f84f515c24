package main

import (
	"errors"
	"fmt"
	"slices"

	"realmconf/schema"
)

// checkClasses returns an error unless each leaf below a schema names its risk
// classes, and gives a reason for none. A leaf is a property with no properties in it:
// a list or map of values without keys is one leaf.
func checkClasses(o map[string]any, path string) error {
	for name, p := range properties(o) {
		at := path + "/" + name
		if isLeaf(p) {
			if err := checkClass(p); err != nil {
				return fmt.Errorf("%s: %w", at, err)
			}
		} else if err := checkClasses(p, at); err != nil {
			return err
		}
	}
	for _, keyword := range []string{"items", "additionalProperties"} {
		if below, ok := o[keyword].(map[string]any); ok {
			if err := checkClasses(below, path+"/-"); err != nil {
				return err
			}
		}
	}
	branches, _ := o["allOf"].([]any)
	for _, b := range append([]any{o}, branches...) {
		if then, ok := b.(map[string]any)["then"].(map[string]any); ok {
			if err := checkClasses(then, path); err != nil {
				return err
			}
		}
	}
	return nil
}

// isLeaf reports whether a property has no properties in it.
func isLeaf(p map[string]any) bool {
	items, _ := p["items"].(map[string]any)
	values, _ := p["additionalProperties"].(map[string]any)
	return !holds(p) && !holds(items) && !holds(values)
}

// checkClass checks the x-risk and the x-risk-why of a leaf.
func checkClass(p map[string]any) error {
	classes, _ := p["x-risk"].([]any)
	why, _ := p["x-risk-why"].(string)
	isNone := slices.Contains(classes, any(string(schema.RiskNone)))
	switch {
	case len(classes) == 0:
		return errors.New("it has no x-risk: name its risk classes, or none and with x-risk-why a reason")
	case isNone && why == "":
		return errors.New("it has no risk class and no reason for that: give one with x-risk-why")
	case !isNone && why != "":
		return errors.New("x-risk-why is the reason for no risk class, and it has one")
	}
	return nil
}
