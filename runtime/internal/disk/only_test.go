package disk

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// fileAccess are the functions of the standard library that access a file by its
// path.
var fileAccess = map[string][]string{
	"os": {"Chmod", "Chown", "Chtimes", "Create", "CreateTemp", "DirFS", "Lchown", "Link", "Lstat", "Mkdir", "MkdirAll", "MkdirTemp",
		"Open", "OpenFile", "OpenInRoot", "OpenRoot", "ReadDir", "ReadFile", "Readlink", "Remove", "RemoveAll", "Rename", "Stat",
		"Symlink", "Truncate", "WriteFile"},
	"filepath": {"EvalSymlinks", "Glob", "Walk", "WalkDir"},
	"ioutil":   {"ReadFile", "ReadDir", "WriteFile"},
	"syscall":  {"Open", "Openat", "Stat", "Lstat", "Mkdir", "Rename", "Unlink"},
	"unix":     {"Open", "Openat", "Stat", "Lstat", "Mkdir", "Rename", "Renameat2", "Unlink", "Access", "Statfs"},
}

// exceptions are the accesses in other packages of the program, by file, with the
// reason. None of them opens a file in a realm's directory.
var exceptions = map[string]string{
	"runtime/realm/environment.go":    "resolves the links before a .. in a path that the user gave",
	"runtime/realm/os_unix.go":        "resolves the context root, whose path is the workspace realm's id",
	"runtime/realm/roots.go":          "looks for .rkat above the context root, compares directories, and whether a manifest that may not be read is there; opens nothing",
	"tools/cli/draft.go":              "a text in an editor, in a new directory for temporary files",
	"tools/cli/input.go":              "a file that the user names as an argument",
	"tools/cli/realmcheck.go":         "whether the directory of a flag exists, to explain an error; opens nothing",
	"schema/internal/gen/comments.go": "the generator, which is not part of the program",
	"schema/internal/gen/main.go":     "the generator, which is not part of the program",
}

// This package is the only one that opens a file of a realm.
func TestOnlyThisPackageAccessesFiles(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	used := make(map[string]bool)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		name, relErr := filepath.Rel(root, path)
		name = filepath.ToSlash(name)
		switch {
		case err != nil || relErr != nil:
			return err
		case d.IsDir() && (name == "runtime/internal/disk" || name == "runtime/store/storetest" || name == "testdata" || strings.HasPrefix(d.Name(), ".") && name != "."):
			return filepath.SkipDir // storetest is for tests
		case d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			pkg, ok := selector.X.(*ast.Ident)
			if !ok || !slices.Contains(fileAccess[pkg.Name], selector.Sel.Name) {
				return true
			}
			used[name] = true
			if exceptions[name] == "" {
				t.Errorf("%s uses %s.%s: access a realm's files through package disk, or give the reason in the exceptions", name, pkg.Name, selector.Sel.Name)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range exceptions {
		if !used[name] {
			t.Errorf("%s accesses no file any more: remove the exception", name)
		}
	}
}
