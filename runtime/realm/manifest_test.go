package realm

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// manifestText returns a manifest with the required members only.
func manifestText(id string) string {
	return `{"realm_id":"` + id + `","backend":"sqlite","created_at":"0"}`
}

// meerkatManifests were written by Meerkat 0.7.5 and 0.8.10.
var meerkatManifests = map[string]*Manifest{
	"{\n  \"realm_id\": \"legacy-realm\",\n  \"backend\": \"sqlite\",\n  \"origin\": \"explicit\",\n  \"created_at\": \"1786819716\"\n}": {
		RealmID: "legacy-realm", Backend: "sqlite", IDSource: Explicit, CreatedAt: "1786819716",
	},
	"{\n  \"realm_id\": \"fixture-realm\",\n  \"backend\": \"sqlite\",\n  \"origin\": \"explicit\",\n  \"created_at\": \"1785367557\"\n}": {
		RealmID: "fixture-realm", Backend: "sqlite", IDSource: Explicit, CreatedAt: "1785367557",
	},
}

func TestManifest_equalsMeerkats(t *testing.T) {
	for text, want := range meerkatManifests {
		got, err := decodeManifest([]byte(text))
		if err != nil {
			t.Fatalf("decoding %s: %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("decoded (-want +got)\n%s", diff)
		}
		if usual := decodeUsual([]byte(text)); !cmp.Equal(usual, want) {
			t.Errorf("decodeUsual: got %+v, want %+v", usual, want)
		}
		again, err := got.encode()
		if err != nil || string(again) != text {
			t.Errorf("encoded again (-want +got), error %v\n%s", err, cmp.Diff(text, string(again)))
		}
	}
}

func TestDecodeManifest_valid(t *testing.T) {
	for _, tt := range []struct {
		text string
		want Manifest
	}{
		{`{"created_at":"x","backend":"b","realm_id":"r"}`,
			Manifest{RealmID: "r", Backend: "b", IDSource: LegacyUnknown, CreatedAt: "x"}},
		{` { "realm_id":"r","backend":"b","created_at":"0","later":{"a":[1,{}]},"later":null,"Realm_ID":7 } ` + "\n",
			Manifest{RealmID: "r", Backend: "b", IDSource: LegacyUnknown, CreatedAt: "0"}},
		{`{"realm_id":"r","backend":"external:x","origin":"generated","created_at":"0","manifest_format":2,"provider":"p","ephemeral_domains":["jobs"]}`,
			Manifest{RealmID: "r", Backend: "external:x", IDSource: Generated, CreatedAt: "0", Format: 2, Provider: "p", EphemeralDomains: []string{"jobs"}}},
		// The members of an unknown format cannot be wrong.
		{`{"realm_id":"r","backend":"b","origin":"imported","created_at":1,"manifest_format":3}`,
			Manifest{RealmID: "r", Format: 3}},
		{`{"realm_id":["r"],"manifest_format":4294967295}`,
			Manifest{Format: 4294967295}},
	} {
		got, err := decodeManifest([]byte(tt.text))
		if err != nil {
			t.Errorf("decoding %s: %v", tt.text, err)
		} else if diff := cmp.Diff(&tt.want, got); diff != "" {
			t.Errorf("decoding %s (-want +got)\n%s", tt.text, diff)
		}
	}
}

func TestDecodeManifest_damaged(t *testing.T) {
	const rest = `"backend":"sqlite","created_at":"0"}`
	for _, text := range []string{
		"", " ", "null", "7", `"x"`, "[]", "{}", "{", `{"realm_id"`, `{"realm_id":"a",`, `{"realm_id":"a",` + rest[:len(rest)-1],
		"\xef\xbb\xbf" + manifestText("a"),
		manifestText("a") + "x", manifestText("a") + manifestText("a"),
		`{"Realm_Id":"a",` + rest,
		`{"realm_id":null,` + rest, `{"realm_id":7,` + rest, `{"realm_id":["a"],` + rest,
		`{"realm_id":"a","realm_id":"a",` + rest,
		`{"realm_id":"a","origin":"elsewhere",` + rest, `{"realm_id":"a","origin":null,` + rest, `{"realm_id":"a","origin":"Explicit",` + rest,
		`{"realm_id":"a","manifest_format":-1,` + rest, `{"realm_id":"a","manifest_format":2.0,` + rest, `{"realm_id":"a","manifest_format":"2",` + rest,
		`{"realm_id":"a","manifest_format":null,` + rest, `{"realm_id":"a","manifest_format":4294967296,` + rest,
		`{"realm_id":"a","provider":{},` + rest, `{"realm_id":"a","ephemeral_domains":"jobs",` + rest,
		`{"realm_id":"a","backend":"sqlite","created_at":0}`, `{"realm_id":"a","backend":"sqlite"}`, `{"realm_id":"a","created_at":"0"}`,
	} {
		if m, err := decodeManifest([]byte(text)); !errors.Is(err, errDamaged) {
			t.Errorf("decodeManifest(%q) = %+v, %v; want errDamaged", text, m, err)
		}
	}
}

func FuzzDecodeManifest(f *testing.F) {
	for text := range meerkatManifests {
		f.Add([]byte(text))
	}
	f.Add([]byte(manifestText("a") + "x"))
	f.Add([]byte(`{"realm_id":"\u0061","backend":"\n","origin":"generated","created_at":"Ã©"}`))
	f.Add([]byte(`{"realm_id":"a","backend":"b","origin":"generated","created_at":"\ud83d\ude00","created_at":"2"}`))
	f.Add([]byte(`{"realm_id":"r","backend":"<","created_at":"\ud800","manifest_format":2,"provider":"p","ephemeral_domains":[]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := decodeManifest(text)
		if err != nil {
			if m != nil || !errors.Is(err, errDamaged) {
				t.Fatalf("decodeManifest(%q) = %+v, %v; want errDamaged and nothing else", text, m, err)
			}
			return
		}
		if usual := decodeUsual(text); usual != nil {
			if known, err := decodeKnown(text); err != nil || !cmp.Equal(usual, known) {
				t.Fatalf("decodeUsual(%q) = %+v, want %+v, %v", text, usual, known, err)
			}
		}
		if !json.Valid(text) {
			t.Fatalf("decodeManifest(%q) accepts a text that is not JSON", text)
		}
		first, err := m.encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := decodeManifest(first)
		if err != nil {
			t.Fatalf("decoding what was encoded, %q: %v", first, err)
		}
		if second, _ := again.encode(); string(second) != string(first) {
			t.Fatalf("got %q, want %q", second, first)
		}
	})
}
