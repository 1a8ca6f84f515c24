package meerkat

import (
	"fmt"
	"strings"
	"testing"

	"realmconf/schema"
)

// checkTexts compares the texts of all issues, and of all warnings after "~".
func checkTexts(t *testing.T, config string, want ...string) {
	t.Helper()
	issues, warnings := findIssues(New(), object(t, config), nil)
	var got []string
	for _, i := range issues {
		got = append(got, i.Text())
		if i.Kind == schema.Reference {
			t.Errorf("%s: %s is an issue of the kind %s", config, i.Path, i.Kind)
		}
	}
	for _, i := range warnings {
		got = append(got, "~"+i.Text())
		if i.Kind != schema.Reference {
			t.Errorf("%s: %s is a warning of the kind %s", config, i.Path, i.Kind)
		}
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s:\n got %s\nwant %s", config, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}

func TestCheck_models(t *testing.T) {
	const server = `"servers":{"local":{}},`
	for config, want := range map[string]string{
		`{"self_hosted":{` + server + `"models":{"a":{"server":"local"}}}}`:                                            ``,
		`{"self_hosted":{` + server + `"models":{"a":{"server":"local"},"b":{"server":"local"}},"default_model":"b"}}`: ``,
		`{"self_hosted":{` + server + `"models":{"a":{"server":"local"},"b":{"server":"local"}}}}`:                     `/self_hosted/default_model: needed when there is more than one self-hosted model; add it: it is an id of /self_hosted/models`,
		`{"self_hosted":{` + server + `"models":{"model-a":{"server":"local"}},"default_model":"model-b"}}`:            `/self_hosted/default_model: there is nothing of this name under /self_hosted/models; did you mean "model-a"?`,
		`{"self_hosted":{` + server + `"models":{"a":{"server":"locla"}}}}`:                                            `/self_hosted/models/a/server: there is nothing of this name under /self_hosted/servers; did you mean "local"?`,
		`{"self_hosted":{` + server + `"models":{"a":{}}}}`:                                                            `/self_hosted/models/a/server: there is nothing of this name under /self_hosted/servers; use one of local`,
		`{"self_hosted":{"models":{"a":{"server":"x"}}}}`:                                                              `/self_hosted/models/a/server: there is nothing of this name under /self_hosted/servers; add it there`,
		`{"self_hosted":{` + server + `"models":{"gpt-5.5":{"server":"local"}}}}`:                                      `/self_hosted/models/gpt-5.5: the built-in catalog has a model of this id; choose another id`,
		`{"models":{"a":{"provider":"openai"}},"self_hosted":{` + server + `"models":{"a":{"server":"local"}}}}`:       `/models/a: there is a model of this id under /self_hosted/models too; rename or remove one of the two`,
		`{"self_hosted":{"default_model":"x"}}`:                                                                        `~/self_hosted/default_model: there is nothing of this name under /self_hosted/models; add it there`,
		`{"self_hosted":{"servers":{"a":{"base_url":""}}},"agent":{"model":"no such model"}}`:                          ``,
	} {
		if want == "" {
			checkTexts(t, config)
		} else {
			checkTexts(t, config, want)
		}
	}
}

// sourcesConfig returns a configuration with these skills.
func sourcesConfig(repositories, lineage, remaps, aliases string) string {
	return fmt.Sprintf(`{"skills":{"repositories":[%s],"identity":{"lineage":[%s],"remaps":[%s],"aliases":[%s]}}}`,
		repositories, lineage, remaps, aliases)
}

func TestCheck_skillSources(t *testing.T) {
	at := func(uuid, path string) string {
		return `{"name":"n","source_uuid":"` + uuid + `","type":"filesystem","path":"` + path + `"}`
	}
	event := func(skills, event string) string {
		return `{"event_id":"e","recorded_at_unix_secs":1,"required_from_skills":[` + skills + `],"event":` + event + `}`
	}
	key := func(uuid, skill string) string { return `{"source_uuid":"` + uuid + `","skill_name":"` + skill + `"}` }
	remap := func(from, fromSkill, to, toSkill string) string {
		return `{"from":` + key(from, fromSkill) + `,"to":` + key(to, toSkill) + `}`
	}
	rename := event("", `{"event":"rename_or_relocate","from":"`+uuidA+`","to":"`+uuidB+`"}`)
	rotate := `{"event":"rotate","from":"` + uuidA + `","to":"` + uuidB + `"}`
	split := `{"event":"split","from":"` + uuidA + `","into":["` + uuidB + `","` + uuidC + `"]}`
	merge := `{"event":"merge","from":["` + uuidA + `","` + uuidB + `"],"to":"` + uuidC + `"}`
	const (
		twoPlaces  = "/skills/repositories/1/source_uuid: another repository, in another place, has this UUID; give one of the two a new UUID"
		twoUUIDs   = "/skills/repositories/1/source_uuid: /skills/repositories/0 is the same place and has another UUID; use that UUID here too, or add an event to /skills/identity/lineage that leads from one to the other"
		ownUUID    = "/skills/repositories/0/source_uuid: the platform's own skills have this UUID; give the repository a new one"
		noSkills   = "/skills/identity/lineage/0/required_from_skills: a rotate, split or merge must say which skills it is about; list them"
		uncovered  = "/skills/identity/lineage/0: some of its skills or sources have no remap; add one to /skills/identity/remaps for each required skill of each source before, and for each source after"
		noEvent    = "/skills/identity/remaps/0: it leads to another source, and no event does; add an event to /skills/identity/lineage that leads from the one source to the other"
		twoRemaps  = "/skills/identity/remaps/1/from: another remap has the same from; remove one of the two"
		twoAliases = "/skills/identity/aliases/1/alias: another alias has the same name; remove one of the two"
	)
	for _, tt := range []struct{ name, repositories, lineage, remaps, aliases, want string }{
		{"two places", at(uuidA, "p") + "," + at(uuidB, "q"), "", "", "", ""},
		{"one UUID twice", at(uuidA, "p") + "," + at(uuidA, "q"), "", "", "", twoPlaces},
		{"one UUID in two spellings", at(uuidA, "p") + "," + at(strings.ToUpper(uuidA), "q"), "", "", "", twoPlaces},
		{"the same entry twice", at(uuidA, "p") + "," + at(uuidA, "p"), "", "", "", ""},
		{"one place with two UUIDs", at(uuidA, "p") + "," + at(uuidB, "p"), "", "", "", twoUUIDs},
		{"with an event", at(uuidA, "p") + "," + at(uuidB, "p"), rename, "", "", ""},
		{"with an event the other way", at(uuidB, "p") + "," + at(uuidA, "p"), rename, "", "", ""},
		{"with events that do not meet", at(uuidA, "p") + "," + at(uuidC, "p"), rename, "", "", twoUUIDs},
		{"with a chain of events", at(uuidA, "p") + "," + at(uuidC, "p"), rename + "," + event("", `{"event":"rename_or_relocate","from":"`+uuidB+`","to":"`+uuidC+`"}`), "", "", ""},
		{"a default that is written out", `{"name":"n","source_uuid":"` + uuidA + `","type":"git","url":"u"},{"name":"n","source_uuid":"` + uuidA + `","type":"git","url":"u","git_ref":"main","ref_type":"branch"}`, "", "", "", ""},
		{"the platform's UUID", at(builtInSources[1], "p"), "", "", "", ownUUID},
		{"a rotate without skills", "", event("", rotate), "", "", noSkills},
		{"a rotate without remaps", "", event(`"s"`, rotate), "", "", uncovered},
		{"a rotate with a remap", "", event(`"s"`, rotate), remap(uuidA, "s", uuidB, "t"), "", ""},
		{"a rotate with another skill's remap", "", event(`"s"`, rotate), remap(uuidA, "t", uuidB, "t"), "", uncovered},
		{"a split with one target's remap", "", event(`"s"`, split), remap(uuidA, "s", uuidB, "s"), "", uncovered},
		{"a split with both", "", event(`"s"`, split), remap(uuidA, "s", uuidB, "s") + "," + remap(uuidA, "t", uuidC, "t"), "", ""},
		{"a merge with one origin's remap", "", event(`"s"`, merge), remap(uuidA, "s", uuidC, "s"), "", uncovered},
		{"a merge with both", "", event(`"s"`, merge), remap(uuidA, "s", uuidC, "s") + "," + remap(uuidB, "s", uuidC, "s"), "", ""},
		{"a remap that leads elsewhere", "", "", remap(uuidA, "s", uuidB, "s"), "", noEvent},
		{"a remap against the event", "", rename, remap(uuidB, "s", uuidA, "s"), "", noEvent},
		{"a remap inside a source", "", "", remap(uuidA, "s", uuidA, "t"), "", ""},
		{"two remaps of one skill", "", "", remap(uuidA, "s", uuidA, "t") + "," + remap(uuidA, "s", uuidA, "u"), "", twoRemaps},
		{"two aliases of one name", "", "", "", `{"alias":"x","to":` + key(uuidA, "s") + `},{"alias":"x","to":` + key(uuidA, "t") + `}`, twoAliases},
	} {
		t.Run(tt.name, func(t *testing.T) {
			config := sourcesConfig(tt.repositories, tt.lineage, tt.remaps, tt.aliases)
			if tt.want == "" {
				checkTexts(t, config)
			} else {
				checkTexts(t, config, tt.want)
			}
		})
	}
}

func TestCheck_danglingNames(t *testing.T) {
	realm := func(text string) string { return `{"realm":{"x":` + text + `}}` }
	const bad = "; use letters, digits, \"-\", \"_\" and \".\""
	for _, tt := range []struct{ config, want string }{
		{`{"realm":{"bad key!":{}}}`, "~/realm/bad key!: not a slug, so that nothing finds this realm: it has another character than letters, digits, hyphens, underscores and dots" + bad},
		{realm(`{"default_binding":"b"}`), "~/realm/x/default_binding: there is nothing of this name under /realm/x/binding; add it there"},
		{realm(`{"backend":{"main":{"provider":"openai","backend_kind":"openai_api"}},"auth":{"key":{"provider":"openai","auth_method":"api_key","source":{"kind":"managed_store"}}},"binding":{"b":{"backend_profile":"main","auth_profile":"key"}},"default_binding":"b"}`), ""},
		{realm(`{"backend":{"main":{"provider":"openai","backend_kind":"openai_api"}},"auth":{"key":{"provider":"openai","auth_method":"api_key","source":{"kind":"managed_store"}}},"binding":{"b":{"backend_profile":"mian","auth_profile":"other"}}}`),
			"~/realm/x/binding/b/auth_profile: there is nothing of this name under /realm/x/auth; use one of key\n" +
				`~/realm/x/binding/b/backend_profile: there is nothing of this name under /realm/x/backend; did you mean "main"?`},
		{realm(`{"backend":{"b":{"provider":"self_hosted","backend_kind":"self_hosted","server":"s"}}}`), "~/realm/x/backend/b/server: there is nothing of this name under /self_hosted/servers; add it there"},
		{realm(`{"backend":{"b":{"provider":"opnai","backend_kind":"x"}}}`), `~/realm/x/backend/b/provider: the platform does not know this provider; did you mean "openai"?`},
		{realm(`{"backend":{"b":{"provider":"openai","backend_kind":"bedrock"}}}`), "~/realm/x/backend/b/backend_kind: the platform does not know this for the provider; use one of azure_openai, chatgpt_backend, openai_api"},
		{realm(`{"auth":{"a":{"provider":"self_hosted","auth_method":"oauth","source":{"kind":"managed_store"}}}}`), "~/realm/x/auth/a/auth_method: the platform does not know this for the provider; use one of api_key, none, static_bearer"},
		{realm(`{"parent":"org"}`), ""},
		{realm(`{"parent":"global"}`), ""},
		{realm(`{"parent":"env_default"}`), "~/realm/x/parent: env_default cannot be a parent; leave the key out, or name another realm"},
		{realm(`{"parent":"x"}`), "~/realm/x/parent: the parents form a circle; leave out the parent of one of them"},
		{`{"realm":{"a":{"parent":"b"},"b":{"parent":"a"}}}`,
			"~/realm/a/parent: the parents form a circle; leave out the parent of one of them\n~/realm/b/parent: the parents form a circle; leave out the parent of one of them"},
		{`{"realm":{"global":{"parent":"a"},"a":{}}}`, "~/realm/global/parent: the realm global has no parent; leave the key out"},
		{`{"model_fallback":{"chain":[{"model":"m","auth_binding":{"realm":"y","binding":"b"}}]}}`, "~/model_fallback/chain/0/auth_binding/realm: there is nothing of this name under /realm; add it there"},
		{`{"model_fallback":{"chain":[{"model":"m","auth_binding":{"realm":"global","binding":"b"}}]}}`, ""},
		{`{"model_fallback":{"chain":[{"model":"m","auth_binding":{"realm":"y","binding":"b","origin":"synthetic_env_default"}}]}}`, ""},
		{`{"realm":{"y":{}},"model_fallback":{"chain":[{"model":"m","auth_binding":{"realm":"y","binding":"b"}}]}}`, "~/model_fallback/chain/0/auth_binding/binding: there is nothing of this name under /realm/y/binding; add it there"},
	} {
		if tt.want == "" {
			checkTexts(t, tt.config)
		} else {
			checkTexts(t, tt.config, strings.Split(tt.want, "\n")...)
		}
	}
}

func TestCheck_parentChainLimit(t *testing.T) {
	for length, wrong := range map[int]bool{16: false, 17: true} {
		var realms []string
		for i := range length {
			realm := fmt.Sprintf(`"r%d":{"parent":"r%d"}`, i, i+1)
			if i == length-1 {
				realm = fmt.Sprintf(`"r%d":{}`, i)
			}
			realms = append(realms, realm)
		}
		_, warnings := findIssues(New(), object(t, `{"realm":{`+strings.Join(realms, ",")+`}}`), nil)
		if got := len(warnings) > 0; got != wrong {
			t.Errorf("%d realms: got %v, want warnings: %t", length, warnings, wrong)
		}
	}
}

// TestRules_anyValue makes sure that no rule panics, whatever value is in the place
// that it reads.
func TestRules_anyValue(t *testing.T) {
	for _, junk := range []string{`5`, `"x"`, `[]`, `[5,[6],{}]`, `{"a":5,"b":[1],"c":{}}`, `{"a":{"b":{"c":[{}]}}}`} {
		for _, around := range []string{
			`{"skills":%s}`, `{"skills":{"repositories":%s,"identity":%[1]s}}`, `{"skills":{"identity":{"lineage":%s,"remaps":%[1]s,"aliases":%[1]s}}}`,
			`{"skills":{"repositories":[{"type":%s,"source_uuid":%[1]s}]}}`, `{"skills":{"identity":{"lineage":[{"event":{"event":%s,"from":%[1]s,"to":%[1]s}}]}}}`,
			`{"realm":%s}`, `{"realm":{"x":%s}}`, `{"realm":{"x":{"parent":%s,"binding":%[1]s,"auth":{"a":%[1]s},"default_binding":%[1]s}}}`,
			`{"self_hosted":%s,"models":%[1]s}`, `{"self_hosted":{"models":{"a":%s},"servers":%[1]s,"default_model":%[1]s},"models":{"a":%[1]s}}`,
			`{"model_fallback":{"chain":[{"auth_binding":%s}]}}`, `{"limits":{"max_turn_duration":%s}}`, `{"agent":{"output_schema":%s}}`,
		} {
			config := object(t, fmt.Sprintf(around, junk))
			New().Check(config, config)
			New().Fill(config)
		}
	}
}
