package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// imports lists every package with the packages of this module that its code
// imports, tests aside: CONTRIBUTING.md has the drawing of it. A package that is
// not listed may not exist.
var imports = map[string][]string{
	".":                                 {"rpc", "runtime", "runtime/fault", "runtime/realm", "schema", "schema/meerkat", "tools", "tools/cli", "tools/policy", "tools/review"},
	"rpc":                               {"rpc/internal/conn", "rpc/internal/mcp", "rpc/internal/stack", "tools/review"},
	"rpc/internal/frame":                {},
	"rpc/internal/stack":                {}, // imports nothing, so that it is initialized first
	"rpc/internal/conn":                 {"rpc/internal/frame", "rpc/internal/stack", "runtime/fault", "schema/tree"},
	"rpc/internal/mcp":                  {"rpc/internal/conn", "rpc/internal/frame", "runtime", "runtime/fault", "runtime/store", "schema/tree", "tools", "tools/policy", "tools/review", "tools/review/page"},
	"tools":                             {"runtime", "runtime/document", "runtime/fault", "runtime/store", "schema", "schema/tree", "tools/policy", "tools/review"},
	"tools/layout":                      {"schema/tree"},
	"tools/policy":                      {"runtime", "runtime/fault", "runtime/store", "schema", "schema/tree", "tools/layout"},
	"tools/review":                      {"runtime/fault", "runtime/store", "schema/tree", "tools/policy"},
	"tools/review/page":                 {},
	"tools/review/web":                  {"runtime/fault", "schema/tree", "tools/review/page"},
	"tools/cli":                         {"runtime", "runtime/document", "runtime/fault", "runtime/mirror", "runtime/realm", "runtime/store", "runtime/store/file", "schema", "schema/tree", "tools", "tools/hosts", "tools/layout", "tools/policy", "tools/review", "tools/review/web"},
	"tools/cli/clitest":                 {},
	"tools/hosts":                       {"runtime/document", "runtime/fault", "schema/tree"},
	"runtime":                           {"runtime/document", "runtime/fault", "runtime/internal/heap", "runtime/store", "schema", "schema/tree"},
	"runtime/fault":                     {"schema/tree"},
	"runtime/document":                  {"schema/tree"},
	"runtime/realm":                     {"runtime/fault", "runtime/internal/disk", "runtime/internal/filelock", "runtime/store", "runtime/store/etcd", "runtime/store/etcd/tlsdial", "runtime/store/file", "schema/meerkat/realmid", "schema/tree"},
	"runtime/mirror":                    {"runtime/document", "runtime/fault", "runtime/store", "schema", "schema/tree"},
	"runtime/store":                     {"runtime/fault"},
	"runtime/store/file":                {"runtime/fault", "runtime/internal/disk", "runtime/internal/filelock", "runtime/store", "runtime/store/internal/recordline", "schema/tree"},
	"runtime/store/etcd":                {"runtime/fault", "runtime/store", "runtime/store/etcd/internal/grpc", "runtime/store/internal/recordline"},
	"runtime/store/etcd/tlsdial":        {"runtime/fault", "runtime/internal/disk", "runtime/store/etcd"},
	"runtime/store/etcd/internal/grpc":  {},
	"runtime/store/internal/recordline": {"runtime/fault", "runtime/store"},
	"runtime/store/memory":              {"runtime/fault", "runtime/store"},
	"runtime/store/storetest":           {"runtime/fault", "runtime/store"},
	"runtime/internal/disk":             {"runtime/fault"},
	"runtime/internal/heap":             {},
	"runtime/internal/filelock":         {"runtime/fault", "runtime/internal/disk"},
	"schema":                            {"schema/internal/jsonschema", "schema/tree"},
	"schema/internal/jsonschema":        {"schema/internal/ecma", "schema/tree"},
	"schema/internal/ecma":              {},
	"schema/meerkat":                    {"schema", "schema/meerkat/compose", "schema/meerkat/realmid", "schema/tree"},
	"schema/meerkat/compose":            {"schema", "schema/meerkat/realmid", "schema/tree"},
	"schema/meerkat/realmid":            {},
	"schema/tree":                       {},
	"schema/tree/treetest":              {"schema/tree"},
	"schema/internal/gen":               {"schema", "schema/meerkat"},
}

