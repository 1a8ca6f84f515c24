package schema

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/schema/tree"
)

func TestParseToken_roundTrip(t *testing.T) {
	for _, text := range []string{
		"realmconf-secret:0:/a", "realmconf-secret:18446744073709551615:/realm/a~1b/~0/", "realmconf-secret:12:/a:b c/é",
	} {
		token, ok := ParseToken(text)
		if !ok || token.String() != text {
			t.Errorf("%s: got %v, %t", text, token, ok)
		}
		if encodedAgain, ok := parseEncoded(encoded(text)); !ok || encodedAgain.String() != text {
			t.Errorf("%s: got %v, %t from its encoded form", text, encodedAgain, ok)
		}
	}
	want := Token{12, tree.Pointer{"a/b", "c~"}}
	if got, _ := ParseToken("realmconf-secret:12:/a~1b/c~0"); !cmp.Equal(want, got) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got, want := encoded("realmconf-secret:12:/é@"), "realmconf-secret%3A12%3A%2F%C3%A9%40"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// MalformedTokens are texts that only look like tokens.
var MalformedTokens = []string{
	"realmconf-secret:", "realmconf-secret:1", "realmconf-secret:1:", "realmconf-secret::/a", "realmconf-secret:1:a", "realmconf-secret:1:/a~",
	"realmconf-secret:1:/~2", "realmconf-secret:01:/a", "realmconf-secret:00:/a", "realmconf-secret:+1:/a", "realmconf-secret:-1:/a", "realmconf-secret: 1:/a",
	"realmconf-secret:1 :/a", "realmconf-secret:1_0:/a", "realmconf-secret:0x1:/a", "realmconf-secret:1.0:/a", "realmconf-secret:١:/a",
	"realmconf-secret:18446744073709551616:/a", "realmconf-secret:" + strings.Repeat("9", 99) + ":/a", "realmconf-secret:1:/a\xff",
	"realmconf-secret:1:" + strings.Repeat("/a", tree.MaxDepth+1), "realmconf-secret:realmconf-secret:1:/a",
}

func TestParseToken_otherTexts(t *testing.T) {
	others := []string{"", "a", " realmconf-secret:1:/a", "Realmconf-secret:1:/a", "realmconf-secret%3A1%3A%2Fa", "realmconf-secret"}
	for _, text := range append(others, MalformedTokens...) {
		if token, ok := ParseToken(text); ok {
			t.Errorf("%q: got %v, want none", text, token)
		}
	}
}

func FuzzParseToken(f *testing.F) {
	for _, text := range append(MalformedTokens, "realmconf-secret:1:/a~1b/~0", "realmconf-secret:18446744073709551615:/é/") {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		token, ok := ParseToken(text)
		if ok && token.String() != text {
			t.Fatalf("%q reads as %q", text, token)
		}
		if ok && !mentionsToken(text, withGeneration) {
			t.Fatalf("%q is a token, and mentions none", text)
		}
		if again, also := parseEncoded(encoded(text)); ok != also || again.String() != token.String() {
			t.Fatalf("%q: encoded it reads as %q, %t", text, again, also)
		}
	})
}
