package document

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"realmconf/schema/tree"
)

func TestMergeKeys(t *testing.T) {
	for _, tt := range []struct {
		name, base, mine, theirs, want string
		clashes                        []string
		lost                           int
	}{
		{name: "different sections",
			base:   "[a]\nx = 1\n\n[b]\ny = 1\n",
			mine:   "[a]\nx = 2 # mine\n\n[b]\ny = 1\n",
			theirs: "[a]\nx = 1\n\n# theirs\n[b]\ny = 2\n",
			want:   "[a]\nx = 2 # mine\n\n# theirs\n[b]\ny = 2\n"},
		{name: "neighbouring lines",
			base:   "[a]\nx = 1\ny = 1\n",
			mine:   "[a]\nx = 2 # mine\ny = 1\n",
			theirs: "[a]\nx = 1\ny = 2 # theirs\n",
			want:   "[a]\nx = 2 # mine\ny = 2 # theirs\n"},
		{name: "a clash beside a change",
			base:   "[a]\nx = 1\ny = 1\n",
			mine:   "[a]\nx = 2\ny = 2\n",
			theirs: "[a]\nx = 3\ny = 1\n",
			want:   "[a]\nx = 3\ny = 2\n", clashes: []string{"/a/x"}},
		{name: "both make the same change",
			base:   "x = 1\n",
			mine:   "x = 2\n",
			theirs: "x = 2\n",
			want:   "x = 2\n"},
		{name: "changed and removed",
			base:   "x = 1\ny = 1\n",
			mine:   "x = 2\ny = 1\n",
			theirs: "y = 1\n",
			want:   "y = 1\n", clashes: []string{"/x"}},
		{name: "removed on both sides, elsewhere",
			base:   "x = 1\ny = 1\nz = 1\n",
			mine:   "y = 1\nz = 1\n",
			theirs: "x = 1\ny = 1\n",
			want:   "y = 1\n"},
		{name: "entries by identity",
			base:   "[[l]]\nid = \"p\"\nv = 1\n\n[[l]]\nid = \"q\"\nv = 1\n",
			mine:   "[[l]]\nid = \"new\"\nv = 9\n\n[[l]]\nid = \"p\"\nv = 1\n\n[[l]]\nid = \"q\"\nv = 2\n",
			theirs: "[[l]]\nid = \"p\"\nv = 3\n\n[[l]]\nid = \"q\"\nv = 1\n\n[[l]]\nid = \"other\"\nv = 8\n",
			want:   "[[l]]\nid = \"new\"\nv = 9\n\n[[l]]\nid = \"p\"\nv = 3\n\n[[l]]\nid = \"q\"\nv = 2\n\n[[l]]\nid = \"other\"\nv = 8\n"},
		{name: "a list without identity",
			base:   "l = [1, 2]\n",
			mine:   "l = [1, 2, 3]\n",
			theirs: "l = [0, 1, 2]\n",
			want:   "l = [0, 1, 2]\n", clashes: []string{"/l"}},
		{name: "the same new section twice",
			base:   "x = 1\n",
			mine:   "x = 1\n\n# mine\n[s]\na = 1\n",
			theirs: "x = 1\n\n# theirs\n[s]\nb = 2\n",
			want:   "x = 1\n\n# mine\n# theirs\n[s]\nb = 2\na = 1\n"},
		{name: "a comment behind a value that clashes",
			base:   "x = 1\n",
			mine:   "x = 2 # mine\n",
			theirs: "x = 3\n",
			want:   "x = 3\n", clashes: []string{"/x"}, lost: 1},
		{name: "comments alone",
			base:   "x = 1\n",
			mine:   "# mine\nx = 1\n",
			theirs: "# theirs\nx = 1\n",
			want:   "# mine\n# theirs\nx = 1\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := MergeKeys(mustParse(t, tt.base), mustParse(t, tt.mine), mustParse(t, tt.theirs), byID)
			if err != nil {
				t.Fatal(err)
			}
			var clashes []string
			for _, p := range got.Clashes {
				clashes = append(clashes, p.String())
			}
			if text := string(got.Document.Text()); text != tt.want || !slices.Equal(clashes, tt.clashes) || got.LostComments != tt.lost {
				t.Errorf("got clashes %v, %d lost comments and\n%s\nwant clashes %v, %d lost comments and\n%s", clashes, got.LostComments, text, tt.clashes, tt.lost, tt.want)
			}
		})
	}
}