// users lists every library with the packages that import it.
var users = map[string][]string{
	"github.com/BurntSushi/toml":               {"runtime/document"},
	"github.com/fsnotify/fsnotify":             {"runtime/store/file"},
	"github.com/google/go-cmp/cmp":             {"runtime/store/storetest"},
	"github.com/google/go-cmp/cmp/cmpopts":     {"runtime/store/storetest"},
	"github.com/google/uuid":                   {"runtime", "runtime/internal/filelock", "runtime/mirror", "runtime/realm", "runtime/store/file", "runtime/store/storetest"},
	"github.com/invopop/jsonschema":            {"schema/internal/gen"}, // it brings a YAML library
	"github.com/pelletier/go-toml/v2/unstable": {"runtime/document"},
	"github.com/rogpeppe/go-internal/diff":     {"tools/layout"},
	"github.com/sourcegraph/jsonrpc2":          {"rpc/internal/conn"},
	"golang.org/x/net/http2/hpack":             {"runtime/store/etcd/internal/grpc"},
	"github.com/tailscale/hujson":              {"tools/hosts"},
	"golang.org/x/sys/unix":                    {"runtime/internal/disk", "runtime/internal/heap", "runtime/store/storetest", "tools/cli", "tools/review"},
	"golang.org/x/sys/windows":                 {"runtime/fault", "runtime/internal/disk", "runtime/realm", "tools/cli"},
}

// TestHouse checks the rules that hold for every Go file.
func TestHouse(t *testing.T) {
	files := sourceFiles(t)
	for name, check := range map[string]func(*testing.T, []sourceFile){
		"imports":      checkImports,
		"documented":   checkDocumented,
		"length":       checkLength,
		"doc comments": checkDocComments,
		"habits":       checkHabits,
	} {
		t.Run(name, func(t *testing.T) { check(t, files) })
	}
}

// checkImports compares the imports of each package with the two lists.
func checkImports(t *testing.T, files []sourceFile) {
	module := modulePath(t)
	got, gotUsers := map[string][]string{}, map[string][]string{}
	add := func(m map[string][]string, key, value string) {
		if !slices.Contains(m[key], value) {
			m[key] = append(m[key], value)
		}
	}
	for _, f := range files {
		if _, listed := imports[f.pkg]; !listed {
			t.Errorf("%s: the package %s is not in the list", f.name, f.pkg)
		}
		if f.isTest {
			continue
		}
		for _, imported := range f.imports(t) {
			if pkg, inModule := strings.CutPrefix(imported, module+"/"); inModule {
				add(got, f.pkg, pkg)
			} else if strings.Contains(imported, ".") {
				add(gotUsers, imported, f.pkg)
			}
		}
	}
	compare := func(what string, got, want map[string][]string) {
		for key := range want {
			got[key] = slices.Clip(got[key]) // compares it, too, if it has no imports
		}
		for key, list := range got {
			if slices.Sort(list); !slices.Equal(list, want[key]) {
				t.Errorf("%s %s:\n got %v\nwant %v", key, what, list, want[key])
			}
		}
	}
	compare("imports", got, imports)
	compare("is imported by", gotUsers, users)
}

// checkDocumented compares the packages and their imports with CONTRIBUTING.md: each
// package has a row in its table, and its drawing begins with what main.go imports.
func checkDocumented(t *testing.T, _ []sourceFile) {
	text, err := os.ReadFile("CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	for pkg := range imports {
		if pkg != "." && !bytes.Contains(text, []byte("\n| `"+pkg+"/` | ")) {
			t.Errorf("CONTRIBUTING.md: no row for %s", pkg)
		}
	}
	_, drawing, _ := strings.Cut(string(text), "what it wires: ")
	drawing, _, _ = strings.Cut(drawing, "\n\n")
	drawn := strings.FieldsFunc(drawing, func(r rune) bool { return strings.ContainsRune(" \n,", r) })
	slices.Sort(drawn)
	if !slices.Equal(drawn, imports["."]) {
		t.Errorf("CONTRIBUTING.md: main.go imports %v, want %v", drawn, imports["."])
	}
}

