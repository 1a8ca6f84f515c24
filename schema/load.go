package schema

import (
	"errors"

	"realmconf/schema/internal/jsonschema"
	"realmconf/schema/tree"
)

// LoadOptions say what a JSON Schema does not. The zero value says nothing.
type LoadOptions struct {
	// Dir is the directory in which references to other files are looked up. If it is
	// empty, a reference to a file is an error.
	Dir string
	// Secrets are places that hold secrets beside those that the schema and the names
	// of the keys tell, and NotSecrets those that hold none although they do,
	// or although their text looks like one. Both
	// count for all places below; of two that are above a place, the longer one counts,
	// then the one with fewer "*", then a secret.
	// A token "*" stands for any key, and for any entry of a list.
	Secrets, NotSecrets []tree.Pointer
	// SkipMissing makes a reference to a file that is not there allow any value, instead
	// of an error. Model.Ignored lists these.
	SkipMissing bool
}

// Load returns the model of any JSON Schema, of the drafts 4 to 2020-12; without
// $schema it is of the newest. One of draft 3 is read as one of draft 4, and Ignored has
// its keywords that this draft does not know.
//
// A place whose risk classes the schema does not give with x-risk, or gives in words of
// another vocabulary, which Ignored has, has the class RiskUnclassed, and RiskSecret if it holds a secret: by x-secret, writeOnly or the
// format password, or because its name says so (secretNameOf, secretsBelowName), whatever type it has (secrecy). What identifies the
// entries of a list is x-key, or else the first of id, name and key that the schema
// requires of all. Dates of TOML are texts, for which format counts. An infinite number
// is beyond each limit on its side, and NaN beyond none.
//
// Of the formats, date-time, date, time, ipv4, ipv6, uuid, uri, uri-reference, email,
// json-pointer and regex are checked, all others ignored. Regular expressions are those
// of ECMA-262, look-ahead and look-behind too; one with a back reference is ignored. See
// Ignored for what a schema has of these.
//
// A reference to a file is looked up in options.Dir, also if it is an address of the
// web: nothing is fetched, and the error says which files are missing. Only regular files
// in that directory are read. A reference to one of the standard's own schemas allows any
// object and boolean. That is the only difference to the JSON Schema Test Suite without
// its optional cases (TestSuite lists them).
//
// The limits: the schema and its files have 8 MiB together, 100 files, 200,000 schemas,
// and 200 in a chain for the same value ($ref, allOf and the like); its regular
// expressions have 20,000 instructions each and 500,000 together, and those beyond are
// ignored; a check ends after 20,000,000 steps, which are about as long as a comparison
// of two texts, and then reports that it was given up; a name that takes the expressions
// of patternProperties more than 20,000 steps is described as a secret; 48 alternatives
// of a place and 100,000 places are described, and what is beyond is checked all the
// same. In memory a schema takes about 50 times its length, if it consists of keys.
func Load(text []byte, options LoadOptions) (*Model, error) {
	open, closeDir, err := openDir(options.Dir)
	if err != nil {
		return nil, err
	}
	defer closeDir()
	doc, err := jsonschema.Compile(text, jsonschema.Options{Open: open, SkipMissing: options.SkipMissing, Foreign: foreignRisk})
	if err != nil {
		return nil, err
	}
	m := New(text, newBuilder(doc, options).root(), Rules{})
	m.loaded = &loadedSchema{doc: doc}
	return m, nil
}

// LacksFile reports whether an error of Load is that of a reference to a file that is not
// there, which LoadOptions.SkipMissing makes no error.
func LacksFile(err error) bool {
	var e *jsonschema.Error
	return errors.As(err, &e) && e.File != ""
}

// loadedSchema is what a model has if Load made it.
type loadedSchema struct {
	doc *jsonschema.Document
}

// Ignored returns the parts of the schema that have no effect: regular expressions,
// formats and risk classes that are not known, keywords of draft 3, and references that lead to nothing,
// each in words with its place.
func (m *Model) Ignored() []string {
	if m.loaded == nil {
		return nil
	}
	return m.loaded.doc.Ignored
}
