package document

import "testing"

func TestEdit_arrays(t *testing.T) {
	lines := `
a = [
    # first
    1, # one
    # second
    2,
    3 # three
    # end
]
`
	runEdits(t, []editCase{
		{
			name:  "element of several lines",
			text:  lines,
			patch: `{"a":[1,5,3]}`,
			want: `
a = [
    # first
    1, # one
    # second
    5,
    3 # three
    # end
]
`,
		},
		{
			name:  "appended",
			text:  lines,
			patch: `{"a":[1,2,3,4]}`,
			want: `
a = [
    # first
    1, # one
    # second
    2,
    3, # three
    4
    # end
]
`,
		},
		{
			name:  "inserted",
			text:  lines,
			patch: `{"a":[1,9,2,3]}`,
			want: `
a = [
    # first
    1, # one
    9,
    # second
    2,
    3 # three
    # end
]
`,
		},
		{
			name: "inserted first",
			text: `
a = [
  1,
  2,
]
`,
			patch: `{"a":[0,1,2]}`,
			want: `
a = [
  0,
  1,
  2,
]
`,
		},
		{
			name:  "removed with the comment on its line",
			text:  lines,
			patch: `{"a":[2,3]}`,
			want: `
a = [
    # first
    # second
    2,
    3 # three
    # end
]
`,
		},
		{
			name: "comment before the comma",
			text: `
a = [ 1 # one
 , 2,
  3 # three
 , 4,
]
`,
			patch: `{"a":[1,2,4]}`,
			want: `
a = [ 1 # one
 , 2,
  # three
  4,
]
`,
		},
		{
			name: "removed behind the bracket",
			text: `
a = [1, # one
  2]
`,
			patch: `{"a":[2]}`,
			want: `
a = [ # one
  2]
`,
		},
		{
			name: "filled again on one line",
			text: `
a = [ ]
`,
			patch: `{"a":[1]}`,
			want: `
a = [1]
`,
		},
		{
			name:  "removed last",
			text:  lines,
			patch: `{"a":[1,2]}`,
			want: `
a = [
    # first
    1, # one
    # second
    2
    # end
]
`,
		},
		{
			name:  "removed all",
			text:  lines,
			patch: `{"a":[]}`,
			want: `
a = [
    # first
    # second
    # end
]
`,
		},
		{
			name: "with comments becomes a scalar",
			text: `
x = 0
  a = [ # A
    1, # one
    # end
  ] # c
`,
			patch: `{"a":"s"}`,
			want: `
x = 0
  # A
  # one
  # end
  a = "s" # c
`,
		},
		{
			name: "with comments becomes a table",
			text: `
[t]
  a = [
    "#", # one
  ]
b = 1
`,
			patch: `{"t":{"a":{"k":1}}}`,
			want: `
[t]
  # one
b = 1

[t.a]
k = 1
`,
		},
		{
			name: "element with comments becomes a scalar",
			text: `
x.a = [
  [ # A
    1 ], # one
  2 ]
`,
			patch: `{"x":{"a":[3,2]}}`,
			want: `
# A
x.a = [
  3, # one
  2 ]
`,
		},
		{
			name: "in an inline table becomes a scalar",
			text: `
x = { a = [ # A
  1 ], b = 2 } # c
`,
			patch: `{"x":{"a":3}}`,
			want: `
# A
x = { a = 3, b = 2 } # c
`,
		},
		{
			name: "comments stay under an added key",
			text: `
x.k = 1
a.b = 1
a.c = [ # A
]
`,
			patch: `{"a":{"c":3},"x":{"l":2}}`,
			want: `
x.k = 1
x.l = 2
a.b = 1
# A
a.c = 3
`,
		},
		{
			name: "moved and changed by id",
			text: `
a = [
  { id = 'x', v = 1 }, # x
  { id = 'y', v = 2 }, # y
]
`,
			patch: `{"a":[{"id":"y","v":3},{"id":"x","v":4}]}`,
			want: `
a = [
  { id = 'y', v = 3 }, # y
  { id = 'x', v = 4 }, # x
]
`,
		},
		{
			name: "filled again",
			text: `
a = [
    # none yet
]
`,
			patch: `{"a":[1,2]}`,
			want: `
a = [
    # none yet
    1,
    2,
]
`,
		},
		{
			name: "moved",
			text: `
a = [
  'x', # x
  'y',
  "z", # z
]
`,
			patch: `{"a":["z","x","y"]}`,
			want: `
a = [
  "z", # z
  'x', # x
  'y',
]
`,
		},
	})
}
