package rpc_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"realmconf/rpc"
	"realmconf/schema/tree"
	"realmconf/tools"
	"realmconf/tools/policy"
)

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestReadme_examples sends the requests of the README's examples and compares
// the output with its replies, in which … matches any text.
func TestReadme_examples(t *testing.T) {
	var input strings.Builder
	var want []string
	for line := range strings.Lines(readme(t)) {
		if request, ok := strings.CutPrefix(line, "> "); ok {
			input.WriteString(request)
		}
		if reply, ok := strings.CutPrefix(line, "< "); ok {
			want = append(want, strings.TrimSuffix(reply, "\n"))
		}
	}
	got := strings.Split(strings.TrimSpace(converse(t, nil, nil, input.String())), "\n")
	if len(got) != len(want) || len(want) < 10 {
		t.Fatalf("got %d lines, want the README's %d:\n%s", len(got), len(want), strings.Join(got, "\n"))
	}
	for i, line := range want {
		pattern := strings.ReplaceAll(regexp.QuoteMeta(line), "…", ".*")
		if !regexp.MustCompile("^" + pattern + "$").MatchString(got[i]) {
			t.Errorf("line %d:\n got %s\nwant %s", i+1, got[i], line)
		}
	}
}

// TestReadme_contentLength sends the README's example of a header.
func TestReadme_contentLength(t *testing.T) {
	blocks := regexp.MustCompile("(?s)```http\n(.*?)\n```").FindAllStringSubmatch(readme(t), -1)
	if len(blocks) != 2 {
		t.Fatalf("got %d blocks, want a request and a reply", len(blocks))
	}
	message := func(block string) string { return strings.ReplaceAll(block, "\n", "\r\n") }
	if got, want := converse(t, nil, nil, message(blocks[0][1])), message(blocks[1][1]); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestReadme_methods compares the table of methods with the operations, and the
// parameters of each with its input schema.
func TestReadme_methods(t *testing.T) {
	text := readme(t)
	_, common, _ := strings.Cut(text, "Every write takes ")
	common, _, _ = strings.Cut(common, "\n")
	all := operations(t, "").All()
	rows := regexp.MustCompile("(?m)^\\| `(config/[a-z]+)` \\| (?:`([a-z_]+)` )?\\| (.*?) \\|").FindAllStringSubmatch(text, -1)
	var methods []string
	for i, row := range rows {
		methods = append(methods, row[1])
		if i >= len(all) {
			continue // config/watch and config/unwatch
		}
		o := all[i]
		if row[1] != o.Method() || row[2] != o.Tool() {
			t.Errorf("row %d: got %s and %s, want %s and %s", i+1, row[1], row[2], o.Method(), o.Tool())
		}
		described := row[3]
		if o.Writes() {
			described += common
		}
		properties, _ := o.Input()["properties"].(tree.Object)
		for name := range properties {
			if !strings.Contains(described, "`"+name+"`") {
				t.Errorf("%s: parameter %s is missing", o.Method(), name)
			}
		}
		for _, name := range regexp.MustCompile("`([a-z_]+)`(?: \\(|,| or|$)").FindAllStringSubmatch(row[3], -1) {
			if _, exists := properties[name[1]]; !exists && !strings.Contains(row[3], "(`"+name[1]) && !strings.Contains(row[3], ", `"+name[1]+"`)") {
				t.Errorf("%s has no parameter %s", o.Method(), name[1])
			}
		}
	}
	got := methodsIn(t, `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}`+"\n")
	if !slices.Equal(methods, got) {
		t.Errorf("got the methods %v, want %v", methods, got)
	}
}

// methodsIn returns the methods that initialize lists.
func methodsIn(t *testing.T, input string) []string {
	t.Helper()
	reply, err := tree.DecodeObject([]byte(converse(t, nil, nil, input)))
	if err != nil {
		t.Fatal(err)
	}
	list, _, _ := tree.Pointer{"result", "capabilities", "extensions", "io.realmconf/config-methods", "methods"}.Get(reply)
	var names []string
	for _, name := range list.([]any) {
		names = append(names, name.(string))
	}
	return names
}

// TestReadme_revisions compares the README's revisions of MCP with the server's.
func TestReadme_revisions(t *testing.T) {
	reply, err := tree.DecodeObject([]byte(converse(t, nil, nil, `{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}`+"\n")))
	if err != nil {
		t.Fatal(err)
	}
	supported, _, _ := tree.Pointer{"result", "supportedVersions"}.Get(reply)
	_, after, _ := strings.Cut(readme(t), "## MCP\n")
	var named []any
	for _, date := range regexp.MustCompile(`20\d\d-\d\d-\d\d`).FindAllString(after, 5) {
		named = append(named, date)
	}
	if got, want := fmt.Sprint(named), fmt.Sprint(supported); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestReadme_mcpMethods sends every method of the README's table of MCP methods in
// its revisions, and in the others.
func TestReadme_mcpMethods(t *testing.T) {
	_, table, _ := strings.Cut(readme(t), "| methods of MCP | revisions |\n")
	table, _, _ = strings.Cut(table, "\n\n")
	count := 0
	for row := range strings.Lines(table) {
		_, names, _ := strings.Cut(row, "| ")
		names, revisions, _ := strings.Cut(names, " | ")
		for _, name := range regexp.MustCompile("`([a-zA-Z/]+)`").FindAllStringSubmatch(names, -1) {
			count++
			for revision, meta := range map[string]string{
				"2025": "",
				"2026": `"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}`,
			} {
				input := `{"jsonrpc":"2.0","id":0,"method":"initialize","params":{}}` + "\n" +
					`{"jsonrpc":"2.0","id":1,"method":"` + name[1] + `","params":{` + meta + "}}\n"
				_, reply, _ := strings.Cut(converse(t, nil, nil, input), "\n")
				missing := strings.Contains(reply, `"code":-32601`) || strings.Contains(reply, "name the protocol version")
				want := strings.HasPrefix(revisions, "all") || strings.HasPrefix(revisions, "before") == (revision == "2025")
				if missing == want {
					t.Errorf("%s in %s: got %s, want it to exist: %v", name[1], revision, reply, want)
				}
			}
		}
	}
	if count < 10 {
		t.Errorf("got %d methods, want all", count)
	}
}

// TestReadme_resources compares the README's URIs with those of the server.
func TestReadme_resources(t *testing.T) {
	var offered []string
	resources := operations(t, "").Resources()
	for _, r := range slices.Concat(resources.List(), resources.Templates()) {
		offered = append(offered, r.URI)
	}
	_, table, _ := strings.Cut(readme(t), "| URI | content |\n")
	table, _, _ = strings.Cut(table, "\n\n")
	var named []string
	for _, uri := range regexp.MustCompile("`(realmconf://[^`]*)`").FindAllStringSubmatch(table, -1) {
		named = append(named, uri[1])
	}
	slices.Sort(offered)
	slices.Sort(named)
	if !slices.Equal(named, offered) {
		t.Errorf("got %v, want %v", named, offered)
	}
}

// TestReadme_errorTexts provokes the errors whose texts the table of errors shows.
func TestReadme_errorTexts(t *testing.T) {
	request := func(method, params string) string {
		return `{"jsonrpc":"2.0","id":1,"method":"` + method + `","params":` + params + "}\n"
	}
	hello := request("initialize", `{"protocolVersion":"2025-11-25"}`)
	provoked := map[string]struct {
		texts    []string
		request  string
		readOnly bool
	}{
		"method_not_found":    {request: request("config/gte", "{}")},
		"invalid_params":      {request: request("config/get", `{"path":"rest.port"}`)},
		"not_found":           {request: request("config/get", `{"path":"/rest/prot"}`)},
		"read_only":           {request: request("config/patch", `{"rest":{"port":1}}`), readOnly: true},
		"corrupt_config":      {request: request("config/get", "{}"), texts: []string{strings.Repeat("\n", 13) + "model = = 1\n"}},
		"invalid_config":      {request: request("config/patch", `{"agent":{"modle":"x"}}`)},
		"generation_conflict": {request: request("config/patch", `{"patch":{"rest":{"port":1}},"expected_generation":1}`), texts: []string{"", "[rest]\nport = 1\n"}},
		"would_drop": {request: hello + request("tools/call", `{"name":"config_patch","arguments":{"patch":{"hooks":{"entries":[]}},"expected_generation":1}}`),
			texts: []string{"[[hooks.entries]]\nid = \"audit\"\n"}},
	}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| -?[0-9]+ \\| `([^`]*)`").FindAllStringSubmatch(readme(t), -1) {
		kind, want := row[1], row[2]
		how, ok := provoked[kind]
		if !ok {
			t.Errorf("%s: no test provokes %q", kind, want)
			continue
		}
		delete(provoked, kind)
		var out bytes.Buffer
		if err := rpc.Serve(t.Context(), strings.NewReader(how.request), &out, operationsWith(t, policy.Policy{ReadOnly: how.readOnly}, how.texts...), rpc.Options{}); err != nil {
			t.Fatal(err)
		}
		escaped, _ := json.Marshal(want)
		if !strings.Contains(out.String(), strings.Trim(string(escaped), `"`)) {
			t.Errorf("%s: got %s, want %s in it", kind, out.String(), want)
		}
	}
	for kind := range provoked {
		t.Errorf("the README shows no text for %s", kind)
	}
}

