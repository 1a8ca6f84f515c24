package document

import "testing"

func TestAReplacedValueKeepsItsLine(t *testing.T) {
	runEdits(t, []editCase{
		{"scalar with comment and alignment", "a   =  1   # one\nb = 2\n", `{"a":5}`, "a   =  5   # one\nb = 2\n"},
		{"literal string stays literal", "a = 'x'\n", `{"a":"C:\\y"}`, "a = 'C:\\y'\n"},
		{"literal string that cannot", "a = 'x'\n", `{"a":"it's"}`, "a = \"it's\"\n"},
		{"hexadecimal", "a = 0xff # h\n", `{"a":1000}`, "a = 1000 # h\n"},
		{"underscores", "a = 1_000\n", `{"a":2000}`, "a = 2000\n"},
		{"float", "a = 0.5\n", `{"a":2.0}`, "a = 2.0\n"},
		{"float with exponent", "a = 0.5\n", `{"a":1e300}`, "a = 1e+300\n"},
		{"integer above int64", "a = 1\n", `{"a":18446744073709551615}`, "a = 18446744073709551615\n"},
		{"integer above int64 stays", "a = 18_446_744_073_709_551_615\nb = 1\n", `{"b":2}`, "a = 18_446_744_073_709_551_615\nb = 2\n"},
		{"date stays", "a = 1979-05-27\nb = 1\n", `{"b":2}`, "a = 1979-05-27\nb = 2\n"},
		{"date replaced", "a = 1979-05-27 # d\n", `{"a":"never"}`, "a = \"never\" # d\n"},
		{"inf and nan stay", "a = [inf, nan, -inf]\nb = 1\n", `{"b":2}`, "a = [inf, nan, -inf]\nb = 2\n"},
		{"dotted key", "a . b.c = 1 # c\n", `{"a":{"b":{"c":2}}}`, "a . b.c = 2 # c\n"},
		{"last line without newline", "a = 1\nb = 2", `{"b":3}`, "a = 1\nb = 3"},
		{"carriage returns", "a = 1\r\nb = 2\r\n", `{"a":3}`, "a = 3\r\nb = 2\r\n"},
		{"byte order mark", "\ufeffa = 1\n", `{"a":3}`, "\ufeffa = 3\n"},
		{"control characters", "a = 1\n", `{"a":"\u0000\u001f\u007f\b\t\f\r\"\\é💥"}`, "a = \"\\u0000\\u001F\\u007F\\b\\t\\f\\r\\\"\\\\é💥\"\n"},
		{"several lines", "a = \"x\"\n", `{"a":"one\n\"two\"\n"}`, "a = \"\"\"\none\n\"two\"\n\"\"\"\n"},
		{"several lines with carriage returns", "a = \"x\"\r\n", `{"a":"one\ntwo"}`, "a = \"one\\ntwo\"\r\n"},
		{"quotes at the end of several lines", "a = \"x\"\n", `{"a":"o\nt\"\"\"\""}`, "a = \"\"\"\no\nt\"\"\\\"\\\"\"\"\"\n"},
		{"three quotes at the end of several lines", "[agent]\nsystem_prompt = \"\"\"\nhi\n\"\"\"\nmax_turns = 3 # c2\n", `{"agent":{"system_prompt":"x\n\"\"\""}}`, "[agent]\nsystem_prompt = \"\"\"\nx\n\"\"\\\"\"\"\"\nmax_turns = 3 # c2\n"},
		{"three quotes around", "agent.p = \"\"\"\nhi\n\"\"\" # c\nagent.n = 1\n", `{"agent":{"p":"\"\"\"Doc\"\"\""}}`, "agent.p = \"\"\"\n\"\"\\\"Doc\"\"\\\"\"\"\" # c\nagent.n = 1\n"},
		{"long literal", "a = '''\nx\n'''\n", `{"a":"y\\d\nz\n"}`, "a = '''\ny\\d\nz\n'''\n"},
		{"long basic stays long", "a = \"\"\"\nx\ny\"\"\" # c\n", `{"a":"z"}`, "a = \"\"\"\nz\"\"\" # c\n"},
		{"long literal on one line", "a = '''x'''\n", `{"a":"y\\d"}`, "a = 'y\\d'\n"},
		{"long literal that cannot", "a = '''\nx'''\n", `{"a":"''\nb"}`, "a = \"\"\"\n''\nb\"\"\"\n"},
		{"blanks at line ends are escaped", "a = 1\n", `{"a":"x \ny"}`, "a = \"x \\ny\"\n"},
		{"control characters in lines are escaped", "a = 1\n", `{"a":"\u0001\ny"}`, "a = \"\\u0001\\ny\"\n"},
		{"keys that need quotes", "[\"my.model\"]\n'a b' = 1\n\"\" = 2\n", `{"my.model":{"a b":3,"":4}}`, "[\"my.model\"]\n'a b' = 3\n\"\" = 4\n"},
		{"other type", "a = 1 # c\n", `{"a":[true]}`, "a = [true] # c\n"},
		{"equal number", "a = 2\nb = 1\n", `{"a":2.0,"b":2}`, "a = 2\nb = 2\n"},
	})
}

