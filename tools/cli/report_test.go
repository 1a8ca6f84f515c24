package cli

import (
	"bytes"
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/schema"
	"realmconf/schema/meerkat"
)

// A table of any names lists none, and a place that is none has no keys.
func TestAHintLeadsToKeysThatThereAre(t *testing.T) {
	model := meerkat.New()
	for path, want := range map[string]string{
		"/rest/prot":                     "realmconf schema /rest lists the keys there",
		"/rest/prot/x":                   "realmconf schema /rest lists the keys there",
		"/agnet/x":                       "realmconf schema lists the sections",
		"/agnet":                         "realmconf schema lists the sections",
		"/hooks/entries/0/runtime/env/A": "",
	} {
		if got := siblingsHint(path, model); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}

func TestEachKindOfRefusalHasItsExitCodeAndItsHint(t *testing.T) {
	for _, test := range []struct {
		err  error
		code int
		hint string // empty: none
	}{
		{nil, ExitDone, ""},
		{errReported, ExitRefused, ""},
		{newUsageError(nil, "u"), ExitUsage, "realmconf --help"},
		{newUsageError(getCommand(), "u"), ExitUsage, "realmconf help get"},
		{fault.New(fault.InvalidParams, "m"), ExitUsage, "realmconf --help"},
		{fault.New(fault.MethodNotFound, "m"), ExitUsage, "realmconf --help"},
		{&hintedError{newUsageError(getCommand(), "u"), "h"}, ExitUsage, "h"},
		{fault.New(fault.GenerationConflict, "m").With("expected", 1).With("current", 2), ExitConflict, "realmconf diff 1 "},
		{fault.New(fault.GenerationConflict, "m").With("expected", uint64(math.MaxUint64)).With("current", uint64(2)), ExitConflict, "with --expected-generation 2 "},
		{fault.New(fault.InvalidConfig, "m"), ExitRefused, ""},
		{fault.New(fault.InvalidConfig, "m").With("issues", []schema.Issue{{Kind: schema.UnknownKey, Path: "/a b/c"}}), ExitRefused, "realmconf schema '/a b' "},
		{fault.New(fault.InvalidConfig, "m").With("issues", []schema.Issue{{Kind: schema.Type, Path: "/a b/c"}}), ExitRefused, "realmconf schema '/a b/c' "},
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
