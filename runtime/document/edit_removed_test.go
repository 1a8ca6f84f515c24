package document

import "testing"

func TestEdit_removed(t *testing.T) {
	runEdits(t, []editCase{
		{
			name: "key with its line and comment",
			text: `
# above
a = 1 # beside
b = 2
`,
			patch: `{"a":null}`,
			want: `
# above
b = 2
`,
		},
		{
			name: "value of several lines",
			text: `
a = [
  1, # c
]
b = 2
`,
			patch: `{"a":null}`,
			want: `
b = 2
`,
		},
		{
			name: "table with its comments",
			text: `
x = 1

# about a
[a]
y = 1
# in a

[b]
`,
			patch: `{"a":null}`,
			want: `
x = 1

[b]
`,
		},
		{
			name: "comment set apart stays",
			text: `
x = 1

# set apart

[a]
y = 1

# of b
[b]
`,
			patch: `{"a":null}`,
			want: `
x = 1

# set apart

# of b
[b]
`,
		},
		{
			name: "the file's comment stays",
			text: `
# the file's
[a]
y = 1

[b]
`,
			patch: `{"a":null}`,
			want: `
# the file's

[b]
`,
		},
		{
			name: "table at the end",
			text: `
[a]
y = 1

[b]
z = 1
`,
			patch: `{"b":null}`,
			want: `
[a]
y = 1
`,
		},
		{
			name: "tables at the end",
			text: `
[a]
y = 1

[b]
z = 1

[b.c]
`,
			patch: `{"b":null}`,
			want: `
[a]
y = 1
`,
		},
		{
			name: "sub-tables in several places",
			text: `
[a]
y = 1

[b]
z = 1

[a.c]
x = 1

[d]
`,
			patch: `{"a":null}`,
			want: `
[b]
z = 1

[d]
`,
		},
		{
			name: "dotted",
			text: `
a.b = 1
c = 1
a.d = 2
`,
			patch: `{"a":null}`,
			want: `
c = 1
`,
		},
		{
			name: "last dotted key leaves the table",
			text: `
a.b = 1
c = 1
`,
			patch: `{"a":{"b":null}}`,
			want: `
a = {}
c = 1
`,
		},
		{
			name: "empty table stays",
			text: `
[a]
x = 1 # c

[b]
`,
			patch: `{"a":{"x":null}}`,
			want: `
[a]

[b]
`,
		},
		{
			name: "implicit table stays",
			text: `
[a.b]
x = 1

[c]
`,
			patch: `{"a":{"b":null}}`,
			want: `
[a]

[c]
`,
		},
		{
			name: "everything",
			text: `
a = 1
`,
			patch: `{"a":null}`,
			want:  "",
		},
		{
			name: "no final newline",
			text: `
a = 1
b = 2`,
			patch: `{"b":null}`,
			want:  "a = 1",
		},
		{
			name:  "mixed line endings",
			text:  "# c\na = 1\r\nb = 2",
			patch: `{"b":null}`,
			want: `
# c
a = 1`,
		},
		{
			name: "several compact sections leave one gap",
			text: `
z = 1

# about a
[a]
x = 1
[a.b]
y = 1
# the end of a
[a.c]

[d]
`,
			patch: `{"a":null}`,
			want: `
z = 1

[d]
`,
		},
		{
			name: "sections with gaps between them leave one gap",
			text: `
z = 1

[a]
x = 1

[a.b]
y = 1

[d]
`,
			patch: `{"a":null}`,
			want: `
z = 1

[d]
`,
		},
		{
			name: "sections in front leave no gap",
			text: `
[a]
x = 1

[a.b]
y = 1

# about d
[d]
`,
			patch: `{"a":null}`,
			want: `
# about d
[d]
`,
		},
		{
			name: "compact sections keep their gap",
			text: `
[a]
x = 1
[b]
y = 1

[c]
`,
			patch: `{"b":null}`,
			want: `
[a]
x = 1

[c]
`,
		},
	})
}
