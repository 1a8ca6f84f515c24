package document

import "testing"

func TestEdit_replacedValues(t *testing.T) {
	runEdits(t, []editCase{
		{
			name: "scalar with comment and alignment",
			text: `
a   =  1   # one
b = 2
`,
			patch: `{"a":5}`,
			want: `
a   =  5   # one
b = 2
`,
		},
		{
			name: "literal string stays literal",
			text: `
a = 'x'
`,
			patch: `{"a":"C:\\y"}`,
			want: `
a = 'C:\y'
`,
		},
		{
			name: "literal string that cannot",
			text: `
a = 'x'
`,
			patch: `{"a":"it's"}`,
			want: `
a = "it's"
`,
		},
		{
			name: "hexadecimal",
			text: `
a = 0xff # h
`,
			patch: `{"a":1000}`,
			want: `
a = 1000 # h
`,
		},
		{
			name: "underscores",
			text: `
a = 1_000
`,
			patch: `{"a":2000}`,
			want: `
a = 2000
`,
		},
		{
			name: "float",
			text: `
a = 0.5
`,
			patch: `{"a":2.0}`,
			want: `
a = 2.0
`,
		},
		{
			name: "float with exponent",
			text: `
a = 0.5
`,
			patch: `{"a":1e300}`,
			want: `
a = 1e+300
`,
		},
		{
			name: "integer above int64",
			text: `
a = 1
`,
			patch: `{"a":18446744073709551615}`,
			want: `
a = 18446744073709551615
`,
		},
		{
			name: "integer above int64 stays",
			text: `
a = 18_446_744_073_709_551_615
b = 1
`,
			patch: `{"b":2}`,
			want: `
a = 18_446_744_073_709_551_615
b = 2
`,
		},
		{
			name: "date stays",
			text: `
a = 1979-05-27
b = 1
`,
			patch: `{"b":2}`,
			want: `
a = 1979-05-27
b = 2
`,
		},
		{
			name: "date replaced",
			text: `
a = 1979-05-27 # d
`,
			patch: `{"a":"never"}`,
			want: `
a = "never" # d
`,
		},
		{
			name: "inf and nan stay",
			text: `
a = [inf, nan, -inf]
b = 1
`,
			patch: `{"b":2}`,
			want: `
a = [inf, nan, -inf]
b = 2
`,
		},
		{
			name: "dotted key",
			text: `
a . b.c = 1 # c
`,
			patch: `{"a":{"b":{"c":2}}}`,
			want: `
a . b.c = 2 # c
`,
		},
		{
			name: "last line without newline",
			text: `
a = 1
b = 2`,
			patch: `{"b":3}`,
			want: `
a = 1
b = 3`,
		},
		{
			name:  "carriage returns",
			text:  "a = 1\r\nb = 2\r\n",
			patch: `{"a":3}`,
			want:  "a = 3\r\nb = 2\r\n",
		},
		{
			name:  "byte order mark",
			text:  "\ufeffa = 1\n",
			patch: `{"a":3}`,
			want:  "\ufeffa = 3\n",
		},
		{
			name: "control characters",
			text: `
a = 1
`,
			patch: `{"a":"\u0000\u001f\u007f\b\t\f\r\"\\é💥"}`,
			want: `
a = "\u0000\u001F\u007F\b\t\f\r\"\\é💥"
`,
		},
		{
			name: "several lines",
			text: `
a = "x"
`,
			patch: `{"a":"one\n\"two\"\n"}`,
			want: `
a = """
one
"two"
"""
`,
		},
		{
			name:  "several lines with carriage returns",
			text:  "a = \"x\"\r\n",
			patch: `{"a":"one\ntwo"}`,
			want:  "a = \"one\\ntwo\"\r\n",
		},
		{
			name: "quotes at the end of several lines",
			text: `
a = "x"
`,
			patch: `{"a":"o\nt\"\"\"\""}`,
			want: `
a = """
o
t""\"\""""
`,
		},
		{
			name: "three quotes at the end of several lines",
			text: `
[agent]
system_prompt = """
hi
"""
max_turns = 3 # c2
`,
			patch: `{"agent":{"system_prompt":"x\n\"\"\""}}`,
			want: `
[agent]
system_prompt = """
x
""\""""
max_turns = 3 # c2
`,
		},
		{
			name: "three quotes around",
			text: `
agent.p = """
hi
""" # c
agent.n = 1
`,
			patch: `{"agent":{"p":"\"\"\"Doc\"\"\""}}`,
			want: `
agent.p = """
""\"Doc""\"""" # c
agent.n = 1
`,
		},
		{
			name: "long literal",
			text: `
a = '''
x
'''
`,
			patch: `{"a":"y\\d\nz\n"}`,
			want: `
a = '''
y\d
z
'''
`,
		},
		{
			name: "long basic stays long",
			text: `
a = """
x
y""" # c
`,
			patch: `{"a":"z"}`,
			want: `
a = """
z""" # c
`,
		},
		{
			name: "long literal on one line",
			text: `
a = '''x'''
`,
			patch: `{"a":"y\\d"}`,
			want: `
a = 'y\d'
`,
		},
		{
			name: "long literal that cannot",
			text: `
a = '''
x'''
`,
			patch: `{"a":"''\nb"}`,
			want: `
a = """
''
b"""
`,
		},
		{
			name: "blanks at line ends are escaped",
			text: `
a = 1
`,
			patch: `{"a":"x \ny"}`,
			want: `
a = "x \ny"
`,
		},
		{
			name: "control characters in lines are escaped",
			text: `
a = 1
`,
			patch: `{"a":"\u0001\ny"}`,
			want: `
a = "\u0001\ny"
`,
		},
		{
			name: "keys that need quotes",
			text: `
["my.model"]
'a b' = 1
"" = 2
`,
			patch: `{"my.model":{"a b":3,"":4}}`,
			want: `
["my.model"]
'a b' = 3
"" = 4
`,
		},
		{
			name: "other type",
			text: `
a = 1 # c
`,
			patch: `{"a":[true]}`,
			want: `
a = [true] # c
`,
		},
		{
			name: "equal number",
			text: `
a = 2
b = 1
`,
			patch: `{"a":2.0,"b":2}`,
			want: `
a = 2
b = 2
`,
		},
	})
}