// TestLinkedPackages compares the libraries that are compiled into the program
// with a list, and the packages of this module with all but those for tests and
// for programs that embed the runtime. Of the standard library, packages that cost
// start-up time or open a network connection stay out.
func TestLinkedPackages(t *testing.T) {
	want := []string{
		"github.com/BurntSushi/toml",
		"github.com/BurntSushi/toml/internal",
		"github.com/fsnotify/fsnotify",
		"github.com/fsnotify/fsnotify/internal",
		"github.com/google/uuid",
		"github.com/pelletier/go-toml/v2/internal/parserbridge",
		"github.com/pelletier/go-toml/v2/unstable",
		"github.com/rogpeppe/go-internal/diff",
		"github.com/sourcegraph/jsonrpc2",
		"github.com/tailscale/hujson",
		"golang.org/x/net/http2/hpack",
		"golang.org/x/sys/unix",
	}
	notLinked := []string{"runtime/store/etcd/tlsdial", "runtime/store/memory", "runtime/store/storetest", "schema/internal/gen", "schema/tree/treetest", "tools/cli/clitest"}
	unwanted := []string{"crypto/tls", "encoding/gob", "go/ast", "html/template", "net/http", "regexp", "runtime/metrics", "testing", "text/template"}
	list := exec.Command("go", "list", "-deps", "-f", "{{if .Standard}}std{{else}}{{.Module.Path}}{{end}} {{.ImportPath}}", ".")
	list.Env = append(os.Environ(), "GOOS=linux")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	module, linked := modulePath(t), map[string]bool{}
	for line := range strings.Lines(string(out)) {
		from, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		if from == "std" && slices.Contains(unwanted, name) {
			t.Errorf("the program links %s", name)
		}
		linked[name] = true
		if from != "std" && from != module {
			got = append(got, name)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("linked libraries:\n got %q\nwant %q", got, want)
	}
	for _, name := range goFiles(t) {
		pkg := path.Dir(name)
		isLinked := pkg == "." || linked[module+"/"+pkg]
		if isExpected := !slices.Contains(notLinked, pkg); !isTest(name) && isLinked != isExpected {
			t.Errorf("%s is linked into the program: %v, want %v", name, isLinked, isExpected)
		}
	}
}

// TestTopLevel allows at the top level the given entries, dot-files, the built
// program, and five files of tests.
func TestTopLevel(t *testing.T) {
	want := []string{
		"CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "SECURITY.md",
		"go.mod", "go.sum", "main.go", "rpc", "runtime", "schema", "testdata", "tools",
	}
	const mostTests = 5
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var got, tests []string
	for _, e := range entries {
		switch name := e.Name(); {
		case strings.HasSuffix(name, "_test.go"):
			tests = append(tests, name)
		case strings.HasPrefix(name, "."), name == "realmconf", name == "realmconf.exe":
		default:
			got = append(got, name)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("top level: got %v, want %v", got, want)
	}
	if len(tests) > mostTests {
		t.Errorf("top level: %d files of tests, want at most %d: %v", len(tests), mostTests, tests)
	}
}

// checkLength keeps every file that a person writes short enough to be read in
// one go.
func checkLength(t *testing.T, files []sourceFile) {
	const most = 450
	for _, f := range files {
		isGenerated := bytes.HasPrefix(f.text, []byte("// Code generated"))
		if n := bytes.Count(f.text, []byte("\n")); n > most && !isGenerated {
			t.Errorf("%s: %d lines, want at most %d", f.name, n, most)
		}
	}
}

// checkDocComments wants a doc comment at every package and at every exported
// constant, variable, type, function and method.
func checkDocComments(t *testing.T, files []sourceFile) {
	documented := map[string]bool{}
	for _, f := range files {
		if f.isTest {
			continue
		}
		documented[f.pkg] = documented[f.pkg] || f.syntax.Doc != nil
		for _, decl := range f.syntax.Decls {
			for _, name := range undocumented(decl) {
				t.Errorf("%s: %s has no doc comment", f.name, name)
			}
		}
	}
	for pkg, ok := range documented {
		if !ok {
			t.Errorf("%s: no file has a package comment", pkg)
		}
	}
}

// undocumented returns the exported names of a declaration without a comment. A
// comment on a group of constants or variables counts for all of them.
func undocumented(decl ast.Decl) []string {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		if decl.Name.IsExported() && decl.Doc == nil && hasExportedReceiver(decl) {
			return []string{decl.Name.Name}
		}
	case *ast.GenDecl:
		var names []string
		for _, spec := range decl.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				if spec.Name.IsExported() && spec.Doc == nil && (decl.Lparen.IsValid() || decl.Doc == nil) {
					names = append(names, spec.Name.Name)
				}
			case *ast.ValueSpec:
				for _, name := range spec.Names {
					if name.IsExported() && spec.Doc == nil && spec.Comment == nil && decl.Doc == nil {
						names = append(names, name.Name)
					}
				}
			}
		}
		return names
	}
	return nil
}

