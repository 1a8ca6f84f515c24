package schema_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/schema"
)

func TestRiskSet(t *testing.T) {
	both := schema.NewRiskSet(schema.RiskSecret, schema.RiskExec)
	for _, c := range []struct {
		set     schema.RiskSet
		classes []schema.Risk
		text    string
	}{
		{0, nil, "none"},
		{schema.NewRiskSet(), nil, "none"},
		{schema.NewRiskSet(schema.RiskNone), nil, "none"},
		{schema.NewRiskSet(schema.RiskPath), []schema.Risk{schema.RiskPath}, "path"},
		{both, []schema.Risk{schema.RiskExec, schema.RiskSecret}, "exec, secret"},
		{both | schema.NewRiskSet(schema.RiskPosture), []schema.Risk{schema.RiskExec, schema.RiskSecret, schema.RiskPosture}, "exec, secret, posture"},
	} {
		if diff := cmp.Diff(c.classes, c.set.Classes()); diff != "" || c.set.String() != c.text {
			t.Errorf("%s, want %s; classes (-want +got):\n%s", c.set, c.text, diff)
		}
		for _, class := range schema.Risks() {
			if got, want := c.set.Has(class), slices.Contains(c.classes, class); got != want {
				t.Errorf("%s: Has(%s) is %t", c.set, class, got)
			}
		}
	}
}

func TestRiskSet_contains(t *testing.T) {
	exec, secret := schema.NewRiskSet(schema.RiskExec), schema.NewRiskSet(schema.RiskSecret)
	for _, c := range []struct {
		set, other schema.RiskSet
		want       bool
	}{
		{0, 0, true}, {0, exec, false}, {exec, 0, true}, {exec, exec, true}, {exec, secret, false},
		{exec | secret, secret, true}, {secret, exec | secret, false}, {exec | secret, exec | secret, true},
	} {
		if got := c.set.Contains(c.other); got != c.want {
			t.Errorf("%s contains %s: got %t", c.set, c.other, got)
		}
	}
}

func TestNewRiskSet_noClass(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a word that is no class makes no panic")
		}
	}()
	schema.NewRiskSet("harmless")
}

func TestParse_riskClasses(t *testing.T) {
	for _, c := range []struct {
		risk string
		want schema.RiskSet // of a section's key without classes of its own
	}{
		{`"exec"`, schema.NewRiskSet(schema.RiskExec)},
		{`"none"`, 0},
		{`["none"]`, 0},
		{`[]`, 0},
		{`["secret","exec"]`, schema.NewRiskSet(schema.RiskExec, schema.RiskSecret)},
	} {
		root, err := schema.Parse([]byte(`{"type":"object","additionalProperties":false,"x-risk":["posture"],"properties":{"a":{"type":"object","additionalProperties":false,"x-risk":`+c.risk+`,"properties":{"b":{"type":"string"}}}}}`), schema.Rules{})
		if err != nil {
			t.Errorf("%s: %v", c.risk, err)
		} else if got := schema.New(nil, root, schema.Rules{}).Risk(pointer(t, "/a/b")); got != c.want {
			t.Errorf("%s: got %s, want %s", c.risk, got, c.want)
		}
	}
	for _, risk := range []string{`"harmless"`, `["exec","harmless"]`, `["none","exec"]`, `["exec","exec"]`, `1`, `[1]`, `{}`, `null`} {
		if _, err := schema.Parse([]byte(`{"type":"object","additionalProperties":false,"x-risk":`+risk+`}`), schema.Rules{}); err == nil {
			t.Errorf("%s: got no error", risk)
		}
	}
}
