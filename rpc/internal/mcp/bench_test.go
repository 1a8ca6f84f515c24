package mcp

import (
	"bufio"
	"io"
	"strings"
	"testing"
)

// BenchmarkServe measures requests whose operation costs nothing: one at a time,
// and 64 in flight.
func BenchmarkServe(b *testing.B) {
	for name, flight := range map[string]int{"alone": 1, "64 in flight": 64} {
		b.Run(name, func(b *testing.B) {
			conn := connect(b.Context(), catalogOf(echo, echo), settings{})
			out := bufio.NewReader(conn.out)
			burst := strings.Repeat(`{"jsonrpc":"2.0","id":1,"method":"config/get","params":{"path":"/agent/model"}}`+"\n", flight)
			b.ReportAllocs()
			for b.Loop() {
				go func() { _, _ = io.WriteString(conn.in, burst) }()
				for range flight {
					if _, err := out.ReadSlice('\n'); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.N*flight)/b.Elapsed().Seconds(), "requests/s")
			_ = conn.in.Close()
			<-conn.done
		})
	}
}
