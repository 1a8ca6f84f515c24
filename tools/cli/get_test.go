package cli

import (
	"strings"
	"testing"

	"realmconf/schema/tree"
)

func TestGet_formats(t *testing.T) {
	const toml, json, indented = "host = \"127.0.0.1\"\nport = 8080\n", "{\"host\":\"127.0.0.1\",\"port\":8080}\n", "{\n  \"host\": \"127.0.0.1\",\n  \"port\": 8080\n}\n"
	for _, tt := range []struct {
		line           string
		pipe, terminal string
	}{
		{"get /rest", json, toml},
		{"get /rest --json", json, indented},
		{"get /rest --format json", json, indented},
		{"get /rest --format toml", toml, toml},
		{"get /rest --format toml --json", json, indented},
		{"get /rest/host", "\"127.0.0.1\"\n", "\"127.0.0.1\"\n"},
		{"get /rest/host -r", "127.0.0.1\n", "127.0.0.1\n"},
		{"get /rest/port -r", "8080\n", "8080\n"},
		{"get /rest -r", json, indented},
		{"get /agent/max_turns", "null\n", "# not set\n"},
		{"get /retry/multiplier", "2.0\n", "2.0\n"},
		{"get /shell/security_patterns", "[]\n", "security_patterns = []\n"},
		{"get /rest --stored", "{}\n", ""},
		{"get --stored", "{\"agent\":{\"model\":\"m\"},\"rest\":{}}\n", "[agent]\nmodel = \"m\"\n\n[rest]\n"},
		{"get /rest/port --with-generation", `{"backend":null,"generation":1,"instance_id":null,"path":"/rest/port","realm_id":null,"value":8080}` + "\n",
			"{\n  \"backend\": null,\n  \"generation\": 1,\n  \"instance_id\": null,\n  \"path\": \"/rest/port\",\n  \"realm_id\": null,\n  \"value\": 8080\n}\n"},
	} {
		for _, terminal := range []Terminal{{}, {Interactive: true, Width: 80}} {
			want := tt.pipe
			if terminal.Interactive {
				want = tt.terminal
			}
			sh := newShell(t, terminal)
			sh.writeText("[agent]\nmodel = \"m\"\n[rest]\n")
			sh.wantRun(0, want, strings.Fields(tt.line)...)
			sh.wantNoStderr()
		}
	}
}

func TestGet_everything(t *testing.T) {
	sh := newShell(t, Terminal{})
	if code := sh.run("get"); code != 0 || !strings.HasPrefix(sh.out.String(), `{"agent":{`) {
		t.Errorf("get: exit %d, %.40q", code, sh.out.String())
	}
	if code := sh.run("get", "--with-generation", "--stored"); code != 0 || !strings.Contains(sh.out.String(), `"config":{}`) {
		t.Errorf("get --with-generation --stored: exit %d, %q", code, sh.out.String())
	}
}

func TestGet_contradictingFlags(t *testing.T) {
	for _, line := range []string{"get --with-generation -r", "get --with-generation --format toml"} {
		sh := newShell(t, Terminal{})
		sh.wantRun(2, "", strings.Fields(line)...)
		sh.wantStderr("realmconf: --with-generation prints JSON: leave the other format out\n", "hint: realmconf help get")
	}
	sh := newShell(t, Terminal{Interactive: true})
	if code := sh.run("get", "/rest", "--with-generation", "--format", "json"); code != 0 {
		t.Errorf("--with-generation --format json: exit %d", code)
	}
}

func TestGet_warnings(t *testing.T) {
	for _, terminal := range []Terminal{{}, {Interactive: true, Width: 60}} {
		sh := newShell(t, terminal)
		sh.writeText("[rest]\nprot = 1\n")
		sh.wantRun(0, "8080\n", "get", "/rest/port")
		sh.wantStderr("realmconf: warning: line 2: /rest/prot: no such key; did you mean /rest/port?\n")
		if code := sh.run("get", "/rest/port", "--with-generation"); code != 0 || !strings.Contains(sh.out.String(), `"warnings"`) {
			t.Errorf("--with-generation: exit %d, %q, want the warnings in it", code, sh.out.String())
		}
		sh.wantNoStderr()
	}
}

func TestWarnReply(t *testing.T) {
	sh := newShell(t, Terminal{})
	sh.session.warnReply(parseObject(t, `{"reconcile_pending":true,"warnings":[{"path":"/a","message":"m"},{"path":"/b","message":"n","line":3,"hint":"do this"}]}`))
	want := "realmconf: warning: another program changed the file, and the change has no generation yet, so that the answer may be from before it; if it stays so, realmconf doctor says why\n" +
		"realmconf: warning: /a: m\nrealmconf: warning: line 3: /b: n; do this\n"
	if sh.stderr.String() != want {
		t.Errorf("got %q, want %q", sh.stderr.String(), want)
	}
}

func TestGet_unknownKey(t *testing.T) {
	sh := newShell(t, Terminal{})
	sh.wantRun(1, "", "get", "/agent/modle")
	sh.wantStderr("did you mean /agent/model?", "hint: realmconf schema /agent lists the keys there")
	sh.wantRun(2, "", "get", "agent/model")
	sh.writeText("broken = sk-secret")
	sh.wantRun(1, "", "get")
	sh.wantStderr("config.toml is not TOML: line 1", "hint: realmconf edit opens the text")
	if strings.Contains(sh.stderr.String(), "sk-secret") {
		t.Errorf("the message quotes the file: %q", sh.stderr.String())
	}
}

func TestEncodeTOML(t *testing.T) {
	for _, tt := range []struct{ path, value, want string }{
		{"", `{"a":1,"b":{"c":"x"}}`, "a = 1\n\n[b]\nc = \"x\"\n"},
		{"/a", `{"b":null,"c":2}`, "c = 2\n"},
		{"/a", `null`, "# not set\n"},
		{"/a/b", `[1,null,2]`, "b = [\n    1,\n    2,\n]\n"},
		{"", `[1]`, "value = [1]\n"},
		{"/a", `[{"x":1,"y":null}]`, "[[a]]\nx = 1\n"},
		{"/a", `true`, "true\n"},
		{"/a", `1.5`, "1.5\n"},
		{"/a", `"it's"`, "\"it's\"\n"},
		{"/a", `{}`, ""},
	} {
		p, err := tree.ParsePointer(tt.path)
		if err != nil {
			t.Fatal(err)
		}
		value, err := tree.Decode([]byte(tt.value))
		if err != nil {
			t.Fatal(err)
		}
		got, err := encodeTOML(p, value)
		if err != nil || string(got) != tt.want {
			t.Errorf("%s at %q: got %q, %v, want %q", tt.value, tt.path, got, err, tt.want)
		}
	}
}

func TestFormat_set(t *testing.T) {
	var f format
	for text, valid := range map[string]bool{"toml": true, "json": true, "": false, "JSON": false, "yaml": false} {
		if err := f.Set(text); (err == nil) != valid || valid && f.String() != text {
			t.Errorf("%q: got %q, %v", text, f.String(), err)
		}
	}
}
