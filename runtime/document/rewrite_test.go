package document

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// No edit is known that small changes cannot do, so the tests ask for the other
// levels.
func TestEdit_levels(t *testing.T) {
	text := `
# the file's

x = [ # open
  1, # one '#'
  '# none',
]

# of a
[a] # head
# in a
k = 1 # k

[b]
z = """
# none""" # z

# of a.c
[a.c]
l = 2

[[t]] # t1
n = 1

[[t]] # t2
n = 2
`
	for _, c := range []struct {
		name        string
		level       level
		patch, want string
		reformatted []string
	}{
		{
			name:  "value",
			level: wholeValues,
			patch: `{"x":[1]}`,
			want: `
# the file's

# open
# one '#'
x = [1]

# of a
[a] # head
# in a
k = 1 # k

[b]
z = """
# none""" # z

# of a.c
[a.c]
l = 2

[[t]] # t1
n = 1

[[t]] # t2
n = 2
`,
			reformatted: []string{"/x"},
		},
		{
			name:  "smallest table",
			level: wholeTables,
			patch: `{"a":{"c":{"l":3}}}`,
			want: `
# the file's

x = [ # open
  1, # one '#'
  '# none',
]

# of a
[a] # head
# in a
k = 1 # k

[b]
z = """
# none""" # z

# of a.c
[a.c]
l = 3

[[t]] # t1
n = 1

[[t]] # t2
n = 2
`,
			reformatted: []string{"/a/c"},
		},
		{
			name:  "table of the first level",
			level: topTables,
			patch: `{"a":{"c":{"l":3}}}`,
			want: `
# the file's

x = [ # open
  1, # one '#'
  '# none',
]

# of a
# head
# in a
# k
# of a.c
[a]
k = 1

[a.c]
l = 3

[b]
z = """
# none""" # z

[[t]] # t1
n = 1

[[t]] # t2
n = 2
`,
			reformatted: []string{"/a"},
		},
		{
			name:  "entry of an array of tables",
			level: wholeTables,
			patch: `{"t":[{"n":1},{"n":3}]}`,
			want: `
# the file's

x = [ # open
  1, # one '#'
  '# none',
]

# of a
[a] # head
# in a
k = 1 # k

[b]
z = """
# none""" # z

# of a.c
[a.c]
l = 2

[[t]] # t1
n = 1

# t2
[[t]]
n = 3
`,
			reformatted: []string{"/t/1"},
		},
		{
			name:  "array of tables",
			level: topTables,
			patch: `{"t":[{"n":3}]}`,
			want: `
# the file's

x = [ # open
  1, # one '#'
  '# none',
]

# of a
[a] # head
# in a
k = 1 # k

[b]
z = """
# none""" # z

# of a.c
[a.c]
l = 2

# t1
# t2
[[t]]
n = 3
`,
			reformatted: []string{"/t"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := mustParse(t, strings.TrimPrefix(text, "\n"))
			next, reformatted, err := editOnLevel(d, patched(t, d, c.patch), c.level)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimPrefix(c.want, "\n"), string(next.Text())); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
			var got []string
			for _, p := range reformatted {
				got = append(got, p.String())
			}
			if diff := cmp.Diff(c.reformatted, got); diff != "" {
				t.Errorf("reformatted (-want +got):\n%s", diff)
			}
		})
	}
}
