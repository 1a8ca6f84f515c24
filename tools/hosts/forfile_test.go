package hosts

import (
	"strings"
	"testing"
)

// TestHost_For expects the name of a file's entry in the settings, in the host's own
// command and in all texts about it.
func TestHost_For(t *testing.T) {
	for stem, want := range map[string]string{
		"wrangler": "realmconf-wrangler", "Mise Local": "realmconf-mise-local", "ü.": "realmconf-file", "": "realmconf-file",
		strings.Repeat("a", 40): "realmconf-" + strings.Repeat("a", 24), "a.\"b": "realmconf-a--b",
	} {
		for _, known := range Known() {
			h := known.For(stem)
			entry := string(h.Snippet(h.Places[0], Server{Program: "/bin/p"}))
			if strings.Count(entry, want) == 0 || strings.Contains(strings.ReplaceAll(entry, want, ""), serverName) {
				t.Errorf("%s, %q: entry %s", h.Name, stem, entry)
			}
			for was, is := range map[string]string{known.add: h.add, known.Writes: h.Writes, known.Note: h.Note, known.Places[0].path: h.Places[0].path} {
				if is != strings.ReplaceAll(was, serverName, want) {
					t.Errorf("%s, %q: %q became %q", h.Name, stem, was, is)
				}
			}
			again, err := h.Apply(h.Places[0], []byte(entry), Server{Program: "/bin/q"})
			if err != nil || strings.Count(string(again), want) != strings.Count(entry, want) {
				t.Errorf("%s, %q: written again: %v\n%s", h.Name, stem, err, again)
			}
		}
	}
	if strings.Contains(Known()[0].Writes, "wrangler") {
		t.Error("the table was changed")
	}
}
