package rpc_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"realmconf/rpc"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
	"realmconf/tools/policy"
)

// outputOf serves a whole input and returns the lines of the output.
func outputOf(t *testing.T, text string, opts rpc.Options, input string) []string {
	t.Helper()
	var out bytes.Buffer
	var allowed policy.Policy
	if err := allowed.Allow.UnmarshalText([]byte("posture")); err != nil {
		t.Fatal(err)
	}
	if err := rpc.Serve(t.Context(), strings.NewReader(input), &out, operationsWith(t, allowed, text), opts); err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(out.String()), "\n")
}

// TestServe_writeAboveTheReplyLimit expects a write that was done to get a result,
// whatever its size.
func TestServe_writeAboveTheReplyLimit(t *testing.T) {
	size := treetest.Cases(500_000, 50_000)
	prompt := strings.Repeat(`\t`, size)
	text := "[agent]\nsystem_prompt = \"" + strings.Repeat("\t", 2*size) + "\"\n"
	for name, request := range map[string]string{
		"method":        `{"jsonrpc":"2.0","id":1,"method":"config/patch","params":{"patch":{"agent":{"system_prompt":"` + prompt + `"}}}}`,
		"modern method": `{"jsonrpc":"2.0","id":1,"method":"config/patch","params":{` + modernMeta + `,"patch":{"agent":{"system_prompt":"` + prompt + `"}}}}`,
		"modern tool":   `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{` + modernMeta + `,"name":"config_patch","arguments":{"return":"config","expected_generation":1,"patch":{"agent":{"system_prompt":"` + prompt + `"}}}}}`,
	} {
		for _, maxReply := range treetest.Cases([]int{0, 3_000_000, 2000}, []int{2000}) {
			answers := outputOf(t, text, rpc.Options{MaxReply: maxReply}, request)
			frame, err := tree.DecodeObject([]byte(answers[0]))
			if err != nil {
				t.Fatal(err)
			}
			result, _ := frame["result"].(tree.Object)
			if content, isTool := result["structuredContent"].(tree.Object); isTool {
				result = content
			}
			if result["generation"] != int64(2) || result["changed"] != true || result["config_omitted"] == nil && (maxReply > 0 || strings.Contains(name, "tool")) || maxReply > 0 && len(answers[0]) > maxReply {
				t.Errorf("%s, limit %d: got %.300s, want generation 2, without config where that is too long", name, maxReply, answers[0])
			}
		}
	}
}

// TestServe_writeInLargeBatch expects writes in a batch to get a result, also where
// reads do not fit.
func TestServe_writeInLargeBatch(t *testing.T) {
	text := "[agent]\nsystem_prompt = \"" + strings.Repeat("x", 3000) + "\"\n"
	get := `{"jsonrpc":"2.0","id":0,"method":"config/get"}`
	var elements []string
	for i := range 5 {
		elements = append(elements, get, patchAgent(i+1, fmt.Sprint("m", i)))
	}
	answers := outputOf(t, text, rpc.Options{MaxReply: 20_000}, "["+strings.Join(elements, ",")+"]")
	all, err := tree.Decode([]byte(answers[0]))
	if err != nil {
		t.Fatal(err)
	}
	reads, refused, shortened := 0, 0, 0
	for _, one := range all.([]any) {
		frame := one.(tree.Object)
		result, done := frame["result"].(tree.Object)
		switch {
		case frame["id"] != int64(0) && (!done || result["changed"] != true):
			t.Errorf("write: got %v, want success", frame)
		case frame["id"] != int64(0) && result["config_omitted"] == true:
			shortened++
		case frame["id"] == int64(0) && done:
			reads++
		case frame["id"] == int64(0):
			refused++
		}
	}
	if reads == 0 || refused == 0 || shortened == 0 || len(answers[0]) > 25_000 {
		t.Errorf("got %d reads, %d refused, %d short writes, %d bytes; want some of each, and about the limit", reads, refused, shortened, len(answers[0]))
	}
}

// TestSubscriptions_endOfInput ends the input with a write: its notification must
// still come, every time.
func TestSubscriptions_endOfInput(t *testing.T) {
	for i := range 50 {
		got := outputOf(t, "[agent]\nmodel = \"a\"\n", rpc.Options{}, watchLine("")+"\n"+patchAgent(1, "b")+"\n"+patchAgent(2, "c")+"\n")
		notified := changes(t, got)
		if len(notified) == 0 || !strings.HasPrefix(notified[0], "1-") || !strings.Contains(notified[len(notified)-1], "-3 own true") {
			t.Fatalf("run %d: got %v, want notifications from 1 to 3", i, notified)
		}
	}
}

// TestServe_toolResultLimit: a tool's result has at most 64 KiB on the wire, in
// every revision that has structured content, and in those that have not.
func TestServe_toolResultLimit(t *testing.T) {
	var wrong []string
	for i := range 5000 {
		wrong = append(wrong, fmt.Sprintf(`wrong\u0001key%d`, i))
	}
	text := "[agent]\nmodel = \"m\"\n[rest]\n\"" + strings.Join(wrong, "\" = 1\n\"") + "\" = 1\n"
	keys := `{"` + strings.Join(wrong, `":1,"`) + `":1}`
	versions := 0
	for _, arguments := range []string{
		`"name":"config_get","arguments":{"path":"/agent/model"}`,
		`"name":"config_get","arguments":{}`,
		`"name":"config_get","arguments":` + keys,
		`"name":"config_get","arguments":{"path":"/agent/` + strings.Join(wrong, `/`) + `"}`,
		`"name":"config_patch","arguments":{"expected_generation":1,"patch":{"agent":` + keys + `}}`,
		`"name":"config_patch","arguments":{"expected_generation":1,"patch":{"rest":null}}`,
		`"name":"config_diff","arguments":{"from":0}`,
	} {
		for version, input := range map[string]string{
			"modern": `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{` + modernMeta + `,` + arguments + `}}`,
			"legacy": `{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"n","version":"1"}}}` + "\n" +
				`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{` + arguments + `}}`,
		} {
			if versions++; versions%treetest.Cases(1, 2) != 0 {
				continue // the other one, for these arguments
			}
			answers := outputOf(t, text, rpc.Options{}, input)
			frame, err := tree.DecodeObjectUnlimited([]byte(answers[len(answers)-1]))
			if err != nil {
				t.Fatal(err)
			}
			if size := len(tree.Append(nil, frame["result"])); frame["result"] == nil || size > 64<<10 {
				t.Errorf("%s, %.60s: the result has %d bytes: %.200s", version, arguments, size, answers[len(answers)-1])
			}
		}
	}
}
