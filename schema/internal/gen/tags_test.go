package main

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"realmconf/schema/meerkat"
)

// TestTags_takeEffect finds tags that the library ignores, such as a minimum on a
// field that it does not take for a number, and fields that are not in the schema.
func TestTags_takeEffect(t *testing.T) {
	var root map[string]any
	if err := json.Unmarshal(meerkat.New().JSON(), &root); err != nil {
		t.Fatal(err)
	}
	checkTags(t, reflect.TypeFor[meerkat.Config](), root, "")
}

func checkTags(t *testing.T, typ reflect.Type, o map[string]any, path string) {
	switch typ.Kind() {
	case reflect.Slice:
		items, _ := o["items"].(map[string]any)
		checkTags(t, typ.Elem(), items, path+"/-")
	case reflect.Map:
		if below, ok := o["additionalProperties"].(map[string]any); ok {
			checkTags(t, typ.Elem(), below, path+"/-")
		}
	case reflect.Struct:
		if typ == reflect.TypeFor[meerkat.OutputSchema]() {
			o = thens(o)[0]
		}
		all := thens(o)
		for f := range typ.Fields() {
			switch f.Tag.Get("json") {
			case ",inline":
				checkTags(t, f.Type, o, path)
			case "-":
				if len(all) == 0 {
					t.Errorf("%s: the branch %s is not in the schema", path, f.Name)
					return
				}
				checkTags(t, f.Type, all[0], path)
				all = all[1:]
			default:
				checkField(t, f, o, path)
			}
		}
	}
}

func checkField(t *testing.T, f reflect.StructField, o map[string]any, path string) {
	name := f.Tag.Get("json")
	properties, _ := o["properties"].(map[string]any)
	p, ok := properties[name].(map[string]any)
	if !ok {
		t.Errorf("%s/%s is not in the schema", path, name)
		return
	}
	required := strings.Contains(f.Tag.Get("jsonschema"), "required")
	for _, tag := range []string{f.Tag.Get("jsonschema"), f.Tag.Get("jsonschema_extras")} {
		for part := range strings.SplitSeq(tag, ",") {
			key, _, _ := strings.Cut(part, "=")
			if required && key == "default" {
				continue // the table that requires it has it
			}
			if _, has := p[key]; key != "" && key != "required" && !has {
				t.Errorf("%s/%s: %s is in the tag and not in the schema", path, name, key)
			}
		}
	}
	checkTags(t, f.Type, p, path+"/"+name)
}

func TestGenerate_defaultsOfRequiredKeys(t *testing.T) {
	var root map[string]any
	if err := json.Unmarshal(meerkat.New().JSON(), &root); err != nil {
		t.Fatal(err)
	}
	count := 0
	eachProperty(root, "", func(path string, p map[string]any) {
		required, _ := p["required"].([]any)
		if d, ok := p["default"].(map[string]any); ok && len(required) > 0 {
			count++
			for _, name := range required {
				if _, has := d[name.(string)]; !has {
					t.Errorf("%s: the default lacks %s", path, name)
				}
			}
		}
	})
	if count != 2 {
		t.Errorf("got %d tables that have a default as a whole, want 2", count)
	}
}

// Each union of this test has one mistake.
type (
	empty struct{}
	same  struct {
		Kind string `json:"kind"`
	}
	untagged struct {
		A empty `json:"-" case:"a"`
	}
	twice struct {
		Kind meerkat.Tag `json:"kind"`
		A    same        `json:"-" case:"a"`
	}
	idle struct {
		Kind meerkat.Tag `json:"kind"`
		A    empty       `json:"-" with:"a"`
	}
)

func TestReflect_wrongUnions(t *testing.T) {
	for _, typ := range []reflect.Type{reflect.TypeFor[untagged](), reflect.TypeFor[twice](), reflect.TypeFor[idle]()} {
		t.Run(typ.Name(), func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("got no panic")
				}
			}()
			generator{}.reflect(typ, nil)
		})
	}
}
