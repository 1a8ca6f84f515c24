package schema_test

import (
	"slices"
	"strings"
	"testing"
)

func TestLoad_secretRoutes(t *testing.T) {
	for name, c := range map[string]struct{ config, want string }{
		"a key beside it":      {`{"srv":[{"token":"x","url":"http://good","name":"a"},{"url":"http://h"}]}`, "/srv/0/url /srv/0"},
		"headers and auth":     {`{"a":{"base_url":"h","headers":{"X":"x"}},"b":{"endpoint":"h","auth":{"basic":{"p":"x"}}},"c":{"host":"h","max":{"token_limit":5}}}`, "/a/base_url /a\n/b/endpoint /b"},
		"any URL":              {`{"a":{"password":12,"upstream":["https://h/"],"note":"see https://h/","text":"x"}}`, "/a/upstream /a"},
		"parts of an address":  {`{"db":{"host":"h","port":5432,"pw":"x","server":{"name":"n"}}}`, "/db/host /db\n/db/port /db\n/db/server /db"},
		"elsewhere":            {`{"homepage":"https://h/","tool":{"x":{"token":"x"},"url":"https://h/"},"token":""}`, ""},
		"a list of tables":     {`{"url":"https://h/","remotes":[{"token":"x"}]}`, ""},
		"the name of a secret": {`{"url":"https://h/","token":"${TOKEN}","name":"$NAME"}`, "/url "},
		"a reference":          {`{"url":"https://h/","name":"$NAME"}`, ""},
		"a secret by the flag": {`{"url":"https://h/","n":5}`, "/url "},
	} {
		m := loadModel(t, `{"properties":{"n":{"x-secret":true}}}`)
		var got []string
		for _, r := range m.SecretRoutes(object(t, c.config)) {
			got = append(got, r.At.String()+" "+r.Secret.String())
		}
		slices.Sort(got)
		if text := strings.Join(got, "\n"); text != c.want {
			t.Errorf("%s: got %q, want %q", name, text, c.want)
		}
	}
}
