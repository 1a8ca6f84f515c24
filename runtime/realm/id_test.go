package realm

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"realmconf/runtime/fault"
)

func TestCheckID_valid(t *testing.T) {
	for _, id := range []string{
		"a", "7", "team-alpha_1", "Team", "global", "a-", "a_", "ws-cbf29ce484222325",
		"realm-0198c0de-0000-7000-8000-000000000000",
		strings.Repeat("a", 31), strings.Repeat("a", 33), strings.Repeat("a", 64),
		"550e8400-e29b-41d4-a716-44665544000",  // a digit short
		"550e8400e29b-41d4-a716-446655440000-", // a hyphen in another place
		"g50e8400-e29b-41d4-a716-446655440000", // not hexadecimal
	} {
		if err := checkID(id); err != nil {
			t.Errorf("checkID(%q) = %v, want nil", id, err)
		}
	}
}

func TestCheckID_invalid(t *testing.T) {
	const rule = `: use letters, digits, "_" and "-" only, at most 64, starting with a letter or digit`
	for _, tt := range []struct{ id, want string }{
		{"", `realm id is empty` + rule},
		{"a.b", `realm id "a.b" has a "." at byte 1` + rule},
		{"mob.x", `realm id "mob.x" has a "." at byte 3` + rule},
		{" a", `realm id " a" has a " " at byte 0` + rule},
		{"a\n", `realm id "a\n" has a "\n" at byte 1` + rule},
		{"a:b", `realm id "a:b" has a ":" at byte 1` + rule},
		{"aü", `realm id "aü" has a "ü" at byte 1` + rule},
		{"a\xff", `realm id "a\xff" has a "\xff" at byte 1` + rule},
		{"../x", `realm id "../x" has a "." at byte 0` + rule},
		{"-a", `realm id "-a" starts with "-"` + rule},
		{"_", `realm id "_" starts with "_"` + rule},
		{strings.Repeat("a", 65), `realm id of 65 bytes is longer than 64` + rule},
		{"550e8400-e29b-41d4-a716-446655440000", `realm id "550e8400-e29b-41d4-a716-446655440000" reads as a UUID, and those name sessions: choose another name`},
		{"550E8400E29B41D4A716446655440000", `realm id "550E8400E29B41D4A716446655440000" reads as a UUID, and those name sessions: choose another name`},
		{"env_default", `realm id "env_default" is reserved for settings from the environment, and has no file: choose another name`},
	} {
		err := checkID(tt.id)
		if !fault.Is(err, fault.InvalidParams) {
			t.Errorf("checkID(%q) = %v, want an invalid_params fault", tt.id, err)
		} else if err.Error() != tt.want {
			t.Errorf("checkID(%q)\n got %s\nwant %s", tt.id, err, tt.want)
		}
	}
}

// TestCheckID_property compares checkID with a regular expression.
func TestCheckID_property(t *testing.T) {
	rule := regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)
	ids := rapid.OneOf(
		rapid.String(),
		rapid.StringMatching(`[A-Za-z0-9_-]{0,70}`),
		rapid.StringMatching(`[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}`),
	)
	rapid.Check(t, func(t *rapid.T) {
		id := ids.Draw(t, "id")
		want := rule.MatchString(id)
		if _, err := uuid.Parse(id); err == nil && (len(id) == 32 || len(id) == 36) {
			want = false
		}
		if got := checkID(id) == nil; got != want {
			t.Fatalf("checkID(%q) == nil is %v, want %v", id, got, want)
		}
		if want && dirName(id) != id {
			t.Fatalf("dirName(%q) = %q, want the id itself", id, dirName(id))
		}
	})
}

func TestDirName(t *testing.T) {
	for _, tt := range []struct{ id, want string }{
		{"Team-a_1", "Team-a_1"},
		{"mob.x", "mob_x"},
		{"a/../b", "a____b"},
		{"ü", "_"},
	} {
		if got := dirName(tt.id); got != tt.want {
			t.Errorf("dirName(%q) = %q, want %q", tt.id, got, tt.want)
		}
	}
}

// The ids were made by Meerkat's own code.
func TestWorkspaceID_equalsMeerkats(t *testing.T) {
	for _, tt := range []struct{ path, want string }{
		{"", "ws-cbf29ce484222325"},
		{"/", "ws-af63a24c860189fe"},
		{"/home/u/proj", "ws-143becae573131b5"},
		{"/tmp", "ws-7f7de39c4bcebddb"},
		{"/Users/a/My Project", "ws-08a58cdbdd58ea38"},
		{`C:\Users\a`, "ws-57a8c1e6e6bfc03b"},
		{"/home/ü", "ws-887ade6f48814e25"},
	} {
		if got := workspaceID(tt.path); got != tt.want {
			t.Errorf("workspaceID(%q) = %q, want %q", tt.path, got, tt.want)
		}
	}
}

// The first case is from table 3-11 of the Unicode Standard 15.0.
func TestReplaceInvalid_maximalSubparts(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64", "a���b�c��d"},
		{"\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41", "��������A"},
		{"\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41", "��������A"},
		{"\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42", "�����A��B"},
		{"/caf\xe9/x", "/caf�/x"},
		{"\xe2\x82", "�"},
		{"� stays €", "� stays €"},
	} {
		if got := replaceInvalid(tt.in); got != tt.want {
			t.Errorf("replaceInvalid(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
	if a, b := workspaceID("/caf\xe9"), workspaceID("/caf�"); a != b {
		t.Errorf("workspaceID of a path that is not UTF-8 = %q, want %q", a, b)
	}
}
