package cli

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/schema"
	"realmconf/schema/meerkat"
)

func TestReport_exitCodeAndHint(t *testing.T) {
	for _, test := range []struct {
		err  error
		code int
		hint string // empty: no hint
	}{
		{nil, ExitDone, ""},
		{errReported, ExitRefused, ""},
		{newUsageError(nil, "u"), ExitUsage, "realmconf --help"},
		{newUsageError(getCommand(), "u"), ExitUsage, "realmconf help get"},
		{fault.New(fault.InvalidParams, "m"), ExitUsage, "realmconf --help"},
		{fault.New(fault.MethodNotFound, "m"), ExitUsage, "realmconf --help"},
		{&hintedError{newUsageError(getCommand(), "u"), "h"}, ExitUsage, "h"},
		{&hintedError{fault.New(fault.NotFound, "m"), ""}, ExitRefused, ""},
		{&hintedError{fault.New(fault.Storage, "m"), "other"}, ExitStorage, "other"},
		{fault.New(fault.GenerationConflict, "m").With("expected", 1).With("current", 2), ExitConflict, "realmconf diff 1 "},
		{fault.New(fault.GenerationConflict, "m").With("expected", uint64(math.MaxUint64)).With("current", uint64(2)), ExitConflict, "with --expected-generation 2 "},
		{fault.New(fault.GenerationConflict, "m").With("expected", int64(-1)).With("current", int64(2)), ExitConflict, "realmconf diff -1 "},
		{fault.New(fault.InvalidConfig, "m"), ExitRefused, ""},
		{fault.New(fault.InvalidConfig, "m").With("issues", []schema.Issue{{Kind: schema.UnknownKey, Path: "/a b/c"}}), ExitRefused, "realmconf schema '/a b' "},
		{fault.New(fault.InvalidConfig, "m").With("issues", []schema.Issue{{Kind: schema.Missing, Path: "/a/c"}}), ExitRefused, "realmconf schema /a "},
		{fault.New(fault.InvalidConfig, "m").With("issues", []schema.Issue{{Kind: schema.Type, Path: "/a b/c"}}), ExitRefused, "realmconf schema '/a b/c' "},
		{fault.New(fault.InvalidConfig, "m").With("issues", []schema.Issue{{Kind: schema.Enum, Path: "/a/c"}}), ExitRefused, "realmconf schema /a/c "},
		{fault.New(fault.InvalidConfig, "m").With("issues", []schema.Issue{{Kind: schema.Range, Path: "/a/b"}}), ExitRefused, ""},
		{fault.New(fault.NotFound, "m").With("path", "/rest/x"), ExitRefused, "realmconf schema /rest "},
		{fault.New(fault.NotFound, "m"), ExitRefused, "realmconf history "},
		{fault.New(fault.CorruptConfig, "m"), ExitRefused, "realmconf edit"},
		{fault.New(fault.CorruptConfig, "m").With("last_good_generation", uint64(7)), ExitRefused, "realmconf rollback 7 "},
		{fault.New(fault.ReadOnly, "m"), ExitRefused, ""},
		{fault.New(fault.TooLarge, "m"), ExitRefused, ""},
		{fault.New(fault.LockTimeout, "m"), ExitStorage, "realmconf doctor"},
		{fault.New(fault.Storage, "m"), ExitStorage, "realmconf doctor"},
		{fault.New(fault.OutcomeUnknown, "m"), ExitStorage, "realmconf history"},
		{&outputError{nil, syscall.ENOSPC}, ExitStorage, ""},
		{context.Canceled, ExitRefused, ""},
		{errors.New("a mistake"), ExitRefused, ""},
	} {
		var b bytes.Buffer
		code := Report(&b, test.err)
		_, hint, _ := strings.Cut(b.String(), "realmconf: hint: ")
		if code != test.code || (hint == "") != (test.hint == "") || !strings.Contains(hint, test.hint) {
			t.Errorf("%v: exit %d, want %d; hint %q, want %q", test.err, code, test.code, hint, test.hint)
		}
	}
}

func TestReport_text(t *testing.T) {
	issues := []schema.Issue{
		{Kind: schema.Range, Path: "/rest/port", Message: "must be at most 65535", Line: 3},
		{Kind: schema.Range, Path: "/retry/max_retries", Message: "must be at least 0"},
	}
	generation := uint64(7)
	for _, tt := range []struct {
		name string
		err  error
		want string
	}{
		{"issues with and without a line", fault.New(fault.InvalidConfig, "the text has 2 mistakes").With("issues", issues),
			"realmconf: line 3: /rest/port: must be at most 65535\nrealmconf: /retry/max_retries: must be at least 0\nrealmconf: nothing was written\n"},
		{"read-only", fault.New(fault.ReadOnly, "ask the owner of the server"),
			"realmconf: --read-only was given, so nothing was written: leave it out to write\n"},
		{"an internal error", errors.New("nil map"),
			"realmconf: this is a mistake in realmconf, not in the request: please report it\nrealmconf: cause: nil map\n"},
		{"several lines", fault.New(fault.TooLarge, "one\ntwo\x1b[2J"), "realmconf: one\\ntwo\\x1b[2J\n"},
		{"a result", &outputError{nil, &fs.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.ENOSPC}},
			"realmconf: the result could not be printed: no space left on device\n"},
		{"a write's result", &outputError{&generation, syscall.ENOSPC},
			"realmconf: the change is stored, the configuration is at generation 7; only the answer could not be printed: no space left on device\n"},
	} {
		var b bytes.Buffer
		Report(&b, tt.err)
		if b.String() != tt.want {
			t.Errorf("%s:\n got %q\nwant %q", tt.name, b.String(), tt.want)
		}
	}
}

