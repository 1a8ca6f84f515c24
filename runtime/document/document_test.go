package document

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

func TestPosition(t *testing.T) {
	d := mustParse(t, "\ufeffa = 1\n[b.c]\nd.e = { f = [1, { g = 'ü', h = 2 }] }\n  [[x]]\n[[x]]\n[x.y]\nz = [\n  1,\n  2,\n]\n[b]\n")
	for _, c := range []struct{ pointer, want string }{
		{"", "1:1"},
		{"/a", "1:1"},
		{"/b", "11:2"},
		{"/b/c", "2:4"},
		{"/b/c/d", "3:1"},
		{"/b/c/d/e", "3:3"},
		{"/b/c/d/e/f", "3:9"},
		{"/b/c/d/e/f/0", "3:14"},
		{"/b/c/d/e/f/1/h", "3:28"},
		{"/x", "4:5"},
		{"/x/0", "4:5"},
		{"/x/1", "5:3"},
		{"/x/1/y/z/1", "9:3"},
		{"/x/0/y", "none"},
		{"/x/2", "none"},
		{"/x/01", "none"},
		{"/a/b", "none"},
		{"/q", "none"},
		{"/b/c/d/e/f/2", "none"},
	} {
		p, err := tree.ParsePointer(c.pointer)
		if err != nil {
			t.Fatal(err)
		}
		got := "none"
		if line, column, ok := d.Position(p); ok {
			got = fmt.Sprintf("%d:%d", line, column)
		}
		if got != c.want {
			t.Errorf("Position(%s): got %s, want %s", c.pointer, got, c.want)
		}
	}
}

func TestEdit_equalTree(t *testing.T) {
	for _, text := range append(fixtures(t), seeds...) {
		d, err := Parse([]byte(text))
		if err != nil {
			continue
		}
		next, reformatted, err := d.Edit(treetest.CloneObject(d.Tree()), byID)
		if next != d || reformatted != nil || err != nil {
			t.Errorf("Edit(%.20q): got %p, %v, %v, want %p", text, next, reformatted, err, d)
		}
	}
}

func TestEdit_refusals(t *testing.T) {
	deep := any(int64(1))
	for range tree.MaxDepth + 2 {
		deep = []any{deep}
	}
	for _, c := range []struct {
		value any
		want  string
	}{
		{nil, "/a is null, which TOML cannot hold: leave the key out"},
		{[]any{int64(1), nil}, "/a/1 is null, which TOML cannot hold: leave the key out"},
		{tree.Object{"b": nil}, "/a/b is null, which TOML cannot hold: leave the key out"},
		{math.NaN(), "/a is not a finite number: give one"},
		{"\xff", "/a is not UTF-8: correct the string"},
		{tree.Object{"\xff": true}, "a key of \"/a\" is not UTF-8: correct it"},
		{struct{}{}, "/a is no configuration value: this is a mistake of the program"},
		{deep, "/a/0/0/0 is nested too deeply: use fewer levels"},
		{strings.Repeat("x", MaxBytes), "the edited text would be longer than 1 MiB: write less"},
	} {
		next, _, err := mustParse(t, "a = 1\n").Edit(tree.Object{"a": c.value}, byID)
		if err == nil || err.Error() != c.want || next != nil {
			t.Errorf("Edit(%.20v): got %v, want %q", c.value, err, c.want)
		}
	}
}

// The text is a complete configuration of a realm, formatted in many ways.
func TestEdit_anyScalarChangesOneLine(t *testing.T) {
	for _, text := range fixtures(t) {
		for _, text := range []string{text, strings.ReplaceAll(text, "\n", "\r\n"), "\ufeff" + strings.TrimSuffix(text, "\n")} {
			d := mustParse(t, text)
			changed := 0
			eachScalar(d.Tree(), nil, func(p tree.Pointer, v any) {
				want := treetest.CloneObject(d.Tree())
				set(want, p, another(v))
				next, reformatted, err := d.Edit(want, byID)
				if err != nil || len(reformatted) > 0 {
					t.Errorf("%s: got %v, %v", p, reformatted, err)
					return
				}
				line, _, _ := d.Position(p)
				before, after := strings.Split(text, "\n"), strings.Split(string(next.Text()), "\n")
				if strings.Contains(p.String(), "system_prompt") { // over several lines
					before, after = skipPrompt(before), skipPrompt(after)
				}
				if len(before) != len(after) {
					t.Errorf("%s: got %d lines, want %d", p, len(after), len(before))
					return
				}
				for i := range before {
					if before[i] != after[i] && i != line-1 {
						t.Errorf("%s is on line %d, got another line changed: %s", p, line, cmp.Diff(before[i], after[i]))
					}
				}
				_, comment, _ := strings.Cut(before[line-1], " # ")
				if !strings.HasSuffix(after[line-1], comment) {
					t.Errorf("%s: got %q, want the comment %q", p, after[line-1], comment)
				}
				changed++
			})
			if changed < 60 {
				t.Errorf("got %d scalars changed, want all", changed)
			}
		}
	}
}

// skipPrompt removes the lines of the one string that has several.
func skipPrompt(lines []string) []string {
	start := slices.IndexFunc(lines, func(s string) bool { return strings.HasPrefix(s, "system_prompt") })
	end := slices.IndexFunc(lines, func(s string) bool { return strings.HasPrefix(s, "budget_warning") })
	return slices.Concat(lines[:start], lines[end:])
}

func eachScalar(v any, p tree.Pointer, do func(tree.Pointer, any)) {
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			eachScalar(v[k], p.Child(k), do)
		}
	case []any:
		for i, e := range v {
			eachScalar(e, p.Index(i), do)
		}
	default:
		do(p, v)
	}
}

func set(o tree.Object, p tree.Pointer, v any) {
	parent, _, _ := p[:len(p)-1].Get(o)
	switch c := parent.(type) {
	case map[string]any:
		c[p[len(p)-1]] = v
	case []any:
		i, _ := tree.ArrayIndex(p[len(p)-1])
		c[i] = v
	}
}

// another returns a different value of the same type.
func another(v any) any {
	switch v := v.(type) {
	case bool:
		return !v
	case int64:
		return v + 1
	case uint64:
		return v - 1
	case float64:
		return v + 0.25
	default:
		return v.(string) + "'s other"
	}
}
