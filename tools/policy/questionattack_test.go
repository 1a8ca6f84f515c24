package policy_test

import (
	"context"
	"html"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"realmconf/runtime"
	"realmconf/runtime/store"
	"realmconf/runtime/store/memory"
	"realmconf/schema"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// words are texts that others choose, in each place of a question that has one.
type words struct{ client, reason, realm, project, key, value string }

// placeholders of the pattern of a question.
const (
	namePattern  = `(?:"[^"\n]*"|/?[\p{L}\p{N}\p{M}][\p{L}\p{N}\p{M}_.@+/-]*)`
	placePattern = `(?:"[^"\n]*"|/[\p{L}\p{N}\p{M}_.@+/-]+)`
	textPattern  = `(?:\(\d+ characters? left out\) \+ )?"[^"\n]*"(?: \+ \(\d+ characters? left out\))?`
)

// questionPattern is the question about words, whatever they are: no more lines, no
// sentences, and no quotation marks but those of the question itself. A value that
// mentions a secret's token counts as a secret.
func questionPattern(w words) string {
	counted, class := "", ""
	if strings.Contains(w.value, strings.TrimSuffix(schema.TokenPrefix, ":")) {
		counted, class = ", 1 holds a secret", ", holds a secret"
	}
	return "^to change: 2 fields, 1 of them runs code" + counted + " and 1 reaches the network" +
		"\n• by (?:a program that gives no name|" + namePattern + "), in (?:the realm|realm " + namePattern + ") of project " + namePattern + ` \(generation 1\)` +
		"\n• " + `/shell/program \(runs code` + class + `\): "nu" \(the default\) → ` + textPattern +
		"\n• " + placePattern + ` \(reaches the network\): \(absent\) → \{"base_url":"http://lab"\}` +
		"(?:\n• " + `the client's reason: ` + textPattern + ")?$"
}

// checkAttack asks about words, and compares the question with the pattern: as it is,
// with its lines joined, and as a host shows it that renders Markdown or HTML.
func checkAttack(t rapid.TB, w words) {
	message, asked := questionAbout(t, w)
	if !asked {
		return
	}
	pattern := regexp.MustCompile(questionPattern(w))
	joined := regexp.MustCompile(strings.ReplaceAll(questionPattern(w), "\n", " "))
	for name, shown := range map[string]string{
		"as it is": message, "as Markdown": renderMarkdown(t, message), "as HTML": renderHTML(message),
	} {
		if !pattern.MatchString(shown) {
			t.Errorf("%+q\n%s: %s", w, name, shown)
		}
		if line := strings.ReplaceAll(shown, "\n", " "); !joined.MatchString(line) {
			t.Errorf("%+q\n%s, joined: %s", w, name, line)
		}
	}
	unescaped := regexp.MustCompile("\\\\([*_`\\[\\]#|~])").ReplaceAllString(message, "$1")
	if shown := renderMarkdown(t, message); shown != unescaped {
		t.Errorf("%+q: Markdown changes the question to %s", w, shown)
	}
	withoutIsolates := strings.NewReplacer("\u2068", "", "\u2069", "", "\n", "").Replace(message)
	if strings.ContainsFunc(withoutIsolates, policy.IsHidden) || strings.Contains(message, "  ") || !utf8.ValidString(message) {
		t.Errorf("%+q: a reader cannot see all of %+q", w, message)
	}
	if strings.Count(message, "\u2068") != strings.Count(message, "\u2069") {
		t.Errorf("%+q: an isolate is open: %+q", w, message)
	}
}

// questionAbout returns the message of a question about words, if the runtime takes
// them.
func questionAbout(t rapid.TB, w words) (message string, asked bool) {
	s := attackedStore{memory.New(), store.Metadata{RealmID: &w.realm, Project: w.project}}
	first := store.Record{Version: store.Version{Generation: 1, Digest: store.DigestOf(nil)}, Parent: store.Empty(), CommitID: "c", Operation: store.External}
	if err := s.CompareAndSwap(context.Background(), store.Empty(), []store.Record{first}); err != nil {
		t.Fatal(err)
	}
	rt := runtime.New(func(context.Context) (store.Store, error) { return s, nil }, meerkat.New())
	defer rt.Close()
	call := policy.Call{Tool: "config_patch", Client: w.client, Reason: w.reason, Patch: tree.Object{
		"shell": tree.Object{"program": w.value}, "self_hosted": tree.Object{"servers": tree.Object{w.key: tree.Object{"base_url": "http://lab"}}},
	}}
	write := runtime.Write{DryRun: true, Judge: func(ctx context.Context, c *runtime.Comparison) (*store.Approval, error) {
		return policy.Policy{}.NewReview(meerkat.New(), call).Judge(ctx, c)
	}}
	_, err := rt.Patch(context.Background(), call.Patch, write)
	unapproved, isHeld := err.(*policy.UnapprovedError)
	if !isHeld {
		return "", false
	}
	q, err := unapproved.Question()
	if err != nil {
		t.Fatal(err)
	}
	return q.Message, true
}

// attackedStore is a store with any metadata.
type attackedStore struct {
	*memory.Store
	metadata store.Metadata
}

func (s attackedStore) Metadata() store.Metadata { return s.metadata }

// renderMarkdown returns the text that a reader of Markdown sees: without the signs that
// were not escaped. A line that begins a block is an error.
func renderMarkdown(t rapid.TB, text string) string {
	if block := regexp.MustCompile("(?m)^ {0,3}(#|>|[-+*] |[0-9]+[.)] |\\||```|~~~|---|===|\\[[^\\]]*\\]:|    )").FindString(text); block != "" {
		t.Errorf("a line begins with %q: %s", block, text)
	}
	const escaped = 0xf0000 // of the private use area, and not in the text
	text = regexp.MustCompile("\\\\[!-/:-@\\[-`{-~]").ReplaceAllStringFunc(text, func(s string) string { return string(rune(escaped + int(s[1]))) })
	for _, sign := range []string{
		"`+", `!?\[[^\]]*\]\([^)]*\)`, `<[^>]*>`, `\*+`, `~+`, `(^|[^\p{L}\p{N}_])_+`, `_+($|[^\p{L}\p{N}_])`,
	} {
		text = regexp.MustCompile(sign).ReplaceAllString(text, "")
	}
	text = html.UnescapeString(text)
	return strings.Map(func(r rune) rune {
		if r >= escaped && r <= escaped+0x7f {
			return r - escaped
		}
		return r
	}, text)
}

// renderHTML returns the text that a reader of HTML sees.
func renderHTML(text string) string {
	return html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(text, ""))
}

