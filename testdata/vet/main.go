// Vet reports for other systems what go vet reports, without compiling anything for them:
// go vet compiles the standard library and all others first, which takes minutes with an
// empty cache. Here they are only read, and not the bodies of their functions.
//
// Usage: go run ./testdata/vet darwin windows
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/analysis/passes/appends"
	"golang.org/x/tools/go/analysis/passes/assign"
	"golang.org/x/tools/go/analysis/passes/atomic"
	"golang.org/x/tools/go/analysis/passes/bools"
	"golang.org/x/tools/go/analysis/passes/buildtag"
	"golang.org/x/tools/go/analysis/passes/composite"
	"golang.org/x/tools/go/analysis/passes/copylock"
	"golang.org/x/tools/go/analysis/passes/defers"
	"golang.org/x/tools/go/analysis/passes/directive"
	"golang.org/x/tools/go/analysis/passes/errorsas"
	"golang.org/x/tools/go/analysis/passes/hostport"
	"golang.org/x/tools/go/analysis/passes/httpresponse"
	"golang.org/x/tools/go/analysis/passes/ifaceassert"
	"golang.org/x/tools/go/analysis/passes/loopclosure"
	"golang.org/x/tools/go/analysis/passes/lostcancel"
	"golang.org/x/tools/go/analysis/passes/nilfunc"
	"golang.org/x/tools/go/analysis/passes/printf"
	"golang.org/x/tools/go/analysis/passes/shift"
	"golang.org/x/tools/go/analysis/passes/sigchanyzer"
	"golang.org/x/tools/go/analysis/passes/slog"
	"golang.org/x/tools/go/analysis/passes/stdmethods"
	"golang.org/x/tools/go/analysis/passes/stringintconv"
	"golang.org/x/tools/go/analysis/passes/structtag"
	"golang.org/x/tools/go/analysis/passes/testinggoroutine"
	"golang.org/x/tools/go/analysis/passes/tests"
	"golang.org/x/tools/go/analysis/passes/timeformat"
	"golang.org/x/tools/go/analysis/passes/unmarshal"
	"golang.org/x/tools/go/analysis/passes/unreachable"
	"golang.org/x/tools/go/analysis/passes/unsafeptr"
	"golang.org/x/tools/go/analysis/passes/unusedresult"
	"golang.org/x/tools/go/analysis/passes/waitgroup"
	"golang.org/x/tools/go/packages"
)

// analyzers are those of go vet, apart from those of assembly and C, which this module
// does not have.
var analyzers = []*analysis.Analyzer{
	appends.Analyzer,
	assign.Analyzer,
	atomic.Analyzer,
	bools.Analyzer,
	buildtag.Analyzer,
	composite.Analyzer,
	copylock.Analyzer,
	defers.Analyzer,
	directive.Analyzer,
	errorsas.Analyzer,
	hostport.Analyzer,
	httpresponse.Analyzer,
	ifaceassert.Analyzer,
	loopclosure.Analyzer,
	lostcancel.Analyzer,
	nilfunc.Analyzer,
	printf.Analyzer,
	shift.Analyzer,
	sigchanyzer.Analyzer,
	slog.Analyzer,
	stdmethods.Analyzer,
	stringintconv.Analyzer,
	structtag.Analyzer,
	testinggoroutine.Analyzer,
	tests.Analyzer,
	timeformat.Analyzer,
	unmarshal.Analyzer,
	unreachable.Analyzer,
	unsafeptr.Analyzer,
	unusedresult.Analyzer,
	waitgroup.Analyzer,
}

func main() {
	found := false
	for _, system := range os.Args[1:] {
		some, err := check(system)
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", system, err)
		}
		found = found || some || err != nil
	}
	if found {
		os.Exit(1)
	}
}

// check prints the problems of all packages and tests of this module on one system, and
// reports whether there are any.
func check(system string) (found bool, err error) {
	module, err := filepath.Abs(".")
	if err != nil {
		return false, err
	}
	loaded, err := packages.Load(&packages.Config{
		Mode:  packages.LoadAllSyntax | packages.NeedModule,
		Env:   append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0"),
		Tests: true,
		ParseFile: func(files *token.FileSet, name string, text []byte) (*ast.File, error) {
			if strings.HasPrefix(name, module+string(filepath.Separator)) {
				return parser.ParseFile(files, name, text, parser.ParseComments|parser.SkipObjectResolution)
			}
			file, err := parser.ParseFile(files, name, text, parser.SkipObjectResolution)
			if file != nil {
				removeBodies(file)
			}
			return file, err
		},
	}, "./...")
	if err != nil {
		return false, err
	}
	packages.Visit(loaded, nil, func(p *packages.Package) {
		if p.Module != nil && p.Module.Main && !strings.HasSuffix(p.PkgPath, ".test") {
			for _, problem := range p.Errors {
				fmt.Printf("%s: %v\n", system, problem)
				found = true
			}
		}
		p.IllTyped = false // libraries are, without the bodies of their functions
	})
	if found {
		return true, nil
	}
	graph, err := checker.Analyze(analyzers, loaded, nil)
	if err != nil {
		return false, err
	}
	for _, action := range graph.Roots {
		if action.Err != nil {
			return false, action.Err
		}
		for _, problem := range action.Diagnostics {
			fmt.Printf("%s: %v: %s\n", system, action.Package.Fset.Position(problem.Pos), problem.Message)
			found = true
		}
	}
	return found, nil
}

// removeBodies leaves of the functions of a library only their types.
func removeBodies(file *ast.File) {
	for _, decl := range file.Decls {
		if f, isFunction := decl.(*ast.FuncDecl); isFunction {
			f.Body = nil
		}
	}
}
