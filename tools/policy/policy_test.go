package policy_test

import (
	"testing"

	"realmconf/runtime/fault"
	"realmconf/tools/policy"
)

func TestPolicy_CheckWritable(t *testing.T) {
	if err := (policy.Policy{}).CheckWritable(); err != nil {
		t.Errorf("the zero value: got %v, want writes", err)
	}
	p := policy.Policy{ReadOnly: true}
	if err := p.Allow.UnmarshalText([]byte("exec")); err != nil {
		t.Fatal(err)
	}
	err := p.CheckWritable()
	const want = "this server was started with --read-only: ask the person who started it to make the change; nothing was written"
	if !fault.Is(err, fault.ReadOnly) || err.Error() != want {
		t.Errorf("read-only: got %v, want %s", err, want)
	}
}
