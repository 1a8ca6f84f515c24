package file

import (
	"math"
	"strings"
	"testing"

	"realmconf/runtime/store"
)

// stateCases are texts with the results of Meerkat's own reader, except for numbers
// above 2^63-1.
var stateCases = []struct {
	text string
	want uint64
	ok   bool
}{
	{`{"generation": 5}`, 5, true},
	{"{\n  \"generation\": 1\n}", 1, true},
	{`{"generation": 5, "x":1}`, 5, true},
	{`{"x":{"generation":[1,{}]},"generation": 5}`, 5, true},
	{`{"generation":1}` + "\n", 1, true},
	{`[7]`, 7, true},
	{`{"generation": 9223372036854775807}`, math.MaxInt64, true},
	{`{"generation": 9223372036854775808}`, 0, false}, // Meerkat reads numbers of 64 bits without a sign
	{`{"generation": 18446744073709551615}`, 0, false},
	{`{"generation": 18446744073709551616}`, 0, false},
	{`{}`, 0, false},
	{``, 0, false},
	{`  `, 0, false},
	{`{"generation": -1}`, 0, false},
	{`{"generation": "5"}`, 0, false},
	{`{"generation": 5.0}`, 0, false},
	{`{"generation": 1e2}`, 0, false},
	{`{"generation":1}{}`, 0, false},
	{`{"generation":1`, 0, false},
	{`null`, 0, false},
	{`{"generation":null}`, 0, false},
	{`{"Generation":1}`, 0, false},
	{`{"generation":1,"generation":2}`, 0, false},
	{`[7, 8]`, 0, false},
	{`[]`, 0, false},
	{"{\"generation\":1,\"x\":\"\xff\"}", 0, false},
}

func TestParseState(t *testing.T) {
	for _, tt := range stateCases {
		got, err := parseState([]byte(tt.text))
		if (err == nil) != tt.ok || got.generation != tt.want || got.digest != (store.Digest{}) {
			t.Errorf("parseState(%q) = %d, %v; want %d, ok %v", tt.text, got.generation, err, tt.want, tt.ok)
		}
	}
}

func TestState_encode(t *testing.T) {
	st := state{math.MaxInt64, store.DigestOf([]byte("a"))}
	want := "{\n  \"generation\": 9223372036854775807,\n  \"config_sha256\": \"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb\"\n}"
	if got := string(st.encode()); got != want {
		t.Errorf("encode = %q, want %q", got, want)
	}
	if got, isUsual := parseUsualState(st.encode()); !isUsual || got != st {
		t.Errorf("parseUsualState(encode) = %v, %v; want %v", got, isUsual, st)
	}
}

func TestParseState_invalidDigest(t *testing.T) {
	for _, digest := range []string{`"xy"`, `1`, `null`, `{"a":1}`, `"` + strings.Repeat("g", 64) + `"`, `"` + strings.Repeat("a", 62) + `gg"`} {
		got, err := parseState([]byte(`{"generation":3,"config_sha256":` + digest + `}`))
		if want := (state{generation: 3}); err != nil || got != want {
			t.Errorf("digest %s: got %v, %v; want %v", digest, got, err, want)
		}
	}
}

func FuzzStateSurvivesItsOwnForm(f *testing.F) {
	for _, tt := range stateCases {
		f.Add([]byte(tt.text))
	}
	f.Add(state{7, store.DigestOf(nil)}.encode())
	f.Add([]byte(`{"generation":-0}`))
	f.Add([]byte(`{"\u0067eneration":1,"config_sha256":["` + strings.Repeat("a", 64) + `"]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		st, err := parseAnyState(b)
		if usual, isUsual := parseUsualState(b); isUsual && (err != nil || usual != st) {
			t.Errorf("parseUsualState(%q) = %v, want %v, %v", b, usual, st, err)
		}
		if err != nil {
			return
		}
		if again, err := parseState(st.encode()); err != nil || again != st {
			t.Errorf("parseState(encode(%v)) = %v, %v", st, again, err)
		}
	})
}
