package meerkat

import (
	"testing"
)

func TestCanonicalUUID(t *testing.T) {
	for text, want := range map[string]string{
		"dc256086-0d2f-4f61-a307-320d4148107f":          uuidA,
		"DC256086-0D2F-4F61-A307-320D4148107F":          uuidA,
		"dc2560860d2f4f61a307320d4148107f":              uuidA,
		"{dc256086-0d2f-4f61-a307-320d4148107f}":        uuidA,
		"urn:uuid:dc256086-0d2f-4f61-a307-320d4148107f": uuidA,
		"": "", "x": "",
		"{dc2560860d2f4f61a307320d4148107f}":              "",
		"urn:uuid:dc2560860d2f4f61a307320d4148107f":       "",
		"URN:UUID:dc256086-0d2f-4f61-a307-320d4148107f":   "",
		"urn:uuid:{dc256086-0d2f-4f61-a307-320d4148107f}": "",
		"dc256086-0d2f-4f61-a307-320d4148107g":            "",
		"dc2560860-d2f-4f61-a307-320d4148107f":            "",
		"dc256086-0d2f-4f61-a307-320d4148107f ":           "",
		"dc256086_0d2f_4f61_a307_320d4148107f":            "",
		"-dc25608-60d2f4f61a307320d4148107f--":            "",
		"dc2560860d2f4f61a307320d4148107":                 "",
	} {
		got, ok := canonicalUUID(text)
		if got != want || ok != (want != "") {
			t.Errorf("%q: got %q, %t, want %q", text, got, ok, want)
		}
	}
}

func FuzzUUID(f *testing.F) {
	for _, text := range []string{uuidA, "{" + uuidA + "}", "urn:uuid:" + uuidA, "dc2560860d2f4f61a307320d4148107f"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := canonicalUUID(text)
		if !ok {
			return
		}
		if again, ok := canonicalUUID(got); !ok || again != got || len(got) != 36 {
			t.Errorf("%q: %q is not canonical", text, got)
		}
	})
}

func TestFormats_check(t *testing.T) {
	for _, tt := range []struct {
		check func(string) error
		right []string
		wrong []string
	}{
		{checkSlug, []string{"a", "A.b-c_9", ".", "-"}, []string{"", "a b", "a/b", "é", "bad!"}},
		{checkSkillName, []string{"a", "email-extractor", "9-a"}, []string{"", "-a", "a-", "a--b", "A", "a_b", "a.b", "é"}},
		{checkTimeout, []string{"disabled", "5s"}, []string{"Disabled", "", "off"}},
	} {
		for _, text := range tt.right {
			if err := tt.check(text); err != nil {
				t.Errorf("%q: got %v, want no error", text, err)
			}
		}
		for _, text := range tt.wrong {
			if err := tt.check(text); err == nil {
				t.Errorf("%q: got no error", text)
			}
		}
	}
}

func TestCheck_formats(t *testing.T) {
	for config, want := range map[string]string{
		`{"realm":{"x":{"parent":"bad slug!"}}}`: `/realm/x/parent: not a slug: it has another character than letters, digits, hyphens, underscores and dots; use letters, digits, "-", "_" and "."`,
		`{"realm":{"x":{"parent":""}}}`:          `/realm/x/parent: not a slug: it is empty; use letters, digits, "-", "_" and "."`,
		`{"skills":{"identity":{"aliases":[{"alias":"a","to":{"source_uuid":"` + uuidA + `","skill_name":"A"}}]}}}`:                  `/skills/identity/aliases/0/to/skill_name: not a skill name: it has another character than lower-case letters, digits and hyphens; write it like "email-extractor": lower-case letters and digits, in groups joined by single hyphens`,
		`{"skills":{"identity":{"aliases":[{"alias":"a","to":{"source_uuid":"x","skill_name":"a"}}]}}}`:                              `/skills/identity/aliases/0/to/source_uuid: not a UUID: it is not 32 hexadecimal digits, with or without hyphens; write it like 0190a5e2-7a4b-7c3d-8e1f-2a3b4c5d6e7f`,
		`{"model_fallback":{"chain":[{"model":"m","auth_binding":{"realm":"a b","binding":"b","origin":"synthetic_env_default"}}]}}`: `/model_fallback/chain/0/auth_binding/realm: not a slug: it has another character than letters, digits, hyphens, underscores and dots; use letters, digits, "-", "_" and "."`,
	} {
		issues, _ := findIssues(New(), object(t, config), nil)
		if len(issues) != 1 || issues[0].Text() != want {
			t.Errorf("%s:\n got %v\nwant %s", config, issues, want)
		}
	}
}
