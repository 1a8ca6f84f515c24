// Package clitest builds the program for tests that run it as its users do.
package clitest

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// Program returns the file of the program, whose name is realmconf. It is built as it
// is released, without the C library and the race detector, and without symbols, which
// saves a third of the linker's work. It has the paths of its sources, which a release
// has not: without them each package would be compiled once more than go test does.
//
// The go command keeps the program in its cache, so the test binaries of all packages
// share one: go.mod lists the program as a tool for that. Nothing may write to the file.
func Program(tb testing.TB) string {
	tb.Helper()
	path, err := program()
	if err != nil {
		tb.Fatal(err)
	}
	return path
}

// program asks the go command once for each test binary: it takes as much processor time
// as twenty starts of the program to look at all sources.
var program = sync.OnceValues(func() (string, error) {
	cmd := exec.Command("go", "tool", "-n", "realmconf")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS="+os.Getenv("GOFLAGS")+" -buildvcs=false '-ldflags=-s -w'")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	path, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%v: %w\n%s", cmd.Args, err, stderr.String())
	}
	return strings.TrimSpace(string(path)), nil
})