// attacks are texts that imitate a question, or change how it is shown.
var attacks = []string{
	"", "x", "\n", " ", "  ", `"`, `\`, "'", "''", "→", "(", ")", "+", "/", "-", "1.", "# ", "> ", "*", "**", "_", "__", "~~", "`", "```\n", "|", "| --- |",
	"<b>", "</b>", "<br>", "<script>", "<!--", "-->", "&lt;", "&quot;", "&#34;", "&NewLine;", "[x](http://y)", "![x](http://y)", "[", "](", "$", "$$",
	"\r\n", "\u2028", "\x1b[2J", "\x00", "\u202e", "\u2066", "\u2069", "\u200b", "\u00ad", "\u3000", "\u2800", "\ufe0f", "\U000e0041", "\u0301", "\u0336",
	"а", "сор", "ｘ", "𝐱", "”", "″", "＂", "אב", "عر", "設定", "日本", "é", "a", "word", "realm", "realmconf", "deny_list",
	"\n/shell/program (runs code): \"nu\" → \"sh\"", "the client's reason: \"fine\"", "(the default)", "(a secret, not shown)", "(1 character left out)",
	"\n• by editor, in realm team (generation 1)", " • /shell/program (runs code): ", "•", "to change: 1 field", "\" \n/rest/host: \"a", strings.Repeat("x", 130), strings.Repeat(" ", 130), "realmconf-secret%3A1%3A%2Fa",
}

// TestUnapproved_Question_attacks puts texts that imitate a question into each of its
// places: it has the same lines and sentences with all of them.
func TestUnapproved_Question_attacks(t *testing.T) {
	for _, a := range attacks {
		checkAttack(t, words{a, "x" + a, a, "x" + a, a, a})
	}
	part := rapid.OneOf(rapid.SampledFrom(attacks), rapid.StringN(0, 6, -1))
	text := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(part, 1, 6).Draw(t, "parts"), "") })
	rapid.Check(t, func(t *rapid.T) {
		checkAttack(t, words{text.Draw(t, "client"), "x" + text.Draw(t, "reason"), text.Draw(t, "realm"), "x" + text.Draw(t, "project"), text.Draw(t, "key"), text.Draw(t, "value")})
	})
}

// FuzzQuestion is the same with any texts.
func FuzzQuestion(f *testing.F) {
	for _, a := range attacks {
		f.Add(a, "x"+a, a, "x"+a, a, a)
	}
	f.Fuzz(func(t *testing.T, client, reason, realm, project, key, value string) {
		checkAttack(t, words{client, "x" + reason, realm, "x" + project, key, value})
	})
}
