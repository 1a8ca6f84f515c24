package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"realmconf/runtime/store/storetest"
	"realmconf/schema/tree"
	"realmconf/tools/cli/clitest"
)

// The benchmarks in this file run the built program and talk to it on a pipe.
// Each measures the program and a floor in turn, so that a busy machine slows
// down both, and reports the ratio and its goal beside the times; testdata/benchtable
// makes a table of them. "ns/op" would be the sum of the two, and is left out.

// build compiles a package of this module as it is released, without the C library
// and the race detector, or, with "test" and "-c", its test binary. It returns the
// program's file, which has the name that a shell looks for.
func build(tb testing.TB, name, pkg string, arguments ...string) string {
	tb.Helper()
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	file := filepath.Join(tb.TempDir(), name)
	command := exec.Command("go", append(arguments, "-buildvcs=false", "-o", file, pkg)...)
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := command.CombinedOutput(); err != nil {
		tb.Fatalf("%v: %v\n%s", command.Args, err, out)
	}
	return file
}

func buildRealmconf(tb testing.TB) string { return build(tb, "realmconf", ".", "build") }

// copyFlags returns the flags for a copy of the example realm.
func copyFlags(b *testing.B) []string {
	b.Helper()
	stateRoot, _ := copyRealm(b)
	return []string{"--realm", "team", "--state-root", stateRoot}
}

// readRequests are the reads that are measured: of a part or the whole, as an
// editor asks (a method) and as an agent asks (a tool).
var readRequests = map[string]string{
	"method, part":  `{"jsonrpc":"2.0","id":7,"method":"config/get","params":{"path":"/agent"}}`,
	"method, whole": `{"jsonrpc":"2.0","id":7,"method":"config/get"}`,
	"tool, part":    getTool(`{"path":"/agent"}`),
	"tool, whole":   getTool(`{}`),
}

func getTool(arguments string) string {
	return `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"_meta":{` +
		`"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},` +
		`"io.modelcontextprotocol/clientInfo":{"name":"bench","version":"1"}},` +
		`"name":"config_get","arguments":` + arguments + `}}`
}

// goal is a row of the table that testdata/benchtable prints. The prefix distinguishes
// the rows of one benchmark.
type goal struct {
	prefix  string
	unit    string // of the program's figure and the floor's
	ratio   float64
	atLeast bool // otherwise at most
}

// report reports a row: the program's figure, that of the floor, which may be 0 for none,
// and their ratio.
func (g goal) report(b *testing.B, measured, floor, ratio float64) {
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(measured, g.prefix+"measured-"+g.unit)
	if floor > 0 {
		b.ReportMetric(floor, g.prefix+"floor-"+g.unit)
	}
	b.ReportMetric(ratio, g.prefix+"ratio")
	bound := "at-most"
	if g.atLeast {
		bound = "at-least"
	}
	b.ReportMetric(g.ratio, g.prefix+bound)
}

// BenchmarkGet reads a configuration that has not changed, one request at a time
// and 64 in flight, on one processor and on two: clitest.Placement says why. The floor is
// a process that only reads and writes lines.
func BenchmarkGet(b *testing.B) {
	realmconf, echo := buildRealmconf(b), build(b, "echo", "./testdata/floor/echo", "build")
	for _, name := range []string{"method, part", "method, whole", "tool, part", "tool, whole"} {
		request := readRequests[name] + "\n"
		server := startProcess(b, exec.Command(realmconf, copyFlags(b)...))
		line := server.warmReply(request)
		processes := []*process{server, startProcess(b, exec.Command(echo, writeTemp(b, line)))}
		for flight, most := range map[int]float64{1: 2.5, 64: 5} {
			for _, where := range clitest.Placements() {
				b.Run(fmt.Sprintf("%s/%d in flight%s", name, flight, where.Name), func(b *testing.B) {
					where.Apply(b, server.command, processes[1].command)
					const requests = 256
					burst := []byte(strings.Repeat(request, flight))
					took := make([]time.Duration, len(processes))
					rounds := 0
					for b.Loop() {
						for i := range processes {
							i = (i + rounds) % len(processes)
							begin := time.Now()
							for range requests / flight {
								processes[i].exchange(burst, flight)
							}
							took[i] += time.Since(begin)
						}
						rounds++
					}
					micros := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 / float64(rounds*requests) }
					goal{unit: "µs", ratio: most}.report(b, micros(took[0]), micros(took[1]), float64(took[0])/float64(took[1]))
				})
			}
		}
		for _, p := range processes {
			p.stop()
		}
	}
}