func TestInlineTablesAreChangedInside(t *testing.T) {
	runEdits(t, []editCase{
		{"value", "a = { b = 1, c = 'x' } # i\n", `{"a":{"b":2}}`, "a = { b = 2, c = 'x' } # i\n"},
		{"added", "a = { b = 1 }\n", `{"a":{"c":{"d":[1,2]}}}`, "a = { b = 1, c = { d = [1, 2] } }\n"},
		{"added without blanks", "a = {b=1}\n", `{"a":{"c":2}}`, "a = {b=1, c = 2}\n"},
		{"added to none", "a = {}\n", `{"a":{"c":2,"d":3}}`, "a = { c = 2, d = 3 }\n"},
		{"removed first", "a = { b = 1, c = 2 }\n", `{"a":{"b":null}}`, "a = { c = 2 }\n"},
		{"removed last", "a = { b = 1, c = 2 }\n", `{"a":{"c":null}}`, "a = { b = 1 }\n"},
		{"removed all", "a = { b = 1 }\n", `{"a":{"b":null}}`, "a = {}\n"},
		{"removed and added", "a = { b = 1 }\n", `{"a":{"b":null,"c":2}}`, "a = { c = 2 }\n"},
		{"dotted inside", "a = { b.c = 1, b.d = 2 }\n", `{"a":{"b":{"c":3,"e":4}}}`, "a = { b.c = 3, b.d = 2, b.e = 4 }\n"},
		{"dotted inside emptied", "a = { b.c = 1, x = 2 }\n", `{"a":{"b":{"c":null}}}`, "a = { x = 2, b = {} }\n"},
		{"nested array stays on the line", "a = { b = [1] }\n", `{"a":{"b":[1,2]}}`, "a = { b = [1, 2] }\n"},
		{"shape", "a = { b = { c = 1 } }\n", `{"a":{"b":5}}`, "a = { b = 5 }\n"},
		{"several lines as TOML 1.1 has it", "a = {\n  b = 1, # one\n  c = 2,\n}\n", `{"a":{"b":3,"d":4}}`, "a = {\n  b = 3, # one\n  c = 2,\n  d = 4,\n}\n"},
	})
}

