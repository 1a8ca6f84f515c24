package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// BenchmarkMemory is what the program keeps in memory: after its first answer,
// in the middle and at the end of as many requests as there are operations
// (-benchtime 1000000x makes a million), and at the most. Of 1024 requests one is
// a durable patch, half are reads of everything and the others of a part. Less
// than 20 MB, and no more at the end than in the middle, is the goal.
func BenchmarkMemory(b *testing.B) {
	const flight = 64
	p := startPeer(b, exec.Command(program(b), benchRealm(b)...))
	burst := []byte(strings.Repeat(read["method, whole"]+"\n"+read["tool, part"]+"\n", flight/2))
	p.ask(burst, flight)
	rest, _ := p.memory()
	middle := 0.0
	for done := 0; done < b.N; done += flight {
		if done%1024 == 0 {
			p.ask(fmt.Appendf(nil, `{"jsonrpc":"2.0","id":1,"method":"config/patch","params":{"patch":{"agent":{"max_tokens_per_turn":%d}}}}`+"\n", 1+done), 1)
		}
		p.ask(burst, flight)
		if done >= b.N/2 && middle == 0 {
			middle, _ = p.memory()
		}
	}
	end, most := p.memory()
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
	b.ReportMetric(rest, "rest-MB")
	b.ReportMetric(middle, "middle-MB")
	b.ReportMetric(end, "end-MB")
	b.ReportMetric(most, "most-MB")
}

// memory is what the process has in memory now and had at the most, in MB.
func (p *peer) memory() (now, most float64) {
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
			most = kB * 1024 / 1e6
		}
	}
	return now, most
}
