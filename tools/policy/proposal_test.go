package policy_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"realmconf/runtime/store"
	"realmconf/runtime/store/memory"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// TestProposal_Tree compares a proposal with all its members, apart from the digest and
// the time.
func TestProposal_Tree(t *testing.T) {
	const before = `[agent]
model = "m"
[shell]
program = "nu"
[[tools.mcp_servers]]
name = "git"
command = "git-mcp"
env = { TOKEN = "old" }
[realm.r.auth.a]
source = { kind = "inline_secret", secret = "inline" }
`
	call := operations(t, `[
		{"op":"replace","path":"/agent/model","value":"n"},
		{"op":"replace","path":"/shell/security_mode","value":"deny_list"},
		{"op":"replace","path":"/shell/program","value":"sh"},
		{"op":"replace","path":"/tools/mcp_servers/0/name","value":"git2"},
		{"op":"add","path":"/tools/mcp_servers/-","value":{"name":"x","command":"c","env":{"LD_PRELOAD":"/tmp/a.so"}}},
		{"op":"copy","from":"/realm/r/auth/a/source/secret","path":"/tools/mcp_servers/1/env/KEY"}]`)
	call.Client, call.Reason = "editor", "faster"
	q, err := realmIn(t, taggedStore{memory.New()}, before).question(policy.Policy{}, call)
	if err != nil {
		t.Fatal(err)
	}
	got := q.Proposal.Tree()
	if len(got["digest"].(string)) != 64 {
		t.Errorf("digest: got %v", got["digest"])
	}
	if at, err := time.Parse(time.RFC3339, got["time"].(string)); err != nil || time.Since(at) > time.Minute {
		t.Errorf("time: got %v, %v", got["time"], err)
	}
	delete(got, "digest")
	delete(got, "time")
	want := object(t, `{"tool":"config_patch","client":"editor","reason":"faster","realm":"team","project":"shop","generation":1,
		"summary":"5 fields, 3 of them run code, 2 hold a secret and 1 sets what agents may do",
		"fields":[
			{"op":"replace","path":"/shell/program","old":"nu","new":"sh","risk":["exec"]},
			{"op":"add","path":"/tools/mcp_servers/0","new":{"command":"git-mcp","env":{"TOKEN":"realmconf-secret:1:/tools/mcp_servers/0/env/TOKEN"},"name":"git2"},
				"note":"renamed from \"git\" to \"git2\"","risk":["exec","secret"]},
			{"op":"add","path":"/tools/mcp_servers/1","new":{"command":"c","env":{"KEY":"realmconf-secret:1:/realm/r/auth/a/source/secret","LD_PRELOAD":"/tmp/a.so"},"name":"x"},
				"risk":["exec","secret"]},
			{"op":"add","path":"/shell/security_mode","new":"deny_list","default":"unrestricted","risk":["posture"]}],
		"others":[{"op":"replace","path":"/agent/model","old":"m","new":"n","risk":[]}],
		"effects":[]}`)
	want["generation"], want["diff"] = uint64(1), ` @@ -1,10 +1,20 @@
 [agent]
-model = "m"
+model = "n"
 [shell]
-program = "nu"
-[[tools.mcp_servers]]
-name = "git"
+program = "sh"
+security_mode = "deny_list"
+[[tools.mcp_servers]]
+name = "git2"
 command = "git-mcp"
 env = { TOKEN = "realmconf-secret:1:/tools/mcp_servers/0/env/TOKEN" }
+
+[[tools.mcp_servers]]
+command = "c"
+name = "x"
+
+[tools.mcp_servers.env]
+KEY = "realmconf-secret:1:/realm/r/auth/a/source/secret"
+LD_PRELOAD = "/tmp/a.so"
+
 [realm.r.auth.a]
 source = { kind = "inline_secret", secret = "realmconf-secret:1:/realm/r/auth/a/source/secret" }
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestUnapproved_Question_subject: a question has the same subject when the write is
// prepared again, and another one if anything differs that a person decides about.
func TestUnapproved_Question_subject(t *testing.T) {
	const text = "[agent]\nmodel = \"m\"\n[realm.r.auth.a]\nsource = { kind = \"inline_secret\", secret = \"one\" }\n"
	newCall := func() policy.Call {
		call := patch(t, `{"shell":{"program":"sh"}}`)
		call.Arguments = object(t, `{"patch":{"shell":{"program":"sh"}},"expected_generation":1}`)
		return call
	}
	subject := func(id string, call policy.Call, texts ...string) policy.Fingerprint {
		q, err := realmIn(t, namedStore{memory.New(), id}, texts...).question(policy.Policy{}, call)
		if err != nil {
			t.Fatal(err)
		}
		if q.Proposal.Digest != q.Subject {
			t.Errorf("the proposal's digest is %x, want %x", q.Proposal.Digest, q.Subject)
		}
		return q.Subject
	}
	first := subject("team", newCall(), text)
	if subject("team", newCall(), text) != first {
		t.Error("the same question has another subject the second time")
	}
	with := func(change func(*policy.Call)) policy.Call {
		call := newCall()
		change(&call)
		return call
	}
	for name, other := range map[string]policy.Fingerprint{
		"realm":           subject("web", newCall(), text),
		"generation":      subject("team", newCall(), "", text),
		"text before":     subject("team", newCall(), text+"# a comment\n"),
		"a stored secret": subject("team", newCall(), strings.Replace(text, "one", "two", 1)),
		"value":           subject("team", with(func(c *policy.Call) { c.Patch = object(t, `{"shell":{"program":"bash"}}`) }), text),
		"harmless value":  subject("team", with(func(c *policy.Call) { c.Patch = object(t, `{"shell":{"program":"sh"},"agent":{"model":"n"}}`) }), text),
		"arguments":       subject("team", with(func(c *policy.Call) { c.Arguments["if_overlap"] = "refuse" }), text),
		"server":          subject("team", with(func(c *policy.Call) { c.Server = "b" }), text),
		"tool":            subject("team", with(func(c *policy.Call) { c.Tool = "config_set" }), text),
		"client":          subject("team", with(func(c *policy.Call) { c.Client = "editor" }), text),
		"reason":          subject("team", with(func(c *policy.Call) { c.Reason = "faster" }), text),
	} {
		if other == first {
			t.Errorf("another %s makes no other subject", name)
		}
	}
}

// TestUnapproved_Question_directory: realms of the same id in projects of the same name
// have questions of their own, which say where each one is, without links. Only a client
// that is shown paths sees it.
func TestUnapproved_Question_directory(t *testing.T) {
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(root, "a"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("a", filepath.Join(root, "link")); err != nil {
		t.Fatal(err)
	}
	ask := func(directory string) policy.Question {
		s := placedStore{namedStore{memory.New(), "team"}, filepath.Join(root, directory)}
		q, err := realmIn(t, s, "").question(policy.Policy{}, patch(t, `{"shell":{"program":"sh"}}`))
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	a, b, linked, missing := ask("a"), ask("b"), ask("link"), ask("link/new/realm")
	for want, q := range map[string]policy.Question{"a": linked, "b": b, "a/new/realm": missing} {
		if got := q.Proposal.PersonTree()["directory"]; got != filepath.Join(root, want) {
			t.Errorf("directory: got %v, want %s in %s", got, want, root)
		}
		if got := string(tree.Append(nil, q.Proposal.Tree())) + q.Message; strings.Contains(got, root) {
			t.Errorf("a path is in %s", got)
		}
	}
	if linked.Subject != a.Subject || linked.Changes != a.Changes || linked.Held != a.Held {
		t.Error("the same directory by another path is another question")
	}
	if b.Subject == a.Subject || b.Changes == a.Changes || b.Held == a.Held {
		t.Error("another directory makes no other question")
	}
}

// TestUnapproved_Question_held: calls that ask for the same held changes have the same
// Held, whatever else differs, and other held changes have another one.
func TestUnapproved_Question_held(t *testing.T) {
	held := func(call policy.Call, texts ...string) policy.Fingerprint {
		q, err := realmIn(t, namedStore{memory.New(), "team"}, texts...).question(policy.Policy{}, call)
		if err != nil {
			t.Fatal(err)
		}
		return q.Held
	}
	sh := func() policy.Call { return patch(t, `{"shell":{"program":"sh"}}`) }
	first := held(sh(), "")
	reworded := operations(t, `[{"op":"add","path":"/shell","value":{"program":"sh"}}]`)
	reworded.Tool, reworded.Client, reworded.Reason = "config_set", "editor", "faster"
	for name, same := range map[string]policy.Fingerprint{
		"words":            held(reworded, ""),
		"another change":   held(patch(t, `{"shell":{"program":"sh"},"agent":{"model":"n"}}`), ""),
		"newer generation": held(sh(), "", "[agent]\nmodel = \"m\"\n"),
		"other old value":  held(sh(), "[shell]\nprogram = \"zsh\"\n"),
	} {
		if same != first {
			t.Errorf("%s: another fingerprint of the same held changes", name)
		}
	}
	secret := func(value string) policy.Fingerprint {
		return held(patch(t, `{"tools":{"mcp_servers":[{"name":"x","command":"c","env":{"A":"`+value+`"}}]}}`), "")
	}
	for name, other := range map[string]policy.Fingerprint{
		"value":      held(patch(t, `{"shell":{"program":"bash"}}`), ""),
		"more":       held(patch(t, `{"shell":{"program":"sh"},"rest":{"host":"h"}}`), ""),
		"removal":    held(patch(t, `{"shell":null}`), "[shell]\nprogram = \"zsh\"\n"),
		"an entry":   secret("one"),
		"its secret": secret("two"),
	} {
		if other == first {
			t.Errorf("%s: the fingerprint of other held changes", name)
		}
	}
	if secret("one") == secret("two") {
		t.Error("two secrets have one fingerprint")
	}
}

// placedStore is a store whose realm has a directory.
type placedStore struct {
	namedStore
	directory string
}

func (s placedStore) Metadata() store.Metadata {
	m := s.namedStore.Metadata()
	m.Paths = &store.ResolvedPaths{ConfigPath: filepath.Join(s.directory, "config.toml")}
	return m
}

// namedStore is a store whose realm has an id, in the project shop.
type namedStore struct {
	*memory.Store
	id string
}

func (s namedStore) Metadata() store.Metadata { return store.Metadata{RealmID: &s.id, Project: "shop"} }

// TestProposal_comments: no client sees the text of a comment, before or after the
// change. The person sees it without what looks like a secret.
func TestProposal_comments(t *testing.T) {
	const text = `# keep it: canary-prose
# api_key = "canary-key"
[shell] # canary-header
program = "nu" # canary-value, '#'
security_patterns = [
  "# no comment", # canary-entry
]
# password: canary-word
`
	q, err := newRealm(t, text).question(policy.Policy{}, operations(t, `[{"op":"replace","path":"/shell/program","value":"sh"},{"op":"remove","path":"/shell/security_patterns/0"}]`))
	if err != nil {
		t.Fatal(err)
	}
	client := q.Proposal.Tree()
	person := policy.ForPerson(q.Proposal.PersonTree())
	if encoded := string(tree.Append(nil, client)) + q.Message; strings.Contains(encoded, "canary") {
		t.Errorf("a client sees a comment: %s", encoded)
	}
	if diff := cmp.Diff(client, policy.ForClients(q.Proposal.PersonTree())); diff != "" {
		t.Errorf("ForClients: %s", diff)
	}
	if got := client["diff"].(string); !strings.Contains(got, "+program = \"sh\" # (not shown)\n") || !strings.Contains(got, "\"# no comment\"") {
		t.Errorf("a client sees\n%s", got)
	}
	got := person["diff"].(string)
	for _, shown := range []string{"# keep it: canary-prose", "[shell] # canary-header", "-program = \"nu\" # canary-value, '#'", "-  \"# no comment\", # canary-entry"} {
		if !strings.Contains(got, shown) {
			t.Errorf("the person does not see %q in\n%s", shown, got)
		}
	}
	for _, hidden := range []string{"canary-key", "canary-word"} {
		if strings.Contains(got, hidden) {
			t.Errorf("the person sees %s in\n%s", hidden, got)
		}
	}
}

// TestProposal_noComments has one difference for everybody.
func TestProposal_noComments(t *testing.T) {
	q, err := newRealm(t, "shell.program = \"nu\"\n").question(policy.Policy{}, patch(t, `{"shell":{"program":"sh"}}`))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(q.Proposal.Tree(), q.Proposal.PersonTree()); diff != "" {
		t.Errorf("got %s", diff)
	}
}
