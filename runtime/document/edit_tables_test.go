package document

import "testing"

func TestEdit_arraysOfTables(t *testing.T) {
	text := `
# all

# one
[[x]]
n = 1
v = 'a'

[x.sub]
k = 1

# two
[[x]]
n = 2
v = 'b'

[y]
z = 1
`
	runEdits(t, []editCase{
		{
			name:  "key of an entry",
			text:  text,
			patch: `{"x":[{"n":1,"v":"a","sub":{"k":5}},{"n":2,"v":"b"}]}`,
			want: `
# all

# one
[[x]]
n = 1
v = 'a'

[x.sub]
k = 5

# two
[[x]]
n = 2
v = 'b'

[y]
z = 1
`,
		},
		{
			name:  "appended",
			text:  text,
			patch: `{"x":[{"n":1,"v":"a","sub":{"k":1}},{"n":2,"v":"b"},{"n":3}]}`,
			want: `
# all

# one
[[x]]
n = 1
v = 'a'

[x.sub]
k = 1

# two
[[x]]
n = 2
v = 'b'

[[x]]
n = 3

[y]
z = 1
`,
		},
		{
			name:  "inserted between",
			text:  text,
			patch: `{"x":[{"n":1,"v":"a","sub":{"k":1}},{"n":3},{"n":2,"v":"b"}]}`,
			want: `
# all

# one
[[x]]
n = 1
v = 'a'

[x.sub]
k = 1

[[x]]
n = 3

# two
[[x]]
n = 2
v = 'b'

[y]
z = 1
`,
		},
		{
			name:  "removed with its sub-tables",
			text:  text,
			patch: `{"x":[{"n":2,"v":"b"}]}`,
			want: `
# all

# two
[[x]]
n = 2
v = 'b'

[y]
z = 1
`,
		},
		{
			name:  "removed and the other changed",
			text:  text,
			patch: `{"x":[{"n":2,"v":"c"}]}`,
			want: `
# all

# two
[[x]]
n = 2
v = 'c'

[y]
z = 1
`,
		},
		{
			name:  "sub-table added to the first",
			text:  text,
			patch: `{"x":[{"n":1,"v":"a","sub":{"k":1},"new":{"l":1}},{"n":2,"v":"b"}]}`,
			want: `
# all

# one
[[x]]
n = 1
v = 'a'

[x.sub]
k = 1

[x.new]
l = 1

# two
[[x]]
n = 2
v = 'b'

[y]
z = 1
`,
		},
		{
			name:  "moved with its comments",
			text:  text,
			patch: `{"x":[{"n":2,"v":"b"},{"n":1,"v":"a","sub":{"k":1}}]}`,
			want: `
# all

# two
[[x]]
n = 2
v = 'b'

# one
[[x]]
n = 1
v = 'a'

[x.sub]
k = 1

[y]
z = 1
`,
		},
		{
			name: "moved and changed, by id",
			text: `
z = 1

# i0
[[x]]
id = "h0" # 0
v = 1

# i1
[[x]] # b
id = "h1"
v = 2 # v

[x.s]
k = 1
`,
			patch: `{"x":[{"id":"h1","v":3,"s":{"k":2}},{"id":"h0","v":4}]}`,
			want: `
z = 1

# i1
[[x]] # b
id = "h1"
v = 3 # v

[x.s]
k = 2

# i0
[[x]]
id = "h0" # 0
v = 4
`,
		},
		{
			name:  "all removed",
			text:  text,
			patch: `{"x":null}`,
			want: `
# all

[y]
z = 1
`,
		},
		{
			name:  "all others",
			text:  text,
			patch: `{"x":[{"q":1}]}`,
			want: `
# all

# one
[[x]]
q = 1

[y]
z = 1
`,
		},
	})
}
