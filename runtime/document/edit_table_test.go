package document

import "testing"

func TestAddedKeysStandWhereTheyBelong(t *testing.T) {
	runEdits(t, []editCase{
		{"after the last key of the table", "[a]\nx = 1 # c\n\n[b]\ny = 2\n", `{"a":{"z":3}}`, "[a]\nx = 1 # c\nz = 3\n\n[b]\ny = 2\n"},
		{"with the table's indentation", "[a]\n\tx = 1\n[b]\n", `{"a":{"z":3}}`, "[a]\n\tx = 1\n\tz = 3\n[b]\n"},
		{"empty table", "[a] # c\n\n[b]\n", `{"a":{"z":3}}`, "[a] # c\nz = 3\n\n[b]\n"},
		{"several keys sorted", "[a]\n", `{"a":{"z":3,"c":[1,2],"b":"x"}}`, "[a]\nb = \"x\"\nc = [\n    1,\n    2,\n]\nz = 3\n"},
		{"root key after the others", "x = 1\n\n[a]\n", `{"y":2}`, "x = 1\ny = 2\n\n[a]\n"},
		{"root key before the first header", "# the file's\n\n# about a\n[a]\nx = 1\n", `{"y":2}`, "# the file's\n\ny = 2\n\n# about a\n[a]\nx = 1\n"},
		{"root key under the file's comment", "# the file's\n[a]\nx = 1\n", `{"y":2}`, "# the file's\n\ny = 2\n\n[a]\nx = 1\n"},
		{"root key in a file of comments", "# the file's\n", `{"y":2}`, "# the file's\n\ny = 2\n"},
		{"no final newline", "[a]\nx = 1", `{"a":{"z":3}}`, "[a]\nx = 1\nz = 3"},
		{"no final newline, section", "[a]\nx = 1", `{"b":{"z":3}}`, "[a]\nx = 1\n\n[b]\nz = 3"},
		{"carriage returns", "[a]\r\nx = 1\r\n", `{"a":{"z":[1,2]},"b":{"c":1}}`, "[a]\r\nx = 1\r\nz = [\r\n    1,\r\n    2,\r\n]\r\n\r\n[b]\r\nc = 1\r\n"},
		{"dotted keys", "[s]\na.b = 1\nz = 2\n", `{"s":{"a":{"c":3,"d":{"e":4}}}}`, "[s]\na.b = 1\na.c = 3\na.d.e = 4\nz = 2\n"},
		{"dotted keys as spelled", "'a' . b = 1\n", `{"a":{"c":3}}`, "'a' . b = 1\n'a' . c = 3\n"},
		{"implicit table gets a header", "x = 1\n\n# about b\n[a.b]\ny = 1\n", `{"a":{"k":2}}`, "x = 1\n\n[a]\nk = 2\n\n# about b\n[a.b]\ny = 1\n"},
		{"implicit tables and root keys in the right order", "# f\n\n[a.b.c]\ny = 1\n", `{"z":1,"a":{"k":2,"b":{"l":3}}}`, "# f\n\nz = 1\n\n[a]\nk = 2\n\n[a.b]\nl = 3\n\n[a.b.c]\ny = 1\n"},
		{"quoted", "[a]\n", `{"a":{"my.key":1,"":2}}`, "[a]\n\"\" = 2\n\"my.key\" = 1\n"},
	})
}

