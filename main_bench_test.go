package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"realmconf/schema/tree"
)

// The benchmarks of this package are of the program as it is built, spoken to
// on a real pipe. Each measures the program and a floor in turn, so that a busy
// machine slows down both, and reports the ratio beside the times. "ns/op" would
// be the sum of the two, and is left out.

// built compiles the programs that a benchmark needs, by their names: packages
// of this module, or test binaries of them.
func built(b *testing.B, what string, arguments ...string) string {
	b.Helper()
	name := filepath.Join(b.TempDir(), what+".exe")
	command := exec.Command("go", append(arguments, "-o", name)...)
	command.Env = append(os.Environ(), "CGO_ENABLED=0") // the program is pure Go: no C library is loaded
	switch what {
	case "realmconf":
		command.Args = append(command.Args, ".")
	case "constant":
		command.Args = append(command.Args, "./rpc/internal/mcp")
	default:
		command.Args = append(command.Args, "./testdata/floor/"+what)
	}
	if out, err := command.CombinedOutput(); err != nil {
		b.Fatalf("%v: %v\n%s", command.Args, err, out)
	}
	return name
}

func program(b *testing.B) string { return built(b, "realmconf", "build") }

// benchRealm is the flags for a copy of the fixture as realm team.
func benchRealm(b *testing.B) []string {
	b.Helper()
	stateRoot := b.TempDir()
	if err := os.CopyFS(filepath.Join(stateRoot, "team"), os.DirFS(filepath.Join("testdata", "realm"))); err != nil {
		b.Fatal(err)
	}
	return []string{"--realm", "team", "--state-root", stateRoot}
}

// read is the requests of BenchmarkGet: what an editor asks for, what an agent
// asks for, and everything.
var read = map[string]string{
	"method, part":  `{"jsonrpc":"2.0","id":7,"method":"config/get","params":{"path":"/agent"}}`,
	"method, whole": `{"jsonrpc":"2.0","id":7,"method":"config/get"}`,
	"tool, part":    modernCall(`{"path":"/agent"}`),
	"tool, whole":   modernCall(`{}`),
}

func modernCall(arguments string) string {
	return `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"_meta":{` +
		`"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},` +
		`"io.modelcontextprotocol/clientInfo":{"name":"bench","version":"1"}},` +
		`"name":"config_get","arguments":` + arguments + `}}`
}

// BenchmarkGet is reads of a configuration that has not changed, one at a time
// and 64 in flight. "of-constant" is how much of the speed of the same
// transport with a constant reply they have: at least 0.5 is the goal.
// "of-echo" is the same for a process that only reads and writes lines.
func BenchmarkGet(b *testing.B) {
	realmconf, constant, echo := program(b), built(b, "constant", "test", "-c"), built(b, "echo", "build")
	for _, name := range []string{"method, part", "method, whole", "tool, part", "tool, whole"} {
		request := read[name] + "\n"
		ours := startPeer(b, exec.Command(realmconf, benchRealm(b)...))
		line, reply := ours.settledReply(request)
		lines, replies := fileOf(b, line), fileOf(b, reply)
		command := exec.Command(constant)
		command.Env = append(os.Environ(), "REALMCONF_CONSTANT_REPLY="+replies)
		same, least := startPeer(b, command), startPeer(b, exec.Command(echo, lines))
		if got, err := tree.DecodeObject([]byte(line)); err != nil || got["error"] != nil {
			b.Fatalf("%s: %v", line, err)
		}
		for _, flight := range []int{1, 64} {
			b.Run(fmt.Sprintf("%s/%d in flight", name, flight), func(b *testing.B) {
				const requests = 256
				burst := []byte(strings.Repeat(request, flight))
				peers := []*peer{ours, same, least}
				took := make([]time.Duration, len(peers))
				done := 0
				for b.Loop() {
					for i := range peers {
						i = (i + done) % len(peers)
						begin := time.Now()
						for range requests / flight {
							peers[i].ask(burst, flight)
						}
						took[i] += time.Since(begin)
					}
					done++
				}
				b.ReportMetric(0, "ns/op")
				for i, who := range []string{"ours-µs", "constant-µs", "echo-µs"} {
					b.ReportMetric(float64(took[i].Nanoseconds())/1e3/float64(done*requests), who)
				}
				b.ReportMetric(float64(took[1])/float64(took[0]), "of-constant")
				b.ReportMetric(float64(took[2])/float64(took[0]), "of-echo")
			})
		}
		for _, p := range []*peer{ours, same, least} {
			p.end()
		}
	}
}

// settledReply is a request's answer, and what the operation gave for it, once
// the files are old enough to be known by their stamps.
func (p *peer) settledReply(request string) (line, reply string) {
	p.tb.Helper()
	for end := time.Now().Add(100 * time.Millisecond); time.Now().Before(end); {
		p.ask([]byte(request), 1)
	}
	if _, err := io.WriteString(p.in, request); err != nil {
		p.tb.Fatal(err)
	}
	line = string(bytes.Clone(p.line()))
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

func fileOf(b *testing.B, text string) string {
	b.Helper()
	name := filepath.Join(b.TempDir(), "reply")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	return name
}

// BenchmarkStart is how long it takes from starting the program to its first
// answer. "x-nothing" is how many times as long that is as a Go program takes
// that does nothing: at most 1.5 is the goal.
func BenchmarkStart(b *testing.B) {
	realmconf, nothing := program(b), built(b, "nothing", "build")
	flags := benchRealm(b)
	for name, request := range map[string]string{
		"initialize": `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}`,
		"get":        `{"jsonrpc":"2.0","id":1,"method":"config/get","params":{"path":"/agent"}}`,
	} {
		b.Run(name, func(b *testing.B) {
			var ours, floor time.Duration
			for b.Loop() {
				begin := time.Now()
				p := startPeer(b, exec.Command(realmconf, flags...))
				p.ask([]byte(request+"\n"), 1)
				ours += time.Since(begin)
				p.end()
				begin = time.Now()
				if err := exec.Command(nothing).Run(); err != nil {
					b.Fatal(err)
				}
				floor += time.Since(begin)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(ours)/float64(floor), "x-nothing")
			b.ReportMetric(float64(ours.Microseconds())/float64(b.N), "ours-µs")
			b.ReportMetric(float64(floor.Microseconds())/float64(b.N), "nothing-µs")
		})
	}
}
