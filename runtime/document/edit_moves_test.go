package document

import (
	"testing"

	"realmconf/schema/tree"
)

// at returns a pointer for a test.
func at(names ...string) tree.Pointer { return names }

func TestEdit_renames(t *testing.T) {
	for _, c := range []struct {
		name, text, patch string
		moves             []Move
		want              string
	}{
		{
			name: "a table", text: "# servers\n\n# about lab\n[s.lab] # header\n# url\nurl = 'u' # behind\n\n[s.lab.x] # inner\ny = [ # y\n  1,\n]\n\n# next\n[s.z]\nq = 1\n",
			patch: `{"s":{"lab":null,"lab 2":{"url":"u","x":{"y":[1]}}}}`, moves: []Move{{From: at("s", "lab"), To: at("s", "lab 2")}},
			want: "# servers\n\n# about lab\n[s.\"lab 2\"] # header\n# url\nurl = 'u' # behind\n\n[s.\"lab 2\".x] # inner\ny = [ # y\n  1,\n]\n\n# next\n[s.z]\nq = 1\n",
		},
		{
			name: "a table that changes", text: "# about lab\n[s.lab] # header\n# url\nurl = 'u' # behind\nold = 1\n[s.lab.gone] # gone\nx = 1\n",
			patch: `{"s":{"lab":null,"lab2":{"url":"v","new":true}}}`, moves: []Move{{From: at("s", "lab"), To: at("s", "lab2")}},
			want: "# about lab\n[s.lab2] # header\n# url\nurl = 'v' # behind\nnew = true\n",
		},
		{
			name: "a table inside one", text: "[s.lab]\nurl = 'u' # behind\n\n# about x\n[s.lab.x] # header\ny = 1 # y\n",
			patch: `{"s":{"lab":null,"m":{"url":"u","n":{"y":2}}}}`,
			moves: []Move{{From: at("s", "lab"), To: at("s", "m")}, {From: at("s", "lab", "x"), To: at("s", "m", "n")}},
			want:  "[s.m]\nurl = 'u' # behind\n\n# about x\n[s.m.n] # header\ny = 2 # y\n",
		},
		{
			name: "a key", text: "[s]\n# about a\n  a  =  0x1F # behind\nb = 1979-05-27 # date\n",
			patch: `{"s":{"a":null,"c":31,"b":null,"d":"1979-05-27"}}`, moves: []Move{{From: at("s", "a"), To: at("s", "c")}, {From: at("s", "b"), To: at("s", "d")}},
			want: "[s]\n# about a\n  c  =  0x1F # behind\nd = 1979-05-27 # date\n",
		},
		{
			name: "an inline table with a dotted key", text: "# about lab\ns.lab = { url = 'u', n = 1 } # behind\n",
			patch: `{"s":{"lab":null,"x":{"url":"u","n":2}}}`, moves: []Move{{From: at("s", "lab"), To: at("s", "x")}},
			want: "# about lab\ns.x = { url = 'u', n = 2 } # behind\n",
		},
		{
			name: "in an inline table", text: "# about t\nt = { a = { b = 1 }, 'c' = 2, d.x = 3, d.y = 4 } # behind\n",
			patch: `{"t":{"a":null,"e":{"b":5},"c":null,"f":2,"d":null,"g h":{"x":3,"y":4,"z":5}}}`,
			moves: []Move{{From: at("t", "a"), To: at("t", "e")}, {From: at("t", "c"), To: at("t", "f")}, {From: at("t", "d"), To: at("t", "g h")}},
			want:  "# about t\nt = { e = { b = 5 }, f = 2, \"g h\".x = 3, \"g h\".y = 4, \"g h\".z = 5 } # behind\n",
		},
		{
			name: "dotted keys", text: "[s]\n# about a\na.b.c = 1 # c\na.d = 2 # d\nab = 3\n[s.a.e]\nf = 4 # f\n",
			patch: `{"s":{"a":null,"x":{"b":{"c":1,"g":5},"d":2,"e":{"f":4}}}}`, moves: []Move{{From: at("s", "a"), To: at("s", "x")}},
			want: "[s]\n# about a\nx.b.c = 1 # c\nx.b.g = 5\nx.d = 2 # d\nab = 3\n[s.x.e]\nf = 4 # f\n",
		},
		{
			name: "an array of tables", text: "# one\n[[s.a]] # 1\nid = 'x' # x\n[s.a.t]\ny = 1\n\n# two\n[[s.a]] # 2\nid = 'z'\n",
			patch: `{"s":{"a":null,"b":[{"id":"x","t":{"y":2}},{"id":"z"}]}}`, moves: []Move{{From: at("s", "a"), To: at("s", "b")}},
			want: "# one\n[[s.b]] # 1\nid = 'x' # x\n[s.b.t]\ny = 2\n\n# two\n[[s.b]] # 2\nid = 'z'\n",
		},
		{
			name: "two names exchanged", text: "# a\n[s.a]\nx = 1 # a\n# b\n[s.b]\nx = 2 # b\n",
			patch: `{"s":{"a":{"x":2},"b":{"x":1}}}`, moves: []Move{{From: at("s", "a"), To: at("s", "b")}, {From: at("s", "b"), To: at("s", "a")}},
			want: "# a\n[s.b]\nx = 1 # a\n# b\n[s.a]\nx = 2 # b\n",
		},
		{
			name: "over another one", text: "# a\n[s.a]\nx = 1 # a\n\n# b\n[s.b]\nx = 2 # b\n",
			patch: `{"s":{"a":null,"b":{"x":1}}}`, moves: []Move{{From: at("s", "a"), To: at("s", "b")}},
			want: "# a\n[s.b]\nx = 1 # a\n",
		},
		{
			name: "away from a name that is given again", text: "# a\n[s.a]\nx = 1 # a\n",
			patch: `{"s":{"b":{"x":1},"a":{"x":null,"y":2}}}`, moves: []Move{{From: at("s", "a"), To: at("s", "b")}},
			want: "# a\n[s.b]\nx = 1 # a\n\n[s.a]\ny = 2\n",
		},
		{
			name: "a move that is none", text: "# a\n[s.a]\nx = 1 # a\n",
			patch: `{"s":{"a":{"x":2}}}`, moves: []Move{{From: at("s", "a"), To: at("s", "b")}, {From: at("q"), To: at("s")}, {}},
			want: "# a\n[s.a]\nx = 2 # a\n",
		},
	} {
		d := mustParse(t, c.text)
		next, reformatted, err := d.Edit(patched(t, d, c.patch), byID, c.moves...)
		if err != nil || len(reformatted) > 0 {
			t.Errorf("%s: got reformatted %v, %v", c.name, reformatted, err)
			continue
		}
		if got := string(next.Text()); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

// A member that goes while one with the same value comes keeps its text without being
// told that it moves, unless its name has a meaning or another one may be meant.
func TestEdit_assumedRenames(t *testing.T) {
	for _, c := range []struct{ name, text, patch, want string }{
		{
			"a table", "# about lab\n[s.lab] # header\nurl = 'u' # behind\n\n[s.z] # z\nq = 1\n",
			`{"s":{"lab":null,"x":{"url":"u"}}}`,
			"# about lab\n[s.x] # header\nurl = 'u' # behind\n\n[s.z] # z\nq = 1\n",
		},
		{
			"a key of an entry that moves", "[[l]] # 1\nid = 'a'\n# about k\nk = 0x1F # k\n\n[[l]] # 2\nid = 'b'\n",
			`{"l":[{"id":"b"},{"id":"a","j":31}]}`,
			"[[l]] # 2\nid = 'b'\n\n[[l]] # 1\nid = 'a'\n# about k\nj = 0x1F # k\n",
		},
		{
			"two that go", "[s]\na = 1 # a\nb = 1 # b\n", `{"s":{"a":null,"b":null,"c":1}}`, "[s]\nc = 1\n",
		},
		{
			"two that come", "[s]\na = 1 # a\n", `{"s":{"a":null,"b":1,"c":1}}`, "[s]\nb = 1\nc = 1\n",
		},
		{
			"another value", "[s]\na = 1 # a\n", `{"s":{"a":null,"b":2}}`, "[s]\nb = 2\n",
		},
		{
			"a name with a meaning", "[s]\ndeclared = 1 # a\n", `{"s":{"declared":null,"b":1}}`, "[s]\nb = 1\n",
		},
	} {
		d := mustParse(t, c.text)
		next, reformatted, err := d.Edit(patched(t, d, c.patch), declaring{"declared"})
		if err != nil || len(reformatted) > 0 {
			t.Errorf("%s: got reformatted %v, %v", c.name, reformatted, err)
			continue
		}
		if got := string(next.Text()); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

// declaring is a model that declares one name.
type declaring struct{ name string }

func (declaring) MayRename(tree.Pointer) bool    { return true }
func (declaring) Key(tree.Pointer) string        { return "id" }
func (d declaring) Declares(p tree.Pointer) bool { return p[len(p)-1] == d.name }

// A part that moves to another table takes its text along.
func TestEdit_movesElsewhere(t *testing.T) {
	for _, c := range []struct {
		name, text, patch string
		moves             []Move
		reformatted       int
		want              string
	}{
		{
			name: "a table", text: "top = 1\n\n# about a\n[s.a] # header\n# x\nx = 0x1 # behind\n[s.a.in]\ny = 1 # y\n\n# about t\n[t]\nz = 1\n",
			patch: `{"s":null,"t":{"b c":{"x":1,"in":{"y":1}}}}`, moves: []Move{{From: at("s", "a"), To: at("t", "b c")}},
			want: "top = 1\n\n# about t\n[t]\nz = 1\n\n# about a\n[t.\"b c\"] # header\n# x\nx = 0x1 # behind\n[t.\"b c\".in]\ny = 1 # y\n",
		},
		{
			name: "a table that changes", text: "[s.a] # header\n# x\nx = 0x1 # behind\n\n# about t\n[t]\n",
			patch: `{"s":null,"t":{"b":{"x":2,"y":3}}}`, moves: []Move{{From: at("s", "a"), To: at("t", "b")}},
			want: "# about t\n[t]\n\n[t.b] # header\n# x\nx = 2 # behind\ny = 3\n",
		},
		{
			name: "an array of tables", text: "top = 1\n\n# 1\n[[a]] # one\nx = 1 # x\n\n# 2\n[[a]] # two\nx = 2 # y\n\n[t]\n",
			patch: `{"a":null,"t":{"b":[{"x":1},{"x":2}]}}`, moves: []Move{{From: at("a"), To: at("t", "b")}},
			want: "top = 1\n\n[t]\n\n# 1\n[[t.b]] # one\nx = 1 # x\n\n# 2\n[[t.b]] # two\nx = 2 # y\n",
		},
		{
			name: "a key", text: "[s]\ny = 1\n# about x\nx  =  [ # x\n  0x1, # one\n] # behind\n[t]\n\tz = 1\n",
			patch: `{"s":{"x":null},"t":{"w":[1]}}`, moves: []Move{{From: at("s", "x"), To: at("t", "w")}},
			want: "[s]\ny = 1\n[t]\n\tz = 1\n\t# about x\n\tw = [ # x\n  0x1, # one\n] # behind\n",
		},
		{
			name: "a key that changes", text: "[s]\ny = 1\n# about x\nx = 1 # behind\n[t]\nz = 1\n",
			patch: `{"s":{"x":null},"t":{"w":2}}`, moves: []Move{{From: at("s", "x"), To: at("t", "w")}},
			want: "[s]\ny = 1\n[t]\nz = 1\n# about x\nw = 2 # behind\n",
		},
		{
			name: "into an inline table", text: "x = 1979-05-27 # behind\ny = inf\nt = { a = 1 }\n",
			patch: `{"x":null,"t":{"b":"1979-05-27"}}`, moves: []Move{{From: at("x"), To: at("t", "b")}},
			want: "y = inf\n# behind\nt = { a = 1, b = 1979-05-27 }\n",
		},
		{
			name: "among dotted keys", text: "x = 1979-05-27 # behind\ny = inf\nt.a = 1\n",
			patch: `{"x":null,"t":{"b":"1979-05-27"}}`, moves: []Move{{From: at("x"), To: at("t", "b")}},
			want: "y = inf\nt.a = 1\n# behind\nt.b = 1979-05-27\n",
		},
		{
			name: "dotted keys", text: "s.a.x = 0x1 # x\ns.a.y = 2 # y\n[t]\nz = 1\n",
			patch: `{"s":null,"t":{"b":{"x":1,"y":2}}}`, moves: []Move{{From: at("s", "a"), To: at("t", "b")}},
			want: "[t]\nz = 1\nb.x = 0x1 # x\nb.y = 2 # y\n",
		},
		{
			name: "dotted keys that change", text: "s.a.x = 0x1 # x\ns.a.y = 2 # y\n[t]\nz = 1\n",
			patch: `{"s":null,"t":{"b":{"x":1,"y":3}}}`, moves: []Move{{From: at("s", "a"), To: at("t", "b")}}, reformatted: 1,
			want: "[t]\nz = 1\n\n# x\n# y\n[t.b]\nx = 0x1\ny = 3\n",
		},
		{
			name: "a copy", text: "[s.a] # header\nd = 1979-05-27 # date\nf = [ -inf, 'inf' ]\n[s.a.e]\nn = nan\ns = 'nan'\n",
			patch: `{"s":{"b":{"d":"1979-05-27","f":["-inf","inf"],"e":{"n":"nan","s":"nan"}}}}`, moves: []Move{{From: at("s", "a"), To: at("s", "b"), IsCopy: true}},
			want: "[s.a] # header\nd = 1979-05-27 # date\nf = [ -inf, 'inf' ]\n[s.a.e]\nn = nan\ns = 'nan'\n\n[s.b]\nd = 1979-05-27\nf = [\n    -inf,\n    \"inf\",\n]\n\n[s.b.e]\nn = nan\ns = \"nan\"\n",
		},
	} {
		d := mustParse(t, c.text)
		next, reformatted, err := d.Edit(patched(t, d, c.patch), byID, c.moves...)
		if err != nil || len(reformatted) != c.reformatted {
			t.Errorf("%s: got reformatted %v, %v", c.name, reformatted, err)
			continue
		}
		if got := string(next.Text()); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

func TestEdit_mixedList(t *testing.T) {
	d := mustParse(t, "top = 1\n\n# one\n[[s.a]] # 1\nx = 1979-05-27 # x\n\n# two\n[[s.a]] # 2\ny = 2\n\n[t]\n")
	next, reformatted, err := d.Edit(patched(t, d, `{"s":{"a":[{"x":"1979-05-27"},"text",{"y":2}]}}`), byID)
	if err != nil || len(reformatted) != 1 || reformatted[0].String() != "/s/a" {
		t.Fatalf("got %v, %v, want /s/a as reformatted", reformatted, err)
	}
	const want = "top = 1\n\n[s]\n# one\n# 1\n# x\n# two\n# 2\na = [\n    { x = 1979-05-27 },\n    \"text\",\n    { y = 2 },\n]\n\n[t]\n"
	if got := string(next.Text()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