func TestReport_storagePath(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		filepath.Join(file, "team", "config.toml"): "realmconf: " + file + " is not a directory\n",
		filepath.Join(dir, "missing"):              "realmconf: the path is " + filepath.Join(dir, "missing") + "\n",
	} {
		var b bytes.Buffer
		Report(&b, fault.New(fault.Storage, "m").Because(&fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}))
		if !strings.HasPrefix(b.String(), "realmconf: m\n"+want) {
			t.Errorf("got %q, want %q in it", b.String(), want)
		}
	}
	// Only storage faults are about a place.
	var b bytes.Buffer
	Report(&b, fault.New(fault.Cancelled, "m").Because(&fs.PathError{Op: "open", Path: dir, Err: fs.ErrNotExist}))
	if b.String() != "realmconf: m\n" {
		t.Errorf("got %q, want the message alone", b.String())
	}
}

func TestSiblingsHint(t *testing.T) {
	model := meerkat.New()
	for path, want := range map[string]string{
		"/rest/prot":                     "realmconf schema /rest lists the keys there",
		"/rest/prot/x":                   "realmconf schema /rest lists the keys there",
		"/agnet/x":                       "realmconf schema lists the sections",
		"/agnet":                         "realmconf schema lists the sections",
		"not a pointer":                  "realmconf schema lists the sections",
		"/hooks/entries/0/idd":           "realmconf schema /hooks/entries/0 lists the keys there",
		"/hooks/entries/0/runtime/env/A": "", // a map: every name is valid
	} {
		if got := siblingsHint(path, model); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}

func TestAddRealmFlags(t *testing.T) {
	given := []setting{{"realm", "a b"}, {"isolated", "true"}, {"read-only", "true"}, {"state-root", "/r"}}
	for _, tt := range []struct {
		text  string
		given []setting
		want  string
	}{
		{"realmconf edit opens it", nil, "realmconf edit opens it"},
		{"realmconf edit opens it", []setting{{"read-only", "true"}}, "realmconf edit opens it"},
		{"realmconf edit opens it", given, "realmconf --realm 'a b' --state-root /r edit opens it"},
		{"realmconf diff 1 or realmconf set-key", given, "realmconf --realm 'a b' --state-root /r diff 1 or realmconf --realm 'a b' --state-root /r set-key"},
		{"realmconf edit opens it", []setting{{"realm", "a"}, {"follow-links", "true"}}, "realmconf --realm a --follow-links edit opens it"},
		{"realmconf edit opens it", []setting{{"follow-links", "false"}}, "realmconf edit opens it"},
		{"ls -l /p/.f.toml.realmconf shows where it leads", []setting{{"realm", "a"}}, "ls -l /p/.f.toml.realmconf shows where it leads"},
		{"ls -l /srv/realmconf shows it; (realmconf history) lists it", []setting{{"realm", "a"}}, "ls -l /srv/realmconf shows it; (realmconf --realm a history) lists it"},
		{"realmconf shows it, realmconf set-key, or realmconf set", []setting{{"realm", "a"}}, "realmconf shows it, realmconf --realm a set-key, or realmconf --realm a set"},
		{"realmconf help edit", given, "realmconf help edit"},
		{"realmconf --help lists them", given, "realmconf --help lists them"},
		{"this is a mistake in realmconf, report it", given, "this is a mistake in realmconf, report it"},
	} {
		if got := addRealmFlags(tt.text, tt.given); got != tt.want {
			t.Errorf("%q:\n got %q\nwant %q", tt.text, got, tt.want)
		}
	}
}

// A hint of mirror, which takes flags of a directory beside a store, names a command that
// takes none.
func TestSession_realmFlags(t *testing.T) {
	s := &Session{invocation: &Invocation{given: []setting{{"store", "etcd://a"}, {"realm", "r"}, {"state-root", "/r"}, {"follow-links", "true"}}}}
	s.Realm.Store = "etcd://a"
	const want = "realmconf --store etcd://a --realm r doctor asks each server"
	if got := addRealmFlags("realmconf doctor asks each server", s.realmFlags()); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRun_hintNamesRealm(t *testing.T) {
	sh := newShell(t, Terminal{})
	sh.wantRun(1, "", "get", "/agent/modle", "--realm", "team", "--state-root", "/realms")
	sh.wantStderr("realmconf: hint: realmconf --realm team --state-root /realms schema /agent lists the keys there\n")
	sh.wantRun(2, "", "get", "agent.model", "--realm", "team")
	sh.wantStderr("realmconf: hint: realmconf help get shows how to write it\n")
}
