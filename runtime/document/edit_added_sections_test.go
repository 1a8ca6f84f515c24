package document

import "testing"

func TestEdit_addedSections(t *testing.T) {
	runEdits(t, []editCase{
		{
			name: "new section at the end",
			text: `
[a]
x = 1
`,
			patch: `{"b":{"y":1}}`,
			want: `
[a]
x = 1

[b]
y = 1
`,
		},
		{
			name: "after the last sibling",
			text: `
[realm.x]
k = 1

[other]
z = 1
`,
			patch: `{"realm":{"y":{"k":2}}}`,
			want: `
[realm.x]
k = 1

[realm.y]
k = 2

[other]
z = 1
`,
		},
		{
			name:  "sub-tables become sections",
			text:  "",
			patch: `{"a":{"x":1,"b":{"c":{"d":1}},"e":[{"f":1},{"f":2}],"g":[],"h":{}}}`,
			want: `
[a]
g = []
x = 1

[a.b.c]
d = 1

[[a.e]]
f = 1

[[a.e]]
f = 2

[a.h]
`,
		},
		{
			name: "sub-table of an existing one",
			text: `
[a]
x = 1

# about c
[c]
`,
			patch: `{"a":{"b":{"y":1}}}`,
			want: `
[a]
x = 1

[a.b]
y = 1

# about c
[c]
`,
		},
		{
			name: "a floating comment stays with what follows",
			text: `
[a]
x = 1

# ---- c ----

[c]
`,
			patch: `{"a":{"b":{"y":1}}}`,
			want: `
[a]
x = 1

[a.b]
y = 1

# ---- c ----

[c]
`,
		},
		{
			name: "list of objects",
			text: `
[a]
x = []
y = 1
`,
			patch: `{"a":{"x":[{"n":1,"o":{"p":2}}]}}`,
			want: `
[a]
y = 1

[[a.x]]
n = 1

[a.x.o]
p = 2
`,
		},
		{
			name: "list of objects keeps the comment",
			text: `
[a]
x = [] # none
y = 1
`,
			patch: `{"a":{"x":[{"n":1}]}}`,
			want: `
[a]
# none
y = 1

[[a.x]]
n = 1
`,
		},
		{
			name: "list of objects keeps the comments in the list",
			text: `
[hooks]
entries = [ # A
  # add hooks here
] # tail
`,
			patch: `{"hooks":{"entries":[{"id":"h"}]}}`,
			want: `
[hooks]
# A
# add hooks here
# tail

[[hooks.entries]]
id = "h"
`,
		},
		{
			name:  "list of objects keeps the comments in an indented list",
			text:  "[hooks]\r\n\tentries = [\r\n\t# add hooks here\r\n]\r\n\tz = 1\r\n",
			patch: `{"hooks":{"entries":[{"id":"h"}],"y":2}}`,
			want:  "[hooks]\r\n\t# add hooks here\r\n\tz = 1\r\n\ty = 2\r\n\r\n[[hooks.entries]]\r\nid = \"h\"\r\n",
		},
		{
			name: "scalar becomes a table",
			text: `
[a]
x = 1
y = 2
`,
			patch: `{"a":{"x":{"z":1}}}`,
			want: `
[a]
y = 2

[a.x]
z = 1
`,
		},
		{
			name: "table becomes a scalar",
			text: `
[a]
y = 2

# about x
[a.x]
z = 1 # c

[b]
`,
			patch: `{"a":{"x":7}}`,
			want: `
[a]
y = 2
x = 7

[b]
`,
		},
		{
			name: "implicit table becomes a scalar",
			text: `
y = 2

[a.x]
z = 1

[b]
`,
			patch: `{"a":7}`,
			want: `
y = 2
a = 7

[b]
`,
		},
		{
			name: "list of tables becomes empty",
			text: `
[a]
y = 2

[[a.x]]
z = 1

[[a.x]]
z = 2
`,
			patch: `{"a":{"x":[]}}`,
			want: `
[a]
y = 2
x = []
`,
		},
		{
			name:  "sections and root keys into nothing",
			text:  "",
			patch: `{"b":{"y":1},"a":1}`,
			want: `
a = 1

[b]
y = 1
`,
		},
	})
}
