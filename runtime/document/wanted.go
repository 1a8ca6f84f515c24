package document

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"

	"realmconf/schema/tree"
)

// ErrTooLong is the refusal of an edit whose text would be longer than MaxBytes.
var ErrTooLong = errors.New("the edited text would be longer than 1 MiB: write less")

// ErrTooMany is the refusal of an edit whose text would have more than MaxKeys or
// MaxTables.
var ErrTooMany = errors.New("the edited text would have more than 60,000 keys, tables and list entries, or more than 12,000 tables: write less")

// checkWanted refuses what TOML cannot hold, and what would be far too long. It
// writes behind the elements of at.
func checkWanted(at tree.Pointer, v any) error {
	if err := checkValues(at, v); err != nil {
		return err
	}
	if minBytes(v) > MaxBytes {
		return ErrTooLong
	}
	return nil
}

func checkValues(at tree.Pointer, v any) error {
	if len(at) > tree.MaxDepth {
		return fmt.Errorf("%s is nested too deeply: use fewer levels", at[:4])
	}
	switch v := v.(type) {
	case bool, int64, uint64:
	case string:
		if !utf8.ValidString(v) {
			return fmt.Errorf("%s is not UTF-8: correct the string", at)
		}
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("%s is not a finite number: give one", at)
		}
	case []any:
		for i, e := range v {
			if err := checkValues(append(at, strconv.Itoa(i)), e); err != nil {
				return err
			}
		}
	case map[string]any:
		for name := range v {
			if !utf8.ValidString(name) {
				return fmt.Errorf("a key of %q is not UTF-8: correct it", at.String())
			}
			if err := checkValues(append(at, name), v[name]); err != nil {
				return err
			}
		}
	case nil:
		return fmt.Errorf("%s is null, which TOML cannot hold: leave the key out", at)
	default:
		return fmt.Errorf("%s is no configuration value: this is a mistake of the program", at)
	}
	return nil
}

// minBytes is a lower bound for the length of a text that means v. With it, a
// value that is far too long is refused before anything is written. Strings
// count without quotes, because a date is one in the tree; tables without
// brackets, because dotted keys may make them.
func minBytes(v any) int {
	n := 0
	switch v := v.(type) {
	case string:
		n = len(v)
	case []any:
		for _, e := range v {
			if n += 1 + minBytes(e); n > MaxBytes {
				break
			}
		}
	case map[string]any:
		for name, e := range v {
			if n += len(name) + 1 + minBytes(e); n > MaxBytes {
				break
			}
		}
	default:
		n = 1
	}
	return n
}
