package schema_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/schema"
)

func TestSecretArguments(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want []int
	}{
		{nil, nil},
		{[]string{"--read-only", "-y", "@scope/server", "--port", "8080"}, nil},
		{[]string{"--api-key", "abc"}, []int{1}},
		{[]string{"--token=abc", "--password", "p", "x"}, []int{0, 2}},
		{[]string{"-e", "GITHUB_TOKEN=abc", "--env", "API_KEY=${API_KEY}", "-e", "GITHUB_TOKEN"}, []int{1}},
		{[]string{"--token", "--verbose", "--token", "${TOKEN}", "--token", "$TOKEN", "--token="}, nil},
		{[]string{"sk-proj-abcdefgh12345678", "ghp_abcdefghij1234567890", "--model", "sk-model"}, []int{0, 1}},
		{[]string{"postgres://u:p@h/db", "https://u@h", "--url=https://u:p@h", "https://u:${PASS}@h"}, []int{0, 2}},
		{[]string{"--max-tokens", "500", "--token-file", "/run/secret", "--key", "name", "tokenize"}, nil},
	} {
		if diff := cmp.Diff(tt.want, schema.SecretArguments(tt.args)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.args, diff)
		}
	}
}

func TestLooksLikeKey(t *testing.T) {
	for text, want := range map[string]bool{
		"sk-proj-abcdefgh12345678": true, "ghp_abcdefghij1234567890": true, "AKIAIOSFODNN7EXAMPLE1": true, "eyJhbGciOiJIUzI1NiJ9.e30.x1": true,
		"sk-": false, "sk-something-else-than-a-key": false, "sk-with spaces 123456789": false, "a sk-proj-abcdefgh12345678": false, "gpt-5.5": false, "": false,
	} {
		if got := schema.LooksLikeKey(text); got != want {
			t.Errorf("%q: got %t", text, got)
		}
	}
}
