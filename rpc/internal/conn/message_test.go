package conn

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestServe_exactBytes compares the output for a line byte for byte.
func TestServe_exactBytes(t *testing.T) {
	const (
		ok     = `,"jsonrpc":"2.0","result":{}}`
		params = `{"jsonrpc":"2.0","id":1,"method":"config/get","params":`
		refuse = `{"error":{"code":-32600,"data":{"kind":"invalid_request"},"message":"`
		after  = `,"jsonrpc":"2.0"}`
		badID  = refuse + `member id must be a string or an integer: leave it out for a notification"},"id":null` + after
		object = refuse + `a request is an object: send {\"jsonrpc\":\"2.0\",\"id\":…,\"method\":…,\"params\":…}"},"id":null` + after
	)
	id := func(id string) string { return `{"jsonrpc":"2.0","id":` + id + `,"method":"ping"}` }
	answer := func(id string) string { return `{"id":` + id + ok }
	for _, tt := range []struct{ name, in, want string }{
		{"integer id", id("7"), answer("7")},
		{"negative id", id("-1"), answer("-1")},
		{"minus zero", id("-0"), answer("-0")},
		{"id above 2^53", id("9007199254740993"), answer("9007199254740993")},
		{"id of 30 digits", id("123456789012345678901234567890"), answer("123456789012345678901234567890")},
		{"string id", id(`"a"`), answer(`"a"`)},
		{"empty string id", id(`""`), answer(`""`)},
		{"escapes in an id", id(`"\u00e9\/\n\ud83d\ude00<&>"`), answer(`"\u00e9\/\n\ud83d\ude00<&>"`)},
		{"id of the longest length", id(`"` + strings.Repeat("x", maxID-2) + `"`), answer(`"` + strings.Repeat("x", maxID-2) + `"`)},
		{"id too long", id(`"` + strings.Repeat("x", maxID-1) + `"`), refuse + `member id is longer than 4096 bytes: use a short one"},"id":null` + after},
		{"null id", id("null"), badID},
		{"fractional id", id("1.5"), badID},
		{"id with an exponent", id("1e2"), badID},
		{"boolean id", id("true"), badID},
		{"object id", id("{}"), badID},
		{"array id", id("[1]"), badID},

		{"spaces around and inside", " \t{ \"jsonrpc\" : \"2.0\" , \"id\" : 7 , \"method\" : \"ping\" } \t ", answer("7")},
		{"carriage return", id("7") + "\r", answer("7")},
		{"byte order mark", "\ufeff" + id("7"), answer("7")},
		{"unknown members", `{"jsonrpc":"2.0","id":7,"method":"ping","trace":{"a":[1]}}`, answer("7")},
		{"escaped member names and method", `{"\u006asonrpc":"2.0","id":7,"method":"\u0070ing"}`, answer("7")},
		{"no needless escapes", params + `{"a":"<&>\u2028é"}}`, "{\"id\":1,\"jsonrpc\":\"2.0\",\"result\":{\"a\":\"<&>\u2028é\"}}"},
		{"numbers keep their digits", params + `{"a":9007199254740993,"b":18446744073709551615,"c":0.1}}`, `{"id":1,"jsonrpc":"2.0","result":{"a":9007199254740993,"b":18446744073709551615,"c":0.1}}`},

		{"blank line", "", ""},
		{"only spaces", " \t\r", ""},
		{"a response", `{"jsonrpc":"2.0","id":7,"result":{}}`, ""},
		{"an error response", `{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"x"}}`, ""},
		{"a notification", `{"jsonrpc":"2.0","method":"notifications/initialized"}`, ""},
		{"an unknown notification", `{"jsonrpc":"2.0","method":"$/setTrace","params":{"value":"off"}}`, ""},
		{"a method as notification", `{"jsonrpc":"2.0","method":"config/set","params":{}}`, ""},

		{"no version", `{"id":7,"method":"ping"}`, refuse + `member jsonrpc must be \"2.0\""},"id":7` + after},
		{"version 1.0", `{"jsonrpc":"1.0","id":"a","method":"ping"}`, refuse + `member jsonrpc must be \"2.0\""},"id":"a"` + after},
		{"version as number", `{"jsonrpc":2.0,"id":7,"method":"ping"}`, refuse + `member jsonrpc must be \"2.0\""},"id":7` + after},
		{"no method", `{"jsonrpc":"2.0","id":7}`, refuse + `member method must be a string, like \"config/get\""},"id":7` + after},
		{"method null", `{"jsonrpc":"2.0","id":7,"method":null}`, refuse + `member method must be a string, like \"config/get\""},"id":7` + after},
		{"method in capitals", `{"jsonrpc":"2.0","id":7,"METHOD":"ping"}`, refuse + `member method must be a string, like \"config/get\""},"id":7` + after},
		{"method and result", `{"jsonrpc":"2.0","id":7,"method":"ping","result":1}`, refuse + `member result does not go with method: a message is a request or a response"},"id":7` + after},
		{"scalar params", `{"jsonrpc":"2.0","id":7,"method":"ping","params":1}`, refuse + `member params must be an object: leave it out when there is nothing to say"},"id":7` + after},
		{"null params", `{"jsonrpc":"2.0","id":7,"method":"ping","params":null}`, answer("7")},
		{"null params of a call that has some", `{"jsonrpc":"2.0","id":7,"method":"config/get","params":null}`, answer("7")},
		{"notification with null params", `{"jsonrpc":"2.0","method":"x","params":null}`, ""},
		{"notification with scalar params", `{"jsonrpc":"2.0","method":"x","params":1}`, ""},
		{"cancellation with scalar params", `{"jsonrpc":"2.0","method":"notifications/cancelled","params":"x"}`, ""},
		{"a member twice", `{"jsonrpc":"2.0","id":7,"method":"ping","method":"x"}`, refuse + `byte 40 (/method): member \"method\" is given twice: give it once"},"id":7` + after},
		{"two ids", `{"jsonrpc":"2.0","id":7,"id":8,"method":"ping"}`, refuse + `byte 24 (/id): member \"id\" is given twice: give it once"},"id":null` + after},
		{"a number", "1", object},
		{"a number without end", "1e999", object},
		{"a string", `"ping"`, object},
		{"null", "null", object},
		{"unfinished batch", "[1,", `{"error":{"code":-32700,"data":{"kind":"parse_error"},"message":"the message is not JSON: byte 3 (/1): the text ends where a value is needed"},"id":null` + after},
		{"params of a list", params + `[]}`, `{"error":{"code":-32602,"data":{"kind":"invalid_params"},"message":"params must be an object: name the parameters"},"id":1` + after},
		{"a parameter twice", params + `{"a":{"b":1,"b":2}}}`, `{"error":{"code":-32602,"data":{"kind":"invalid_params"},"message":"byte 67 (/params/a/b): member \"b\" is given twice: give it once"},"id":1` + after},
		{"a wide id and a member twice", `{"jsonrpc":"2.0","id":123456789012345678901234567890,"method":"x","method":"ping"}`, refuse + `byte 66 (/method): member \"method\" is given twice: give it once"},"id":123456789012345678901234567890` + after},
		{"a wide number in an unknown member", `{"jsonrpc":"2.0","id":7,"method":"ping","x":[1e999]}`, answer("7")},
		{"a number out of range", params + `{"a":18446744073709551616}}`, `{"error":{"code":-32602,"data":{"kind":"invalid_params"},"message":"byte 60 (/params/a): the integer does not fit in 64 bits"},"id":1` + after},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := strings.Join(talk(t, operations{echo, echo}, options{}, tt.in+"\n"), "\n")
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.in, diff)
			}
		})
	}
}

