package rpc_test

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// marks are texts of which one is part of every canary of testdata/canaries and
// of every secret that the canary tests write.
var marks = []string{"canary", "471147"}

// encodedMarks returns the marks in encodings that cannot be decoded without knowing
// where they begin: base64 in its three phases, hexadecimal, and reversed.
var encodedMarks = func() (all []string) {
	for _, mark := range marks {
		for _, word := range []string{mark, strings.ToUpper(mark)} {
			for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
				for phase := range 3 {
					first, last := (phase*8+5)/6, (phase+len(word))*8/6 // the digits that depend on the word alone
					all = append(all, encoding.EncodeToString([]byte(strings.Repeat("\x00", phase) + word + "\x00\x00"))[first:last])
				}
			}
		}
		backwards := []byte(mark)
		slices.Reverse(backwards)
		all = append(all, mark, hex.EncodeToString([]byte(mark)), string(backwards))
	}
	return all
}()

var (
	unicodeEscape = regexp.MustCompile(`\\+u[0-9a-fA-F]{4}`)
	percent       = regexp.MustCompile(`%[0-9a-fA-F]{2}`)
)

// leaks returns the places of a text that contain a mark, each with the text
// around it.
func leaks(text string) []string {
	var found []string
	for range 3 { // an escape may be escaped
		lower := strings.ToLower(text)
		for _, d := range encodedMarks {
			for _, s := range []string{text, lower} {
				if i := strings.Index(s, d); i >= 0 {
					found = append(found, d+" in …"+s[max(0, i-120):min(len(s), i+60)]+"…")
				}
			}
		}
		plain := unicodeEscape.ReplaceAllStringFunc(text, func(s string) string {
			n, err := strconv.ParseUint(s[len(s)-4:], 16, 16)
			if err != nil {
				panic(err)
			}
			return string(rune(n))
		})
		plain = percent.ReplaceAllStringFunc(plain, func(s string) string {
			c, err := url.PathUnescape(s)
			if err != nil {
				panic(err)
			}
			return c
		})
		if plain == text {
			break
		}
		text = plain
	}
	return slices.Compact(found)
}

// TestLeaks_encodings expects marks to be found in every encoding.
func TestLeaks_encodings(t *testing.T) {
	for _, secret := range []string{"canary-inline", "471147000003"} {
		percent, escaped := "", ""
		for _, c := range []byte(secret) {
			percent += "%" + hex.EncodeToString([]byte{c})
			escaped += `\u00` + hex.EncodeToString([]byte{c})
		}
		for _, text := range []string{
			secret, strings.ToUpper(secret), percent, escaped, `\` + escaped, strings.ReplaceAll(percent, "%", "%25"),
			hex.EncodeToString([]byte(secret)), strings.ToUpper(hex.EncodeToString([]byte(secret))),
			base64.StdEncoding.EncodeToString([]byte("{" + secret)), base64.StdEncoding.EncodeToString([]byte("{}" + secret)),
			base64.StdEncoding.EncodeToString([]byte("{} " + secret + "?")), base64.URLEncoding.EncodeToString([]byte("[agent]\n" + secret + "\n")),
		} {
			if len(leaks(`{"value":"`+text+`"}`)) == 0 {
				t.Errorf("%s is not found", text)
			}
		}
	}
	if got := leaks(`{"value":"realmconf-secret:471:/a/b","at":"2026-11-22T10:04:05.123Z"}`); len(got) > 0 {
		t.Errorf("got %v in a text without marks", got)
	}
}
