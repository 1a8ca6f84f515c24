package tools_test

import (
	"strings"
	"testing"

	"realmconf/runtime/fault"
)

// TestInputSchema_check refuses parameters with a text that says what is allowed.
func TestInputSchema_check(t *testing.T) {
	for _, tt := range []struct{ operation, params, want string }{
		{"get", `{"pth":"/rest"}`, `config/get has no parameter "pth": did you mean "path"?; nothing was done`},
		{"get", `{"generation":1}`, `config/get has no parameter "generation": its parameters are "limit", "offset", "path", "view"; nothing was done`},
		{"get", `{"path":["rest"]}`, `parameter "path" of config/get must be a string, not an array; nothing was done`},
		{"get", `{"view":"default"}`, `parameter "view" of config/get must be one of "resolved", "stored", "effective"; nothing was done`},
		{"get", `{"view":""}`, `parameter "view" of config/get must be one of "resolved", "stored", "effective"; nothing was done`},
		{"history", `{"limit":0}`, `parameter "limit" of config/history must be 1 or more; nothing was done`},
		{"history", `{"limit":101}`, `parameter "limit" of config/history must be 100 or less; nothing was done`},
		{"history", `{"limit":18446744073709551615}`, `parameter "limit" of config/history must be 100 or less; nothing was done`},
		{"history", `{"limit":1.5}`, `parameter "limit" of config/history must be an integer, without a fraction; nothing was done`},
		{"history", `{"limit":1e3}`, `parameter "limit" of config/history must be 100 or less; nothing was done`},
		{"history", `{"limit":"1"}`, `parameter "limit" of config/history must be an integer, not a string; nothing was done`},
		{"history", `{"limit":true}`, `parameter "limit" of config/history must be an integer, not a boolean; nothing was done`},
		{"diff", `{}`, `config/diff needs parameter "from"; nothing was done. from is: The older generation; config_history lists them`},
		{"rollback", `{}`, `config/rollback needs parameter "to"; nothing was done. to is: From config_history`},
		{"rollback", `{"to":1,"dry_run":1}`, `parameter "dry_run" of config/rollback must be a boolean, not an integer; nothing was done`},
		{"patch", `{"patch":{},"reason":"` + strings.Repeat("é", 1001) + `"}`, `parameter "reason" of config/patch must be at most 1000 characters long; nothing was done`},
		{"patch", `{"patch":{},"allow_drop":"/rest"}`, `parameter "allow_drop" of config/patch must be an array, not a string; nothing was done`},
		{"patch", `{"patch":{},"allow_drop":["/rest",7]}`, `/allow_drop/1: must be a JSON Pointer, a string, not an integer; nothing was written`},
		{"patch", `{"patch":{},"allow_drop":[""]}`, `/allow_drop/0: the whole configuration may not go unnamed: name its keys or lists; nothing was written`},
		{"patch", `{"reason":"r"}`, `"reason" is given without patch: put the configuration's sections into patch; nothing was done`},
		{"patch", `{"agnt":{}}`, `"agnt" is neither a parameter of config/patch nor a section of the configuration: did you mean "agent"?; nothing was done`},
		{"patch", `{"zzzzzz":{}}`, `"zzzzzz" is neither a parameter of config/patch nor a section of the configuration; nothing was done`},
		{"patch", `{"dry_run":true,"zzzzzz":{}}`, `"dry_run" is given without patch: put the configuration's sections into patch; nothing was done`},
		{"patch", `{"patch":{},"operations":[]}`, `give exactly one of patch and operations: patch for values, operations for the entries of lists; nothing was done`},
		{"patch", `{"operations":[{"op":"add","path":"/rest"}]}`, `nothing was written`},
		{"set", `{"config":{}}`, `config is {}, which would return every key to its default: send the complete configuration; nothing was written`},
		{"schema", `{"path":"rest"}`, `"rest" must start with "/"`},
	} {
		c := newClient(t)
		_, err := c.method(tt.operation, tt.params)
		if !fault.Is(err, fault.InvalidParams) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s %.60s:\ngot  %v\nwant %s", tt.operation, tt.params, err, tt.want)
		}
	}
}

// TestInputSchema_fromText decodes a tool's arguments only where the schema has
// another type than text, and only whole.
func TestInputSchema_fromText(t *testing.T) {
	for _, tt := range []struct{ tool, args, want string }{ // want "": accepted
		{"history", `{"limit":"1"}`, ""},
		{"history", `{"limit":" 1 "}`, ""},
		{"history", `{"limit":"1.0"}`, "must be an integer, not a string"},
		{"history", `{"limit":"one"}`, "must be an integer, not a string"},
		{"history", `{"limit":"101"}`, "must be 100 or less"},
		{"get", `{"path":"/rest"}`, ""},
		{"get", `{"path":"7"}`, `"7" must start with "/"`},
		{"patch", `{"patch":"{\"rest\":{\"port\":1}}","expected_generation":"0","dry_run":"true"}`, ""},
		{"patch", `{"patch":"[]","expected_generation":0}`, "must be an object, not a string"},
		{"patch", `{"patch":{"rest":"{\"port\":1}"},"expected_generation":0}`, "/rest"},
		{"patch", `{"patch":{},"dry_run":"yes","expected_generation":0}`, "must be a boolean, not a string"},
		{"patch", `{"patch":{"retry":{"max_retries":1}},"allow_drop":"[\"/retry\"]","expected_generation":0}`, ""},
	} {
		_, err := newClient(t).tool(tt.tool, tt.args)
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("%s %s: %v", tt.tool, tt.args, err)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%s %s: got %v, want %q in it", tt.tool, tt.args, err, tt.want)
		}
	}
}