// warmReply returns a request's answer, once the files are old enough for the server to
// trust their time stamps.
func (p *process) warmReply(request string) string {
	p.tb.Helper()
	for end := time.Now().Add(100 * time.Millisecond); time.Now().Before(end); {
		p.exchange([]byte(request), 1)
	}
	if _, err := io.WriteString(p.in, request); err != nil {
		p.tb.Fatal(err)
	}
	line := string(bytes.Clone(p.readLine()))
	if answer, err := tree.DecodeObject([]byte(line)); err != nil || answer["error"] != nil {
		p.tb.Fatalf("%s: %v", line, err)
	}
	return line
}

func writeTemp(b *testing.B, text string) string {
	b.Helper()
	name := filepath.Join(b.TempDir(), "reply")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	return name
}

// startCommands are the commands whose start is measured: the words before and after the
// flags that select the realm.
var startCommands = map[string][]string{
	"get":        {"get", "/rest/port"},
	"completion": {"__complete", "get", "/rest/p"},
}

// copyProgram copies a program in one piece. Linux has it in its memory in long pieces
// then, as a program that was read from the disk. A file that the linker has just written,
// or tar, is there page by page, and each start takes a fifth longer.
func copyProgram(b *testing.B, file string) string {
	b.Helper()
	text, err := os.ReadFile(file)
	if err := cmp.Or(err, os.WriteFile(file+"-copy", text, 0o700)); err != nil {
		b.Fatal(err)
	}
	return file + "-copy"
}

