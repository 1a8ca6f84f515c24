package compose_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCompose_ineffective composes team, which inherits from org and that from
// global, and compares what has no effect.
func TestCompose_ineffective(t *testing.T) {
	for _, tt := range []struct {
		name, global, org, team string
		want                    []string // path, realm, source, cause, message
	}{
		{name: "nothing", global: "[rest]\nhost='h'\nport=1", team: "[rest]\nhost='i'\nport=2"},
		{
			name: "keys that are never carried", org: "[agent]\nmax_turns=3",
			team: "[agent]\nmodel='m'\ntemperature=0.2\nbudget_warning_threshold=0.8\n[presentation.html]\ndefault_template='mine'",
			want: []string{
				"/agent/max_turns of org by org: has no effect: Meerkat never carries this key into what it runs with, and its default holds",
				"/agent/temperature of team by team: has no effect: Meerkat never carries this key into what it runs with, and its default holds",
				"/presentation/html of team by team: has no effect: Meerkat never carries this key into what it runs with, and its default holds",
			},
		},
		{
			name: "a section that is replaced", global: "[rest]\nhost='h'\nport=1\n[comms]\nauth='ed25519'", team: "[rest]\nport=9\n[comms]\nmode='tcp'",
			want: []string{
				"/comms/auth of global by team: what global has here has no effect: team replaces the section, and leaves this key out",
				"/rest/host of global by team: what global has here has no effect: team replaces the section, and leaves this key out",
			},
		},
		{name: "a replaced default is no loss", global: "[rest]\nhost='127.0.0.1'\nport=1", team: "[rest]\nport=9"},
		{name: "a loss that a nearer realm repairs", global: "[rest]\nhost='h'", org: "[rest]\nport=9", team: "[rest]\nhost='i'\nport=3"},
		{
			name: "a section that says only defaults", global: "[comms]\nauth='ed25519'", team: "[comms]\nauth='none'\nmode='inproc'",
			want: []string{"/comms/auth of team by global: has no effect: a section that says only defaults does not replace what global has here"},
		},
		{
			name: "a scalar that is the default", org: "[hooks]\ndefault_timeout_ms=9000", team: "[hooks]\ndefault_timeout_ms=5000\npayload_max_bytes=131072",
			want: []string{"/hooks/default_timeout_ms of team by org: has no effect: a value that is the default does not replace what org has here"},
		},
		{
			name: "empty values", global: "[agent]\nmodel='g'\n[[tools.mcp_servers]]\nname='a'\ncommand='c'", team: "[agent]\nmodel=''\n[models]\nopenai=''\n[tools]\nmcp_servers=[]",
			want: []string{
				"/agent/model of team by global: has no effect: an empty text does not replace what global has here",
				"/tools/mcp_servers of team by global: has no effect: an empty list does not remove what global has here",
			},
		},
		{name: "an empty value that a nearer realm replaces", global: "[agent]\nmodel='g'", org: "[agent]\nmodel=''", team: "[agent]\nmodel='t'"},
		{
			name: "hooks of one id", global: "[[hooks.entries]]\nid='x'", org: "[[hooks.entries]]\nid='y'", team: "[[hooks.entries]]\nid='z'\n[[hooks.entries]]\nid='x'\nenabled=false",
			want: []string{"/hooks/entries/3 of team at /hooks/entries/1 by global: this hook never runs: global has one of the same id before it, and the first one wins"},
		},
		{
			name: "hooks without an id have one", team: "[[hooks.entries]]\nenabled=false\n[[hooks.entries]]\nid='hook'",
			want: []string{"/hooks/entries/1 of team by team: this hook never runs: team has one of the same id before it, and the first one wins"},
		},
		{
			name: "an entry that is replaced", global: "[[tools.mcp_servers]]\nname='b'\ncommand='c'\n[[tools.mcp_servers]]\nname='a'\ncommand='c'\nargs=['x']\n[models.m]\nprovider='openai'\ncontext_window=5",
			team: "[[tools.mcp_servers]]\nname='a'\ncommand='d'\n[models.m]\nprovider='gemini'",
			want: []string{
				"/models/m/context_window of global by team: what global has here has no effect: team replaces the entry, and leaves this key out",
				"/tools/mcp_servers/1/args of global by team: what global has here has no effect: team replaces the entry, and leaves this key out",
			},
		},
		{
			name: "a table that is replaced", org: "[tools.tool_timeouts]\nx={secs=1,nanos=0}", team: "[tools.tool_timeouts]\ny={secs=1,nanos=0}",
			want: []string{"/tools/tool_timeouts/x of org by team: what org has here has no effect: team replaces the table, and leaves this key out"},
		},
		{
			name: "maps that are cleared", global: "[self_hosted.servers.s]\nbase_url='http://u'\n[self_hosted.models.m]\nserver='s'", team: "[self_hosted.servers]",
			want: []string{
				"/self_hosted/models/m of global by team: what global has here has no effect: team clears the servers, and the models with them",
				"/self_hosted/servers/s of global by team: what global has here has no effect: team clears the map",
			},
		},
		{
			name: "a fallback that is reset", global: "[[model_fallback.chain]]\nmodel='m'", team: "[model_fallback]\nenabled=false\nuse_catalog_default_chain=true",
			want: []string{
				"/model_fallback/chain of global by team: what global has here has no effect: team returns the section to its default",
				"/model_fallback/enabled of team by team: has no effect: use_catalog_default_chain beside it returns the section to its default",
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := compose(t, "team", map[string]string{
				"global": tt.global + "\n[realm.global]\n", "org": tt.org + "\n[realm.org]\n", "team": tt.team + "\n[realm.team]\nparent='org'\n",
			})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, i := range c.Ineffective {
				at := ""
				if i.Source.String() != i.Path.String() {
					at = " at " + i.Source.String()
				}
				got = append(got, fmt.Sprintf("%s of %s%s by %s: %s", i.Path, i.Realm, at, i.Cause, i.Message))
			}
			if !cmp.Equal(got, tt.want) {
				t.Errorf("(-want +got)\n%s", cmp.Diff(tt.want, got))
			}
			for _, i := range c.Ineffective {
				if i.Hint == "" && strings.Contains(i.Message, "replaces") {
					t.Errorf("%s has no hint", i.Path)
				}
			}
		})
	}
}

// TestCompose_because says why a default holds.
func TestCompose_because(t *testing.T) {
	c, err := compose(t, "team", map[string]string{
		"global": "[realm.global]\n[rest]\nhost='h'\n[comms]\naddress='h:1'",
		"team":   "[rest]\nport=9\n[comms]\nmode='tcp'\n[agent]\nmax_turns=3",
	})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, o := range c.Origins() {
		if o.Realm == "" && o.Because != "" {
			got[o.Path.String()] = o.Because
		}
	}
	want := map[string]string{
		"/rest/host": "team replaces the section", "/comms/address": "team replaces the section",
		"/agent/max_turns": "Meerkat never carries this key into what it runs with",
	}
	if !cmp.Equal(got, want) {
		t.Errorf("(-want +got)\n%s", cmp.Diff(want, got))
	}
}
