package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"realmconf/runtime"
	"realmconf/runtime/realm"
	"realmconf/runtime/store"
	"realmconf/schema/tree/treetest"
)

// TestRealms_print prints a table with the problems below their realms.
func TestRealms_print(t *testing.T) {
	record := store.Record{
		Version: store.Version{Generation: 7}, Time: time.Date(2026, 11, 22, 10, 4, 5, 0, time.Local),
		Operation: store.Patch, Actor: store.Actor{Name: "editor", Surface: store.Tool},
	}
	external := store.Record{Version: store.Version{Generation: 2}, Time: record.Time, Actor: store.Actor{Surface: store.ExternalSurface}}
	sh := newShell(t, Terminal{Interactive: true, Width: 100})
	sh.session.printRealms([]realmEntry{
		{id: "dev", stateRoot: "/p/.rkat/realms", state: store.State{Version: record.Version}, newest: &record, chain: []string{"dev", "org", "global"}},
		{id: "prod", stateRoot: "/u/realms", state: store.State{Version: external.Version}, newest: &external, problem: "config.toml is not TOML"},
		{id: "team", stateRoot: "/u/realms", chain: []string{"team"}},
	})
	sh.wantStdout(`REALM  GENERATION  CHANGED              BY        INHERITS FROM
in /p/.rkat/realms:
dev    7           2026-11-22 10:04:05  editor    org, global
in /u/realms:
prod   2           2026-11-22 10:04:05  external
  config.toml is not TOML
team   0
`)
	sh.session.printRealms(nil)
	sh.wantStdout("no realms yet: the first write makes one\n")
}

// A list of very many or very long realms, or of long chains, reads a bounded amount,
// keeps no text, and says which realms it has not examined.
func TestRealms_bounded(t *testing.T) {
	const long = 900 << 10
	for _, tt := range []struct {
		name  string
		count int
		text  func(i int) string
		whole bool
	}{
		{"a few", 5, func(i int) string { return fmt.Sprintf("[realm.r%d]\nparent = \"r0\"\n", i) }, true},
		{"long texts", treetest.Cases(200, 80), func(int) string { return strings.Repeat("#"+strings.Repeat("x", 999)+"\n", long/1001) }, false},
		{"a long chain", treetest.Cases(900, 300), func(i int) string { return fmt.Sprintf("[realm.r%d]\nparent = \"r%d\"\n", i, i+1) }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := treetest.Dir(t)
			for i := range tt.count {
				dir := filepath.Join(root, fmt.Sprintf("r%d", i))
				if err := os.Mkdir(dir, 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(dir, "config.toml"), []byte(tt.text(i)), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			sh := newShell(t, Terminal{})
			sh.session.Realm = realm.Selection{Realm: "r1", StateRoot: root, IsText: runtime.IsText}
			listed, _, err := realm.List(t.Context(), sh.session.Realm, realm.Environment{})
			if err != nil || len(listed) < tt.count {
				t.Fatalf("%d realms, %v", len(listed), err)
			}
			entries := sh.session.describeRealms(t.Context(), listed)
			unread := 0
			for i, e := range entries {
				if e.unread {
					unread++
				}
				if e.state.Text != nil || e.newest != nil && e.newest.Text != nil || listed[i] != nil {
					t.Errorf("%s: its text is kept", e.id)
				}
			}
			if (unread == 0) != tt.whole || !tt.whole && unread > tt.count-20 {
				t.Errorf("%d of %d realms were not examined", unread, tt.count)
			}
			if o := realmsJSON(entries); (o["not_examined"] == nil) != tt.whole || !tt.whole && o["not_examined"] != int64(unread) {
				t.Errorf("the reply has not_examined %v, want %d", o["not_examined"], unread)
			}
			sh.session.printRealms(entries)
			if got := sh.out.String(); strings.Contains(got, "not examined as a whole") == tt.whole {
				t.Errorf("printed %s", got)
			}
		})
	}
}
