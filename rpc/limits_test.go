package rpc_test

import (
	"fmt"
	"strings"
	"testing"

	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// TestServe_limitOfKeys sends writes with one key too many in every form. Each is
// refused alone, and the connection goes on.
func TestServe_limitOfKeys(t *testing.T) {
	var members []string
	for i := range tree.MaxKeys + 1 {
		members = append(members, fmt.Sprintf(`"k%d":1`, i))
	}
	keys := "{" + strings.Join(members, ",") + "}"
	for _, request := range []string{
		`{"id":1,"jsonrpc":"2.0","method":"config/patch","params":{"patch":` + keys + `}}`,
		`{"id":1,"jsonrpc":"2.0","method":"config/patch","params":` + keys + `}`,
		`{"id":1,"jsonrpc":"2.0","method":"config/set","params":{"config":` + keys + `}}`,
		`{"id":1,"jsonrpc":"2.0","method":"config/set","params":{"config":{},"expected_generation":0,"dry_run":` + keys + `}}`,
		`[{"id":1,"jsonrpc":"2.0","method":"config/patch","params":{"patch":` + keys + `}}]`,
	} {
		output := converse(t, nil, nil, request+"\n"+`{"id":2,"jsonrpc":"2.0","method":"config/get","params":{"path":"/rest/port"}}`+"\n")
		const refusal = `"code":1010,"data":{"kind":"too_large","limit":10000},"message":"more than 10000 keys and list entries, which is the limit of one request: split the write into several; nothing was done"`
		if !strings.Contains(output, refusal) || !strings.Contains(output, `"value":8080`) {
			t.Errorf("%.90s…: got %s", request, output)
		}
	}
}

// TestServe_longTexts sends a text that is longer than any that means something in
// each place that takes a text. It costs no more than a request with as much in a
// place that nothing looks at, and is answered shortly.
func TestServe_longTexts(t *testing.T) {
	const long = 4 << 20
	// Put into a request when it is sent: all of them together are 200 MB.
	const text, deep, shorter, dotted, token, encoded = "<text>", "<deep>", "<shorter>", "<dotted>", "<token>", "<encoded>"
	places := strings.NewReplacer(text, strings.Repeat("x", long), deep, strings.Repeat("/x", long/2), shorter, strings.Repeat("/x", tree.MaxPointer/2),
		dotted, strings.Repeat("x.", long/2), token, strings.Repeat("x", tree.MaxPointer-1), encoded, strings.Repeat("%41", long/3))
	method := func(name, params string) string {
		return fmt.Sprintf(`{"id":1,"jsonrpc":"2.0","method":%q,"params":{%s}}`, name, params)
	}
	tool := func(name, arguments string) string {
		return method("tools/call", fmt.Sprintf(`"name":%q,"arguments":{%s}`, name, arguments))
	}
	member := func(name, value string) string { return fmt.Sprintf(`"%s":"%s"`, name, value) }
	requests := map[string]string{
		"client":            method("config/patch", `"patch":{"rest":{"port":1}},"_meta":{"io.realmconf/client":{"version":"1",`+member("name", text)+`}}`),
		"client of MCP":     method("initialize", `"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"version":"1",`+member("title", text)+`,`+member("name", "n")+`}`),
		"protocol version":  method("initialize", `"capabilities":{},"clientInfo":{"version":"1","name":"n"},`+member("protocolVersion", text)),
		"method":            `{"id":1,"jsonrpc":"2.0",` + member("method", text) + `}`,
		"id":                `{"jsonrpc":"2.0","method":"ping",` + member("id", text) + `}`,
		"cancelled id":      `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{` + member("requestId", text) + `}}`,
		"progress token":    method("tools/call", `"name":"config_get","arguments":{"path":"/rest"},"_meta":{`+member("progressToken", text)+`}`),
		"tool":              method("tools/call", `"arguments":{},`+member("name", text)),
		"parameter":         method("config/get", `"`+text+`":1`),
		"argument":          tool("config_get", `"`+text+`":1`),
		"view":              method("config/get", member("view", text)),
		"query":             method("config/schema", member("query", text)),
		"query of a tool":   tool("config_schema", member("query", text)),
		"reason":            method("config/patch", `"patch":{"rest":{"port":1}},`+member("reason", text)),
		"if_overlap":        method("config/patch", `"patch":{"rest":{"port":1}},`+member("if_overlap", text)),
		"key":               method("config/patch", `"patch":{"`+text+`":1}`),
		"value":             method("config/patch", `"patch":{"agent":{`+member("model", text)+`}}`),
		"token":             method("config/patch", `"patch":{"agent":{`+member("model", "realmconf-secret:1:"+deep)+`}}`),
		"key of set":        method("config/set", `"config":{"`+text+`":1}`),
		"op":                method("config/patch", `"operations":[{"path":"/rest/port","value":1,`+member("op", text)+`}]`),
		"value of op":       method("config/patch", `"operations":[{"op":"add","path":"/agent/model",`+member("value", text)+`}]`),
		"watch":             method("config/unwatch", member("watch", text)),
		"cursor":            method("tools/list", member("cursor", text)),
		"prompt":            method("prompts/get", member("name", text)),
		"log level":         method("logging/setLevel", member("level", text)),
		"URI":               method("resources/read", member("uri", "realmconf://config"+deep)),
		"encoded URI":       method("resources/read", member("uri", "realmconf://config/"+encoded)),
		"URI of effective":  method("resources/read", member("uri", "realmconf://effective"+deep)),
		"subscribed URI":    method("resources/subscribe", member("uri", "realmconf://config"+deep)),
		"completed URI":     method("completion/complete", `"ref":{"type":"ref/resource",`+member("uri", text)+`},"argument":{"name":"path","value":"/"}`),
		"completed value":   method("completion/complete", `"ref":{"type":"ref/resource","uri":"realmconf://config{+path}"},"argument":{"name":"path",`+member("value", deep)+`}`),
		"dotted path":       method("config/get", member("path", dotted)),
		"path of one token": method("config/get", member("path", "/"+text)),
		"long token":        method("config/get", member("path", "/"+token)),
	}
	for name, format := range map[string]string{
		"path of get": method("config/get", `"path":"%s"`), "path of effective": method("config/get", `"view":"effective","path":"%s"`),
		"path of schema": method("config/schema", `"path":"%s"`), "path of history": method("config/history", `"path":"%s"`),
		"path of watch": method("config/watch", `"path":"%s"`), "path of a tool": tool("config_get", `"path":"%s"`),
		"allow_drop": method("config/patch", `"patch":{"rest":{"port":1}},"allow_drop":["%s"]`), "except": method("config/revert", `"generation":1,"except":["%s"]`),
		"path of op": method("config/patch", `"operations":[{"op":"add","path":"%s","value":1}]`), "from": method("config/patch", `"operations":[{"op":"move","path":"/a","from":"%s"}]`),
	} {
		requests[name] = strings.Replace(format, "%s", deep, 1)
		// As long as a pointer may be, and deeper than a configuration.
		requests[name+", shorter"] = strings.Replace(format, "%s", shorter, 1)
	}
	cost := func(request string) (allocated uint64, output string) {
		request = places.Replace(request)
		allocated = treetest.AllocatedBytes(func() {
			output = converse(t, nil, nil, `{"id":"i","jsonrpc":"2.0","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"c","version":"1"}}}`+"\n"+request+"\n")
		})
		return allocated, output
	}
	base, _ := cost(method("config/get", `"path":"/rest","_meta":{`+member("x", text)+`}`))
	left := treetest.Cases(len(requests), 3) // in random order
	for name, request := range requests {
		if left--; left < 0 {
			break
		}
		if allocated, output := cost(request); allocated > base+base/2 || len(output) > 16<<10 {
			t.Errorf("%s: %d KiB are allocated, and %d where nothing looks; the answers have %d bytes: %.300s", name, allocated>>10, base>>10, len(output), output)
		}
	}
}
