package cli

import (
	"testing"
	"time"

	"realmconf/runtime/store"
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
