package cli_test

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"realmconf/tools/cli/clitest"
)

// To touch a page of memory for the first time is most of what a start costs. The bounds
// are a fifth above what was counted: more of them means that a start does something that
// no answer needs.
func TestStart_pageFaults(t *testing.T) {
	if runtime.GOARCH != "amd64" || os.Getpagesize() != 4<<10 {
		t.Logf("the bounds are for other pages than those of %s with %d bytes", runtime.GOARCH, os.Getpagesize())
		return
	}
	program := clitest.Program(t)
	stateRoot := t.TempDir()
	if err := os.CopyFS(stateRoot+"/team", os.DirFS("../../testdata/realm")); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		most  int64
		words []string
		stdin string
	}{
		"get":        {most: 410, words: []string{"get", "/rest/port"}},
		"completion": {most: 410, words: []string{"__complete", "get", "/rest/p"}},
		"initialize": {most: 390, stdin: `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{}}}` + "\n"},
	} {
		least := int64(1 << 62)
		for range 3 {
			cmd := exec.Command(program, append([]string{"--realm", "team", "--state-root", stateRoot}, c.words...)...)
			cmd.Stdin = strings.NewReader(c.stdin)
			if out, err := cmd.CombinedOutput(); err != nil || len(out) == 0 {
				t.Fatalf("%s: %v\n%s", name, err, out)
			}
			least = min(least, cmd.ProcessState.SysUsage().(*syscall.Rusage).Minflt)
		}
		if least > c.most {
			t.Errorf("%s: got %d page faults, want at most %d", name, least, c.most)
		}
	}
}
