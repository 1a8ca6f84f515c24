package review

import (
	"strings"
	"testing"
)

func TestParseRequest(t *testing.T) {
	digest := strings.Repeat("0f", 32)
	answer := func(members string) string { return `{"request":"answer","digest":"` + digest + `",` + members + `}` }
	for line, ok := range map[string]bool{
		`{"request":"list"}`: true,
		answer(`"decision":"yes","way":"review","via":"realmconf"`): true,
		answer(`"decision":"no","way":"page","via":""`):             true,

		``: false, `null`: false, `[]`: false, `{"request":"list"}x`: false, `{"request":"list","more":1}`: false, `{"request":"stop"}`: false,
		`{"request":1}`: false,
		answer(`"decision":"y","way":"review","via":""`):                                              false,
		answer(`"decision":true,"way":"review","via":""`):                                             false,
		answer(`"decision":"yes","way":"elicitation","via":""`):                                       false,
		answer(`"decision":"yes","way":"flag","via":""`):                                              false,
		answer(`"decision":"yes","way":"review","via":null`):                                          false,
		answer(`"decision":"yes","way":"review"`):                                                     false,
		answer(`"decision":"yes","way":"review","via":"","more":1`):                                   false,
		answer(`"decision":"yes","decision":"no","way":"review"`):                                     false,
		`{"request":"answer","digest":"` + digest[1:] + `","decision":"yes","way":"review","via":""}`: false,
		`{"request":"answer","digest":"` + digest + `00","decision":"yes","way":"review","via":""}`:   false,
		`{"request":"answer","digest":[],"decision":"yes","way":"review","via":""}`:                   false,
	} {
		r, err := parseRequest([]byte(line))
		if (err == nil) != ok {
			t.Errorf("%s: got %v", line, err)
		}
		if err != nil {
			continue
		}
		if again, err := parseRequest(r.line()); err != nil || again != r {
			t.Errorf("%s: sent and read again: %+v, %v, want %+v", line, again, err, r)
		}
	}
}
