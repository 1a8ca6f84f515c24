package clitest

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Placement is where a benchmark and the programs that it measures run.
//
// Left to itself, the kernel decides that from run to run, and not the same for two
// programs in one run: it lets one of them run where its driver has just gone to sleep,
// and wakes another processor for the other, which takes several times as long as a
// request. So config/get, one at a time, took 0.5 times as long as an echo in one run, and
// 4.1 times in the next part of it; with both on one processor it was 1.8 to 2.3 times.
type Placement struct {
	Name            string // the end of the benchmark's name; empty if the kernel decides
	driver, program string // numbers of processors
}

// Placements returns two placements, everything on one processor and the programs on
// another than the benchmark, or one that leaves it to the kernel if there are not two
// processors or no taskset, a command of Linux.
var Placements = sync.OnceValue(func() []Placement {
	status, _ := os.ReadFile("/proc/self/status")
	_, list, _ := strings.Cut(string(status), "\nCpus_allowed_list:\t")
	list, _, _ = strings.Cut(list, "\n")
	processors := strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == '-' }) // as in "0-3,8"
	if _, err := exec.LookPath("taskset"); err != nil || len(processors) < 2 {
		return []Placement{{}}
	}
	first, second := processors[0], processors[1]
	return []Placement{{", one processor", first, first}, {", two processors", first, second}}
})

// Apply moves the calling goroutine and running programs to their processors. The
// goroutine keeps its thread, which ends with it.
func (p Placement) Apply(tb testing.TB, programs ...*exec.Cmd) {
	tb.Helper()
	if p.Name == "" {
		return
	}
	runtime.LockOSThread()
	thread, err := os.Readlink("/proc/thread-self")
	if err != nil {
		tb.Fatal(err)
	}
	move := func(arguments ...string) {
		if out, err := exec.Command("taskset", append([]string{"--cpu-list", "--pid"}, arguments...)...).CombinedOutput(); err != nil {
			tb.Fatalf("taskset %v: %v: %s", arguments, err, out)
		}
	}
	move(p.driver, filepath.Base(thread))
	for _, program := range programs {
		move("--all-tasks", p.program, strconv.Itoa(program.Process.Pid))
	}
}
