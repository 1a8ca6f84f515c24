package runtime_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/runtime"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

const labText = `# servers
[self_hosted]

# the lab's own machine
[self_hosted.servers.lab] # ask Bob
# in the basement
base_url = "http://lab:1" # url

# the other one
[self_hosted.servers.spare] # header
base_url = "http://spare:1" # url
`

const lab2Text = `# servers
[self_hosted]

# the lab's own machine
[self_hosted.servers.lab2] # ask Bob
# in the basement
base_url = "http://lab:1" # url

# the other one
[self_hosted.servers.spare] # header
base_url = "http://spare:1" # url
`

// An entry of a map that is given another name keeps its text, by whichever write and
// in whichever view the client has read it, and no default is written down.
func TestRenames(t *testing.T) {
	model := meerkat.New()
	servers := tree.Pointer{"self_hosted", "servers"}
	for name, write := range map[string]func(*runtime.Runtime) (*runtime.Outcome, error){
		"patch as stored": func(rt *runtime.Runtime) (*runtime.Outcome, error) {
			entry, _, _ := servers.Child("lab").Get(get(t, rt).ShownStored())
			return rt.Patch(t.Context(), tree.Object{"self_hosted": tree.Object{"servers": tree.Object{"lab": nil, "lab2": entry}}}, runtime.Write{})
		},
		"patch as shown": func(rt *runtime.Runtime) (*runtime.Outcome, error) {
			entry, _, _ := servers.Child("lab").Get(get(t, rt).Shown())
			return rt.Patch(t.Context(), tree.Object{"self_hosted": tree.Object{"servers": tree.Object{"lab": nil, "lab2": entry}}}, runtime.Write{})
		},
		"set": func(rt *runtime.Runtime) (*runtime.Outcome, error) {
			config := treetest.CloneObject(get(t, rt).Shown())
			all := config["self_hosted"].(tree.Object)["servers"].(tree.Object)
			all["lab2"] = all["lab"]
			delete(all, "lab")
			return rt.Set(t.Context(), config, runtime.Write{})
		},
		"move": func(rt *runtime.Runtime) (*runtime.Outcome, error) {
			return rt.Operate(t.Context(), []tree.Operation{{Op: "move", From: servers.Child("lab"), Path: servers.Child("lab2")}}, runtime.Write{})
		},
		"add and remove": func(rt *runtime.Runtime) (*runtime.Outcome, error) {
			entry, _, _ := servers.Child("lab").Get(get(t, rt).Shown())
			return rt.Operate(t.Context(), []tree.Operation{
				{Op: "add", Path: servers.Child("lab2"), Value: entry}, {Op: "remove", Path: servers.Child("lab")},
			}, runtime.Write{})
		},
	} {
		t.Run(name, func(t *testing.T) {
			rt := runtimeWith(t, model, storeHolding(t, labText))
			out, err := write(rt)
			if err != nil || len(out.Warnings) > 0 {
				t.Fatalf("got %v, warnings %v", err, out)
			}
			if diff := cmp.Diff(lab2Text, string(get(t, rt).Text())); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
}

// A rename is only assumed where nothing else can be meant: one member goes and one
// comes with its value, and the name is not one that the schema gives a meaning.
func TestRenames_ambiguous(t *testing.T) {
	for _, tt := range []struct{ name, text, patch, want string }{
		{
			"two with the same value", "[self_hosted.servers.a] # a\nbase_url = 'u'\n[self_hosted.servers.b] # b\nbase_url = 'u'\n",
			`{"self_hosted":{"servers":{"a":null,"b":null,"c":{"base_url":"u"}}}}`,
			"[self_hosted.servers.c]\nbase_url = \"u\"\n",
		},
		{
			"a key with a meaning", "[agent]\nmax_turns = 5 # turns\n",
			`{"agent":{"max_turns":null,"max_tokens_per_turn":5}}`,
			"[agent]\nmax_tokens_per_turn = 5\n",
		},
		{
			"a misspelt key", "[agent]\n# how many\nmax_turn = 5 # turns\n",
			`{"agent":{"max_turn":null,"max_turns":5}}`,
			"[agent]\n# how many\nmax_turns = 5 # turns\n",
		},
		{
			"the variable of a server in a list, whose value is a secret that the client gives", "[[tools.mcp_servers]]\nname = 's'\ncommand = 'c'\n[tools.mcp_servers.env] # env\n# about A\nA = '1' # one\nB = '2' # two\n",
			`{"tools":{"mcp_servers":[{"name":"s","command":"c","env":{"C":"1","B":"2"}}]}}`,
			"[[tools.mcp_servers]]\nname = 's'\ncommand = 'c'\n[tools.mcp_servers.env] # env\n# about A\nB = '2' # two\nC = \"1\"\n",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rt := runtimeWith(t, meerkat.New(), storeHolding(t, tt.text))
			patch, err := tree.DecodeObject([]byte(tt.patch))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := rt.Patch(t.Context(), patch, runtime.Write{}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, string(get(t, rt).Text())); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
}

// A literal secret that equals the stored one does not make a rename: what is stored
// then would tell that a guess was right.
func TestRenames_guess(t *testing.T) {
	const text = "[realm.x.auth.a]\nprovider = 'openai'\nauth_method = 'api_key'\nsource = { kind = 'inline_secret', secret = 'right' }\n"
	at := tree.Pointer{"realm", "x", "auth"}
	for name, write := range map[string]func(*runtime.Runtime, any) error{
		"patch": func(rt *runtime.Runtime, entry any) error {
			_, err := rt.Patch(t.Context(), tree.Object{"realm": tree.Object{"x": tree.Object{"auth": tree.Object{"a": nil, "b": entry}}}}, runtime.Write{})
			return err
		},
		"set": func(rt *runtime.Runtime, entry any) error {
			config := treetest.CloneObject(get(t, rt).Shown())
			config["realm"].(tree.Object)["x"].(tree.Object)["auth"] = tree.Object{"b": entry}
			_, err := rt.Set(t.Context(), config, runtime.Write{})
			return err
		},
	} {
		seen := make(map[string]string)
		for _, guess := range []string{"right", "wrong"} {
			rt := runtimeWith(t, meerkat.New(), storeHolding(t, text))
			v, _, _ := at.Child("a").Get(treetest.CloneObject(get(t, rt).Shown()))
			entry := v.(tree.Object)
			entry["source"].(tree.Object)["secret"] = guess
			if err := write(rt, entry); err != nil {
				t.Fatal(err)
			}
			seen[guess] = string(tree.Append(nil, get(t, rt).ShownStored()))
		}
		if seen["right"] != seen["wrong"] {
			t.Errorf("%s: a right guess gives %s, a wrong one %s", name, seen["right"], seen["wrong"])
		}
	}
}

// A guessed secret under another name leaves the same lines, whether it is right or
// not: the place of a mistake behind it would tell.
func TestRenames_guessedLine(t *testing.T) {
	const text = "[[tools.mcp_servers]]\nname = 's'\ncommand = 'c'\n[tools.mcp_servers.env]\n# about A\nA = 'right' # one\nB = '2' # two\n\n[rest]\nprot = 1\n"
	seen := make(map[string]string)
	for _, guess := range []string{"right", "wrong"} {
		rt := runtimeWith(t, meerkat.New(), storeHolding(t, text))
		patch := object(t, `{"tools":{"mcp_servers":[{"name":"s","command":"c","env":{"C":"`+guess+`","B":"2"}}]}}`)
		if _, err := rt.Patch(t.Context(), patch, runtime.Write{}); err != nil {
			t.Fatal(err)
		}
		seen[guess] = strings.Replace(string(get(t, rt).Text()), guess, "GUESS", 1)
	}
	if diff := cmp.Diff(seen["wrong"], seen["right"]); diff != "" {
		t.Errorf("a right guess (+) gives another text than a wrong one (-):\n%s", diff)
	}
}
