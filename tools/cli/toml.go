package cli

import (
	"bytes"

	"realmconf/runtime/document"
	"realmconf/schema/tree"
)

// encodeTOML returns a value as TOML: an object as a document, a list as a key
// with the last name of its path, anything else as a bare value. TOML has no
// null: null members are left out, and a null value becomes a comment.
func encodeTOML(path tree.Pointer, value any) ([]byte, error) {
	name := "value"
	if len(path) > 0 {
		name = path[len(path)-1]
	}
	switch v := withoutNulls(value).(type) {
	case nil:
		return []byte("# not set\n"), nil
	case tree.Object:
		return encodeText(v)
	case []any:
		return encodeText(tree.Object{name: v})
	default:
		text, err := encodeText(tree.Object{"v": v})
		return bytes.TrimPrefix(text, []byte("v = ")), err
	}
}

func encodeText(o tree.Object) ([]byte, error) {
	doc, err := encodeDocument(o)
	if err != nil {
		return nil, err
	}
	return doc.Text(), nil
}

// encodeDocument returns an object as a document without comments.
func encodeDocument(o tree.Object) (*document.Document, error) {
	empty, err := document.Parse(nil)
	if err != nil {
		return nil, err
	}
	doc, _, err := empty.Edit(o, nil)
	return doc, err
}

// withoutNulls returns a value without the members and entries that are null.
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