// TestReadme_errorsBeforeTools provokes the errors of calls that reach no tool.
func TestReadme_errorsBeforeTools(t *testing.T) {
	const (
		hello  = `{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}` + "\n"
		modern = `"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}},`
		future = `"_meta":{"io.modelcontextprotocol/protocolVersion":"2099-01-01","io.modelcontextprotocol/clientCapabilities":{}},`
	)
	for _, tt := range []struct {
		before, method, params string
		code                   int
		data                   string
	}{
		{hello, "tools/call", `"name":"config_gte","arguments":{}`, -32602, `"kind":"invalid_params"`},
		{hello, "tools/call", `"name":"config_get","arguments":[]`, -32602, `"kind":"invalid_params"`},
		{"", "tools/call", `"name":"config_get","arguments":{}`, -32602, `"kind":"invalid_params"`},
		{"", "resources/read", modern + `"uri":"realmconf://confg"`, -32602, `"kind":"not_found"`},
		{hello, "resources/read", `"uri":"realmconf://confg"`, -32002, `"kind":"not_found"`},
		{"", "tools/list", future + `"cursor":null`, -32022, `"data":{"requested":"2099-01-01","supported":[`},
	} {
		lines := strings.Split(strings.TrimSpace(converse(t, nil, nil, tt.before+`{"jsonrpc":"2.0","id":1,"method":"`+tt.method+`","params":{`+tt.params+"}}\n")), "\n")
		reply := lines[len(lines)-1]
		if !strings.Contains(reply, fmt.Sprintf(`"code":%d`, tt.code)) || !strings.Contains(reply, tt.data) {
			t.Errorf("%s %s: got %s, want %d and %s", tt.method, tt.params, reply, tt.code, tt.data)
		}
		if !strings.Contains(readme(t), fmt.Sprint(tt.code)) {
			t.Errorf("the README does not name %d", tt.code)
		}
	}
}

var _ rpc.Operations = (*tools.Operations)(nil)
