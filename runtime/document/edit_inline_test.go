package document

import "testing"

func TestEdit_inlineTables(t *testing.T) {
	runEdits(t, []editCase{
		{
			name: "value",
			text: `
a = { b = 1, c = 'x' } # i
`,
			patch: `{"a":{"b":2}}`,
			want: `
a = { b = 2, c = 'x' } # i
`,
		},
		{
			name: "added",
			text: `
a = { b = 1 }
`,
			patch: `{"a":{"c":{"d":[1,2]}}}`,
			want: `
a = { b = 1, c = { d = [1, 2] } }
`,
		},
		{
			name: "added without blanks",
			text: `
a = {b=1}
`,
			patch: `{"a":{"c":2}}`,
			want: `
a = {b=1, c = 2}
`,
		},
		{
			name: "added to an empty one",
			text: `
a = {}
`,
			patch: `{"a":{"c":2,"d":3}}`,
			want: `
a = { c = 2, d = 3 }
`,
		},
		{
			name: "removed first",
			text: `
a = { b = 1, c = 2 }
`,
			patch: `{"a":{"b":null}}`,
			want: `
a = { c = 2 }
`,
		},
		{
			name: "removed last",
			text: `
a = { b = 1, c = 2 }
`,
			patch: `{"a":{"c":null}}`,
			want: `
a = { b = 1 }
`,
		},
		{
			name: "removed all",
			text: `
a = { b = 1 }
`,
			patch: `{"a":{"b":null}}`,
			want: `
a = {}
`,
		},
		{
			name: "removed and added",
			text: `
a = { b = 1 }
`,
			patch: `{"a":{"b":null,"c":2}}`,
			want: `
a = { c = 2 }
`,
		},
		{
			name: "dotted inside",
			text: `
a = { b.c = 1, b.d = 2 }
`,
			patch: `{"a":{"b":{"c":3,"e":4}}}`,
			want: `
a = { b.c = 3, b.d = 2, b.e = 4 }
`,
		},
		{
			name: "dotted inside emptied",
			text: `
a = { b.c = 1, x = 2 }
`,
			patch: `{"a":{"b":{"c":null}}}`,
			want: `
a = { x = 2, b = {} }
`,
		},
		{
			name: "nested array stays on the line",
			text: `
a = { b = [1] }
`,
			patch: `{"a":{"b":[1,2]}}`,
			want: `
a = { b = [1, 2] }
`,
		},
		{
			name: "shape",
			text: `
a = { b = { c = 1 } }
`,
			patch: `{"a":{"b":5}}`,
			want: `
a = { b = 5 }
`,
		},
		{
			name: "several lines as TOML 1.1 has it",
			text: `
a = {
  b = 1, # one
  c = 2,
}
`,
			patch: `{"a":{"b":3,"d":4}}`,
			want: `
a = {
  b = 3, # one
  c = 2,
  d = 4,
}
`,
		},
	})
}
