package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"realmconf/schema/meerkat"
)

func TestReference_isCurrent(t *testing.T) {
	want, err := reference(meerkat.New())
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(source, "REFERENCE.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("REFERENCE.md is not what the fields of Config say: run go generate ./schema/meerkat (got %d bytes, want %d)", len(got), len(want))
	}
}

func TestReference_everyKey(t *testing.T) {
	text, err := reference(meerkat.New())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| `port` | integer | `8080` | 0 to 65535 | network | The port that the REST server listens on. |",
		"| `secret` | string | required |  | secret | The secret itself. |",
		"### skills.repositories[], `type = \"git\"`",
		"### tools.mcp_servers[], with `url`",
		"| `env` | map of strings | `{}` |  | exec, secret | Environment variables for the program. |",
		"Older name: `allowlist`.",
		"`open_a_i` is read as `openai`.",
		"| `call_timeout` | string |  | duration-humantime-or-disabled |",
		"| `base_url` | string | `\"\"` | url | network |",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	rows := regexp.MustCompile(`(?m)^\| .*$`).FindAllString(string(text), -1)
	for _, row := range rows {
		if n := strings.Count(strings.ReplaceAll(row, `\|`, ""), "|"); n != 7 {
			t.Errorf("a row of %d cells: %s", n-1, row)
		}
		if strings.HasSuffix(row, "|  |") {
			t.Errorf("a key without a word about it: %s", row)
		}
	}
	if len(rows) < 400 {
		t.Errorf("only %d rows", len(rows))
	}
}
