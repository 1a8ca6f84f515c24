package policy

import (
	"testing"
	"unicode"
)

// TestQuote shows texts as they are if a reader sees what they are, and else escapes.
func TestQuote(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"plain", "sh -c x; y=1 (z) {a} $HOME, ok? no! 50% @a ^b", "sh -c x; y=1 (z) {a} $HOME, ok? no! 50% @a ^b"},
		{"letters of many languages", "Zoë, naïve, größer, Łódź, İstanbul, tiếng Việt", "Zoë, naïve, größer, Łódź, İstanbul, tiếng Việt"},
		{"other alphabets", "привет мир, Ελλάδα, հայերեն, 設定を変更 한국어, ไทย, हिन्दी", "привет мир, Ελλάδα, հայերեն, 設定を変更 한국어, ไทย, हिन्दी"},
		{"right to left", "עברית", "\u2068עברית\u2069"},
		{"East Asian beside Latin letters", "Tシャツ設定v2", "Tシャツ設定v2"},
		{"pictures", "🎉 ok →", "🎉 ok →"},

		{"quotation marks", `a" → "b`, `a\u0022 → \u0022b`},
		{"a backslash", `C:\x`, `C:\u005cx`},
		{"other quotation marks", "a” “b„ ″c ＂d 〝e ״f", `a\u201d \u201cb\u201e \u2033c \uff02d \u301de \u05f4f`},
		{"two apostrophes", "it's '' ’’", `it's '\u0027 ’\u2019`},
		{"lines", "a\nb\r\nc\u2028d\u0085e\vf", `a\nb\r\nc\u2028d\u0085e\vf`},
		{"control characters", "\x00\x1b[1m\x7f\u009b", `\x00\x1b\[1m\x7f\u009b`},
		{"runs of spaces", "a  b   c d", `a \u0020b \u0020\u0020c d`},
		{"other blanks", "a\u00a0b\u2003c\u3000d\u2800e", `a\u00a0b\u2003c\u3000d\u2800e`},
		{"invisible", "a\u200bb\u200dc\u2060d\ufefff\u00adg\u034fh", `a\u200bb\u200dc\u2060d\ufefff\u00adg\u034fh`},
		{"direction of writing", "a\u202eb\u2066c\u200fd", `a\u202eb\u2066c\u200fd`},
		{"not UTF-8", "a\xffb\xc3", `a\xffb\xc3`},

		{"Markdown", "**b** *i* `c` [x](y) ![p](q) # h | t | ~~s~~", "\\*\\*b\\*\\* \\*i\\* \\`c\\` \\[x\\](y) !\\[p\\](q) \\# h \\| t \\| \\~\\~s\\~\\~"},
		{"underscores", "deny_list a__b _i_ __b__ x_ _", `deny_list a__b \_i\_ \_\_b\_\_ x\_ \_`},
		{"underscores beside escapes", "A_ᾈA A_٠ A_\xff", `A\_\u1f88A A\_\u0660 A\_\xff`},
		{"HTML", "<b>x</b> &lt;i&gt; &quot; <!-- -->", `\u003cb\u003ex\u003c/b\u003e \u0026lt;i\u0026gt; \u0026quot; \u003c!-- --\u003e`},

		{"a Cyrillic letter in a Latin word", "pаypal", `p\u0430ypal`},
		{"a Greek letter in a Latin word", "gοοgle", `g\u03bf\u03bfgle`},
		{"a Cyrillic word like a Latin one, beside Latin words", "run сор now", `run \u0441\u043e\u0440 now`},
		{"a Cyrillic word like a Latin one, alone", "сор", `\u0441\u043e\u0440`},
		{"the same in a Cyrillic text", "выноси сор", "выноси сор"},
		{"an Armenian letter in a Latin word", "ոode", `\u0578ode`},
		{"full-width forms", "ｓｈ １ ／", `\uff53\uff48 \uff11 \uff0f`},
		{"letters of mathematics", "𝐬𝐡 ℎ 𝚊", `\U0001d42c\U0001d421 \u210e \U0001d68a`},
		{"phonetic letters", "ɑɡ", `\u0251\u0261`},
		{"Cherokee", "ᎪᏴ", `\u13aa\u13f4`},
		{"Roman numerals and ligatures", "Ⅷ ﬁ", `\u2167 \ufb01`},
		{"letters in circles", "ⓐ 🅰", `\u24d0 \U0001f170`},
		{"signs like others", "a∕b⁄c：d․e−f‐g", `a\u2215b\u2044c：d\u2024e\u2212f\u2010g`},
		{"digits of another script", "1৪ ৪", `1\u09ea \u09ea`},
		{"those digits in their own script", "আমি ৪", "আমি ৪"},
		{"marks", "e\u0301 \u0301 a\u0301\u0301\u0301\u0301\u0301 a\u0336 a\u20dd", "e\u0301 \\u0301 a\u0301\u0301\u0301\\u0301\\u0301 a\\u0336 a\\u20dd"},
	} {
		if got := quote(tt.text); got != `"`+tt.want+`"` {
			t.Errorf("%s: got  %+q\nwant %+q", tt.name, got, `"`+tt.want+`"`)
		}
	}
}

// TestVisibleName quotes a name that is more than a word or a path.
func TestVisibleName(t *testing.T) {
	for name, want := range map[string]string{
		"editor": "editor", "my-agent_2.0@host": "my-agent_2.0@host", "/a/b_c/0": "/a/b_c/0", "Zoë": "Zoë",
		"": `""`, "a b": `"a b"`, "-": `"-"`, "1.": `"1."`, "+x": `"+x"`, "a:": `"a:"`, "/a/": `"/a/"`, "//": `"//"`, "a~1b": `"a\~1b"`, "_a": `"\_a"`,
		"(generation 1)": `"(generation 1)"`, "realm\u00a0team": `"realm\u00a0team"`, "сор": `"\u0441\u043e\u0440"`,
	} {
		if got := visibleName(name); got != want {
			t.Errorf("%q: got %s, want %s", name, got, want)
		}
	}
}

// TestLookAlikes: the tables are in order, as package unicode needs it.
func TestLookAlikes(t *testing.T) {
	for name, table := range map[string]*unicode.RangeTable{"ASCII": asciiLookAlikes, "quotation": quotationLookAlikes, "signs": scriptSigns} {
		last := uint32(0)
		check := func(lo, hi uint32) {
			if lo <= last || hi < lo {
				t.Errorf("%s, %#x to %#x: out of order", name, lo, hi)
			}
			last = hi
		}
		for _, r := range table.R16 {
			check(uint32(r.Lo), uint32(r.Hi))
		}
		for _, r := range table.R32 {
			check(r.Lo, r.Hi)
		}
	}
}