// BenchmarkStart measures from starting the program to its first answer, and whole
// runs of two commands: get, and the one that a shell runs for the Tab key.
// The floor is a Go program that does nothing. Most of the difference is
// memory that is touched for the first time: runtime/README.md counts the page faults.
func BenchmarkStart(b *testing.B) {
	realmconf, nothing := copyProgram(b, buildRealmconf(b)), copyProgram(b, build(b, "nothing", "./testdata/floor/nothing", "build"))
	flags := copyFlags(b)
	answer := func(request string) func(b *testing.B) time.Duration {
		return func(b *testing.B) time.Duration {
			begin := time.Now()
			p := startProcess(b, exec.Command(realmconf, flags...))
			p.exchange([]byte(request+"\n"), 1)
			took := time.Since(begin)
			p.stop()
			return took
		}
	}
	run := func(words []string) func(b *testing.B) time.Duration {
		return func(b *testing.B) time.Duration {
			begin := time.Now()
			out, err := exec.Command(realmconf, slices.Concat(words[:1], flags, words[1:])...).CombinedOutput()
			took := time.Since(begin)
			if err != nil || len(out) == 0 {
				b.Fatalf("%v: %s", err, out)
			}
			return took
		}
	}
	for _, start := range []struct {
		name string
		most float64
		time func(b *testing.B) time.Duration
	}{
		{"initialize", 1.4, answer(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}`)},
		{"get", 2, answer(`{"jsonrpc":"2.0","id":1,"method":"config/get","params":{"path":"/agent"}}`)},
		{"command get", 2, run(startCommands["get"])},
		{"completion", 3, run(startCommands["completion"])},
	} {
		b.Run(start.name, func(b *testing.B) {
			var took, floor time.Duration
			for b.Loop() {
				took += start.time(b)
				begin := time.Now()
				if err := exec.Command(nothing).Run(); err != nil {
					b.Fatal(err)
				}
				floor += time.Since(begin)
			}
			n := float64(b.N)
			goal{unit: "µs", ratio: start.most}.report(b, float64(took.Microseconds())/n, float64(floor.Microseconds())/n, float64(took)/float64(floor))
		})
	}
}

// BenchmarkMemory reports the program's memory after its first answer, in the
// middle and at the end of as many requests as there are operations (-benchtime
// 1000000x makes a million), and at its peak. Of 1024 requests one is a durable
// patch; of the others, half read the whole and half a part. The goal is for the
// peak, in place of a ratio. It needs Linux.
func BenchmarkMemory(b *testing.B) {
	const flight = 64
	p := startProcess(b, exec.Command(buildRealmconf(b), copyFlags(b)...))
	burst := []byte(strings.Repeat(readRequests["method, whole"]+"\n"+readRequests["tool, part"]+"\n", flight/2))
	p.exchange(burst, flight)
	rest, _ := p.memory()
	middle := 0.0
	for done := 0; done < b.N; done += flight {
		if done%1024 == 0 {
			p.exchange(writeRequest("patch", nil, int64(1+done)), 1)
		}
		p.exchange(burst, flight)
		if done >= b.N/2 && middle == 0 {
			middle, _ = p.memory()
		}
	}
	end, peak := p.memory()
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
	b.ReportMetric(rest, "rest-MB")
	b.ReportMetric(middle, "middle-MB")
	b.ReportMetric(end, "end-MB")
	goal{unit: "MB", ratio: 17}.report(b, peak, 0, peak)
}

// memory returns the resident memory of the process in MB, now and at its peak.
func (p *process) memory() (now, peak float64) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	if err != nil {
		p.tb.Fatal(err)
	}
	for line := range bytes.Lines(status) {
		name, value, _ := strings.Cut(string(line), ":")
		kB, _ := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
		switch name {
		case "VmRSS":
			now = kB * 1024 / 1e6
		case "VmHWM":
			peak = kB * 1024 / 1e6
		}
	}
	return now, peak
}

// BenchmarkWrite makes durable changes on a real disk: one after the other with
// pauses, and 64 in flight. The floor of one is a bare loop that writes, fsyncs and
// swaps the same files. For 64 in flight the ratio is how many are done in the time of
// one alone.
func BenchmarkWrite(b *testing.B) {
	realmconf := buildRealmconf(b)
	for _, how := range []string{"patch", "set"} {
		b.Run(how, func(b *testing.B) {
			const (
				flight = 64
				pause  = 10 * time.Millisecond // after each of the two, and in neither
			)
			server := startProcess(b, exec.Command(realmconf, copyFlags(b)...))
			config, _, _ := tree.Pointer{"result", "config"}.Get(server.call(readRequests["method, whole"] + "\n"))
			n := int64(100)
			next := func() []byte {
				n++
				return writeRequest(how, config.(tree.Object), n)
			}
			floor, err := storetest.NewFloor(b.TempDir())
			if err != nil {
				b.Fatal(err)
			}
			text := []byte(strings.Repeat("# a comment of some length\nkey = 1\n", 85)) // as long as the example
			server.exchange(next(), 1)
			if err := floor.Commit(text); err != nil {
				b.Fatal(err)
			}

			var alone, bare, together time.Duration
			for b.Loop() {
				for range 8 {
					request := next()
					begin := time.Now()
					server.exchange(request, 1)
					took := time.Since(begin)
					<-time.After(pause)
					middle := time.Now()
					if err := floor.Commit(text); err != nil {
						b.Fatal(err)
					}
					alone += took
					bare += time.Since(middle)
					<-time.After(pause)
				}
				var burst []byte
				for range flight {
					burst = append(burst, next()...)
				}
				begin := time.Now()
				server.exchange(burst, flight)
				together += time.Since(begin)
			}
			if got, _ := server.readNumber(); got != n {
				b.Fatalf("the last value is %v, want %d: a write failed", got, n)
			}
			b.ReportMetric(0, "ns/op")
			one, floors, many := float64(alone)/float64(8*b.N), float64(bare)/float64(8*b.N), float64(together)/float64(flight*b.N)
			goal{prefix: "alone-", unit: "µs", ratio: 1.4}.report(b, one/1e3, floors/1e3, one/floors)
			goal{prefix: "64-", unit: "µs", ratio: 10, atLeast: true}.report(b, many/1e3, one/1e3, one/many)
		})
	}
}

// writeRequest returns a request that changes one number.
func writeRequest(how string, config tree.Object, n int64) []byte {
	params := tree.Object{"patch": tree.Object{"agent": tree.Object{"max_tokens_per_turn": n}}}
	if how == "set" {
		config["agent"].(tree.Object)["max_tokens_per_turn"] = n
		params = tree.Object{"config": config}
	}
	return append(tree.Append(nil, tree.Object{"jsonrpc": "2.0", "id": n, "method": "config/" + how, "params": params}), '\n')
}

// readNumber returns the number that writeRequest changes, and its generation.
func (p *process) readNumber() (value, generation int64) {
	answer := p.call(`{"jsonrpc":"2.0","id":1,"method":"config/get","params":{"path":"/agent/max_tokens_per_turn"}}` + "\n")
	result, _ := answer["result"].(tree.Object)
	value, _ = result["value"].(int64)
	generation, _ = result["generation"].(int64)
	return value, generation
}

// BenchmarkRace lets eight processes count up one number in one realm: each reads
// it and writes the next with the generation that it read. One operation is one
// step of any process. It fails when a step is lost. One goal is for the steps in a
// second, in place of a ratio, with those of one of the processes alone as the floor;
// one for the longest wait for one step, conflicts included, relative to the median; and
// one for the attempts at a step, which do not depend on the machine: each step causes
// one conflict, that of the process that comes next.
func BenchmarkRace(b *testing.B) {
	const processes = 8
	realmconf, flags := buildRealmconf(b), copyFlags(b)
	counters := make([]*counter, processes)
	for i := range counters {
		counters[i] = &counter{process: startProcess(b, exec.Command(realmconf, flags...))}
		counters[i].readNumber() // started, and warm
	}
	const before = 1000
	counters[0].exchange(writeRequest("patch", nil, before), 1)
	var left atomic.Int64
	left.Store(int64(b.N))
	b.ResetTimer() // to build the program takes longer than many steps
	begin := time.Now()
	var wg sync.WaitGroup
	for _, c := range counters {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				c.step()
			}
		})
	}
	wg.Wait()
	took := time.Since(begin)
	b.StopTimer()
	after, _ := counters[0].readNumber()
	if lost := before + int64(b.N) - after; lost != 0 {
		b.Fatalf("%d of %d steps are lost", lost, b.N)
	}
	var waits []time.Duration
	attempts := 0
	for _, c := range counters {
		waits = append(waits, c.waits...)
		attempts += c.attempts
	}
	const stepsAlone = 64
	begin = time.Now()
	for range stepsAlone {
		counters[0].step()
	}
	alone := stepsAlone / time.Since(begin).Seconds()
	slices.Sort(waits)
	median, worst := waits[len(waits)/2], waits[len(waits)-1]
	steps := float64(b.N) / took.Seconds()
	goal{prefix: "steps-", unit: "steps/s", ratio: 150, atLeast: true}.report(b, steps, alone, steps)
	goal{prefix: "worst-wait-", unit: "ms", ratio: 6}.report(b, worst.Seconds()*1e3, median.Seconds()*1e3, float64(worst)/float64(median))
	each := float64(attempts) / float64(b.N)
	goal{prefix: "attempts-", unit: "attempts", ratio: 2.2}.report(b, each, 0, each)
}

// counter is one of the counting processes.
type counter struct {
	*process
	waits    []time.Duration // of each step
	attempts int             // of all steps
}

// step counts up once, and tries until it succeeds.
func (c *counter) step() {
	begin := time.Now()
	for {
		c.attempts++
		value, expected := c.readNumber()
		answer := c.call(fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"config/patch","params":{"patch":{"agent":{"max_tokens_per_turn":%d}},"expected_generation":%d}}`+"\n",
			value+1, expected))
		if answer["error"] == nil {
			break
		}
		if kind, _, _ := (tree.Pointer{"error", "data", "kind"}).Get(answer); kind != "generation_conflict" {
			c.tb.Errorf("a step was refused: %s", tree.Append(nil, answer))
			return
		}
	}
	c.waits = append(c.waits, time.Since(begin))
}
