package cli

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		line    string // words, separated by spaces
		command string // empty: serve
		args    []string
		given   []setting
	}{
		{line: ""},
		{line: "--realm a", given: []setting{{"realm", "a"}}},
		{line: "-realm=a", given: []setting{{"realm", "a"}}},
		{line: "get", command: "get"},
		{line: "get /rest", command: "get", args: []string{"/rest"}},
		{line: "--realm a get /rest", command: "get", args: []string{"/rest"}, given: []setting{{"realm", "a"}}},
		{line: "get --realm a /rest", command: "get", args: []string{"/rest"}, given: []setting{{"realm", "a"}}},
		{line: "get /rest --realm=a", command: "get", args: []string{"/rest"}, given: []setting{{"realm", "a"}}},
		{line: "get /rest --json --stored", command: "get", args: []string{"/rest"}},
		{line: "--realm a host -isolated zed --realm=b", command: "host", args: []string{"zed"}, given: []setting{{"isolated", "true"}, {"realm", "b"}}},
		{line: "--isolated=false host", command: "host", given: []setting{{"isolated", "false"}}},
		{line: "set-key /agent/temperature -1", command: "set-key", args: []string{"/agent/temperature", "-1"}},
		{line: "set-key /agent/model -", command: "set-key", args: []string{"/agent/model", "-"}},
		{line: "set-key --dry-run -- /agent/model -x", command: "set-key", args: []string{"/agent/model", "-x"}},
		{line: "set-key /agent/model -- --realm", command: "set-key", args: []string{"/agent/model", "--realm"}},
		{line: "rollback 1 --expected-generation 3 --reason x", command: "rollback", args: []string{"1"}},
		{line: "rollback 1 --reason -5", command: "rollback", args: []string{"1"}},
		{line: "rollback 1 --reason=--dry-run", command: "rollback", args: []string{"1"}},
		{line: "--help", command: "help"},
		{line: "-h", command: "help"},
		{line: "--realm a --help", command: "help", given: []setting{{"realm", "a"}}},
		{line: "get --help", command: "help", args: []string{"get"}},
		{line: "--version", command: "version"},
		{line: "-version", command: "version"},
		{line: "--realm a --", given: []setting{{"realm", "a"}}},
		{line: "__complete get --realm a /re", command: "__complete", args: []string{"get", "--realm", "a", "/re"}, given: []setting{{"realm", "a"}}},
		{line: "__complete --realm", command: "__complete", args: []string{"--realm"}},
	} {
		inv, err := Parse(serverFlags(), strings.Fields(tt.line))
		if err != nil {
			t.Errorf("%q: %v", tt.line, err)
			continue
		}
		name := ""
		if inv.command != nil {
			name = inv.command.name
		}
		if name != tt.command || inv.Serves() != (tt.command == "") {
			t.Errorf("%q: got command %q, want %q", tt.line, name, tt.command)
		}
		if diff := cmp.Diff(tt.args, inv.args); diff != "" && len(tt.args)+len(inv.args) > 0 {
			t.Errorf("%q: arguments (-want +got):\n%s", tt.line, diff)
		}
		if diff := cmp.Diff(tt.given, inv.given, cmp.AllowUnexported(setting{})); diff != "" {
			t.Errorf("%q: server flags (-want +got):\n%s", tt.line, diff)
		}
	}
}

func TestParse_setsServerFlags(t *testing.T) {
	f := serverFlags()
	if _, err := Parse(f, strings.Fields("--realm a get --realm=b /rest --history 7 --isolated")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"realm": "b", "history": "7", "isolated": "true"} {
		if got := f.Lookup(name).Value.String(); got != want {
			t.Errorf("--%s: got %q, want %q", name, got, want)
		}
	}
}

