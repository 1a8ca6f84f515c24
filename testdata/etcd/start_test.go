package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// withoutEtcd replaces the two files that link the client of etcd by ones that do not.
const withoutEtcd = `package realm

import "realmconf/runtime/store"

// IsShared reports false: this program knows no shared realm.
func (s Selection) IsShared() bool { return false }

func (s Selection) checkShared() error { return nil }

func openShared(Selection, int) (store.Store, error) { panic("no store") }
`

const initialize = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}` + "\n"

// BenchmarkStart compares the start of the program, up to its first answer with a realm
// in a directory, with that of one from which the client of etcd is left out, and TLS
// with neither: "times" of at most 1.05 is the goal. The page faults and what the inits
// of packages take are counted, too, because they depend less on a busy machine.
//
//	                 page faults  packages with inits
//	without etcd             355                   55
//	with its client          354                   56
//	and with TLS             391                   80
func BenchmarkStart(b *testing.B) {
	programs := []*started{
		buildStarted(b, "without", "-overlay", overlay(b)),
		buildStarted(b, "etcd"),
		buildStarted(b, "tls", "-tags", "etcds"),
	}
	rounds := 0
	for b.Loop() {
		for i := range programs {
			programs[(i+rounds)%len(programs)].start(b)
		}
		rounds++
	}
	b.ReportMetric(0, "ns/op")
	for _, p := range programs {
		count, µs := p.inits(b)
		b.ReportMetric(float64(p.faults)/float64(rounds), p.name+"-faults")
		b.ReportMetric(float64(count), p.name+"-inits")
		b.ReportMetric(µs, p.name+"-inits-µs")
		b.ReportMetric(float64(p.took)/float64(programs[0].took), p.name+"-times")
	}
}

// overlay returns the file of an overlay for go build that leaves the client out.
func overlay(b *testing.B) string {
	b.Helper()
	dir, err := filepath.Abs(filepath.Join("..", "..", "runtime", "realm"))
	if err != nil {
		b.Fatal(err)
	}
	temp := b.TempDir()
	without, empty, file := filepath.Join(temp, "without.go"), filepath.Join(temp, "empty.go"), filepath.Join(temp, "overlay.json")
	list, err := json.Marshal(map[string]any{"Replace": map[string]string{
		filepath.Join(dir, "shared.go"): without, filepath.Join(dir, "dialplain.go"): empty,
	}})
	if err != nil {
		b.Fatal(err)
	}
	for name, text := range map[string]string{without: withoutEtcd, empty: "package realm\n", file: string(list)} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	return file
}

// started is a program that is started many times.
type started struct {
	name, path, root string
	took             time.Duration // of all starts, up to the first answer
	faults           int64
}

func buildStarted(b *testing.B, name string, flags ...string) *started {
	b.Helper()
	p := &started{name: name, path: filepath.Join(b.TempDir(), "realmconf"), root: b.TempDir()}
	build := exec.Command("go", append(append([]string{"build"}, flags...), "-o", p.path, ".")...)
	build.Dir = filepath.Join("..", "..")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%s: %v\n%s", name, err, out)
	}
	return p
}

func (p *started) command() *exec.Cmd {
	return exec.Command(p.path, "--realm", "team", "--state-root", p.root)
}

// start starts the program, and waits for an answer.
func (p *started) start(b *testing.B) {
	b.Helper()
	begin := time.Now()
	cmd := p.command()
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	if _, err := io.WriteString(in, initialize); err != nil {
		b.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		b.Fatal(err)
	}
	p.took += time.Since(begin)
	in.Close()
	if err := cmd.Wait(); err != nil {
		b.Fatal(err)
	}
	p.faults += cmd.ProcessState.SysUsage().(*syscall.Rusage).Minflt
}

// inits returns how many packages have inits, and how long these take: the least of
// several starts.
func (p *started) inits(b *testing.B) (count int, µs float64) {
	b.Helper()
	for range 10 {
		cmd := p.command()
		cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
		var trace bytes.Buffer
		cmd.Stderr = &trace
		if err := cmd.Run(); err != nil {
			b.Fatal(err)
		}
		n, total := 0, 0.0
		for line := range strings.Lines(trace.String()) {
			words := strings.Fields(line) // init fmt @0.5 ms, 0.002 ms clock, …
			if len(words) < 5 || words[0] != "init" {
				continue
			}
			ms, err := strconv.ParseFloat(words[4], 64)
			if err != nil {
				b.Fatal(fmt.Errorf("%q: %w", line, err))
			}
			n++
			total += ms * 1000
		}
		if count == 0 || total < µs {
			count, µs = n, total
		}
	}
	return count, µs
}
