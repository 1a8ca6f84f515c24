package document

import (
	"testing"

	"realmconf/schema/tree"
)

// A value that an edit does not name keeps its type, wherever it is afterwards: entries
// of a list are matched by what they are.
func TestEdit_typesOfWhatStays(t *testing.T) {
	const rel = "[[rel]]\nv = \"1\"\nd = 1979-05-27\nx = inf\n[[rel]]\nv = \"2\"\nd = 1980-01-01\nt = 07:32:00\nh = 0x1F\n"
	for _, c := range []struct{ name, text, patch, want string }{
		{
			"an entry of another kind between", rel,
			`{"rel":[{"v":"1","d":"1979-05-27","x":"inf"},"txt",{"v":"2","d":"1980-01-01","t":"07:32:00","h":31}]}`,
			"rel = [\n    { d = 1979-05-27, v = \"1\", x = inf },\n    \"txt\",\n    { d = 1980-01-01, h = 0x1F, t = 07:32:00, v = \"2\" },\n]\n",
		},
		{
			"the first entry removed", rel,
			`{"rel":["txt",{"v":"2","d":"1980-01-01","t":"07:32:00","h":31}]}`,
			"rel = [\n    \"txt\",\n    { d = 1980-01-01, h = 0x1F, t = 07:32:00, v = \"2\" },\n]\n",
		},
		{
			"entries in another order", rel,
			`{"rel":["txt",{"v":"2","d":"1980-01-01","t":"07:32:00","h":31},{"v":"1","d":"1979-05-27","x":"inf"}]}`,
			"rel = [\n    \"txt\",\n    { d = 1980-01-01, h = 0x1F, t = 07:32:00, v = \"2\" },\n    { d = 1979-05-27, v = \"1\", x = inf },\n]\n",
		},
		{
			"under another name", rel, `{"rel":null,"other":[{"v":"1","d":"1979-05-27","x":"inf"},{"v":"2","d":"1980-01-01","t":"07:32:00","h":31}]}`,
			"[[other]]\nd = 1979-05-27\nv = \"1\"\nx = inf\n\n[[other]]\nd = 1980-01-01\nh = 0x1F\nt = 07:32:00\nv = \"2\"\n",
		},
		{
			"an entry copied", rel + "s = '1980-01-01'\n", `{"one":{"v":"1","d":"1979-05-27","x":"inf"}}`,
			rel + "s = '1980-01-01'\n\n[one]\nd = 1979-05-27\nv = \"1\"\nx = inf\n",
		},
		{"a key renamed", "d = 1979-05-27\n", `{"d":null,"e":"1979-05-27"}`, "e = 1979-05-27\n"},
		{"elements", "a = [inf, 'x', -inf, 07:32:00]\n", `{"a":["y",{"b":1},"-inf","inf","x"]}`, "a = [\"y\", { b = 1 }, -inf, inf, 'x']\n"},
		{"a string of the same text", "a = ['1979-05-27', 1980-01-01]\n", `{"a":["1980-01-01","1979-05-27","x"]}`, "a = [1980-01-01, '1979-05-27', \"x\"]\n"},
		{"a list for a date", "a = 1979-05-27\n", `{"a":["1979-05-27","1980-01-01"]}`, "a = [\n    1979-05-27,\n    1980-01-01,\n]\n"},
		{"a date among dates", "a = [1979-05-27, 1980-01-01]\n", `{"a":["1979-05-27","1980-01-01","1981-02-03"]}`, "a = [1979-05-27, 1980-01-01, 1981-02-03]\n"},
		{"a date among strings and dates", "a = [1979-05-27, 'x']\n", `{"a":["1979-05-27","x","1981-02-03"]}`, "a = [1979-05-27, 'x', \"1981-02-03\"]\n"},
		{"no date among dates", "a = [1979-05-27]\n", `{"a":["1979-05-27","soon"]}`, "a = [1979-05-27, \"soon\"]\n"},
		{"inf among floats", "a = [1.5, nan]\n", `{"a":[1.5,"nan","-inf"]}`, "a = [1.5, nan, -inf]\n"},
		{"a new entry", "[[r]]\nd = 1979-05-27\n\n[[r]]\nd = 1980-01-01\n", `{"r":[{"d":"1979-05-27"},{"d":"1980-01-01"},{"d":"1981-02-03","e":"1981-02-03"}]}`,
			"[[r]]\nd = 1979-05-27\n\n[[r]]\nd = 1980-01-01\n\n[[r]]\nd = 1981-02-03\ne = \"1981-02-03\"\n"},
		{"a new key", "[[r]]\nd = 1979-05-27\n\n[[r]]\nx = 1\n", `{"r":[{"d":"1979-05-27"},{"x":1,"d":"1981-02-03"}]}`,
			"[[r]]\nd = 1979-05-27\n\n[[r]]\nx = 1\nd = 1981-02-03\n"},
	} {
		d := mustParse(t, c.text)
		next, _, err := d.Edit(patched(t, d, c.patch), nil)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := string(next.Text()); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

// A text that a client gave decides the types of its values; an earlier text of the file
// decides where the present one has nothing.
func TestEditFrom_otherTexts(t *testing.T) {
	for _, c := range []struct{ name, text, given, earlier, want string }{
		{name: "given", text: "a = '1979-05-27'\nb = 1\n", given: "a = 1979-05-27\nb = inf\nc = [07:32:00]\n", want: "a = 1979-05-27\nb = inf\nc = [07:32:00]\n"},
		{name: "given strings", text: "a = 1979-05-27\nb = [nan]\n", given: "a = '1979-05-27'\nb = ['nan']\n", want: "a = \"1979-05-27\"\nb = [\"nan\"]\n"},
		{name: "given and equal", text: "a = 1979-05-27 # a\nb = 0x1F\n", given: "a = 1979-05-27\nb = 31\n", want: "a = 1979-05-27 # a\nb = 0x1F\n"},
		{name: "given and spelled differently", text: "a = 1979-05-27\nb = 0x1F\nc = 1\n", given: "a = 1979-05-28\nb = 31\nc = 1_0\n", want: "a = 1979-05-28\nb = 0x1F\nc = 1_0\n"},
		{name: "earlier", text: "a = 'x'\n", earlier: "a = 1979-05-27\n[[r]]\nd = nan\n", want: "a = 1979-05-27\n\n[[r]]\nd = nan\n"},
		{name: "earlier and equal", text: "a = '1979-05-27'\nb = 1\n", earlier: "a = 1979-05-27\nb = 2\n", want: "a = '1979-05-27'\nb = 2\n"},
	} {
		d := mustParse(t, c.text)
		var sources Sources
		var want tree.Object
		if c.given != "" {
			sources.Given = mustParse(t, c.given)
			want = sources.Given.Tree()
		} else {
			sources.Earlier = []*Document{mustParse(t, c.earlier)}
			want = sources.Earlier[0].Tree()
		}
		next, _, err := d.EditFrom(want, nil, sources)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := string(next.Text()); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}
