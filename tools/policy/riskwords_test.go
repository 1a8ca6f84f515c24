package policy

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"realmconf/schema"
)

// TestClassWords_page: the page has the same words for each class.
func TestClassWords_page(t *testing.T) {
	script, err := os.ReadFile("../review/page/js/change.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, class := range schema.NewRiskSet(schema.Risks()...).Classes() {
		one, several := classWords(class)
		if line := fmt.Sprintf("\t%s: %q,\n", class, one); !strings.Contains(string(script), line) {
			t.Errorf("the page has no line %q", line)
		}
		if one == several || one == string(class) {
			t.Errorf("%s has the words %q and %q", class, one, several)
		}
	}
}
