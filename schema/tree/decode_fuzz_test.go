package tree_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/big"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

var fuzzSeeds = []string{
	``, `null`, `{"a":[1,-2.5e3,true,"\ud83d\ude00",{"":null}]}`, `{"a":1,"a":2}`, `{"x":{"a":1,"a":2},"x":[`,
	`[18446744073709551615,18446744073709551616,-0,1e400,1e-400]`, `"\ud800"`, "\"\xff\"", `[01]`, `"\u00`, `{"a":[0,{"b":?}]}`,
	strings.Repeat("[", tree.MaxDepth+1) + strings.Repeat("]", tree.MaxDepth+1),
}

// Decode accepts the text that encoding/json accepts, with the same meaning,
// except for the mistakes that it must refuse.
func FuzzDecode(f *testing.F) {
	for _, s := range fuzzSeeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := tree.Decode(data)
		if err != nil {
			var e *tree.DecodeError
			if !errors.As(err, &e) || e.Offset < 0 || e.Offset > len(data) {
				t.Fatalf("got %#v for %d bytes", err, len(data))
			}
			mayRefuse := !utf8.Valid(data) || bytes.Contains(data, []byte(`\u`)) || len(e.Path) >= tree.MaxDepth
			if e.Kind == tree.Malformed && json.Valid(data) && !mayRefuse {
				t.Errorf("%q is valid, got %v", data, err)
			}
			return
		}
		if !json.Valid(data) {
			t.Fatalf("%q was accepted", data)
		}
		d := json.NewDecoder(bytes.NewReader(data))
		d.UseNumber()
		var reference any
		if err := d.Decode(&reference); err != nil {
			t.Fatal(err)
		}
		if !agrees(v, reference) {
			t.Errorf("%q: got %#v, want %#v", data, v, reference)
		}
		encoded := tree.Append(nil, v)
		again, err := tree.Decode(encoded)
		if err != nil || !tree.Equal(v, again) {
			t.Errorf("%q, written as %s: got %#v, %v, want %#v", data, encoded, again, err, v)
		}
		if !tree.Equal(v, treetest.Clone(v)) {
			t.Errorf("%q: the clone differs", data)
		}
	})
}

// agrees compares a value with the one that encoding/json decodes.
func agrees(v, reference any) bool {
	switch r := reference.(type) {
	case map[string]any:
		o, ok := v.(map[string]any)
		if !ok || len(o) != len(r) {
			return false
		}
		for k := range r {
			if e, has := o[k]; !has || !agrees(e, r[k]) {
				return false
			}
		}
		return true
	case []any:
		a, ok := v.([]any)
		if !ok || len(a) != len(r) {
			return false
		}
		for i := range r {
			if !agrees(a[i], r[i]) {
				return false
			}
		}
		return true
	case json.Number:
		switch n := v.(type) {
		case float64:
			f, err := strconv.ParseFloat(r.String(), 64)
			return err == nil && f == n && strings.ContainsAny(r.String(), ".eE")
		case int64:
			i, ok := new(big.Int).SetString(r.String(), 10)
			return ok && i.Cmp(big.NewInt(n)) == 0
		case uint64:
			i, ok := new(big.Int).SetString(r.String(), 10)
			return ok && i.Cmp(new(big.Int).SetUint64(n)) == 0 && !i.IsInt64()
		}
		return false
	default: // nil, bool, string
		return v == reference
	}
}

// Members and DecodeObject agree about every object and its mistakes, except for
// repeated members inside values and numbers that are too large, which Members
// leaves to Decode.
func FuzzMembers(f *testing.F) {
	for _, s := range fuzzSeeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		members, membersErr := tree.Members(data)
		for _, m := range members {
			if at := data[m.Offset:]; !bytes.HasPrefix(at, m.Value) || !json.Valid(m.Value) || len(bytes.TrimSpace(m.Value)) != len(m.Value) {
				t.Errorf("%q: member %q: got %q at %d", data, m.Name, m.Value, m.Offset)
			}
		}
		o, err := tree.DecodeObject(data)
		var e *tree.DecodeError
		switch {
		case err == nil:
			if membersErr != nil || len(members) != len(o) {
				t.Fatalf("%q: got %d members, %v, want %d", data, len(members), membersErr, len(o))
			}
			for _, m := range members {
				if v, err := tree.Decode(m.Value); err != nil || !tree.Equal(v, o[m.Name]) {
					t.Errorf("%q: member %q: got %#v, %v, want %#v", data, m.Name, v, err, o[m.Name])
				}
			}
		case errors.As(err, &e) && e.Kind != tree.Duplicate && e.Kind != tree.Range:
			if diff := cmp.Diff(err, membersErr); diff != "" {
				t.Errorf("%q (-DecodeObject +Members):\n%s", data, diff)
			}
		case e.Kind == tree.Duplicate && len(e.Path) == 1 && membersErr == nil:
			t.Errorf("%q: Members overlooked %v", data, err)
		}
	})
}