func TestAddedSectionsStandWhereTheyBelong(t *testing.T) {
	runEdits(t, []editCase{
		{"new section at the end", "[a]\nx = 1\n", `{"b":{"y":1}}`, "[a]\nx = 1\n\n[b]\ny = 1\n"},
		{"after the last sibling", "[realm.x]\nk = 1\n\n[other]\nz = 1\n", `{"realm":{"y":{"k":2}}}`, "[realm.x]\nk = 1\n\n[realm.y]\nk = 2\n\n[other]\nz = 1\n"},
		{"sub-tables become sections", "", `{"a":{"x":1,"b":{"c":{"d":1}},"e":[{"f":1},{"f":2}],"g":[],"h":{}}}`, "[a]\ng = []\nx = 1\n\n[a.b.c]\nd = 1\n\n[[a.e]]\nf = 1\n\n[[a.e]]\nf = 2\n\n[a.h]\n"},
		{"sub-table of an existing one", "[a]\nx = 1\n\n# about c\n[c]\n", `{"a":{"b":{"y":1}}}`, "[a]\nx = 1\n\n[a.b]\ny = 1\n\n# about c\n[c]\n"},
		{"a floating comment stays with what follows", "[a]\nx = 1\n\n# ---- c ----\n\n[c]\n", `{"a":{"b":{"y":1}}}`, "[a]\nx = 1\n\n[a.b]\ny = 1\n\n# ---- c ----\n\n[c]\n"},
		{"list of objects", "[a]\nx = []\ny = 1\n", `{"a":{"x":[{"n":1,"o":{"p":2}}]}}`, "[a]\ny = 1\n\n[[a.x]]\nn = 1\n\n[a.x.o]\np = 2\n"},
		{"list of objects keeps the comment", "[a]\nx = [] # none\ny = 1\n", `{"a":{"x":[{"n":1}]}}`, "[a]\n# none\ny = 1\n\n[[a.x]]\nn = 1\n"},
		{"list of objects keeps the comments in the list", "[hooks]\nentries = [ # A\n  # add hooks here\n] # tail\n", `{"hooks":{"entries":[{"id":"h"}]}}`, "[hooks]\n# A\n# add hooks here\n# tail\n\n[[hooks.entries]]\nid = \"h\"\n"},
		{"list of objects keeps the comments in an indented list", "[hooks]\r\n\tentries = [\r\n\t# add hooks here\r\n]\r\n\tz = 1\r\n", `{"hooks":{"entries":[{"id":"h"}],"y":2}}`, "[hooks]\r\n\t# add hooks here\r\n\tz = 1\r\n\ty = 2\r\n\r\n[[hooks.entries]]\r\nid = \"h\"\r\n"},
		{"scalar becomes a table", "[a]\nx = 1\ny = 2\n", `{"a":{"x":{"z":1}}}`, "[a]\ny = 2\n\n[a.x]\nz = 1\n"},
		{"table becomes a scalar", "[a]\ny = 2\n\n# about x\n[a.x]\nz = 1 # c\n\n[b]\n", `{"a":{"x":7}}`, "[a]\ny = 2\nx = 7\n\n[b]\n"},
		{"implicit table becomes a scalar", "y = 2\n\n[a.x]\nz = 1\n\n[b]\n", `{"a":7}`, "y = 2\na = 7\n\n[b]\n"},
		{"list of tables becomes empty", "[a]\ny = 2\n\n[[a.x]]\nz = 1\n\n[[a.x]]\nz = 2\n", `{"a":{"x":[]}}`, "[a]\ny = 2\nx = []\n"},
		{"sections and root keys into nothing", "", `{"b":{"y":1},"a":1}`, "a = 1\n\n[b]\ny = 1\n"},
	})
}

func TestRemovedThingsGoWithWhatIsTheirs(t *testing.T) {
	runEdits(t, []editCase{
		{"key with its line and comment", "# above\na = 1 # beside\nb = 2\n", `{"a":null}`, "# above\nb = 2\n"},
		{"value of several lines", "a = [\n  1, # c\n]\nb = 2\n", `{"a":null}`, "b = 2\n"},
		{"table with its comments", "x = 1\n\n# about a\n[a]\ny = 1\n# in a\n\n[b]\n", `{"a":null}`, "x = 1\n\n[b]\n"},
		{"comment set apart stays", "x = 1\n\n# set apart\n\n[a]\ny = 1\n\n# of b\n[b]\n", `{"a":null}`, "x = 1\n\n# set apart\n\n# of b\n[b]\n"},
		{"the file's comment stays", "# the file's\n[a]\ny = 1\n\n[b]\n", `{"a":null}`, "# the file's\n\n[b]\n"},
		{"table at the end", "[a]\ny = 1\n\n[b]\nz = 1\n", `{"b":null}`, "[a]\ny = 1\n"},
		{"tables at the end", "[a]\ny = 1\n\n[b]\nz = 1\n\n[b.c]\n", `{"b":null}`, "[a]\ny = 1\n"},
		{"sub-tables wherever they stand", "[a]\ny = 1\n\n[b]\nz = 1\n\n[a.c]\nx = 1\n\n[d]\n", `{"a":null}`, "[b]\nz = 1\n\n[d]\n"},
		{"dotted", "a.b = 1\nc = 1\na.d = 2\n", `{"a":null}`, "c = 1\n"},
		{"last dotted key leaves the table", "a.b = 1\nc = 1\n", `{"a":{"b":null}}`, "a = {}\nc = 1\n"},
		{"empty table stays", "[a]\nx = 1 # c\n\n[b]\n", `{"a":{"x":null}}`, "[a]\n\n[b]\n"},
		{"implicit table stays", "[a.b]\nx = 1\n\n[c]\n", `{"a":{"b":null}}`, "[a]\n\n[c]\n"},
		{"everything", "a = 1\n", `{"a":null}`, ""},
		{"no final newline", "a = 1\nb = 2", `{"b":null}`, "a = 1"},
		{"mixed line endings", "# c\na = 1\r\nb = 2", `{"b":null}`, "# c\na = 1"},
		{"compact sections keep their gap", "[a]\nx = 1\n[b]\ny = 1\n\n[c]\n", `{"b":null}`, "[a]\nx = 1\n\n[c]\n"},
	})
}

