package document

import "testing"

func TestEdit_lists(t *testing.T) {
	words := `
[a]
x = [
    # words
    # about one
    'one', # 1

    # about two
    'two', # 2
    # about three
    'three', # 3
    # end
]
`
	nested := `
a = [
  # about ones
  [ 1, # 1
    11 ], # ones
  # about twos
  [ 2, 22 ], # twos
  [ ], # empty
]
`
	runEdits(t, []editCase{
		{
			name:  "a string moved to the front",
			text:  words,
			patch: `{"a":{"x":["three","one","two"]}}`,
			want: `
[a]
x = [
    # about three
    'three', # 3
    # words
    # about one
    'one', # 1

    # about two
    'two', # 2
    # end
]
`,
		},
		{
			name:  "a string moved to the end",
			text:  words,
			patch: `{"a":{"x":["one","three","two"]}}`,
			want: `
[a]
x = [
    # words
    # about one
    'one', # 1

    # about three
    'three', # 3
    # about two
    'two', # 2
    # end
]
`,
		},
		{
			name:  "strings reversed",
			text:  words,
			patch: `{"a":{"x":["three","two","one"]}}`,
			want: `
[a]
x = [
    # about three
    'three', # 3

    # about two
    'two', # 2
    # words
    # about one
    'one', # 1
    # end
]
`,
		},
		{
			name:  "a string removed from the middle",
			text:  words,
			patch: `{"a":{"x":["one","three"]}}`,
			want: `
[a]
x = [
    # words
    # about one
    'one', # 1

    # about two
    # about three
    'three', # 3
    # end
]
`,
		},
		{
			name:  "a string inserted",
			text:  words,
			patch: `{"a":{"x":["one","new","two","three"]}}`,
			want: `
[a]
x = [
    # words
    # about one
    'one', # 1
    "new",

    # about two
    'two', # 2
    # about three
    'three', # 3
    # end
]
`,
		},
		{
			name: "a string that is there twice, one of them moved",
			text: `
a = [
  'x', # x1
  'y', # y
  'x', # x2
]
`,
			patch: `{"a":["x","x","y"]}`,
			want: `
a = [
  'x', # x1
  'x', # x2
  'y', # y
]
`,
		},
		{
			name: "a string moved between others on its line",
			text: `
a = [
  'x', # x
  'y', 'z', # y and z
]
`,
			patch: `{"a":["y","x","z"]}`,
			want: `
a = [
  # x
  'y', 'x', 'z', # y and z
]
`,
		},
		{
			name:  "nested lists moved and changed",
			text:  nested,
			patch: `{"a":[[2,22,222],[1,11],[3]]}`,
			want: `
a = [
  # about twos
  [ 2, 22, 222 ], # twos
  # about ones
  [ 1, # 1
    11 ], # ones
  [3], # empty
]
`,
		},
		{
			name: "an identity that two entries have",
			text: `
z = 1

# 1
[[x]]
id = 'a' # a1
v = 1

# 2
[[x]]
id = 'a' # a2
v = 2
`,
			patch: `{"x":[{"id":"a","v":2},{"id":"a","v":3}]}`,
			want: `
z = 1

# 2
[[x]]
id = 'a' # a2
v = 2

# 1
[[x]]
id = 'a' # a1
v = 3
`,
		},
		{
			name: "a renamed entry",
			text: `
z = 1

# 1
[[x]]
id = 'a' # a
v = 1 # v

# 2
[[x]]
id = 'b' # b
v = 2
`,
			patch: `{"x":[{"id":"new","v":1},{"id":"b","v":2}]}`,
			want: `
z = 1

# 1
[[x]]
id = 'new' # a
v = 1 # v

# 2
[[x]]
id = 'b' # b
v = 2
`,
		},
		{
			name: "inserted before and moved",
			text: `
z = 1

# 1
[[x]]
id = 'a'

# 2
[[x]]
id = 'b'

# 3
[[x]]
id = 'c'
`,
			patch: `{"x":[{"id":"c"},{"id":"new"},{"id":"a"},{"id":"b","v":1}]}`,
			want: `
z = 1

# 3
[[x]]
id = 'c'

[[x]]
id = "new"

# 1
[[x]]
id = 'a'

# 2
[[x]]
id = 'b'
v = 1
`,
		},
		{
			name: "a moved entry of compact sections leaves one gap",
			text: `
z = 1

[[x]]
id = 'a'
[[x.y]] # p
id = 'p'
[[x.y]] # q
id = 'q'

[[x]] # b
id = 'b'
`,
			patch: `{"x":[{"id":"b"},{"id":"a","y":[{"id":"q"},{"id":"p","v":1}]}]}`,
			want: `
z = 1

[[x]] # b
id = 'b'

[[x]]
id = 'a'

[[x.y]] # q
id = 'q'

[[x.y]] # p
id = 'p'
v = 1
`,
		},
		{
			name: "a list in an entry of a list",
			text: `
z = 1

[[x]]
id = 'a'

[[x.y]] # p
id = 'p'

[[x.y]] # q
id = 'q'

[[x]] # b
id = 'b'
`,
			patch: `{"x":[{"id":"b"},{"id":"a","y":[{"id":"q"},{"id":"p","v":1}]}]}`,
			want: `
z = 1

[[x]] # b
id = 'b'

[[x]]
id = 'a'

[[x.y]] # q
id = 'q'

[[x.y]] # p
id = 'p'
v = 1
`,
		},
		{
			name: "an array in an entry of an array",
			text: `
a = [
  { id = 'a', y = [ { id = 'p', v = 1 }, { id = 'q', v = 2 } ] }, # a
  { id = 'b' }, # b
]
`,
			patch: `{"a":[{"id":"b"},{"id":"a","y":[{"id":"q","v":3},{"id":"p","v":1}]}]}`,
			want: `
a = [
  { id = 'b' }, # b
  { id = 'a', y = [ { id = 'q', v = 3 }, { id = 'p', v = 1 } ] }, # a
]
`,
		},
	})
}
