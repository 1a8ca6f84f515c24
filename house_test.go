package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "realmconf"

// mayImport is the house: each room, and the rooms that its code may name.
// Rooms that are not listed may not exist. "/..." stands for the room and
// everything inside it.
var mayImport = map[string][]string{
	".":                         {"rpc", "tools/...", "runtime/...", "schema/..."},
	"rpc":                       {"rpc/internal/...", "tools", "runtime/...", "schema/..."},
	"rpc/internal/frame":        {},
	"rpc/internal/conn":         {"rpc/internal/frame", "runtime/fault", "schema/tree"},
	"rpc/internal/mcp":          {"rpc/internal/conn", "rpc/internal/frame", "tools/...", "runtime/...", "schema/..."},
	"tools":                     {"tools/policy", "runtime/...", "schema/..."},
	"tools/policy":              {"runtime/...", "schema/..."},
	"tools/cli":                 {"tools", "tools/policy", "runtime/...", "schema/..."},
	"runtime":                   {"runtime/document", "runtime/store", "runtime/fault", "schema", "schema/tree"},
	"runtime/fault":             {"schema/tree"},
	"runtime/document":          {"schema/tree"},
	"runtime/realm":             {"runtime/store/...", "runtime/internal/...", "runtime/fault"},
	"runtime/store":             {"runtime/fault"},
	"runtime/store/file":        {"runtime/store", "runtime/internal/...", "runtime/fault"},
	"runtime/store/memory":      {"runtime/store", "runtime/fault"},
	"runtime/store/storetest":   {"runtime/store", "runtime/fault"},
	"runtime/internal/disk":     {"runtime/fault"},
	"runtime/internal/filelock": {"runtime/internal/disk", "runtime/fault"},
	"schema":                    {"schema/tree"},
	"schema/meerkat":            {"schema", "schema/tree"},
	"schema/tree":               {},
	"schema/internal/gen":       {"schema/..."},
}

// TestImportDirection keeps main → rpc → tools → runtime → schema.
func TestImportDirection(t *testing.T) {
	eachGoFile(t, func(file string, imports []string) {
		room := path.Dir(file)
		allowed, exists := mayImport[room]
		if !exists {
			t.Errorf("%s: there is no room %s in this house", file, room)
			return
		}
		for _, imported := range imports {
			inside, ours := strings.CutPrefix(imported, module+"/")
			if ours && !allows(allowed, inside) {
				t.Errorf("%s imports %s: %s may import only %v", file, inside, room, allowed)
			}
		}
	})
}

// TestGeneratorAloneLinksInvopop keeps the schema generator's library, and the
// YAML library that comes with it, out of the server.
func TestGeneratorAloneLinksInvopop(t *testing.T) {
	seen := false
	eachGoFile(t, func(file string, imports []string) {
		if slices.Contains(imports, "github.com/invopop/jsonschema") {
			seen = true
			if path.Dir(file) != "schema/internal/gen" {
				t.Errorf("%s imports the schema generator's library", file)
			}
		}
	})
	if !seen {
		t.Error("nobody imports github.com/invopop/jsonschema: is the schema still generated?")
	}
}

// TestNoSchemaLibraryAtRunTime keeps the JSON Schema library to the tests, where
// it is what our validator is compared with: it reads the meta-schemas of five
// drafts whenever a program starts that links it.
func TestNoSchemaLibraryAtRunTime(t *testing.T) {
	eachGoFile(t, func(file string, imports []string) {
		if slices.Contains(imports, "github.com/santhosh-tekuri/jsonschema/v6") {
			t.Errorf("%s imports a JSON Schema library", file)
		}
	})
}

// TestTopLevel keeps the entrance tidy.
func TestTopLevel(t *testing.T) {
	expected := []string{
		"CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "go.mod", "go.sum",
		"main.go", "rpc", "runtime", "schema", "testdata", "tools",
	}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") || strings.HasSuffix(name, "_test.go") || name == "realmconf" {
			continue // dot-files, tests, and the built binary
		}
		got = append(got, name)
	}
	if !slices.Equal(got, expected) {
		t.Errorf("top level: got %v, want %v", got, expected)
	}
}

// TestFileLength keeps every file short enough to be read at a sitting.
func TestFileLength(t *testing.T) {
	const most = 450
	walkGo(t, true, func(file string) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(text), "\n"); n > most {
			t.Errorf("%s: %d lines, want at most %d", file, n, most)
		}
	})
}

func allows(allowed []string, room string) bool {
	for _, a := range allowed {
		tree, isTree := strings.CutSuffix(a, "/...")
		if a == room || isTree && (room == tree || strings.HasPrefix(room, tree+"/")) {
			return true
		}
	}
	return false
}

// eachGoFile visits the source files that are not tests, with their imports.
func eachGoFile(t *testing.T, visit func(file string, imports []string)) {
	t.Helper()
	walkGo(t, false, func(file string) {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		var imports []string
		for _, spec := range f.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			imports = append(imports, name)
		}
		visit(filepath.ToSlash(file), imports)
	})
}

func walkGo(t *testing.T, tests bool, visit func(file string)) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(".", func(file string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && (e.Name() == "testdata" || file != "." && strings.HasPrefix(e.Name(), ".")):
			return filepath.SkipDir
		case e.IsDir() || !strings.HasSuffix(file, ".go") || !tests && strings.HasSuffix(file, "_test.go"):
			return nil
		}
		files++
		visit(file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files == 0 {
		t.Fatal("no Go file was found")
	}
}
