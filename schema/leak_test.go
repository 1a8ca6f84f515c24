package schema_test

import (
	"strings"
	"testing"

	"realmconf/schema"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

// TestCheck_issuesShowNoSecret puts values of all types in every place of a secret,
// valid or not, and reads all issues and warnings.
func TestCheck_issuesShowNoSecret(t *testing.T) {
	m := meerkat.New()
	met := 0
	check := func(config tree.Object, canary string) {
		t.Helper()
		issues, warnings := findIssues(m, config, nil)
		_, others := m.Canonical(config)
		for _, list := range [][]schema.Issue{issues, warnings, others} {
			for _, i := range list {
				met++
				if text := string(tree.Append(nil, i)) + i.Text(); strings.Contains(text, canary) {
					t.Errorf("%s: %s shows the secret", tree.Append(nil, config), text)
				}
			}
		}
	}
	for canary, v := range map[string]any{
		"canary-4711": "canary-4711", "canary-4712": addressedTo("canary-4712"), "47134713": "47134713", "47144714": int64(47144714), "4715.25": 4715.25,
		"47164716": []any{int64(47164716), "47164716"}, "canary-4717": tree.Object{"a": "canary-4717"},
	} {
		_, address := v.(string)
		address = address && strings.Contains(v.(string), "://")
		for _, s := range m.Spots() {
			if s.Class.Has(schema.RiskSecret) || address {
				check(s.With(v), canary)
			}
		}
	}
	for _, config := range knownSecrets {
		check(object(t, strings.ReplaceAll(config, "S", canary)), canary)
	}
	if met < 1000 {
		t.Errorf("only %d issues were read", met)
	}
}

func addressedTo(secret string) string { return strings.ReplaceAll(addressed, canary, secret) }
