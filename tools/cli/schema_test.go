package cli

import (
	"strings"
	"testing"

	"realmconf/tools/layout"
)

func TestSchema_widths(t *testing.T) {
	for width, want := range map[int]string{
		60: `/rest
  object, risk network
  The address of the REST server.
host  string, default "127.0.0.1", risk network: The address
      that the REST server listens on.
port  integer, default 8080, risk network: The port that the
      REST server listens on.
`,
		20: `/rest
  object, risk
  network
  The address of the
  REST server.
host  string,
  default
  "127.0.0.1", risk
  network
  The address that
  the REST server
  listens on.
port  integer,
  default 8080, risk
  network
  The port that the
  REST server
  listens on.
`,
		0: `/rest
  object, risk network
  The address of the REST server.
host  string, default "127.0.0.1", risk network: The address that the REST server listens on.
port  integer, default 8080, risk network: The port that the REST server listens on.
`,
	} {
		sh := newShell(t, Terminal{Interactive: true, Width: width})
		sh.wantRun(0, want, "schema", "/rest")
	}
}

func TestSchema_depth(t *testing.T) {
	sh := newShell(t, Terminal{Interactive: true, Width: 100})
	sh.wantRun(0, `/hooks/entries/0/runtime
  object, default {"type":"in_process"}, risk exec, secret, network and posture
  What is called.
type  ["in_process","command","http"], risk exec, network and posture: Which sort of thing is
      called.
type command:
  args     array, risk exec and posture: The program's arguments. Absent: none.
    0  string, risk exec and posture
  command  string, risk exec and posture: The program.
  env      object, risk exec, secret and posture: Environment variables for the program. Absent:
           none.
    NAME  string, risk exec, secret and posture
type http:
  headers  object, risk secret and posture: Headers of the call. Absent: none.
    NAME  string, risk secret and posture
  method   string, default "POST", risk network and posture: The method of the call.
  url      string, risk exec, network and posture: The address.
type in_process:
  handler  string, default "noop", risk exec and posture: The name of the handler.
`, "schema", "/hooks/entries/0/runtime", "--depth", "3")
	sh.wantRun(2, "", "schema", "--depth", "5")
	sh.wantStderr("must be 4 or less")
	sh.wantRun(2, "", "schema", "--depth", "2", "--search", "port")
	sh.wantStderr("--depth and --offset are for the keys under a pointer")
}

// No line of a description is wider than the terminal, and no word is lost.
func TestSchema_anyWidth(t *testing.T) {
	words := func(sh *shell) []string { return strings.Fields(strings.ReplaceAll(sh.out.String(), ":", "")) }
	for _, line := range []string{"schema /agent", "schema /hooks/entries/0 --depth 2", "schema --search timeout"} {
		whole := newShell(t, Terminal{Interactive: true})
		whole.run(strings.Fields(line)...)
		for _, width := range []int{30, 40, 57, 80, 132} {
			sh := newShell(t, Terminal{Interactive: true, Width: width})
			sh.run(strings.Fields(line)...)
			for printed := range strings.Lines(sh.out.String()) {
				if layout.Width(strings.TrimSuffix(printed, "\n")) > width || strings.Contains(printed, "…") {
					t.Errorf("%s at %d columns: got the line %q", line, width, printed)
				}
			}
			if got, want := strings.Join(words(sh), ""), strings.Join(words(whole), ""); got != want {
				t.Errorf("%s at %d columns: got %q, want %q", line, width, got, want)
			}
		}
	}
}

func TestPrintSchema(t *testing.T) {
	for _, tt := range []struct{ name, path, schema, want string }{
		{"a value", "/a", `{"type":"integer","default":1,"description":"A number.","x-risk":["exec"]}`, "/a\n  integer, default 1, risk exec\n  A number.\n"},
		{"several types", "/a", `{"type":["string","null"]}`, "/a\n  string or null\n"},
		{"any type", "/a", `{}`, "/a\n  any\n"},
		{"allowed values", "/a", `{"type":"string","enum":["x","y"],"default":"x"}`, "/a\n  [\"x\",\"y\"], default \"x\"\n"},
		{"the sections", "", `{"type":"object","properties":{"b":{"type":"object"},"aa":{"type":"array","description":"A list."}}}`, "aa  array: A list.\nb   object\n"},
		{"a map", "/a", `{"type":"object","additionalProperties":{"type":"string"}}`, "/a\n  object\nNAME  string\n"},
		{"a map with known keys", "/a", `{"type":"object","properties":{"x":{"type":"null"}},"additionalProperties":{"type":"string"}}`, "/a\n  object\nNAME  string\nx     null\n"},
		{"a list", "/a", `{"type":"array","items":{"type":"string"}}`, "/a\n  array\n0  string\n"},
		{"alternatives", "/a", `{"anyOf":[{"type":"string","description":"One."},{"x-when":["kind = x"],"type":"object","properties":{"k":{"type":"boolean"}}}]}`,
			"/a\n  string\n  One.\nwhere kind = x:\n  object\nk  boolean\n"},
		{"branches", "/a", `{"type":"object","x-tag":"kind","x-branches":{"y":{"keys":["n"]},"x":{"keys":["k","l"]}}}`, "/a\n  object\nkind x: [\"k\",\"l\"]\nkind y: [\"n\"]\n"},
		{"branches without a tag", "/a", `{"type":"object","x-branches":{"x":{"keys":["k"]}}}`, "/a\n  object\nkey x: [\"k\"]\n"},
		{"a description with a line break", "/a", `{"type":"string","description":"One\nTwo."}`, "/a\n  string\n  One Two.\n"},
	} {
		sh := newShell(t, Terminal{Interactive: true, Width: 80})
		sh.session.printSchema(tt.path, parseObject(t, tt.schema))
		if sh.out.String() != tt.want {
			t.Errorf("%s:\n got %q\nwant %q", tt.name, sh.out.String(), tt.want)
		}
	}
}

func TestSchema_output(t *testing.T) {
	sh := newShell(t, Terminal{})
	if code := sh.run("schema", "/rest"); code != 0 || !strings.Contains(sh.out.String(), `"path":"/rest"`) || strings.Count(sh.out.String(), "\n") != 1 {
		t.Errorf("in a pipe: exit %d, %q", code, sh.out.String())
	}
	sh.wantRun(0, strings.TrimSpace(string(sh.session.Model.JSON()))+"\n", "schema", "--whole")
	sh.wantRun(2, "", "schema", "--whole", "/rest")
	sh.wantStderr("--whole prints the whole schema: leave the pointer out")
	sh.wantRun(1, "", "schema", "/agent/modle")
	sh.wantStderr("did you mean /agent/model?")
}
