package schema

import (
	"bytes"

	"realmconf/schema/tree"
)

// LoadOptions say what a JSON Schema does not. The zero value says nothing.
type LoadOptions struct {
	// Dir is the directory in which references to other files are looked up. If it is
	// empty, a reference to a file is an error.
	Dir string
	// Secrets are places that hold secrets beside those that the schema and the names
	// of the keys tell, and NotSecrets those that hold none although they do. Both
	// count for all places below; of two that are above a place, the longer one counts.
	// A token "*" stands for any key, and for any entry of a list.
	Secrets, NotSecrets []tree.Pointer
}

// Load returns the model of any JSON Schema. A place whose risk classes the schema does
// not give with x-risk has the class RiskUnclassed.
func Load(text []byte, options LoadOptions) (*Model, error) {
	if isTrue := string(bytes.TrimSpace(text)) == "true"; isTrue {
		text = []byte("{}")
	}
	root, err := parse(text, Rules{}, unclassed)
	if err != nil {
		return nil, err
	}
	return New(text, root, Rules{}), nil
}
