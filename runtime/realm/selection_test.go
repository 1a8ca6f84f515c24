package realm

import (
	"testing"

	"realmconf/runtime/fault"
)

func TestSelectionCheck_valid(t *testing.T) {
	for _, s := range []Selection{
		{},
		{Realm: "team", Backend: "sqlite"},
		{Realm: "global", UserConfigRoot: "/nowhere", StateRoot: "/nowhere"},
		{Isolated: true, Instance: "any thing", Backend: "jsonl", ContextRoot: "/nowhere"},
		{Backend: "memory"},
	} {
		if err := s.Check(); err != nil {
			t.Errorf("Check(%+v) = %v, want nil", s, err)
		}
	}
}

func TestSelectionCheck_invalid(t *testing.T) {
	untouchable := Environment{
		Getwd:   func() (string, error) { panic("asked for the working directory") },
		HomeDir: func() (string, error) { panic("asked for the home directory") },
		Getenv:  func(string) string { panic("asked for the environment") },
	}
	for _, tt := range []struct {
		s    Selection
		want string
	}{
		{Selection{Realm: "team", Isolated: true}, `--realm and --isolated cannot be used together: leave one out`},
		{Selection{Realm: "env_default"}, `realm id "env_default" is reserved for settings from the environment, and has no file: choose another name`},
		{Selection{Backend: "redb"}, `--realm-backend "redb" is unknown: use sqlite, jsonl or memory, or leave the flag out`},
		{Selection{Realm: "a", Backend: "external:x"}, `--realm-backend "external:x" is unknown: use sqlite, jsonl or memory, or leave the flag out`},
	} {
		err := tt.s.Check()
		if !fault.Is(err, fault.InvalidParams) || err.Error() != tt.want {
			t.Errorf("Check(%+v)\n got %v\nwant %s", tt.s, err, tt.want)
		}
		if _, err := Locate(tt.s, untouchable); err == nil || err.Error() != tt.want {
			t.Errorf("Locate(%+v)\n got %v\nwant %s", tt.s, err, tt.want)
		}
	}
}
