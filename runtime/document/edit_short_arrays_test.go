package document

import "testing"

// Arrays on one line, and with several elements on a line.
func TestEdit_shortArrays(t *testing.T) {
	runEdits(t, []editCase{
		{
			name: "one line appended",
			text: `
a = [1, 2] # c
`,
			patch: `{"a":[1,2,3]}`,
			want: `
a = [1, 2, 3] # c
`,
		},
		{
			name: "one line removed",
			text: `
a = [ 1, 2, 3 ] # c
`,
			patch: `{"a":[1,3]}`,
			want: `
a = [ 1, 3 ] # c
`,
		},
		{
			name: "one line removed first",
			text: `
a = [ 1, 2, 3 ]
`,
			patch: `{"a":[2,3]}`,
			want: `
a = [ 2, 3 ]
`,
		},
		{
			name: "one line removed last",
			text: `
a = [ 1, 2, 3 ]
`,
			patch: `{"a":[1,2]}`,
			want: `
a = [ 1, 2 ]
`,
		},
		{
			name: "one line emptied",
			text: `
a = [ 1 ]
`,
			patch: `{"a":[]}`,
			want: `
a = []
`,
		},
		{
			name: "one line with trailing comma",
			text: `
a = [1, 2,]
`,
			patch: `{"a":[1,2,3]}`,
			want: `
a = [1, 2, 3,]
`,
		},
		{
			name: "one line prepended",
			text: `
a = [1]
`,
			patch: `{"a":[0,1]}`,
			want: `
a = [0, 1]
`,
		},
		{
			name: "several a line",
			text: `
a = [
  1, 2, # low
  3, 4
]
`,
			patch: `{"a":[1,2,3,9,4]}`,
			want: `
a = [
  1, 2, # low
  3, 9, 4
]
`,
		},
		{
			name: "several a line, last of line removed",
			text: `
a = [
  1, 2, # low
  3, 4
]
`,
			patch: `{"a":[1,3,4]}`,
			want: `
a = [
  1, # low
  3, 4
]
`,
		},
		{
			name: "several a line, first of line removed",
			text: `
a = [
  1, 2, # low
  3, 4
]
`,
			patch: `{"a":[1,2,4]}`,
			want: `
a = [
  1, 2, # low
  4
]
`,
		},
		{
			name: "empty filled by one",
			text: `
a = []
`,
			patch: `{"a":["x"]}`,
			want: `
a = ["x"]
`,
		},
		{
			name: "empty filled by two",
			text: `
  a = []
`,
			patch: `{"a":["x","y"]}`,
			want: `
  a = [
      "x",
      "y",
  ]
`,
		},
		{
			name: "nested array",
			text: `
a = [[1, 2], [3]]
`,
			patch: `{"a":[[1,2],[3,4]]}`,
			want: `
a = [[1, 2], [3, 4]]
`,
		},
		{
			name: "inline table in array",
			text: `
a = [
  { n = 'x', v = 1 }, # x
  { n = 'y', v = 2 }, # y
]
`,
			patch: `{"a":[{"n":"y","v":3}]}`,
			want: `
a = [
  { n = 'y', v = 3 }, # y
]
`,
		},
		{
			name: "comma at line start, with comments",
			text: `
a = [ 1 # one
    , 2 # two
    , 3 ]
`,
			patch: `{"a":[1,3,4]}`,
			want: `
a = [ 1 # one
    , 3, 4 ]
`,
		},
		{
			name:  "carriage returns",
			text:  "a = [\r\n  1, # c\r\n]\r\n",
			patch: `{"a":[1,2]}`,
			want:  "a = [\r\n  1, # c\r\n  2,\r\n]\r\n",
		},
		{
			name: "comma at line start",
			text: `
a = [ 1
    , 2 # two
    ]
`,
			patch: `{"a":[1,5]}`,
			want: `
a = [ 1
    , 5 # two
    ]
`,
		},
	})
}
