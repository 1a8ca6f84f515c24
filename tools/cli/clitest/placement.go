package clitest

import (
	"os"
	"os/exec"
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
	all             string // of those that the benchmark may use
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
	return []Placement{{", one processor", first, first, list}, {", two processors", first, second, list}}
})

// Apply moves the benchmark and running programs to their processors until the benchmark
// ends. All threads of the benchmark move: one that reads a pipe for another would need
// another processor to be woken for it, in a program that answers late enough, and not in
// one that answers early.
func (p Placement) Apply(tb testing.TB, programs ...*exec.Cmd) {
	tb.Helper()
	if p.Name == "" {
		return
	}
	move := func(processors string, pid int) {
		if out, err := exec.Command("taskset", "--all-tasks", "--cpu-list", "--pid", processors, strconv.Itoa(pid)).CombinedOutput(); err != nil {
			tb.Fatalf("taskset %s: %v: %s", processors, err, out)
		}
	}
	move(p.driver, os.Getpid())
	tb.Cleanup(func() { move(p.all, os.Getpid()) })
	for _, program := range programs {
		move(p.program, program.Process.Pid)
	}
}
