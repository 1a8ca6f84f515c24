package schema_test

import (
	"testing"

	"realmconf/schema"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

// TestCheck_standIns has texts in the place of a secret.
func TestCheck_standIns(t *testing.T) {
	m := meerkat.New()
	for text, isPlaceholder := range map[string]bool{
		"***": true, "********": true, "••••": true, "●●●": true, "[REDACTED]": true, "<redacted>": true, "REDACTED": true, "redacted": true, "***REDACTED***": true, "__REDACTED__": true,
		"[redacted secret]": true, "<API_KEY_REDACTED>": true, "(hidden)": true, "<masked>": true, "[FILTERED]": true, "xxxx": true, "XXXXXXXX": true, "xxxx-xxxx-xxxx": true,
		"sk-****": true, "sk-****abcd": true, "••••1234": true, "...": true, "…": true, "Bearer ***": true, "Bearer [REDACTED]": true, " *** ": true, "token ••••": true,
		"": false, "*": false, "**": false, "x": false, "xxx": false, "hunter2": false, "p**s": false, "hidden": false, "secret": false, "masked": false, "redactedly": false, "xxxxy": false,
		"${REDACTED}": false, "$REDACTED": false, "{env:REDACTED}": false, "a redacted b": false, "<token>": false, "Bearer abc": false, "a.b": false, "-": false, "----": false,
		"realmconf-secret:1:/a": false,
	} {
		for _, path := range []string{"/tools/mcp_servers/0/env/KEY", "/realm/x/backend/b/options/deep/0"} {
			config := object(t, `{"tools":{"mcp_servers":[{"name":"a","command":"c","env":{}}]},"realm":{"x":{"backend":{"b":{"provider":"openai","backend_kind":"openai_api","options":{"deep":["s"]}}}}}}`)
			changed, err := tree.Apply(t.Context(), config, []tree.Operation{{Op: "add", Path: pointer(t, path), Value: text}})
			if err != nil {
				t.Fatal(err)
			}
			issues, _ := findIssues(m, changed, config)
			if got := len(issues) == 1 && issues[0].Kind == schema.SecretToken && issues[0].Path == path && issues[0].Hint != ""; got != isPlaceholder || !got && len(issues) > 0 {
				t.Errorf("%s = %q: got issues %v, want a placeholder: %t", path, text, issues, isPlaceholder)
			}
			// What is in the file already is a warning.
			if issues, warnings := findIssues(m, changed, changed); len(issues) > 0 || (len(warnings) == 1) != isPlaceholder {
				t.Errorf("%s = %q, as before: got issues %v and warnings %v", path, text, issues, warnings)
			}
		}
	}
}

// TestCheck_standInsInAddresses has placeholders in the secret parts of addresses.
func TestCheck_standInsInAddresses(t *testing.T) {
	m := meerkat.New()
	for text, isPlaceholder := range map[string]bool{
		"https://***@h": true, "https://user:***@h/v1": true, "https://user:[REDACTED]@h": true, "https://h?key=***": true, "https://h?a=1&key=REDACTED&b": true,
		"https://h/v1#xxxx": true, "https://h/v1;key=••••": true, "https://h/webhooks/1/****": true,
		"https://h/***": false, "https://h/v1": false, "https://h?key=x": false, "https://***.example/": false, "": false, "https://user:p@h": false,
	} {
		config := object(t, `{"self_hosted":{"servers":{"s":{}}}}`)
		config["self_hosted"].(tree.Object)["servers"].(tree.Object)["s"].(tree.Object)["base_url"] = text
		issues, _ := findIssues(m, config, nil)
		got := 0
		for _, i := range issues {
			if i.Kind == schema.SecretToken {
				got++
			}
		}
		if (got == 1) != isPlaceholder || got > 1 {
			t.Errorf("%q: got issues %v, want a placeholder: %t", text, issues, isPlaceholder)
		}
	}
	// Fields without a secret may have such text.
	if issues, _ := findIssues(m, object(t, `{"agent":{"system_prompt":"***","model":"xxxx"},"tools":{"mcp_servers":[{"name":"a","command":"c","args":["***"]}]}}`), nil); len(issues) > 0 {
		t.Errorf("got %v", issues)
	}
}
