package schema_test

import (
	"strings"
	"testing"

	"realmconf/schema"
	"realmconf/schema/tree"
)

// TestLoad_schemelessAddress shows texts with "://" after something that is no scheme: each
// is looked at once, and an address after other characters is found.
func TestLoad_schemelessAddress(t *testing.T) {
	m := loadModel(t, `{}`)
	for text, isSecret := range map[string]bool{
		"://": false, "://host/a": false, "1://host": false, "+://u:pw@host": false, "a ://x b": false, "https://": false, "://://": false,
		"1https://u:pw@host/": true, "see ((https://u:pw@host/))": true, "-+.": false, strings.Repeat("://", 20000): false,
	} {
		o := tree.Object{"note": text}
		masked := m.Mask(o, func(p tree.Pointer, _ any) string { return schema.Token{Generation: 1, Path: p}.String() })
		if (masked["note"] != text) != isSecret {
			t.Errorf("%.40q: shown as %.60v", text, masked["note"])
		}
	}
}
