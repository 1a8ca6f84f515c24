//go:build unix

package schema_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"realmconf/schema"
)

// writeFiles writes files into a new directory.
func writeFiles(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// References lead to files beside the schema, from these to each other, and back.
func TestLoad_files(t *testing.T) {
	dir := writeFiles(t, map[string]string{
		"port.json":       `{"definitions":{"port":{"type":"integer"}}}`,
		"sub/tool.json":   `{"$id":"tool.json","properties":{"port":{"$ref":"../port.json#/definitions/port"},"next":{"$ref":"other.json"}}}`,
		"sub/other.json":  `{"properties":{"tool":{"$ref":"tool.json"}}}`,
		"saved.json":      `{"$id":"https://example.com/schemas/saved.json","type":"boolean"}`,
		"circle-a.json":   `{"$ref":"circle-b.json"}`,
		"circle-b.json":   `{"$ref":"circle-a.json"}`,
		"broken.json":     `{`,
		"no-schema.json":  `5`,
		"with space.json": `{"type":"integer"}`,
	})
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.json"), 0o600); err != nil {
		t.Fatal(err)
	}
	outside := writeFiles(t, map[string]string{"secret.json": `{}`})
	for link, target := range map[string]string{"link.json": filepath.Join(outside, "secret.json"), "near.json": "port.json"} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	for reference, want := range map[string]string{ // the error, or the place of the mistake
		"port.json#/definitions/port":            "/a",
		"./port.json#/definitions/port":          "/a",
		"sub/tool.json#/properties/port":         "/a",
		"https://example.com/schemas/saved.json": "/a",
		"with%20space.json":                      "/a",
		"circle-a.json":                          "",
		"missing.json":                           `refers to the file missing.json, and there is no such file`,
		"https://example.com/missing.json":       `save that as missing.json beside the schema (there is no such file)`,
		"../secret.json":                         "not in the directory of the schema",
		"/etc/passwd":                            "not in the directory of the schema",
		"file:///etc/passwd":                     "save that as passwd there",
		"link.json":                              "it is no regular file",
		"near.json":                              "it is no regular file",
		"pipe.json":                              "it is no regular file",
		"sub":                                    "it is no regular file",
		"broken.json":                            "is not JSON",
		"no-schema.json":                         "a schema is an object, true or false",
		"port.json#/definitions/x":               "there is nothing at port.json#/definitions/x",
	} {
		m, err := schema.Load([]byte(`{"properties":{"a":{"$ref":"`+reference+`"}}}`), schema.LoadOptions{Dir: dir})
		switch isError := strings.Contains(want, " "); {
		case isError && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: got %v, want %s", reference, err, want)
		case !isError && err != nil:
			t.Errorf("%s: got %v", reference, err)
		case !isError:
			got := ""
			for _, i := range m.Check(object(t, `{"a":"x"}`)).Issues.First {
				got += i.Path
			}
			if got != want {
				t.Errorf("%s: got an issue at %q, want %q", reference, got, want)
			}
		}
	}
	m, err := schema.Load([]byte(`{"$ref":"sub/tool.json"}`), schema.LoadOptions{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Check(object(t, `{"next":{"tool":{"next":{"tool":{"port":"x"}}}}}`)).Issues.First; len(got) != 1 || got[0].Path != "/next/tool/next/tool/port" {
		t.Errorf("through files that lead to each other: got %v", got)
	}
	if _, err := schema.Load([]byte(`{}`), schema.LoadOptions{Dir: filepath.Join(dir, "nowhere")}); err == nil {
		t.Error("a directory that is not there: got no error")
	}
	m, err = schema.Load([]byte(`{"properties":{"a":{"$ref":"missing.json#/x"}}}`), schema.LoadOptions{Dir: dir, SkipMissing: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Ignored(); len(got) != 1 || !strings.Contains(got[0], "/properties/a/$ref: it refers to the file missing.json") || !m.Check(object(t, `{"a":1}`)).IsValid() {
		t.Errorf("a missing file that is skipped: got %q", got)
	}
}

// More files than the limit are refused, also if each refers to the next only.
func TestLoad_manyFiles(t *testing.T) {
	files := map[string]string{}
	name := func(i int) string { return strings.Repeat("a", i+1) + ".json" }
	for i := range 120 {
		files[name(i)] = `{"properties":{"next":{"$ref":"` + name(i+1) + `"}}}`
	}
	if _, err := schema.Load([]byte(`{"$ref":"a.json"}`), schema.LoadOptions{Dir: writeFiles(t, files)}); err == nil || !strings.Contains(err.Error(), "more than 100 files") {
		t.Errorf("got %v", err)
	}
}
