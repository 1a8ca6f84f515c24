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

// TestServe_transcripts repeats the conversations of testdata/wire. With UPDATE=1 in the
// environment the server's side is written.
func TestServe_transcripts(t *testing.T) {
	for _, f := range wireFiles(t) {
		switch {
		case f.schema != "":
			t.Run(f.name(), func(t *testing.T) { f.compare(t, converseAboutFile(t, f.configs, f.schema, f.client)) })
		case len(f.flags) == 0:
			t.Run(f.name(), func(t *testing.T) { f.compare(t, converse(t, f.configs, f.others, f.client)) })
		}
	}
}

// wireFile is a conversation of testdata/wire. Its files: config.toml is the realm's text
// at generation 1, config.2.toml at the next, and so on; realm.ID.toml is the text of a
// realm that it may inherit from; with schema.json the configuration is that of any file,
// under this schema; flags are those of the server, one a line; client is the
// input, and server the expected output. Long texts from other packages are elided.
type wireFile struct {
	path    string
	archive *txtar.Archive

	configs []string
	others  map[string]string
	schema  string
	flags   []string
	client  string
	server  *txtar.File // nil if there is none
}

// wireFiles reads the conversations.
func wireFiles(t *testing.T) []*wireFile {
	t.Helper()
	paths, err := filepath.Glob("../testdata/wire/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("got %d transcripts, %v, want some", len(paths), err)
	}
	var all []*wireFile
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		w := &wireFile{path: path, archive: archive, others: map[string]string{}}
		for i, f := range archive.Files {
			if !w.read(f.Name, string(f.Data), &archive.Files[i]) {
				t.Fatalf("%s has a file %q: want config.toml, flags, client and server", path, f.Name)
			}
		}
		all = append(all, w)
	}
	return all
}

// read takes one of the files, and reports whether it has a place.
func (w *wireFile) read(name, text string, file *txtar.File) bool {
	other, isOther := strings.CutPrefix(strings.TrimSuffix(name, ".toml"), "realm.")
	isConfig, _ := path.Match("config*.toml", name)
	switch {
	case isConfig:
		w.configs = append(w.configs, text)
	case isOther:
		w.others[other] = text
	case name == "schema.json":
		w.schema = text
	case name == "flags":
		w.flags = strings.Fields(text)
	case name == "client":
		w.client = text
	case name == "server":
		w.server = file
	default:
		return false
	}
	return true
}

func (w *wireFile) name() string { return strings.TrimSuffix(filepath.Base(w.path), ".txtar") }

// compare compares the output with the expected one, or writes that.
func (w *wireFile) compare(t *testing.T, output string) {
	t.Helper()
	got := elide(output)
	if os.Getenv("UPDATE") != "" {
		if w.server == nil {
			w.archive.Files = append(w.archive.Files, txtar.File{Name: "server"})
			w.server = &w.archive.Files[len(w.archive.Files)-1]
		}
		w.server.Data = []byte(got)
		if err := os.WriteFile(w.path, txtar.Format(w.archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if w.server == nil {
		t.Fatal("there is no server file: run the test with UPDATE=1 and read what it wrote")
	}
	if diff := cmp.Diff(strings.Split(string(w.server.Data), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
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
	case slices.Contains([]string{"at", "commit_id", "digest", "pid", "time", "io.realmconf/nonce"}, name) && v != nil:
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
