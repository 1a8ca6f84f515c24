package tree_test

import (
	"strings"
	"testing"

	"realmconf/schema/tree"
)

func TestNearest_typingErrors(t *testing.T) {
	for _, tt := range []struct {
		name       string
		candidates []string
		want       string // "" for no guess
	}{
		{"modle", []string{"mode", "model", "tools"}, "mode"}, // one error each: the first
		{"modle", []string{"model", "mode"}, "model"},         // swapped
		{"modell", []string{"model"}, "model"},                // too many
		{"mdel", []string{"model"}, "model"},                  // too few
		{"madel", []string{"model"}, "model"},                 // wrong
		{"maxRetries", []string{"max_delay", "max_retries"}, "max_retries"},
		{"alow_lst", []string{"allow_list", "deny_list"}, "allow_list"},
		{"alow_list", []string{"deny_list", "allow_lists", "allow_list"}, "allow_list"}, // fewest errors
		{"höks", []string{"hooks"}, ""},
		{"höoks", []string{"hooks"}, "hooks"}, // letters, not bytes
		{"colour", []string{"retry"}, ""},
		{"abc", []string{"xyz"}, ""},
		{"di", []string{"id"}, "id"},
		{"x", []string{"y", "xy"}, ""},
		{"", []string{"a"}, ""},
		{"model", []string{"model"}, ""}, // no guess is needed
		{"model", nil, ""},
		{"max_retry", []string{"max_delay", "max_retries"}, "max_retries"}, // three errors each: the one with the longest common beginning
		{"timeout", []string{"program", "timeout_secs"}, "timeout_secs"},   // its beginning
		{"timeout", []string{"timeout_ms", "timeout_secs"}, ""},
		{"tim", []string{"timeout_secs"}, ""},
		{"aaaaaa", []string{""}, ""},
	} {
		got, ok := tree.Nearest(tt.name, tt.candidates)
		if got != tt.want || ok != (tt.want != "") {
			t.Errorf("Nearest(%q, %q): got %q, %t, want %q", tt.name, tt.candidates, got, ok, tt.want)
		}
	}
}

// TestNearest_longNames compares names that would take hours letter by letter.
func TestNearest_longNames(t *testing.T) {
	long := strings.Repeat("a", 1<<20)
	if got, ok := tree.Nearest(long+"b", []string{long, "a"}); ok {
		t.Errorf("a long name: got %d letters", len(got))
	}
	if got, ok := tree.Nearest("modle", []string{long, "model"}); got != "model" {
		t.Errorf("a long candidate: got %q, %v", got, ok)
	}
}

func TestMisspelt(t *testing.T) {
	for name, want := range map[string]string{
		"comand": "command", "serer1": "server1", "commandd": "command", "commnad": "command", "vommand": "command", "Command": "command", "comnad": "",
		"command": "", "server2": "", "server11": "", "sever1": "server1", "path": "", "paths": "", strings.Repeat("x", 200): "",
	} {
		got, ok := tree.Misspelt(name, []string{"command", "server1", "path"})
		if got != want || ok != (want != "") {
			t.Errorf("%q: got %q, %t, want %q", name, got, ok, want)
		}
	}
}
