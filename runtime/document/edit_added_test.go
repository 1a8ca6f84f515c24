package document

import "testing"

func TestEdit_addedKeys(t *testing.T) {
	runEdits(t, []editCase{
		{
			name: "after the last key of the table",
			text: `
[a]
x = 1 # c

[b]
y = 2
`,
			patch: `{"a":{"z":3}}`,
			want: `
[a]
x = 1 # c
z = 3

[b]
y = 2
`,
		},
		{
			name: "with the table's indentation",
			text: `
[a]
	x = 1
[b]
`,
			patch: `{"a":{"z":3}}`,
			want: `
[a]
	x = 1
	z = 3
[b]
`,
		},
		{
			name: "empty table",
			text: `
[a] # c

[b]
`,
			patch: `{"a":{"z":3}}`,
			want: `
[a] # c
z = 3

[b]
`,
		},
		{
			name: "several keys sorted",
			text: `
[a]
`,
			patch: `{"a":{"z":3,"c":[1,2],"b":"x"}}`,
			want: `
[a]
b = "x"
c = [
    1,
    2,
]
z = 3
`,
		},
		{
			name: "root key after the others",
			text: `
x = 1

[a]
`,
			patch: `{"y":2}`,
			want: `
x = 1
y = 2

[a]
`,
		},
		{
			name: "root key before the first header",
			text: `
# the file's

# about a
[a]
x = 1
`,
			patch: `{"y":2}`,
			want: `
# the file's

y = 2

# about a
[a]
x = 1
`,
		},
		{
			name: "root key under the file's comment",
			text: `
# the file's
[a]
x = 1
`,
			patch: `{"y":2}`,
			want: `
# the file's

y = 2

[a]
x = 1
`,
		},
		{
			name: "root key in a file of comments",
			text: `
# the file's
`,
			patch: `{"y":2}`,
			want: `
# the file's

y = 2
`,
		},
		{
			name: "no final newline",
			text: `
[a]
x = 1`,
			patch: `{"a":{"z":3}}`,
			want: `
[a]
x = 1
z = 3`,
		},
		{
			name: "no final newline, section",
			text: `
[a]
x = 1`,
			patch: `{"b":{"z":3}}`,
			want: `
[a]
x = 1

[b]
z = 3`,
		},
		{
			name:  "carriage returns",
			text:  "[a]\r\nx = 1\r\n",
			patch: `{"a":{"z":[1,2]},"b":{"c":1}}`,
			want:  "[a]\r\nx = 1\r\nz = [\r\n    1,\r\n    2,\r\n]\r\n\r\n[b]\r\nc = 1\r\n",
		},
		{
			name: "dotted keys",
			text: `
[s]
a.b = 1
z = 2
`,
			patch: `{"s":{"a":{"c":3,"d":{"e":4}}}}`,
			want: `
[s]
a.b = 1
a.c = 3
a.d.e = 4
z = 2
`,
		},
		{
			name: "dotted keys as spelled",
			text: `
'a' . b = 1
`,
			patch: `{"a":{"c":3}}`,
			want: `
'a' . b = 1
'a' . c = 3
`,
		},
		{
			name: "implicit table gets a header",
			text: `
x = 1

# about b
[a.b]
y = 1
`,
			patch: `{"a":{"k":2}}`,
			want: `
x = 1

[a]
k = 2

# about b
[a.b]
y = 1
`,
		},
		{
			name: "implicit tables and root keys in the right order",
			text: `
# f

[a.b.c]
y = 1
`,
			patch: `{"z":1,"a":{"k":2,"b":{"l":3}}}`,
			want: `
# f

z = 1

[a]
k = 2

[a.b]
l = 3

[a.b.c]
y = 1
`,
		},
		{
			name: "quoted",
			text: `
[a]
`,
			patch: `{"a":{"my.key":1,"":2}}`,
			want: `
[a]
"" = 2
"my.key" = 1
`,
		},
	})
}
