package document

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"realmconf/schema/tree"
)

var (
	names   = rapid.SampledFrom([]string{"a", "b", "id", "d", "e-1", "x y", "", "q\"'.", "ü"})
	pieces  = rapid.SampledFrom([]string{`"`, `""`, `"""`, `""""`, `"""""`, `""""""`, `"""""""`, `\`, `\"`, `\\"""`, "\n", "x", "'", "''"})
	quoted  = rapid.Map(rapid.SliceOfN(pieces, 1, 6), func(p []string) string { return strings.Join(p, "") })
	strs    = rapid.OneOf(rapid.SampledFrom([]string{"", "s", "#", "it's", "say \"x\"", "two\nlines", "C:\\x", "\x00\t\x7f", "[a]", "trail \n", "'''\"\"\"\n"}), quoted)
	scalars = rapid.OneOf(
		rapid.Custom(func(t *rapid.T) any { return strs.Draw(t, "string") }),
		rapid.Custom(func(t *rapid.T) any { return rapid.Bool().Draw(t, "bool") }),
		rapid.Custom(func(t *rapid.T) any { return rapid.Int64().Draw(t, "integer") }),
		rapid.Custom(func(t *rapid.T) any { return rapid.Float64Range(-1e20, 1e20).Draw(t, "float") }),
		rapid.Just[any](uint64(1<<64-1)),
	)
	// tomlOnly are texts of values that are strings in the tree. None of them is one of strs.
	tomlOnly = []string{
		"1979-05-27", "1980-01-01", "1979-05-27T07:32:00Z", "1979-05-27 00:32:00.5-07:00", "1979-05-27T07:32:00", "07:32:00", "00:00:01.25",
		"inf", "-inf", "+inf", "nan",
	}
	spellings = rapid.SampledFrom(append([]string{"0x1F", "0b11", "1_000", "+7", "1e3", "5_0.2_5", "2.00", "'a\\b'", "\"\"\"\na\n\"\"\"", "\"\\u0041\""}, tomlOnly...))
)

func drawValue(t *rapid.T, depth int) any {
	n := rapid.IntRange(0, 9).Draw(t, "kind")
	switch {
	case depth > 0 && n < 3:
		return drawObject(t, depth-1)
	case depth > 0 && n < 5:
		list := make([]any, rapid.IntRange(0, 3).Draw(t, "length"))
		objects := rapid.Bool().Draw(t, "objects")
		for i := range list {
			if list[i] = any(drawObject(t, depth-1)); !objects {
				list[i] = drawValue(t, depth-1)
			}
		}
		return list
	default:
		return scalars.Draw(t, "scalar")
	}
}

func drawObject(t *rapid.T, depth int) tree.Object {
	o := make(tree.Object)
	for range rapid.IntRange(0, 4).Draw(t, "members") {
		o[names.Draw(t, "name")] = drawValue(t, depth)
	}
	return o
}

// drawWanted changes some parts of a value.
func drawWanted(t *rapid.T, v any, depth int) any {
	if rapid.IntRange(0, 7).Draw(t, "replace") == 0 {
		return drawValue(t, depth)
	}
	switch v := v.(type) {
	case map[string]any:
		o := make(tree.Object)
		for _, k := range slices.Sorted(maps.Keys(v)) {
			switch rapid.IntRange(0, 6).Draw(t, "act") {
			case 0:
			case 1, 2:
				o[k] = drawWanted(t, v[k], depth-1)
			default:
				o[k] = v[k]
			}
		}
		for range rapid.IntRange(0, 2).Draw(t, "added") / 2 {
			o[names.Draw(t, "name")] = drawValue(t, depth-1)
		}
		return o
	case []any:
		var list = []any{}
		for _, e := range v {
			switch rapid.IntRange(0, 6).Draw(t, "act") {
			case 0:
			case 1:
				list = append(list, drawWanted(t, e, depth-1))
			case 2:
				list = append(list, drawValue(t, depth-1), e)
			case 3:
				list = slices.Insert(list, 0, e)
			default:
				list = append(list, e)
			}
		}
		if rapid.IntRange(0, 4).Draw(t, "turn") == 0 {
			slices.Reverse(list)
		}
		return list
	default:
		return v
	}
}

// author writes a tree as a person may do, with a comment at every place that may
// have one.
type author struct {
	*rapid.T
	comments int
}

func (a *author) flip(what string) bool { return rapid.Bool().Draw(a.T, what) }

func (a *author) comment() string {
	a.comments++
	return fmt.Sprintf("# comment %d 'with \"quotes", a.comments)
}

func (a *author) lines(path []string, o tree.Object) (lines string, sections []string) {
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(o)) {
		v := o[k]
		inner := append(slices.Clip(path), k)
		sub, isObject := v.(map[string]any)
		switch {
		case isObject && len(sub) > 0 && a.flip("dotted"):
			for _, n := range slices.Sorted(maps.Keys(sub)) {
				b.WriteString(a.entry(renderKey(k)+" . "+renderKey(n), sub[n]))
			}
		case isObject && a.flip("section"), isBlock(v) && a.flip("tables"):
			sections = append(sections, a.block(inner, v))
		default:
			b.WriteString(a.entry(renderKey(k), v))
		}
	}
	return b.String(), sections
}

func (a *author) block(path []string, v any) string {
	if o, ok := v.(map[string]any); ok {
		lines, inner := a.lines(path, o)
		text := a.comment() + "\n[" + renderPath(path) + "]\n" + lines
		if lines == "" && len(inner) > 0 && a.flip("implicit") {
			text = ""
		}
		return text + strings.Join(inner, a.gap())
	}
	var b strings.Builder
	for _, e := range v.([]any) {
		lines, inner := a.lines(path, e.(map[string]any))
		b.WriteString(a.comment() + "\n[[" + renderPath(path) + "]] " + a.comment() + "\n" + lines + strings.Join(inner, a.gap()) + "\n")
	}
	return b.String()
}

func (a *author) gap() string {
	return rapid.SampledFrom([]string{"", "\n", "\n# set apart\n\n"}).Draw(a.T, "gap")
}

func (a *author) entry(key string, v any) string {
	v = a.spelled(v)
	text := renderValue(v, style{eol: "\n"})
	if list, ok := v.([]any); ok && a.flip("lines") {
		text = "[ " + a.comment() + "\n"
		for i, e := range list {
			comma := ","
			if i == len(list)-1 && a.flip("no comma") {
				comma = ""
			}
			text += "  " + a.comment() + "\n  " + renderValue(e, style{eol: "\n", oneLine: true}) + comma
			if a.flip("own line") {
				text += " " + a.comment() + "\n"
			}
		}
		text += "\n " + a.comment() + "\n]"
	}
	return a.comment() + "\n  " + key + "   =   " + text + "\t" + a.comment() + "\n"
}

// spelled returns a value with literals in the place of some scalars.
func (a *author) spelled(v any) any {
	switch v := v.(type) {
	case map[string]any:
		o := make(tree.Object)
		for _, name := range slices.Sorted(maps.Keys(v)) {
			o[name] = a.spelled(v[name])
		}
		return o
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = a.spelled(v[i])
		}
		return list
	default:
		if rapid.IntRange(0, 2).Draw(a.T, "spelled") == 0 {
			return literal{text: spellings.Draw(a.T, "spelling")}
		}
		return v
	}
}

func drawText(t *rapid.T) string {
	a := &author{T: t}
	lines, sections := a.lines(nil, drawObject(t, 3))
	sections = rapid.Permutation(sections).Draw(t, "order")
	text := lines + a.gap() + strings.Join(sections, a.gap())
	if a.flip("cut") {
		text = strings.TrimSuffix(text, "\n")
	}
	if a.flip("file comment") {
		text = "# the file's\n\n" + text
	}
	if a.flip("carriage returns") && !strings.Contains(text, `"""`) {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	if a.flip("mark") {
		text = "\ufeff" + text
	}
	return text
}

func TestEdit_anyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		checkEdit(t, drawText(t), byID)
	})
}

// checkEdit edits a text in some places: what is not edited stays, comments too, the text
// has what was wanted, and there is a way back.
func checkEdit(t *rapid.T, text string, model Model) {
	d, err := Parse([]byte(text))
	if err != nil {
		t.Fatalf("Parse: %v\n%s", err, text)
	}
	want, ok := drawWanted(t, d.Tree(), 3).(map[string]any)
	if !ok {
		return
	}
	next, reformatted, err := d.Edit(want, model)
	if err != nil || !tree.Equal(next.Tree(), want) {
		t.Fatalf("Edit: %v\n%s\nwant %v", err, text, want)
	}
	if !areMixedLists(reformatted, want) {
		t.Fatalf("got %v written anew, want changes in place\n%s\nwant %v\ngot\n%s", reformatted, text, want, next.Text())
	}
	if again, _, err := next.Edit(want, model); again != next || err != nil {
		t.Fatalf("the same edit again: got %v, %v, want no change", again, err)
	}
	if line, ok := isSubsequence(staying(d, want), string(next.Text())); !ok {
		t.Fatalf("lost %q\nof\n%s\nby wanting %v\ngot\n%s", line, text, want, next.Text())
	}
	for _, c := range innerComments(d, want) {
		if !strings.Contains(string(next.Text()), c) {
			t.Fatalf("lost %q\nof\n%s\nby wanting %v\ngot\n%s", c, text, want, next.Text())
		}
	}
	for _, text := range tomlOnly {
		if strings.Contains(string(next.Text()), `"`+text+`"`) {
			t.Fatalf("%s became a string\nof\n%s\nby wanting %v\ngot\n%s", text, d.Text(), want, next.Text())
		}
	}
	back, _, err := next.Edit(d.Tree(), model)
	if err != nil || !tree.Equal(back.Tree(), d.Tree()) {
		t.Fatalf("the way back: %v", err)
	}
}

// areMixedLists reports whether all places are lists of objects and other values,
// which an array of tables cannot become in its place.
func areMixedLists(places []tree.Pointer, want tree.Object) bool {
	return !slices.ContainsFunc(places, func(p tree.Pointer) bool {
		v, _, _ := p.Get(want)
		list, _ := v.([]any)
		objects := 0
		for _, v := range list {
			if !isNoObject(v) {
				objects++
			}
		}
		return objects == 0 || objects == len(list)
	})
}

func TestEdit_anyTextOnEachLevel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := drawText(t)
		d, err := Parse([]byte(text))
		if err != nil {
			t.Fatalf("Parse: %v\n%s", err, text)
		}
		want, ok := drawWanted(t, d.Tree(), 3).(map[string]any)
		if !ok || tree.Equal(want, d.Tree()) {
			return
		}
		for l := wholeValues; l <= topTables; l++ {
			next, _, err := editOnLevel(d, want, l)
			if err != nil {
				t.Fatalf("level %d: %v\n%s\nwant %v", l, err, text, want)
			}
			if strings.HasPrefix(text, "# the file's") && !strings.HasPrefix(string(next.Text()), "# the file's") {
				t.Fatalf("level %d lost the file's comment", l)
			}
		}
	})
}

// editOnLevel is one attempt of Edit.
func editOnLevel(d *Document, want tree.Object, l level) (*Document, []tree.Pointer, error) {
	have := d.literals()
	return d.edit(have, d.typed(have, want, byID, Sources{}), byID, l, nil)
}

// staying returns the lines that an edit must not change: those of tables that
// are still wanted, without the entries that differ.
func staying(d *Document, want tree.Object) []string {
	gone := make(map[int]bool) // offsets of lines that may go
	mark := func(r span) {
		for at := r.start; at < r.end; at = d.layout.lineEnd(at) {
			gone[at] = true
		}
	}
	var visit func(t *table, have, want tree.Object)
	visit = func(t *table, have, want tree.Object) {
		for m := t.first; m != nil; m = m.next {
			name := m.key.name
			w, has := want[name]
			o, isObject := w.(map[string]any)
			switch {
			case has && tree.Equal(have[name], w):
			case m.table != nil && isObject:
				visit(m.table, have[name].(map[string]any), o)
			case m.entry != nil:
				mark(d.layout.lineOf(m.entry))
			default:
				m.eachPart(func(s *section) { mark(s.span()) }, func(e *entry) { mark(d.layout.lineOf(e)) })
			}
		}
	}
	visit(d.layout.root, d.Tree(), want)
	var lines []string
	for at := 0; at < len(d.layout.text); {
		end := d.layout.lineEnd(at)
		if line := strings.TrimSpace(string(d.layout.text[at:end])); line != "" && !gone[at] {
			lines = append(lines, strings.TrimRight(string(d.layout.text[at:end]), "\r\n"))
		}
		at = end
	}
	return lines
}

// innerComments returns the comments in the root's values that are wanted as
// another kind of value, or empty.
func innerComments(d *Document, want tree.Object) []string {
	e := &editor{layout: d.layout, eol: "\n"}
	var found []string
	for m := d.layout.root.first; m != nil; m = m.next {
		name := m.key.name
		w, has := want[name]
		_, isList := w.([]any)
		if has && m.entry != nil && (m.entry.value.kind != array || !isList || len(m.entry.value.entries()) == 0) {
			found = append(found, strings.Split(e.comments(m.entry.value.span()), "\n")...)
		}
	}
	return found
}

func isSubsequence(lines []string, text string) (lost string, ok bool) {
	text = strings.TrimPrefix(text, "\ufeff")
	for have := range strings.SplitSeq(text, "\n") {
		if len(lines) > 0 && lines[0] == strings.TrimRight(have, "\r") {
			lines = lines[1:]
		}
	}
	if len(lines) > 0 {
		return lines[0], false
	}
	return "", true
}