func TestArraysOfTablesKeepTheirEntries(t *testing.T) {
	text := "# all\n\n# one\n[[x]]\nn = 1\nv = 'a'\n\n[x.sub]\nk = 1\n\n# two\n[[x]]\nn = 2\nv = 'b'\n\n[y]\nz = 1\n"
	runEdits(t, []editCase{
		{"key of an entry", text, `{"x":[{"n":1,"v":"a","sub":{"k":5}},{"n":2,"v":"b"}]}`, "# all\n\n# one\n[[x]]\nn = 1\nv = 'a'\n\n[x.sub]\nk = 5\n\n# two\n[[x]]\nn = 2\nv = 'b'\n\n[y]\nz = 1\n"},
		{"appended", text, `{"x":[{"n":1,"v":"a","sub":{"k":1}},{"n":2,"v":"b"},{"n":3}]}`, "# all\n\n# one\n[[x]]\nn = 1\nv = 'a'\n\n[x.sub]\nk = 1\n\n# two\n[[x]]\nn = 2\nv = 'b'\n\n[[x]]\nn = 3\n\n[y]\nz = 1\n"},
		{"inserted between", text, `{"x":[{"n":1,"v":"a","sub":{"k":1}},{"n":3},{"n":2,"v":"b"}]}`, "# all\n\n# one\n[[x]]\nn = 1\nv = 'a'\n\n[x.sub]\nk = 1\n\n[[x]]\nn = 3\n\n# two\n[[x]]\nn = 2\nv = 'b'\n\n[y]\nz = 1\n"},
		{"removed with its sub-tables", text, `{"x":[{"n":2,"v":"b"}]}`, "# all\n\n# two\n[[x]]\nn = 2\nv = 'b'\n\n[y]\nz = 1\n"},
		{"removed and the other changed", text, `{"x":[{"n":2,"v":"c"}]}`, "# all\n\n# two\n[[x]]\nn = 2\nv = 'c'\n\n[y]\nz = 1\n"},
		{"sub-table added to the first", text, `{"x":[{"n":1,"v":"a","sub":{"k":1},"new":{"l":1}},{"n":2,"v":"b"}]}`, "# all\n\n# one\n[[x]]\nn = 1\nv = 'a'\n\n[x.sub]\nk = 1\n\n[x.new]\nl = 1\n\n# two\n[[x]]\nn = 2\nv = 'b'\n\n[y]\nz = 1\n"},
		{"moved with its comments", text, `{"x":[{"n":2,"v":"b"},{"n":1,"v":"a","sub":{"k":1}}]}`, "# all\n\n# two\n[[x]]\nn = 2\nv = 'b'\n\n# one\n[[x]]\nn = 1\nv = 'a'\n\n[x.sub]\nk = 1\n\n[y]\nz = 1\n"},
		{"moved and changed, by id", "z = 1\n\n# i0\n[[x]]\nid = \"h0\" # 0\nv = 1\n\n# i1\n[[x]] # b\nid = \"h1\"\nv = 2 # v\n\n[x.s]\nk = 1\n", `{"x":[{"id":"h1","v":3,"s":{"k":2}},{"id":"h0","v":4}]}`, "z = 1\n\n# i1\n[[x]] # b\nid = \"h1\"\nv = 3 # v\n\n[x.s]\nk = 2\n\n# i0\n[[x]]\nid = \"h0\" # 0\nv = 4\n"},
		{"all removed", text, `{"x":null}`, "# all\n\n[y]\nz = 1\n"},
		{"all others", text, `{"x":[{"q":1}]}`, "# all\n\n# one\n[[x]]\nq = 1\n\n[y]\nz = 1\n"},
	})
}
