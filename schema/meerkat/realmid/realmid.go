// Package realmid has the rules of Meerkat for the ids of realms. The composition of a
// realm, the checks of a text and the places of files all follow them.
package realmid

// Reserved ids.
const (
	Global     = "global"      // the realm at the root of every chain, with a document of its own
	EnvDefault = "env_default" // settings from the environment, which are in no document
)

// MaxLength is the longest id in bytes: no file system has longer names of directories.
// Meerkat has no limit.
const MaxLength = 255

// MaxChain is how many realms a chain may have along the parents, the first one counted.
// The realm Global at its end, which no realm names, is not counted.
const MaxChain = 16

// IsSlug reports whether a realm may have an id: Meerkat makes ids such as mob.<id>,
// which a user may not choose.
func IsSlug(id string) bool {
	for _, c := range []byte(id) {
		if !isAlphanumeric(c) && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return id != ""
}

func isAlphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
