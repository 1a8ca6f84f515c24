package disk

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// fileAccess are the functions of the standard library and of x/sys that access a
// file by its path, by the path of their package.
var fileAccess = map[string][]string{
	"os": {"Chdir", "Chmod", "Chown", "Chtimes", "CopyFS", "Create", "CreateTemp", "DirFS", "Lchown", "Link", "Lstat", "Mkdir", "MkdirAll", "MkdirTemp",
		"NewFile", "Open", "OpenFile", "OpenInRoot", "OpenRoot", "ReadDir", "ReadFile", "Readlink", "Remove", "RemoveAll", "Rename", "Stat",
		"Symlink", "Truncate", "WriteFile"},
	"path/filepath": {"EvalSymlinks", "Glob", "Walk", "WalkDir"},
	"io/ioutil":     {"ReadDir", "ReadFile", "TempDir", "TempFile", "WriteFile"},
	"syscall": {"Access", "Chmod", "Chown", "CreateFile", "Creat", "Getxattr", "Lchown", "Link", "Listxattr", "Lstat", "Mkdir", "Mkfifo", "Mknod", "Open", "Openat",
		"Readlink", "Rename", "Renameat", "Rmdir", "Setxattr", "Stat", "Statfs", "Symlink", "Truncate", "Unlink", "Unlinkat"},
	"golang.org/x/sys/unix": {"Access", "Chmod", "Chown", "Creat", "Faccessat", "Fchmodat", "Fchownat", "Fstatat", "Getxattr", "Lchown", "Lgetxattr", "Link", "Linkat",
		"Listxattr", "Lstat", "Mkdir", "Mkdirat", "Mkfifo", "Mknod", "Open", "OpenTree", "Openat", "Openat2", "Readlink", "Readlinkat", "Rename", "Renameat",
		"Renameat2", "RenameatxNp", "Rmdir", "Setxattr", "Stat", "Statfs", "Statx", "Symlink", "Symlinkat", "Truncate", "Unlink", "Unlinkat"},
	"golang.org/x/sys/windows": {"CreateDirectory", "CreateFile", "CreateHardLink", "DeleteFile", "GetFileAttributes", "MoveFile", "MoveFileEx", "NtCreateFile",
		"Open", "Rename", "SetFileAttributes"},
}

// exceptions are the accesses in other packages of the program, by file, with the
// functions and the reason. None of them opens a file in a realm's directory.
var exceptions = map[string]struct {
	functions []string
	reason    string
}{
	"runtime/realm/anyfile.go":           {[]string{"os.Lstat"}, "where a file that the user names is, and whether it is a realm's or in a checkout; opens nothing"},
	"runtime/realm/directories.go":       {[]string{"os.Stat"}, "whether the directory of a flag exists, to refuse one that is mistyped; opens nothing"},
	"runtime/realm/environment.go":       {[]string{"path/filepath.EvalSymlinks"}, "resolves the links before a .. in a path that the user gave"},
	"runtime/realm/os_unix.go":           {[]string{"path/filepath.EvalSymlinks"}, "resolves the context root, whose path is the workspace realm's id"},
	"runtime/realm/os_windows.go":        {[]string{"golang.org/x/sys/windows.CreateFile"}, "the same there"},
	"runtime/realm/roots.go":             {[]string{"os.Lstat", "os.Stat"}, "looks for .rkat above the context root, compares directories, and whether a manifest that may not be read is there; opens nothing"},
	"tools/cli/clitest/placement.go":     {[]string{"os.ReadFile"}, "the processors of a benchmark, in /proc"},
	"tools/cli/draft.go":                 {[]string{"os.MkdirTemp", "os.Open", "os.RemoveAll", "os.Stat", "os.WriteFile"}, "a text in an editor, in a new directory for temporary files"},
	"tools/cli/export.go":                {[]string{"os.CreateTemp", "os.Lstat", "os.Remove", "os.Rename"}, "a file that the user names for an exported text"},
	"tools/cli/host.go":                  {[]string{"os.Stat"}, "which project above the working directory has realms; opens nothing"},
	"tools/cli/launch.go":                {[]string{"os.ReadFile", "os.Stat"}, "this program's own file, its links, and the package of npm around it"},
	"tools/cli/initconfiguration.go":     {[]string{"os.Stat"}, "whether the file of --file is there, to say so; opens nothing"},
	"tools/cli/input.go":                 {[]string{"os.Open"}, "a file that the user names as an argument"},
	"tools/cli/model.go":                 {[]string{"os.Open", "os.Stat"}, "a JSON Schema that the user names"},
	"tools/cli/realmcheck.go":            {[]string{"os.Stat"}, "whether the directory of a flag exists, to explain an error; opens nothing"},
	"tools/cli/realmsfile.go":            {[]string{"os.Stat"}, "when the file of --file was changed; opens nothing"},
	"tools/cli/realmtwice.go":            {[]string{"os.Stat"}, "when the configs of a realm that exists twice were changed; opens nothing"},
	"tools/cli/redirect.go":              {[]string{"os.MkdirTemp", "os.RemoveAll", "os.WriteFile"}, "a page that leads a browser to an address, in a new directory for temporary files"},
	"tools/cli/reviewpage.go":            {[]string{"path/filepath.EvalSymlinks"}, "the path of the realm's directory, for a person"},
	"tools/hosts/file.go":                {[]string{"os.OpenRoot", "path/filepath.EvalSymlinks"}, "the settings of a host, in a project or the user's directory"},
	"tools/hosts/place.go":               {[]string{"os.Lstat", "os.Stat"}, "whether a host is installed, and which of its settings exist; opens nothing"},
	"tools/policy/directory.go":          {[]string{"path/filepath.EvalSymlinks"}, "the path of the realm's directory, for a person"},
	"tools/review/find_unix.go":          {[]string{"os.Lstat", "os.Open", "os.Remove"}, "the sockets of questions, in a directory of the user's own"},
	"tools/review/home_linux.go":         {[]string{"os.Open"}, "/etc/passwd, for the user's home directory"},
	"tools/review/places.go":             {[]string{"os.Lstat", "os.Mkdir"}, "the directory of the sockets of questions"},
	"tools/review/socket_unix.go":        {[]string{"os.Chmod", "os.Lstat", "os.Remove"}, "the socket of a question"},
	"tools/review/stream_unix.go":        {[]string{"os.NewFile", "os.Remove", "os.Rename"}, "such a socket, under its name when it listens"},
	"runtime/store/etcd/inspect.go":      {[]string{"os.Stat"}, "who may read the key of a certificate; opens nothing"},
	"runtime/store/etcd/tlsdial/dial.go": {[]string{"path/filepath.EvalSymlinks"}, "the certificates that the flags name, which are often links"},
	"schema/loaddir.go":                  {[]string{"os.OpenRoot"}, "the files beside a JSON Schema that the user names"},
	"schema/internal/gen/comments.go":    {[]string{"path/filepath.Glob"}, "the generator, which is not part of the program"},
	"schema/internal/gen/main.go":        {[]string{"os.WriteFile"}, "the generator, which is not part of the program"},
	"schema/tree/treetest/resident.go":   {[]string{"os.ReadFile", "os.WriteFile"}, "the process's own figures in /proc, for tests"},
	"schema/tree/treetest/dir.go":        {[]string{"os.MkdirTemp", "os.RemoveAll"}, "directories in memory, for tests"},
}

