package document_test

import (
	"errors"
	"strings"
	"testing"

	"realmconf/runtime/document"
)

// TestParse_specialReason checks the advice for mistakes that have one cause, and
// that similar ones keep the general reason.
func TestParse_specialReason(t *testing.T) {
	const merge, null, path = "a merge has left its marks here", "NUL bytes are here", "put the path in single quotes"
	for _, tt := range []struct {
		text string
		line int
		want string
	}{
		{"[rest]\n<<<<<<< HEAD\nport = 1\n=======\nport = 2\n>>>>>>> branch\n", 2, merge},
		{"[rest]\nport = 1\n=======\nport = 2\n>>>>>>> branch\n", 3, merge},
		{"[rest]\nport = 1\n>>>>>>> branch\n", 3, merge},
		{"[rest]\n||||||| base\n", 2, merge},
		{"[rest]\nport = 1\n\x00\x00\x00\x00", 3, null},
		{"\x00\x00\x00", 1, null},
		{"[rest]\nhost = \"a\x00\"\n", 2, null},
		{"[store]\ndatabase_dir = \"C:\\Users\\x\"\n", 2, path},
		{"[store]\ndatabase_dir = \"D:\\data\"\n", 2, path},
		{"[store]\ndatabase_dir = \"\\\\server\\share\"\n", 2, path},
		{"[agent]\nmodel = \"a\\q\"\n", 2, "this escape sequence does not exist in TOML"},
		{"[agent]\nmodel = \"a\n", 2, "this string"},
		{"= 1\n", 1, "a key cannot start with this character"},
	} {
		_, err := document.Parse([]byte(tt.text))
		var syntax *document.SyntaxError
		if !errors.As(err, &syntax) || syntax.Line != tt.line || !strings.Contains(syntax.Reason, tt.want) {
			t.Errorf("%q: got %v, want line %d and %q", tt.text, err, tt.line, tt.want)
		}
	}
	if _, err := document.Parse([]byte("# =======\nx = '''\n<<<<<<< not one\n'''\np = 'C:\\Users'\n")); err != nil {
		t.Errorf("marks in a text: got %v", err)
	}
}
