package treetest

import (
	"flag"
	"os"
	"runtime/debug"
	"testing"
)

// Main runs the tests of a package, as its TestMain, and ends the process.
//
// It collects garbage less often than a program does, except for benchmarks: tests make
// much of it and keep little, and take up to a third less of processor time. And of the
// tests that call Parallel, which mostly wait, up to eight run at the same time, however
// few processors there are.
func Main(m *testing.M) {
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	flag.Parse() // -parallel comes first
	if flag.Lookup("test.bench").Value.String() == "" {
		debug.SetGCPercent(400)
	}
	os.Exit(m.Run())
}
