package compose_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"realmconf/schema"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

// TestCompose_fetches compares which documents are read, and in which order.
func TestCompose_fetches(t *testing.T) {
	long := map[string]string{}
	var chain []string
	for i := range 30 {
		long[fmt.Sprint("r", i)] = fmt.Sprintf("[realm.r%d]\nparent='r%d'", i, i+1)
		chain = append(chain, fmt.Sprint("r", i))
	}
	for _, tt := range []struct {
		name, head string
		texts      map[string]string
		want       []string
	}{
		{"a realm without a document", "team", nil, []string{"team", "global"}},
		{"global alone", "global", map[string]string{"global": ""}, []string{"global"}},
		{"global named as the parent", "team", map[string]string{"team": "[realm.team]\nparent='global'"}, []string{"team", "global"}},
		{"parents, then global", "team", map[string]string{"team": "[realm.team]\nparent='org'", "org": "[realm.org]\nparent='corp'"}, []string{"team", "org", "corp", "global"}},
		{"the parent of global is read if global is in the chain", "team", map[string]string{"team": "[realm.team]\nparent='global'", "global": "[realm.global]\nparent='org'"}, []string{"team", "global", "org"}},
		{"the parent of global is not read otherwise", "team", map[string]string{"global": "[realm.global]\nparent='org'"}, []string{"team", "global"}},
		{"a parent in another document is not read", "team", map[string]string{"global": "[realm.team]\nparent='org'\n[realm.org]"}, []string{"team", "global"}},
		{"a circle", "a", map[string]string{"a": "[realm.a]\nparent='b'", "b": "[realm.b]\nparent='a'"}, []string{"a", "b", "global"}},
		{"twenty at most, and global", "r0", long, append(slices.Clone(chain[:20]), "global")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			documents := parsed(t, tt.texts)
			_, err := meerkat.New().Compose(tt.head, func(realm string) (schema.Document, error) {
				got = append(got, realm)
				return schema.Document{Tree: documents[realm]}, nil
			})
			var refused *schema.CompositionError
			if err != nil && !errors.As(err, &refused) {
				t.Error(err)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

// TestCompose_fetchFails ends with the error of a document, also if it is that of
// global, which would not be in the chain.
func TestCompose_fetchFails(t *testing.T) {
	unreadable := errors.New("not readable")
	for _, realm := range []string{"team", "org", "global"} {
		_, err := meerkat.New().Compose("team", func(id string) (schema.Document, error) {
			if id == realm {
				return schema.Document{}, unreadable
			}
			return schema.Document{Tree: tree.Object{"realm": tree.Object{"team": tree.Object{"parent": "org"}, "org": tree.Object{}}}}, nil
		})
		if !errors.Is(err, unreadable) {
			t.Errorf("%s: got %v, want its error", realm, err)
		}
	}
}

// TestCompose_unreadableConfiguration refuses documents that Meerkat cannot read,
// and accepts those whose mistakes it ignores.
func TestCompose_unreadableConfiguration(t *testing.T) {
	for _, tt := range []struct{ text, path string }{
		{"[shell]\ntimeout_secs='x'", "/shell/timeout_secs"},
		{"[comms]\nauth='rsa'", "/comms/auth"},
		{"[models.c]\ncontext_window=5", "/models/c"},
		{"[retry]\ninitial_delay='soon'", "/retry/initial_delay"},
		{"[realm.team]\nparent='a/b'", "/realm/team/parent"},
		{"[realm.team]\nparent=''", "/realm/team/parent"},
		{"[mob_host]\nport=1", "/mob_host/port"},
		{"[self_hosted.servers.s]\nbearer='x'", "/self_hosted/servers/s/bearer"},
		{"[shell]\nshel='x'", ""},
		{"[nonsense]\nx=1", ""},
		{"[limits]\nmax_duration='1s'\nmax_turn_duration='2s'", ""},
	} {
		for _, in := range []string{"team", "global"} {
			texts := map[string]string{"team": "", "global": "[realm.global]"}
			texts[in] = strings.ReplaceAll(tt.text, "realm.team", "realm."+in) + "\n"
			_, err := compose(t, "team", texts)
			var refused *schema.CompositionError
			switch want := strings.ReplaceAll(tt.path, "/team/", "/"+in+"/"); {
			case want == "" && err != nil:
				t.Errorf("%s: got %v, want no error", tt.text, err)
			case want != "" && (!errors.As(err, &refused) || refused.Realm != in || !strings.HasPrefix(refused.Path, want)):
				t.Errorf("%s: got %#v, want one about %s of %s", tt.text, err, want, in)
			}
		}
	}
}

// TestCompose_unknownKeys are not part of what Meerkat runs with.
func TestCompose_unknownKeys(t *testing.T) {
	c, err := compose(t, "team", map[string]string{"team": `
extra = 1
[shell]
timeout_secs = 7
zone = "x"
[rest]
tls = true
[[hooks.entries]]
id = "a"
colour = "red"
[realm.team.binding.b]
backend_profile = "x"
auth_profile = "y"
speed = 9
`})
	if err != nil {
		t.Fatal(err)
	}
	want := tree.Object{
		"shell": tree.Object{"timeout_secs": int64(7)},
		"hooks": tree.Object{"entries": []any{tree.Object{"id": "a"}}},
		"realm": tree.Object{"team": tree.Object{"binding": tree.Object{"b": tree.Object{"backend_profile": "x", "auth_profile": "y"}}}},
	}
	if !tree.Equal(c.Stored, want) {
		t.Errorf("got %v, want %v", c.Stored, want)
	}
}
