package cli

import (
	"bytes"

	"realmconf/runtime/document"
	"realmconf/schema/tree"
)

// asTOML is a value as TOML: an object as a document, a list under the last
// name of its path, anything else by itself. TOML has no null: what is not
// there is left out, and a comment stands for nothing at all.
func asTOML(path tree.Pointer, value any) ([]byte, error) {
	name := "value"
	if len(path) > 0 {
		name = path[len(path)-1]
	}
	switch v := withoutNulls(value).(type) {
	case nil:
		return []byte("# not set\n"), nil
	case tree.Object:
		return render(v)
	case []any:
		return render(tree.Object{name: v})
	default:
		text, err := render(tree.Object{"v": v})
		return bytes.TrimPrefix(text, []byte("v = ")), err
	}
}

func render(o tree.Object) ([]byte, error) {
	empty, err := document.Parse(nil)
	if err != nil {
		return nil, err
	}
	doc, _, err := empty.Edit(o, nil)
	if err != nil {
		return nil, err
	}
	return doc.Text(), nil
}

// withoutNulls is a value without the members and entries that are null.
func withoutNulls(value any) any {
	switch v := value.(type) {
	case tree.Object:
		o := make(tree.Object, len(v))
		for name, member := range v {
			if kept := withoutNulls(member); kept != nil {
				o[name] = kept
			}
		}
		return o
	case []any:
		list := make([]any, 0, len(v))
		for _, entry := range v {
			if kept := withoutNulls(entry); kept != nil {
				list = append(list, kept)
			}
		}
		return list
	default:
		return v
	}
}
