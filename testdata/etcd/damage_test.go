package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	clientv3 "go.etcd.io/etcd/client/v3"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/runtime/store/etcd"
	"realmconf/runtime/store/storetest"
)

// findings returns what Inspect finds of a level, with the advice.
func findings(t *testing.T, s store.Store, level store.Level) string {
	t.Helper()
	var all strings.Builder
	for _, f := range s.(store.Inspector).Inspect(t.Context()) {
		if f.Level == level {
			all.WriteString(f.Where + ": " + f.What + " → " + f.Do + "\n")
		}
	}
	return all.String()
}

// Records that are newer than the head were acknowledged. No commit may replace them, and
// the commands that doctor prints make the newest one current again.
func TestStore_headLost(t *testing.T) {
	t.Parallel()
	c := startCluster(t, 1)
	official := newOfficial(t, clientv3.Config{Endpoints: c.endpoints()})
	for _, tt := range []struct {
		name string
		lose func(t *testing.T, head, first string)
		read fault.Kind // of Load; empty for success
	}{
		{"removed", func(t *testing.T, head, _ string) {
			if _, err := official.Delete(t.Context(), head); err != nil {
				t.Fatal(err)
			}
		}, fault.Storage},
		{"set back", func(t *testing.T, head, first string) {
			if _, err := official.Put(t.Context(), head, first); err != nil {
				t.Fatal(err)
			}
		}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := newOptions(c.endpoints())
			s := openIn(t, o)()
			head := keyOf(o, "head")
			mustCommit(t, s, "one")
			first, err := official.Get(t.Context(), head)
			if err != nil {
				t.Fatal(err)
			}
			mustCommit(t, s, "two")
			mustCommit(t, s, "three")
			tt.lose(t, head, string(first.Kvs[0].Value))

			fresh := openIn(t, o)()
			state, err := fresh.Load(t.Context())
			checkFault(t, "Load", err, tt.read, fault.IO)
			if err != nil {
				state = store.State{Version: store.Empty(), Next: 1}
			}
			err = fresh.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "lost"))
			checkFault(t, "CompareAndSwap", err, fault.Storage, fault.IO)
			found := findings(t, fresh, store.Problem)
			put := regexp.MustCompile(`etcdctl put '(\S+)' '(\S+)'`).FindStringSubmatch(found)
			if put == nil || put[1] != head {
				t.Fatalf("got the findings %s, want one with a command that writes the head", found)
			}
			if _, err := official.Put(t.Context(), put[1], put[2]); err != nil {
				t.Fatal(err)
			}
			repaired := openIn(t, o)()
			if state := mustLoad(t, repaired); string(state.Text) != "three" || state.Version.Generation != 3 {
				t.Errorf("after the repair: got %q at generation %d", state.Text, state.Version.Generation)
			}
			if found := findings(t, repaired, store.Problem); found != "" {
				t.Errorf("after the repair: got the findings %s", found)
			}
		})
	}
}

// A history has the records that can be read, and doctor names the others.
func TestStore_damagedHistory(t *testing.T) {
	t.Parallel()
	c := startCluster(t, 1)
	official := newOfficial(t, clientv3.Config{Endpoints: c.endpoints()})
	o := newOptions(c.endpoints())
	s := openIn(t, o)()
	for _, text := range []string{"one", "two", "three", "four", "five"} {
		mustCommit(t, s, text)
	}
	damaged := keyOf(o, "generation/00000000000000000003")
	if _, err := official.Put(t.Context(), damaged, "zzz"); err != nil {
		t.Fatal(err)
	}
	if _, err := official.Delete(t.Context(), keyOf(o, "generation/00000000000000000002")); err != nil {
		t.Fatal(err)
	}
	var numbers []uint64
	list, err := s.List(t.Context(), 0, 3)
	for _, r := range list {
		numbers = append(numbers, r.Generation)
	}
	if err != nil || !slices.Equal(numbers, []uint64{5, 4, 1}) {
		t.Errorf("got the generations %v, %v", numbers, err)
	}
	_, err = s.Record(t.Context(), 3)
	checkFault(t, "Record", err, fault.Storage, fault.IO)
	found := findings(t, s, store.Warning)
	for _, want := range []string{damaged + ": a record of the history", "1 generations between 1 and 5 are missing"} {
		if !strings.Contains(found, want) {
			t.Errorf("got the findings %s, want %q", found, want)
		}
	}
}

// TestProgram_grants runs commands as a user with the roles that the README prints, but
// for one of them.
func TestProgram_grants(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	grants := regexp.MustCompile(`(?m)^etcdctl role grant-permission team (read|readwrite) --prefix (\S+)$`).FindAllStringSubmatch(string(text), -1)
	if len(grants) != 3 {
		t.Fatalf("the README has the grants %v", grants)
	}
	c := startCluster(t, 1, "--bcrypt-cost=4")
	official := newOfficial(t, clientv3.Config{Endpoints: c.endpoints()})
	o := etcd.Options{Endpoints: c.endpoints(), Prefix: "/realmconf"}
	for realm, text := range map[string]string{"team": "[realm.team]\nparent = \"base\"\n", "base": "[realm.base]\n[rest]\nport = 9000\n"} {
		o.Realm = realm
		mustCommit(t, openIn(t, o)(), text)
	}
	allowPrefix(t, official, "alice", "hunter2", "/unused")
	root := newOfficial(t, clientv3.Config{Endpoints: c.endpoints(), Username: "root", Password: "root"})
	grant := func(g []string) {
		kind := clientv3.PermRead
		if g[1] == "readwrite" {
			kind = clientv3.PermReadWrite
		}
		if _, err := root.RoleGrantPermission(t.Context(), "team", g[2], clientv3.GetPrefixRangeEnd(g[2]), clientv3.PermissionType(kind)); err != nil {
			t.Fatal(err)
		}
	}
	p := program{buildProgram(t), []string{"REALMCONF_STORE=" + o.URL(), "ETCDCTL_USER=alice", "ETCDCTL_PASSWORD=hunter2"}}
	grant(grants[0])
	grant(grants[1])
	change := `{"jsonrpc":"2.0","id":1,"method":"config/patch","params":{"patch":{"retry":{"max_retries":5}},"expected_generation":1}}` + "\n"
	for _, tt := range []struct {
		args  []string
		stdin string
		want  []string
	}{
		{[]string{"get"}, "", []string{"whether this has an effect is unknown", "read /realmconf/global/"}},
		{[]string{"doctor"}, "", []string{"is unknown", "read --prefix /realmconf/global/"}},
		{nil, change, []string{`"generation":2`, "is unknown"}},
	} {
		stdout, stderr, _ := p.run(t, tt.stdin, append(tt.args, "--realm", "team")...)
		for _, want := range tt.want {
			if !strings.Contains(stdout+stderr, want) {
				t.Errorf("%v without the right to read global: got %s%s, want %q", tt.args, stdout, stderr, want)
			}
		}
		if strings.Contains(stdout+stderr, "nothing was written") {
			t.Errorf("%v without the right to read global: got %s%s, which says that nothing was written", tt.args, stdout, stderr)
		}
	}
	grant(grants[2])
	if stdout, stderr, code := p.run(t, "", "get", "/rest/port", "--effective", "--realm", "team"); code != 0 || !strings.Contains(stdout, "9000") {
		t.Errorf("with all grants: exit %d, %s%s", code, stdout, stderr)
	}
}
