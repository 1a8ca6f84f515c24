package fault

import "strings"

// maxForeign is how much of a text from a file is told, in bytes.
const maxForeign = 200

// Cut shortens a text that another program may have written, such as a name in a
// file of the realm, to 200 bytes: it goes into messages that a model reads.
func Cut(text string) string {
	if len(text) <= maxForeign {
		return text
	}
	return strings.ToValidUTF8(text[:maxForeign], "") + "…"
}
