package realm

import (
	"fmt"
	"hash/fnv"
	"strings"
	"unicode/utf8"

	"realmconf/runtime/fault"
	"realmconf/schema/meerkat/realmid"
)

const (
	maxExplicitID = 64
	explicitRule  = `use letters, digits, "_" and "-" only, at most 64, starting with a letter or digit`
)

// checkID returns an invalid_params fault if a user may not name a realm by an
// id. An id has 1 to 64 ASCII letters, digits, "_" and "-", and starts with a
// letter or digit. It is not a UUID in any notation, because UUIDs name sessions,
// and not env_default, which has no file. Nothing is trimmed.
func checkID(id string) error {
	refuse := func(format string, args ...any) error {
		return fault.New(fault.InvalidParams, format, args...)
	}
	switch {
	case id == "":
		return refuse("realm id is empty: %s", explicitRule)
	case len(id) > maxExplicitID:
		return refuse("realm id of %d bytes is longer than %d: %s", len(id), maxExplicitID, explicitRule)
	}
	for i, r := range id {
		if !isAlphanumeric(r) && r != '_' && r != '-' {
			_, size := utf8.DecodeRuneInString(id[i:])
			return refuse("realm id %q has a %q at byte %d: %s", id, id[i:i+size], i, explicitRule)
		}
	}
	switch {
	case !isAlphanumeric(rune(id[0])):
		return refuse("realm id %q starts with %q: %s", id, id[:1], explicitRule)
	case isUUID(id):
		return refuse("realm id %q reads as a UUID, and those name sessions: choose another name", id)
	case id == realmid.EnvDefault:
		return refuse("realm id %q is reserved for settings from the environment, and has no file: choose another name", id)
	}
	return nil
}

// workspaceID returns the id of the realm that belongs to a directory, given the
// directory's path with all symbolic links resolved: "ws-" and the 64-bit FNV-1a
// hash of the path in 16 hexadecimal digits. Bytes of the path that are not UTF-8
// are hashed as replacement characters.
func workspaceID(canonicalPath string) string {
	h := fnv.New64a()
	h.Write([]byte(replaceInvalid(canonicalPath)))
	return fmt.Sprintf("ws-%016x", h.Sum64())
}

// dirName returns the name of a realm's directory: the id, with "_" in place of
// every character other than ASCII letters, digits, "-" and "_". Different ids
// may have the same name; the manifest in the directory holds the id.
func dirName(id string) string {
	return strings.Map(func(r rune) rune {
		if isAlphanumeric(r) || r == '-' || r == '_' {
			return r
		}
		return '_'
	}, id)
}

func isAlphanumeric(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}

// isUUID reports whether an id with the characters of checkID is a UUID: 32
// hexadecimal digits, plain or as 8-4-4-4-12. The other notations, in braces or
// with a urn:uuid: prefix, have other characters.
func isUUID(id string) bool {
	const hyphenated = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"
	shape := strings.Map(func(r rune) rune {
		switch {
		case '0' <= r && r <= '9', 'a' <= r && r <= 'f', 'A' <= r && r <= 'F':
			return 'x'
		case r == '-':
			return r
		default:
			return '!'
		}
	}, id)
	return shape == hyphenated || shape == strings.ReplaceAll(hyphenated, "-", "")
}

// replaceInvalid returns a text with U+FFFD in place of every maximal part that
// is not UTF-8 (Unicode Standard, section 3.9, "U+FFFD Substitution of Maximal
// Subparts"). The standard library replaces whole runs, or every byte, and the
// hash would differ from Meerkat's.
func replaceInvalid(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		b.WriteRune(r)
		if r == utf8.RuneError && size == 1 {
			// A beginning that could still become a character is one part.
			for i+size < len(s) && !utf8.FullRuneInString(s[i:i+size+1]) {
				size++
			}
		}
		i += size
	}
	return b.String()
}
