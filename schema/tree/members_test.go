package tree_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/schema/tree"
)

func TestMembers_keepTheirBytes(t *testing.T) {
	in := " { \"a\" : [ 1 , 2.50 ] ,\n\"\\u0062\":{\"x\":1,\"x\":2}, \"\":\"\\u00e9\" } "
	want := []tree.Member{
		{Name: "a", Value: json.RawMessage(`[ 1 , 2.50 ]`), Offset: 9},
		{Name: "b", Value: json.RawMessage(`{"x":1,"x":2}`), Offset: 33},
		{Name: "", Value: json.RawMessage(`"\u00e9"`), Offset: 51},
	}
	got, err := tree.Members([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	// Appending to a value does not overwrite the next one.
	_ = append(got[0].Value, "!!!!"...)
	if got := string(got[1].Value); got != `{"x":1,"x":2}` {
		t.Errorf("second value: got %s", got)
	}
}

func TestMembers_emptyObject(t *testing.T) {
	got, err := tree.Members([]byte(`{ }`))
	if err != nil || len(got) != 0 {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestMembers_repeated(t *testing.T) {
	in := `{"id":1,"a":null,"id":2,"a":3}`
	got, err := tree.Members([]byte(in))
	checkDecodeError(t, in, err, tree.Duplicate, `byte 17 (/id): member "id" is given twice: give it once`)
	var names []string
	for _, m := range got {
		names = append(names, fmt.Sprintf("%s=%s", m.Name, m.Value))
	}
	if got, want := strings.Join(names, " "), "id=1 a=null id=2 a=3"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestMembers_checksValues(t *testing.T) {
	for _, tt := range []struct {
		in   string
		kind tree.DecodeKind
		want string
	}{
		{``, tree.Malformed, `byte 0: the text ends where a value is needed`},
		{`[`, tree.Malformed, `byte 1 (/0): the text ends where a value is needed`},
		{`{"a":1} x`, tree.Malformed, `byte 8: there is more after the value`},
		{`{"a":[0,[?]]}`, tree.Malformed, `byte 9 (/a/1/0): a value is needed here`},
		{`{"a":{"b":"\ud800"}}`, tree.Malformed, `byte 11 (/a/b): half of a surrogate pair is missing`},
		{`{"a":1,"a":?}`, tree.Malformed, `byte 11 (/a): a value is needed here`},
		{`{"a":` + strings.Repeat("[", tree.MaxDepth), tree.Malformed, `byte 132 (/a` + strings.Repeat("/0", tree.MaxDepth-1) + `): nested deeper than 128 levels`},
	} {
		members, err := tree.Members([]byte(tt.in))
		checkDecodeError(t, tt.in, err, tt.kind, tt.want)
		if members != nil {
			t.Errorf("%q: got %d members beside the error", tt.in, len(members))
		}
	}
}

// TestMembers_besideARefusedValue: JSON that Decode refuses hides
// no member beside it. What is not JSON hides all.
func TestMembers_besideARefusedValue(t *testing.T) {
	deep := strings.Repeat(`[{"x":`, 100) + `"}\"]"` + strings.Repeat("}]", 100)
	for _, tt := range []struct{ in, want string }{
		{`{"a":` + deep + `,"id":1}`, "id=1"},
		{`{"id":1 , "a":` + deep + ` }`, "id=1"},
		{`{"id":1,"a":{"b":["\ud800",",}"]},"c":2}`, "id=1 c=2"},
		{"{\"id\":1,\"a\":\"\xff\",\"c\":2}", "id=1 c=2"},
		{`{"id":1,"id":2,"a":"\ud800"}`, "id=1 id=2"},
		{`{"id":"\ud800"}`, ""},
		{`{"id":1,"a":` + deep, ""},
		{`{"id":1,"a":` + deep + `]}`, ""},
		{`{"id":1,"a":` + deep + `} x`, ""},
		{`{"id":1,"a":"\ud800`, ""},
		{`{"id":1,"a":"\ud800\`, ""},
		{`{"id":1,"a":["\ud800",?]}`, ""},
	} {
		members, err := tree.Members([]byte(tt.in))
		var e *tree.DecodeError
		if !errors.As(err, &e) || e.Kind != tree.Malformed {
			t.Errorf("%.60q: got %v, want a malformed text", tt.in, err)
		}
		var got []string
		for _, m := range members {
			got = append(got, fmt.Sprintf("%s=%s", m.Name, m.Value))
		}
		if got := strings.Join(got, " "); got != tt.want {
			t.Errorf("%.60q: got %s, want %s", tt.in, got, tt.want)
		}
	}
}

// A number that is too large is found when its member is decoded. The other
// members, above all an id, can be read.
func TestMembers_numbersOutOfRange(t *testing.T) {
	members, err := tree.Members([]byte(`{"id":123456789012345678901234567890,"a":[1e400]}`))
	if err != nil || len(members) != 2 || string(members[0].Value) != "123456789012345678901234567890" {
		t.Fatalf("got %v, %v", members, err)
	}
	_, err = tree.Decode(members[1].Value)
	checkDecodeError(t, "a", err, tree.Range, `byte 1 (/0): the number is too large`)
}

// BenchmarkManyMembers shows the cost of a member by the number of members: any
// client can send an object with many.
func BenchmarkManyMembers(b *testing.B) {
	for _, count := range []int{10, 1_000, 100_000} {
		var text strings.Builder
		text.WriteString(`{"a":0`)
		for i := range count {
			fmt.Fprintf(&text, `,"%d":0`, i)
		}
		text.WriteString("}")
		data := []byte(text.String())
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			for b.Loop() {
				if members, err := tree.Members(data); err != nil || len(members) != count+1 {
					b.Fatalf("got %d members, %v", len(members), err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*count), "ns/member")
		})
	}
}
