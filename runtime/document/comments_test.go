package document

import (
	"testing"

	"realmconf/schema/tree"
)

func TestReplaceComments(t *testing.T) {
	hide := func(string) string { return "!" }
	for text, want := range map[string]string{
		"":                                  "",
		"# one\n#two":                       "#!\n#!",
		"a = 1 # one\r\nb = 2":              "a = 1 #!\r\nb = 2",
		"a = \"#\" # one":                   "a = \"#\" #!",
		`a = "\"#" # one`:                   `a = "\"#" #!`,
		`a = '\' # one`:                     `a = '\' #!`,
		"a = \"\"\"#\n\\\"\"\"\"# one":      "a = \"\"\"#\n\\\"\"\"\"#!",
		"a = '''#\n''''' # '''":             "a = '''#\n''''' #!",
		"a = '' # '\nb = \"\" # \"":         "a = '' #!\nb = \"\" #!",
		"a = [1, # one ]\n \"#\", # two\n]": "a = [1, #!\n \"#\", #!\n]",
		"\"#\".'#' = 1 # one":               "\"#\".'#' = 1 #!",
		"['#'] # one":                       "['#'] #!",
	} {
		if got := string(ReplaceComments([]byte(text), hide)); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// FuzzReplaceComments: the values stay, and so does the whole text if each comment stays.
func FuzzReplaceComments(f *testing.F) {
	for _, text := range []string{"# one\na = \"#\" # two", "a = '''#\n''''' # '''", "a = [1, # one\n]", "a = \"\"\"\\\n\"\"\" # \""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		before, err := Parse([]byte(text))
		if err != nil {
			return
		}
		if same := ReplaceComments([]byte(text), func(c string) string { return c }); string(same) != text {
			t.Errorf("%q became %q", text, same)
		}
		hidden := ReplaceComments([]byte(text), func(string) string { return " hidden" })
		after, err := Parse(hidden)
		if err != nil || !tree.Exactly(before.Tree(), after.Tree()) {
			t.Errorf("%q became %q: %v", text, hidden, err)
		}
	})
}