// TestServe_parseErrors sends a text that is not JSON, and then a request.
func TestServe_parseErrors(t *testing.T) {
	const next = `{"jsonrpc":"2.0","id":"next","method":"ping"}`
	secret := "hunter2"
	// A message that only the exact decoder refuses keeps its id, wherever it is.
	recovered := map[string]string{
		"invalid UTF-8": "1", "a lone surrogate": "1", "nested too deep": "1", "nested too deep before": `"x"`,
	}
	for name, line := range map[string]string{
		"half a frame":           `{"jsonrpc":"2.0","id":1,"method":"config/set","params":{"token":"` + secret,
		"text":                   secret,
		"two values":             `{"jsonrpc":"2.0","id":1,"method":"ping"} {}`,
		"invalid UTF-8":          "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":{\"a\":\"\xff" + secret + "\"}}",
		"a lone surrogate":       `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":"\ud800"}}`,
		"a control byte":         "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"pi\x01ng\"}",
		"nested too deep":        `{"jsonrpc":"2.0","id":1,"method":"config/set","params":{"a":` + strings.Repeat(`[{"a":`, 100) + `"]"` + strings.Repeat("}]", 100) + "}}",
		"nested too deep before": `{"params":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + `,"jsonrpc":"2.0","id":"x","method":"config/set"}`,
		"a surrogate as id":      `{"jsonrpc":"2.0","id":"\ud800","method":"ping"}`,
		"deep nesting":           `{"jsonrpc":"2.0","id":1,"method":"ping","params":` + strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_001),
		"deep open brackets":     strings.Repeat("[", 1_000_000),
		"a late mark":            "  \ufeff" + next,
		"a comma too many":       `{"jsonrpc":"2.0","id":1,"method":"ping",}`,
		"a NUL":                  "\x00",
		"wide and two values":    `{"jsonrpc":"2.0","id":123456789012345678901234567890,"method":"ping"} {}`,
		"wide and no name":       `{"id":123456789012345678901234567890,"method"}`,
		"wide and half a frame":  `{"id":123456789012345678901234567890,"method":"` + secret,
	} {
		t.Run(name, func(t *testing.T) {
			answers := talk(t, operations{echo, echo}, options{}, line+"\n"+next+"\n")
			if len(answers) != 2 {
				t.Fatalf("got %d answers, want 2: %q", len(answers), answers)
			}
			id, code, message, _ := outcome(t, answers[0])
			want := "null"
			if known := recovered[name]; known != "" {
				want = known
			}
			if id != want || code != -32700 || !strings.Contains(message, "byte ") {
				t.Errorf("got id %s, code %d, message %q; want %s, -32700, and the byte", id, code, message, want)
			}
			if strings.Contains(answers[0], secret) || len(message) > 2000 {
				t.Errorf("message repeats what was sent: %.200q", message)
			}
			if want := `{"id":"next","jsonrpc":"2.0","result":{}}`; answers[1] != want {
				t.Errorf("next answer: got %s, want %s", answers[1], want)
			}
		})
	}
}

func TestServe_lateByteOrderMark(t *testing.T) {
	const ping = `{"jsonrpc":"2.0","id":1,"method":"ping"}`
	answers := talk(t, operations{echo, echo}, options{}, ping+"\n\ufeff"+ping+"\n")
	if _, code, _, _ := outcome(t, answers[1]); code != -32700 {
		t.Errorf("mark before the second line: got code %d, want -32700", code)
	}
}