// hasExportedReceiver is true for a function, and for a method of an exported
// type.
func hasExportedReceiver(decl *ast.FuncDecl) bool {
	if decl.Recv == nil {
		return true
	}
	receiver := decl.Recv.List[0].Type
	for {
		switch r := receiver.(type) {
		case *ast.StarExpr:
			receiver = r.X
		case *ast.IndexExpr:
			receiver = r.X
		case *ast.IndexListExpr:
			receiver = r.X
		case *ast.Ident:
			return r.IsExported()
		default:
			return true
		}
	}
}

// checkHabits refuses reminders in comments, tests that skip themselves, and tests
// that sleep on the real clock: under testing/synctest, sleeping is exact and
// takes no time.
func checkHabits(t *testing.T, files []sourceFile) {
	for _, f := range files {
		for _, group := range f.syntax.Comments {
			for _, mark := range []string{"TO" + "DO", "FIX" + "ME"} {
				if strings.Contains(group.Text(), mark) {
					t.Errorf("%s: a comment says %s: do it, or describe the limit", f.position(group.Pos()), mark)
				}
			}
		}
		if !f.isTest {
			continue
		}
		hasFakeClock := slices.Contains(f.imports(t), "testing/synctest")
		ast.Inspect(f.syntax, func(node ast.Node) bool {
			selector, ok := node.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			from, _ := selector.X.(*ast.Ident)
			switch name := selector.Sel.Name; {
			case name == "Skip", name == "Skipf", name == "SkipNow":
				t.Errorf("%s: a test skips itself: use a build constraint, or test less", f.position(node.Pos()))
			case name == "Sleep" && from != nil && from.Name == "time" && !hasFakeClock:
				t.Errorf("%s: a test sleeps on the real clock: wait for an event, or use testing/synctest", f.position(node.Pos()))
			}
			return true
		})
	}
}

// sourceFile is one Go file of the tree, parsed.
type sourceFile struct {
	name, pkg string // with slashes, from the top of the tree
	isTest    bool
	text      []byte
	syntax    *ast.File
	set       *token.FileSet
}

func (f sourceFile) imports(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, spec := range f.syntax.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

func (f sourceFile) position(pos token.Pos) token.Position { return f.set.Position(pos) }

// sourceFiles parses every Go file of the tree.
func sourceFiles(t *testing.T) []sourceFile {
	t.Helper()
	var files []sourceFile
	set := token.NewFileSet()
	for _, name := range goFiles(t) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		syntax, err := parser.ParseFile(set, name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, sourceFile{name: name, pkg: path.Dir(name), isTest: isTest(name), text: text, syntax: syntax, set: set})
	}
	return files
}

// goFiles returns the names of the Go files of the tree, with slashes, but of those
// under testdata and in directories whose name starts with a dot.
func goFiles(t *testing.T) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && (e.Name() == "testdata" || name != "." && strings.HasPrefix(e.Name(), ".")):
			return filepath.SkipDir
		case !e.IsDir() && strings.HasSuffix(name, ".go"):
			names = append(names, filepath.ToSlash(name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(names) == 0 {
		t.Fatal("no Go file was found")
	}
	return names
}

func isTest(name string) bool { return strings.HasSuffix(name, "_test.go") }

// modulePath returns the module's name.
func modulePath(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimPrefix(line, "module ")
}
