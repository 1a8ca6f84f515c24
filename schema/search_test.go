package schema_test

import (
	"strings"
	"testing"

	"realmconf/schema"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

// results returns the paths that a search finds, and the number of further ones.
func results(m *schema.Model, query string) (string, int) {
	found, more := m.Search(query)
	var paths []string
	for _, f := range found {
		paths = append(paths, f.Path.String())
	}
	return strings.Join(paths, " "), more
}

// garden is a schema without a word of Meerkat's.
const garden = `{"type":"object","additionalProperties":false,"properties":{
	"beds":{"type":"array","description":"What grows where.","items":{"type":"object","description":"One bed.","properties":{
		"crop":{"type":"string","enum":["tomato","leek"],"description":"The plant."},
		"width":{"type":"integer","default":2,"description":"In metres."}}}},
	"gates":{"type":"object","description":"Gates, by name.","additionalProperties":{"type":"object","description":"One gate.","properties":{
		"locked":{"type":"boolean","default":true,"description":"Whether it is shut at night."}}}},
	"watering":{"type":"object","description":"When plants get water.","properties":{
		"hour":{"type":"integer","minimum":0,"maximum":23,"x-alias":["oclock"],"description":"The time of day."}}}}}`

func TestModel_Search(t *testing.T) {
	bare := load(t, garden, schema.Rules{})
	withVocabulary := load(t, garden, schema.Rules{Vocabulary: func() schema.Vocabulary {
		return schema.Vocabulary{
			Synonyms: [][]string{{"irrigation", "watering"}, {"turn in", "shut"}},
			Places:   map[string]string{"/beds/-/crop": "vegetable"},
		}
	}})
	for _, tt := range []struct {
		name  string
		model *schema.Model
		query string
		first string
	}{
		{"a name", bare, "width", "/beds/-/width"},
		{"a name in capitals and signs", bare, "Beds / WIDTH?", "/beds/-/width"},
		{"another name", bare, "oclock", "/watering/hour"},
		{"a value", bare, "leek", "/beds/-/crop"},
		{"a description", bare, "shut at night", "/gates/<id>/locked"},
		{"a plural", bare, "gate", "/gates"},
		{"two words in one", bare, "wateringhour", "/watering/hour"},
		{"a misspelling", bare, "wattering", "/watering"},
		{"the beginning of a word", bare, "wid", "/beds/-/width"},
		{"a synonym", withVocabulary, "irrigation", "/watering"},
		{"a phrase with a stop word", withVocabulary, "turn in the gates", "/gates/<id>/locked"},
		{"a word of a place", withVocabulary, "vegetables", "/beds/-/crop"},
		{"an unknown word beside a known one", bare, "xylophone width", "/beds/-/width"},
		{"no known word", bare, "xylophone", ""},
		{"stop words only", bare, "how do I set up the new", ""},
		{"no word", bare, " ?! ", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			paths, _ := results(tt.model, tt.query)
			if first, _, _ := strings.Cut(paths, " "); first != tt.first {
				t.Errorf("%q: got %q, want %q first", tt.query, paths, tt.first)
			}
		})
	}
}

// TestModel_Search_limits checks that a search returns at most MaxPlaces places and
// counts the others, and that a long query costs no more than its first words.
func TestModel_Search_limits(t *testing.T) {
	m := meerkat.New()
	paths, more := results(m, "provider")
	if n := len(strings.Fields(paths)); n != schema.MaxPlaces || more == 0 {
		t.Errorf("got %d places and %d more, want %d and some", n, more, schema.MaxPlaces)
	}
	long := strings.Repeat("port ", 1<<16) + strings.Repeat("x", 1<<16) + "\xff\u2028"
	if paths, _ := results(m, long); !strings.HasPrefix(paths, "/rest/port") {
		t.Errorf("got %q, want /rest/port first", paths)
	}
}

// TestModel_Search_needs checks that a place says which keys an entry needs, so that it
// can be written without further questions.
func TestModel_Search_needs(t *testing.T) {
	needs := make(map[string]string)
	found, _ := meerkat.New().Search("set up a provider api key")
	for _, f := range found {
		o := tree.Object{}
		for _, name := range []string{"required", "x-tag", "x-branches"} {
			if v, has := f.Keywords[name]; has {
				o[name] = v
			}
		}
		needs[f.Path.String()] = string(tree.Append(nil, o))
	}
	for path, want := range map[string]string{
		"/realm/<id>/auth/<id>":            `{"required":["auth_method","provider","source"]}`,
		"/realm/<id>/auth/<id>/source":     `{"required":["kind"],"x-branches":{"command":["program"],"env":["env"],"external_resolver":["handle"],"file_descriptor":["fd"],"inline_secret":["secret"],"managed_store":[],"platform_default":[]},"x-tag":"kind"}`,
		"/realm/<id>/auth/<id>/source/env": "{}",
	} {
		if needs[path] != want {
			t.Errorf("%s: got %s, want %s", path, needs[path], want)
		}
	}
}

// TestModel_Search_keywords checks what is said about a place.
func TestModel_Search_keywords(t *testing.T) {
	found, _ := meerkat.New().Search("shell security mode")
	const want = `{"default":"unrestricted","description":"Which commands may run: all, only those that match security_patterns, or all but those.","enum":["unrestricted","allow_list","deny_list"],"type":"string","x-risk":["posture"]}`
	if got := string(tree.Append(nil, found[0].Keywords)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
