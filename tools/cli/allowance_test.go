package cli

import (
	"testing"

	"realmconf/runtime/fault"
	"realmconf/tools/policy"
)

func TestCheckAllowance(t *testing.T) {
	sh := newShell(t, Terminal{})
	for text, want := range map[string]string{
		"exec":                               "",
		"exec,/shell/program":                "",
		"/self_hosted/servers/mine/base_url": "",
		"/hooks/entries/-":                   "",
		"secret,/shell/progam":               "--allow /shell/progam: no such key; did you mean /shell/program?",
		"/shell/program,/nope":               "--allow /nope: no such key",
	} {
		var allow policy.Allowance
		if err := allow.UnmarshalText([]byte(text)); err != nil {
			t.Fatal(err)
		}
		err := CheckAllowance(t.Context(), allow, sh.session.Operations)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if len(got) < len(want) || got[:len(want)] != want || (want == "") != (got == "") || err != nil && !fault.Is(err, fault.InvalidParams) {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
	if err := CheckAllowance(t.Context(), policy.Allowance{}, nil); err != nil { // it needs no operation without a place
		t.Errorf("no allowance: got %v", err)
	}
}
