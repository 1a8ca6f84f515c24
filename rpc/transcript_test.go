package rpc_test

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"realmconf/schema/tree"
)

// TestServe_transcripts repeats the conversations of testdata/wire: config.toml is
// the realm's text at generation 1, config.2.toml at the next, and so on;
// realm.ID.toml is the text of a realm that it may inherit from; client is the input, and server the expected output. Long texts from other packages
// are elided. With UPDATE=1 in the environment the server's side is written.
func TestServe_transcripts(t *testing.T) {
	files, err := filepath.Glob("../testdata/wire/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("got %d transcripts, %v, want some", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var parts struct {
				configs []string
				others  map[string]string
				client  string
				server  *txtar.File
			}
			parts.others = map[string]string{}
			for i, f := range archive.Files {
				other, isOther := strings.CutPrefix(strings.TrimSuffix(f.Name, ".toml"), "realm.")
				isConfig, _ := path.Match("config*.toml", f.Name)
				switch {
				case isConfig:
					parts.configs = append(parts.configs, string(f.Data))
				case isOther:
					parts.others[other] = string(f.Data)
				case f.Name == "client":
					parts.client = string(f.Data)
				case f.Name == "server":
					parts.server = &archive.Files[i]
				default:
					t.Fatalf("file %q: want config.toml, client and server", f.Name)
				}
			}
			got := elide(converse(t, parts.configs, parts.others, parts.client))
			if os.Getenv("UPDATE") != "" {
				if parts.server == nil {
					archive.Files = append(archive.Files, txtar.File{Name: "server"})
					parts.server = &archive.Files[len(archive.Files)-1]
				}
				parts.server.Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if parts.server == nil {
				t.Fatal("there is no server file: run the test with UPDATE=1 and read what it wrote")
			}
			if diff := cmp.Diff(strings.Split(string(parts.server.Data), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("answers (-want +got):\n%s", diff)
			}
		})
	}
}

// elide shortens the parts that have tests of their own: texts, schemas and the
// list of the operations, and whole configurations; and the random parts.
func elide(answers string) string {
	lines := strings.SplitAfter(answers, "\n")
	for i, line := range lines {
		if frame, err := tree.Decode([]byte(line)); err == nil && elideIn(frame) {
			lines[i] = string(tree.Append(nil, frame)) + "\n"
		}
	}
	return strings.Join(lines, "")
}

func elideIn(v any) (elided bool) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			elided = elideIn(e) || elided
		}
	case tree.Object:
		if v["method"] == "elicitation/create" && v["id"] != nil {
			v["id"], elided = "…", true
		}
		for name, member := range v {
			if short, ok := elision(name, member); ok {
				v[name], elided = short, true
			}
			elided = elideIn(v[name]) || elided
		}
	}
	return elided
}

// elision returns the short form of a member.
func elision(name string, v any) (short any, ok bool) {
	text, _ := v.(string)
	list, _ := v.([]any)
	before, _, enumerates := strings.Cut(text, ": there are config/")
	switch {
	case slices.Contains([]string{"inputSchema", "outputSchema", "config", "methods", "instructions", "description", "requestState"}, name):
		return "…", true
	case name == "tools" && len(list) > 1:
		return list[:1], true
	case name == "text" && (len(text) > 1000 || strings.Contains(text, "commit_id")):
		return text[:20] + "…", true
	case name == "message" && enumerates:
		return before + ": there are …", true
	default:
		return nil, false
	}
}
