package cli

import (
	"errors"

	"realmconf/schema/tree"
)

// format is the notation in which a value is printed. The zero value means TOML
// on a terminal and JSON otherwise.
type format string

const (
	formatTOML format = "toml"
	formatJSON format = "json"
)

// String returns the format's name.
func (f *format) String() string { return string(*f) }

// Set selects a format by its name.
func (f *format) Set(text string) error {
	if text != string(formatTOML) && text != string(formatJSON) {
		return errors.New("it must be toml or json")
	}
	*f = format(text)
	return nil
}

// usualValue is the length of most values that are printed.
const usualValue = 512

// printValue prints the value at a path. As TOML, an object has the keys that are not
// set in comments if tellsUnset.
func (s *Session) printValue(path string, value any, as format, raw, tellsUnset bool) error {
	if text, isText := value.(string); isText && raw {
		s.print("%s\n", text)
		return nil
	}
	if as != formatTOML || raw {
		s.printJSON(tree.Append(make([]byte, 0, usualValue), value))
		return nil
	}
	p, err := tree.ParsePointer(path)
	if err != nil {
		return err
	}
	var text []byte
	if o, isObject := value.(tree.Object); isObject && tellsUnset {
		text, err = s.encodeWithUnset(p, o)
	} else {
		text, err = encodeTOML(p, value)
	}
	if err != nil {
		return err
	}
	s.writeSource(text, false)
	return nil
}