func TestParse_usageErrors(t *testing.T) {
	for _, tt := range []struct {
		words   []string
		text    string
		command string // whose help the hint names; empty: the program's
	}{
		{[]string{"gte"}, `no command "gte": did you mean get?`, ""},
		{[]string{"serve-everything"}, `no command "serve-everything"`, ""},
		{[]string{"complete"}, `no command "complete"`, ""}, // __complete is hidden
		{[]string{"--", "get"}, `unexpected argument "get": the command's name must be before --`, ""},
		{[]string{"--nonsense"}, "no flag --nonsense", ""},
		{[]string{"--stat-root", "x"}, "no flag --stat-root: did you mean --state-root?", ""},
		{[]string{"--reason", "x", "rollback", "1"}, "no flag --reason", ""}, // a command's flag before its name
		{[]string{"get", "--dry-run"}, "no flag --dry-run", "get"},
		{[]string{"get", "-x"}, "no flag -x", "get"},
		{[]string{"--realm"}, "--realm needs a value", ""},
		{[]string{"--realm", ""}, "--realm is empty: give it a value, or leave it out", ""},
		{[]string{"get", "--realm="}, "--realm is empty: give it a value, or leave it out", "get"},
		{[]string{"--realm", "--isolated"}, "--realm needs a value, and --isolated looks like a flag: write --realm=--isolated if it is the value", ""},
		{[]string{"rollback", "1", "--reason", "-dry-run"}, "--reason needs a value, and -dry-run looks like a flag: write --reason=-dry-run if it is the value", "rollback"},
		{[]string{"rollback", "1", "--reason", "--dry-rum"}, "--reason needs a value, and --dry-rum looks like a flag: write --reason=--dry-rum if it is the value", "rollback"},
		{[]string{"--isolated=perhaps"}, `--isolated takes true or false, not "perhaps"`, ""},
		{[]string{"--history", "many"}, `--history takes a whole number, not "many"`, ""},
		{[]string{"get", "--format", "yaml"}, `--format takes toml or json, not "yaml"`, "get"},
		{[]string{"history", "--limit", "0"}, "--limit: it must be a whole number, 1 or more", "history"},
		{[]string{"rollback", "1", "--expected-generation", "-1"}, "--expected-generation: it must be a whole number, 0 or more", "rollback"},
		{[]string{"get", "/a", "/b"}, "get takes at most one POINTER", "get"},
		{[]string{"set-key", "/a"}, "set-key takes POINTER VALUE", "set-key"},
		{[]string{"edit", "file"}, "edit takes no arguments, only flags", "edit"},
		{[]string{"diff"}, "diff takes FROM [TO]", "diff"},
		{[]string{"get", "/\xff"}, "POINTER is not UTF-8 text: give it in that encoding", "get"},
		{[]string{"set-key", "/agent/model", "\xff"}, "VALUE is not UTF-8 text: give it in that encoding", "set-key"},
		{[]string{"--realm", "\xff"}, "the value of --realm is not UTF-8 text: give it in that encoding", ""},
	} {
		inv, err := Parse(serverFlags(), tt.words)
		var misuse *usageError
		if !errors.As(err, &misuse) {
			t.Errorf("%q: got %+v, %v, want a usage error", tt.words, inv, err)
			continue
		}
		name := ""
		if misuse.command != nil {
			name = misuse.command.name
		}
		if misuse.text != tt.text || name != tt.command {
			t.Errorf("%q:\n got %q (help of %q)\nwant %q (help of %q)", tt.words, misuse.text, name, tt.text, tt.command)
		}
	}
}

// The name of a file may have any encoding, and a directory's too.
func TestParse_fileNamesInAnyEncoding(t *testing.T) {
	inv, err := Parse(serverFlags(), []string{"set", "\xff.toml", "--state-root", "d\xff"})
	if err != nil || inv.args[0] != "\xff.toml" || inv.given[0].value != "d\xff" {
		t.Errorf("got %+v, %v", inv, err)
	}
}

func TestParse_helpOfEveryCommand(t *testing.T) {
	for _, c := range commands() {
		if c.raw {
			continue
		}
		inv, err := Parse(serverFlags(), []string{c.name, "--realm", "x", "--help"})
		if err != nil || inv.command.name != "help" || len(inv.args) != 1 || inv.args[0] != c.name {
			t.Errorf("%s --help: got %+v, %v", c.name, inv, err)
		}
	}
}

// Every write may be forced, and nothing else: the server has no such flag.
func TestParse_force(t *testing.T) {
	for _, words := range [][]string{
		{"set", "x"}, {"set-key", "/a", "1"}, {"patch", "{}"}, {"unset-key", "/a"}, {"rollback", "1"}, {"edit"},
	} {
		inv, err := Parse(serverFlags(), append(words, "--force"))
		if err != nil || !inv.Forces() {
			t.Errorf("%q --force: got %v", words, err)
		}
		if inv, err = Parse(serverFlags(), words); err != nil || inv.Forces() {
			t.Errorf("%q: forced, %v", words, err)
		}
	}
	for _, words := range [][]string{{"--force"}, {"--force", "set", "x"}, {"get", "--force"}, {"call", "config/get", "--force"}} {
		if _, err := Parse(serverFlags(), words); err == nil {
			t.Errorf("%q is accepted", words)
		}
	}
}