func TestArraysAreChangedInside(t *testing.T) {
	lines := "a = [\n    # first\n    1, # one\n    # second\n    2,\n    3 # three\n    # end\n]\n"
	runEdits(t, []editCase{
		{"element of several lines", lines, `{"a":[1,5,3]}`, "a = [\n    # first\n    1, # one\n    # second\n    5,\n    3 # three\n    # end\n]\n"},
		{"appended", lines, `{"a":[1,2,3,4]}`, "a = [\n    # first\n    1, # one\n    # second\n    2,\n    3, # three\n    4\n    # end\n]\n"},
		{"inserted", lines, `{"a":[1,9,2,3]}`, "a = [\n    # first\n    1, # one\n    9,\n    # second\n    2,\n    3 # three\n    # end\n]\n"},
		{"inserted first", "a = [\n  1,\n  2,\n]\n", `{"a":[0,1,2]}`, "a = [\n  0,\n  1,\n  2,\n]\n"},
		{"removed with the comment on its line", lines, `{"a":[2,3]}`, "a = [\n    # first\n    # second\n    2,\n    3 # three\n    # end\n]\n"},
		{"comment before the comma", "a = [ 1 # one\n , 2,\n  3 # three\n , 4,\n]\n", `{"a":[1,2,4]}`, "a = [ 1 # one\n , 2,\n  # three\n  4,\n]\n"},
		{"removed behind the bracket", "a = [1, # one\n  2]\n", `{"a":[2]}`, "a = [ # one\n  2]\n"},
		{"filled again on one line", "a = [ ]\n", `{"a":[1]}`, "a = [1]\n"},
		{"removed last", lines, `{"a":[1,2]}`, "a = [\n    # first\n    1, # one\n    # second\n    2\n    # end\n]\n"},
		{"removed all", lines, `{"a":[]}`, "a = [\n    # first\n    # second\n    # end\n]\n"},
		{"with comments becomes a scalar", "x = 0\n  a = [ # A\n    1, # one\n    # end\n  ] # c\n", `{"a":"s"}`, "x = 0\n  # A\n  # one\n  # end\n  a = \"s\" # c\n"},
		{"with comments becomes a table", "[t]\n  a = [\n    \"#\", # one\n  ]\nb = 1\n", `{"t":{"a":{"k":1}}}`, "[t]\n  # one\nb = 1\n\n[t.a]\nk = 1\n"},
		{"element with comments becomes a scalar", "x.a = [\n  [ # A\n    1 ], # one\n  2 ]\n", `{"x":{"a":[3,2]}}`, "# A\nx.a = [\n  3, # one\n  2 ]\n"},
		{"in an inline table becomes a scalar", "x = { a = [ # A\n  1 ], b = 2 } # c\n", `{"x":{"a":3}}`, "# A\nx = { a = 3, b = 2 } # c\n"},
		{"comments stay under an added key", "x.k = 1\na.b = 1\na.c = [ # A\n]\n", `{"a":{"c":3},"x":{"l":2}}`, "x.k = 1\nx.l = 2\na.b = 1\n# A\na.c = 3\n"},
		{"moved and changed by id", "a = [\n  { id = 'x', v = 1 }, # x\n  { id = 'y', v = 2 }, # y\n]\n", `{"a":[{"id":"y","v":3},{"id":"x","v":4}]}`, "a = [\n  { id = 'y', v = 3 }, # y\n  { id = 'x', v = 4 }, # x\n]\n"},
		{"filled again", "a = [\n    # none yet\n]\n", `{"a":[1,2]}`, "a = [\n    # none yet\n    1,\n    2,\n]\n"},
		{"one line appended", "a = [1, 2] # c\n", `{"a":[1,2,3]}`, "a = [1, 2, 3] # c\n"},
		{"one line removed", "a = [ 1, 2, 3 ] # c\n", `{"a":[1,3]}`, "a = [ 1, 3 ] # c\n"},
		{"one line removed first", "a = [ 1, 2, 3 ]\n", `{"a":[2,3]}`, "a = [ 2, 3 ]\n"},
		{"one line removed last", "a = [ 1, 2, 3 ]\n", `{"a":[1,2]}`, "a = [ 1, 2 ]\n"},
		{"one line emptied", "a = [ 1 ]\n", `{"a":[]}`, "a = []\n"},
		{"one line with trailing comma", "a = [1, 2,]\n", `{"a":[1,2,3]}`, "a = [1, 2, 3,]\n"},
		{"one line prepended", "a = [1]\n", `{"a":[0,1]}`, "a = [0, 1]\n"},
		{"several a line", "a = [\n  1, 2, # low\n  3, 4\n]\n", `{"a":[1,2,3,9,4]}`, "a = [\n  1, 2, # low\n  3, 9, 4\n]\n"},
		{"several a line, last of line removed", "a = [\n  1, 2, # low\n  3, 4\n]\n", `{"a":[1,3,4]}`, "a = [\n  1, # low\n  3, 4\n]\n"},
		{"several a line, first of line removed", "a = [\n  1, 2, # low\n  3, 4\n]\n", `{"a":[1,2,4]}`, "a = [\n  1, 2, # low\n  4\n]\n"},
		{"empty filled by one", "a = []\n", `{"a":["x"]}`, "a = [\"x\"]\n"},
		{"empty filled by two", "  a = []\n", `{"a":["x","y"]}`, "  a = [\n      \"x\",\n      \"y\",\n  ]\n"},
		{"nested array", "a = [[1, 2], [3]]\n", `{"a":[[1,2],[3,4]]}`, "a = [[1, 2], [3, 4]]\n"},
		{"inline table in array", "a = [\n  { n = 'x', v = 1 }, # x\n  { n = 'y', v = 2 }, # y\n]\n", `{"a":[{"n":"y","v":3}]}`, "a = [\n  { n = 'y', v = 3 }, # y\n]\n"},
		{"moved", "a = [\n  'x', # x\n  'y',\n  \"z\", # z\n]\n", `{"a":["z","x","y"]}`, "a = [\n  \"z\", # z\n  'x', # x\n  'y',\n]\n"},
		{"comma at line start, with comments", "a = [ 1 # one\n    , 2 # two\n    , 3 ]\n", `{"a":[1,3,4]}`, "a = [ 1 # one\n    , 3, 4 ]\n"},
		{"carriage returns", "a = [\r\n  1, # c\r\n]\r\n", `{"a":[1,2]}`, "a = [\r\n  1, # c\r\n  2,\r\n]\r\n"},
		{"comma at line start", "a = [ 1\n    , 2 # two\n    ]\n", `{"a":[1,5]}`, "a = [ 1\n    , 5 # two\n    ]\n"},
	})
}
