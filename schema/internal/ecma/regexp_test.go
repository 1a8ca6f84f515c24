package ecma

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		expression string
		yes, no    string // texts, separated by spaces; "_" is the empty one
	}{
		{`^a+$`, "a aaa", "_ b ab ba"},
		{`es`, "expression es", "exprssion"},
		{`^(a|bc)*$`, "_ a bc abca", "b ac"},
		{`^[a-c\d_-]{2,3}$`, "a1 c-_ 12", "1 abcd d1"},
		{`^[^a]b?$`, "b cb", "a ab cbb"},
		{`^(?!.*(?:foo|bar)$)[a-z]+$`, "foox bars x", "foo xbar _"},
		{`^(?=.*\d)(?=.*[a-z]).{3,}$`, "a1x 9zz", "abc 123 a1"},
		{`(?<=a)b`, "ab cab", "b cb"},
		{`(?<!a)b`, "b cb abb", "ab"},
		{`\bfoo\b`, "foo a.foo.b", "food afoo"},
		{`\Bo`, "foo", "o"},
		{`^\u0041\x42\cJ?$`, "AB", "A"},
		{`^\p{Lu}\p{L}*$`, "Ärger Z", "ärger Z1"},
		{`^\P{L}$`, "1 -", "a"},
		{`^(?<year>\d{4})-\d\d$`, "2026-11", "226-11"},
		{`^.$`, "a 💩", "ab"},
		{`^\uD83D\uDCA9$`, "💩", "a"},
		{`^\u{1F4A9}$`, "💩", "a"},
		{`^\$\{[A-Z]+\}$`, "${A}", "$A"},
		{`^a{,3}$`, "a{,3}", "a aaa"},
		{`^(a?){20}a{20}$`, "aaaaaaaaaaaaaaaaaaaa", "aaaa"},
		{`^[^]$`, "a", "ab"},
		{`^([]|a)$`, "a", "b"},
		{`^[\s\S]+$`, "a", "_"},
		{`^[\]\-a]$`, "] - a", "b"},
		{`^\/$`, "/", "\\"},
		{`a$b|c`, "c", "ab"},
		{``, "_ a", ""},
	} {
		r, err := Compile(c.expression)
		if err != nil {
			t.Errorf("%s: %v", c.expression, err)
			continue
		}
		for want, texts := range map[bool]string{true: c.yes, false: c.no} {
			for text := range strings.FieldsSeq(texts) {
				if text == "_" {
					text = ""
				}
				if got, _ := r.Match(text, maxSteps); got != want {
					t.Errorf("%s matches %q: got %t", c.expression, text, got)
				}
			}
		}
	}
}

func TestCompile_mistakes(t *testing.T) {
	for expression, want := range map[string]string{
		`(a`:              "a ( without its ) at character 1",
		`a)`:              "a ) without its ( at character 2",
		`[a`:              "a [ without its ] at character 1",
		`*a`:              "nothing before the * at character 1",
		`a**`:             "a repetition of a repetition at character 3",
		`a\`:              "a backslash at the end at character 2",
		`(a)\1`:           "a back reference, which is not supported at character 4",
		`(?i)a`:           "a group of a kind that ECMA-262 does not have at character 1",
		`\p{Klingon}`:     "a property of Unicode that is not supported at character 3",
		`\Z`:              "\\Z, which ECMA-262 does not have at character 1",
		`[b-a]`:           "a range of characters in the wrong order at character 5",
		`a{3,2}`:          "a repetition whose limits are in the wrong order at character 7",
		`(a{1000}){1000}`: "an expression that is too large at character 1",
	} {
		if _, err := Compile(expression); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", expression, err, want)
		}
	}
	if _, err := Compile(strings.Repeat("(", 100_000)); err == nil {
		t.Error("many groups in one another: got no error")
	}
}

// Expressions that other engines need exponential time for are matched in bounded time.
func TestMatch_bounded(t *testing.T) {
	for _, expression := range []string{`^(a+)+$`, `^(a|a)*$`, `^(a*)*b`, `(?=(a+)+$)^.*c`, `(x(?=.*y))*z`} {
		r, err := Compile(expression)
		if err != nil {
			t.Fatal(err)
		}
		for _, length := range []int{100, 3000} {
			m := machine{text: []rune(strings.Repeat("a", length) + "!"), most: maxSteps}
			m.run(r.prog, 0, true, -1)
			if m.steps > maxSteps+len(r.prog)*length {
				t.Errorf("%s with %d characters: %d steps", expression, length, m.steps)
			}
		}
	}
}

// A match ends when it has taken as many steps as it may, and says how many those were.
func TestMatch_most(t *testing.T) {
	r, err := Compile("(a|b){0,1000}c$")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat("ab", 100)
	if is, steps := r.Match(text, maxSteps); is || steps < 50_000 {
		t.Errorf("got %t after %d steps, want no match after many", is, steps)
	}
	if is, steps := r.Match(text, 1_000); !is || steps < 1_000 || steps > 10_000 {
		t.Errorf("with 1000 steps: got %t after %d", is, steps)
	}
}

// An expression that begins with ^ is not tried at each character of a text.
func TestMatch_atTheStart(t *testing.T) {
	for _, c := range []struct {
		expression string
		most       int // steps
	}{{"^b", 5}, {"^aab", 10}, {"^(b|c)", 5}} {
		r, err := Compile(c.expression)
		if err != nil {
			t.Fatal(err)
		}
		m := machine{text: []rune(strings.Repeat("a", 1000)), most: maxSteps}
		if r.match(&m) || m.steps > c.most {
			t.Errorf("%s: %d steps, want no match and at most %d", c.expression, m.steps, c.most)
		}
	}
}

// Where package regexp has the same syntax, it has the same matches.
func TestMatch_oracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var expression func(depth int) string
		expression = func(depth int) string {
			kinds := []string{"char", "any", "class"}
			if depth > 0 {
				kinds = append(kinds, "sequence", "sequence", "or", "repeat", "group")
			}
			switch rapid.SampledFrom(kinds).Draw(t, "kind") {
			case "any":
				return "."
			case "class":
				return rapid.SampledFrom([]string{"[ab]", "[^a]", `\w`, `\d`, `\W`, `[a-c1]`, "^", "$", `\b`}).Draw(t, "class")
			case "sequence":
				return expression(depth-1) + expression(depth-1)
			case "or":
				return "(?:" + expression(depth-1) + "|" + expression(depth-1) + ")"
			case "repeat":
				return "(" + expression(depth-1) + ")" + rapid.SampledFrom([]string{"*", "+", "?", "{2}", "{1,3}", "{2,}", "*?"}).Draw(t, "times")
			case "group":
				return "(" + expression(depth-1) + ")"
			}
			return rapid.SampledFrom([]string{"a", "b", "1", "ä"}).Draw(t, "char")
		}
		e := expression(4)
		want, err := regexp.Compile(e)
		if err != nil {
			t.Fatalf("%s: %v", e, err)
		}
		got, err := Compile(e)
		if err != nil {
			t.Fatalf("%s: %v", e, err)
		}
		for range 10 {
			text := rapid.StringMatching(`[ab1ä-]{0,6}`).Draw(t, "text")
			if is, _ := got.Match(text, maxSteps); is != want.MatchString(text) {
				t.Fatalf("%s matches %q: got %t", e, text, is)
			}
		}
	})
}