func TestMergeKeys_exceptPlacesHaveTheValueOfTheirs(t *testing.T) {
	base, mine, theirs := "[a]\nx = 1\n\n[b]\ny = 1\n", "[a]\nx = 2\n\n[b]\ny = 2\n", "[a]\nx = 1\n\n[b]\ny = 1\nz = 3\n"
	got, err := MergeKeys(mustParse(t, base), mustParse(t, mine), mustParse(t, theirs), byID, tree.Pointer{"a"})
	if err != nil {
		t.Fatal(err)
	}
	if want := "[a]\nx = 1\n\n[b]\ny = 2\nz = 3\n"; string(got.Document.Text()) != want {
		t.Errorf("got\n%s\nwant\n%s", got.Document.Text(), want)
	}
	if len(got.Clashes) != 1 || got.Clashes[0].String() != "/a" {
		t.Errorf("got clashes %v, want /a", got.Clashes)
	}
}

// TestMergeKeys_anyTexts checks with texts of every form: a side that has not changed
// takes the text of the other side byte for byte; without a clash it makes no difference
// which side is which; and a side's own change is there unless it clashes.
func TestMergeKeys_anyTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := parseText(t, drawText(t))
		mine, theirs := drawEdit(t, base), drawEdit(t, base)
		merge := func(b, m, th *Document) *KeyMerge {
			got, err := MergeKeys(b, m, th, byID)
			if err != nil {
				t.Fatalf("MergeKeys: %v\nbase\n%s\nmine\n%s\ntheirs\n%s", err, b.Text(), m.Text(), th.Text())
			}
			return got
		}
		for _, same := range []struct {
			what   string
			merged *KeyMerge
			want   *Document
		}{
			{"only mine", merge(base, mine, base), mine},
			{"only theirs", merge(base, base, theirs), theirs},
			{"both alike", merge(base, mine, mine), mine},
		} {
			if got := same.merged; string(got.Document.Text()) != string(same.want.Text()) || len(got.Clashes) > 0 || got.LostComments > 0 {
				t.Fatalf("%s: got clashes %v and\n%s\nwant\n%s", same.what, got.Clashes, got.Document.Text(), same.want.Text())
			}
		}
		there, back := merge(base, mine, theirs), merge(base, theirs, mine)
		if (len(there.Clashes) == 0) != (len(back.Clashes) == 0) {
			t.Fatalf("clashes %v one way, %v the other way", there.Clashes, back.Clashes)
		}
		for name, was := range base.Tree() {
			m, inMine := mine.Tree()[name]
			th, inTheirs := theirs.Tree()[name]
			got, isThere := there.Document.Tree()[name]
			changed := !inMine || !tree.Exactly(m, was)
			switch {
			case !changed && (isThere != inTheirs || !tree.Equal(got, th)):
				t.Fatalf("/%s: got %v, want theirs, %v", name, got, th)
			case changed && inTheirs && tree.Exactly(th, was) && (isThere != inMine || !tree.Equal(got, m)):
				t.Fatalf("/%s: got %v, want mine, %v", name, got, m)
			}
		}
	})
}

// drawEdit changes a document as a client does.
func drawEdit(t *rapid.T, d *Document) *Document {
	want, ok := drawWanted(t, d.Tree(), 3).(map[string]any)
	if !ok {
		return d
	}
	next, _, err := d.Edit(want, byID)
	if err != nil {
		t.Fatal(err)
	}
	if rapid.Bool().Draw(t, "comment") {
		text := strings.TrimPrefix(string(next.Text()), string(byteOrderMark))
		next = parseText(t, "# "+rapid.StringMatching("[a-z]{8}").Draw(t, "words")+"\n"+text)
	}
	return next
}

func parseText(t *rapid.T, text string) *Document {
	d, err := Parse([]byte(text))
	if err != nil {
		t.Fatalf("Parse: %v\n%s", err, text)
	}
	return d
}
