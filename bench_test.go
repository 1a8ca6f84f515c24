package main

import (
	"bytes"
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
)

// The benchmarks in this file run the built program and talk to it on a pipe.
// Each measures the program and a floor in turn, so that a busy machine slows
// down both, and reports the ratio beside the times. "ns/op" would be the sum of
// the two, and is left out.

// build compiles a package of this module as it is released, without the C library
// and the race detector, or, with "test" and "-c", its test binary. It returns the
// program's file, which has the name that a shell looks for.
func build(tb testing.TB, name, pkg string, arguments ...string) string {
	tb.Helper()
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	file := filepath.Join(tb.TempDir(), name)
	command := exec.Command("go", append(arguments, "-trimpath", "-buildvcs=false", "-o", file, pkg)...)
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

// BenchmarkGet reads a configuration that has not changed, one request at a time
// and 64 in flight. "of-constant" is the speed relative to the same transport
// with a constant reply: at least 0.5 is the goal. "of-echo" is the speed
// relative to a process that only reads and writes lines.
func BenchmarkGet(b *testing.B) {
	realmconf, echo := buildRealmconf(b), build(b, "echo", "./testdata/floor/echo", "build")
	constant := build(b, "constant", "./rpc/internal/mcp", "test", "-c")
	for _, name := range []string{"method, part", "method, whole", "tool, part", "tool, whole"} {
		request := readRequests[name] + "\n"
		server := startProcess(b, exec.Command(realmconf, copyFlags(b)...))
		line, reply := server.warmReply(request)
		lineFile, replyFile := writeTemp(b, line), writeTemp(b, reply)
		constantServer := exec.Command(constant)
		constantServer.Env = append(os.Environ(), "REALMCONF_CONSTANT_REPLY="+replyFile)
		processes := []*process{server, startProcess(b, constantServer), startProcess(b, exec.Command(echo, lineFile))}
		if got, err := tree.DecodeObject([]byte(line)); err != nil || got["error"] != nil {
			b.Fatalf("%s: %v", line, err)
		}
		for _, flight := range []int{1, 64} {
			b.Run(fmt.Sprintf("%s/%d in flight", name, flight), func(b *testing.B) {
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
				b.ReportMetric(0, "ns/op")
				for i, unit := range []string{"ours-µs", "constant-µs", "echo-µs"} {
					b.ReportMetric(float64(took[i].Nanoseconds())/1e3/float64(rounds*requests), unit)
				}
				b.ReportMetric(float64(took[1])/float64(took[0]), "of-constant")
				b.ReportMetric(float64(took[2])/float64(took[0]), "of-echo")
			})
		}
		for _, p := range processes {
			p.stop()
		}
	}
}

// warmReply returns a request's answer, and the reply inside it, once the files
// are old enough for the server to trust their time stamps.
func (p *process) warmReply(request string) (line, reply string) {
	p.tb.Helper()
	for end := time.Now().Add(100 * time.Millisecond); time.Now().Before(end); {
		p.exchange([]byte(request), 1)
	}
	if _, err := io.WriteString(p.in, request); err != nil {
		p.tb.Fatal(err)
	}
	line = string(bytes.Clone(p.readLine()))
	answer, err := tree.DecodeObject([]byte(line))
	if err != nil {
		p.tb.Fatal(err)
	}
	result, _ := answer["result"].(tree.Object)
	if content, ok := result["content"].([]any); ok {
		text, _, _ := tree.Pointer{"0", "text"}.Get(content)
		return line, text.(string)
	}
	return line, string(tree.Append(nil, result))
}

func writeTemp(b *testing.B, text string) string {
	b.Helper()
	name := filepath.Join(b.TempDir(), "reply")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	return name
}

// BenchmarkStart measures from starting the program to its first answer.
// "x-nothing" is that time relative to a Go program that does nothing: at most
// 1.4 is the goal for initialize, and 2 for a read. Most of the difference is
// memory that is touched for the first time: the page faults, counted with
// "perf record -e page-faults -c 1", of that program, of one that only links the
// four libraries, of a server that answers initialize, and of "realmconf get".
//
//	                        nothing  libraries  initialize  get
//	the start of Go             134        145         160  155
//	inits of packages             8         49          79   84
//	stacks that grow              0         19          30   41
//	threads and the kernel       13         10          14   14
//	this module's code            0          0          57  133
//	all                         156        223         340  428
func BenchmarkStart(b *testing.B) {
	realmconf, nothing := buildRealmconf(b), build(b, "nothing", "./testdata/floor/nothing", "build")
	flags := copyFlags(b)
	for name, request := range map[string]string{
		"initialize": `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}`,
		"get":        `{"jsonrpc":"2.0","id":1,"method":"config/get","params":{"path":"/agent"}}`,
	} {
		b.Run(name, func(b *testing.B) {
			var took, floor time.Duration
			for b.Loop() {
				begin := time.Now()
				p := startProcess(b, exec.Command(realmconf, flags...))
				p.exchange([]byte(request+"\n"), 1)
				took += time.Since(begin)
				p.stop()
				begin = time.Now()
				if err := exec.Command(nothing).Run(); err != nil {
					b.Fatal(err)
				}
				floor += time.Since(begin)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(took)/float64(floor), "x-nothing")
			b.ReportMetric(float64(took.Microseconds())/float64(b.N), "ours-µs")
			b.ReportMetric(float64(floor.Microseconds())/float64(b.N), "nothing-µs")
		})
	}
}

// BenchmarkMemory reports the program's memory after its first answer, in the
// middle and at the end of as many requests as there are operations (-benchtime
// 1000000x makes a million), and at its peak. Of 1024 requests one is a durable
// patch; of the others, half read the whole and half a part. Less than 20 MB, and
// no more at the end than in the middle, is the goal. It needs Linux.
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
	b.ReportMetric(peak, "most-MB")
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
// pauses, and 64 in flight. "x-floor" is the time of one relative to a bare loop
// that writes, fsyncs and swaps the same files: at most 1.5 is the goal.
// "x-alone" is how many are done in the time of one when 64 are in flight: at
// least 8 is the goal. "of-floor-64" is their speed relative to 64 runs of the
// bare loop.
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
			b.ReportMetric(one/1e3, "alone-µs")
			b.ReportMetric(floors/1e3, "floor-µs")
			b.ReportMetric(many/1e3, "64-in-flight-µs")
			b.ReportMetric(one/floors, "x-floor")
			b.ReportMetric(one/many, "x-alone")
			b.ReportMetric(floors/many, "of-floor-64")
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
// step of any process. It fails when a step is lost. "x-worst-wait" is the
// longest wait for one step, conflicts included, in medians: less than 50 is the
// goal.
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
	after, _ := counters[0].readNumber()
	if lost := before + int64(b.N) - after; lost != 0 {
		b.Fatalf("%d of %d steps are lost", lost, b.N)
	}
	var waits []time.Duration
	tries := 0
	for _, c := range counters {
		waits = append(waits, c.waits...)
		tries += c.tries
	}
	slices.Sort(waits)
	median, worst := waits[len(waits)/2], waits[len(waits)-1]
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(b.N)/took.Seconds(), "steps/s")
	b.ReportMetric(float64(tries)/float64(b.N), "tries")
	b.ReportMetric(median.Seconds()*1e3, "median-ms")
	b.ReportMetric(worst.Seconds()*1e3, "worst-ms")
	b.ReportMetric(float64(worst)/float64(median), "x-worst-wait")
}

// counter is one of the counting processes.
type counter struct {
	*process
	waits []time.Duration // of each step
	tries int             // of all steps
}

// step counts up once, and tries until it succeeds.
func (c *counter) step() {
	begin := time.Now()
	for {
		c.tries++
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