// This package is the only one that opens a file of a realm.
func TestOnlyThisPackageAccessesFiles(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	used := make(map[string][]string) // the functions, by file
	err := filepath.WalkDir(root, func(at string, d fs.DirEntry, err error) error {
		name, relErr := filepath.Rel(root, at)
		name = filepath.ToSlash(name)
		switch {
		case err != nil || relErr != nil:
			return err
		case d.IsDir() && (name == "runtime/internal/disk" || name == "runtime/store/storetest" || name == "testdata" || strings.HasPrefix(d.Name(), ".") && name != "."):
			return filepath.SkipDir // storetest is for tests
		case d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), at, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, function := range fileFunctions(t, name, file) {
			if !slices.Contains(used[name], function) {
				used[name] = append(used[name], function)
			}
			if !slices.Contains(exceptions[name].functions, function) {
				t.Errorf("%s uses %s: access a realm's files through package disk, or give the reason in the exceptions", name, function)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, e := range exceptions {
		for _, function := range e.functions {
			if !slices.Contains(used[name], function) {
				t.Errorf("%s uses %s no more: remove the exception", name, function)
			}
		}
		if e.reason == "" || len(e.functions) == 0 {
			t.Errorf("%s: the exception has no reason or no function", name)
		}
	}
}

func TestFileFunctions(t *testing.T) {
	const source = `package x
import ("os"; files "os"; "io/fs"; unix "golang.org/x/sys/unix")
var open = files.Open
func f(root *os.Root, os2 fs.FS) { os.Stat(""); unix.Openat(0, "", 0, 0); root.Open(""); fs.Stat(os2, ""); os.Getpid() }`
	file, err := parser.ParseFile(token.NewFileSet(), "x.go", source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	got := fileFunctions(t, "x.go", file)
	if want := []string{"os.Open", "os.Stat", "golang.org/x/sys/unix.Openat"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// fileFunctions returns the functions of fileAccess that a file mentions, also as a
// value and under another name of the package.
func fileFunctions(t *testing.T, name string, file *ast.File) []string {
	t.Helper()
	packages := make(map[string]string) // the paths, by the local name
	for _, spec := range file.Imports {
		importPath, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		local := path.Base(importPath)
		if spec.Name != nil {
			local = spec.Name.Name
		}
		if local == "." && fileAccess[importPath] != nil {
			t.Errorf("%s imports %s without a name, which hides its functions", name, importPath)
		}
		packages[local] = importPath
	}
	var list []string
	ast.Inspect(file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		pkg, ok := selector.X.(*ast.Ident)
		if ok && slices.Contains(fileAccess[packages[pkg.Name]], selector.Sel.Name) {
			list = append(list, packages[pkg.Name]+"."+selector.Sel.Name)
		}
		return true
	})
	return list
}
