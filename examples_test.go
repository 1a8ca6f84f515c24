package main

import (
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// TestExampleClientsLoseNothing lets the example clients count in one realm at
// the same time: each number is reached once.
func TestExampleClientsLoseNothing(t *testing.T) {
	stateRoot := t.TempDir()
	flags := []string{"--realm", "team", "--state-root", stateRoot}
	python := append([]string{filepath.Join("testdata", "clients", "python", "increment.py"), "10", "/retry/max_retries", "realmconf"}, flags...)
	bash := append([]string{filepath.Join("testdata", "clients", "bash", "increment.sh"), "/retry/max_retries"}, flags...)

	var clients sync.WaitGroup
	var mu sync.Mutex
	reached := map[string]int{}
	run := func(name string, args []string) {
		var stderr strings.Builder
		cmd := exec.Command(name, args...)
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Errorf("%s %q: %v\n%s", name, args, err, stderr.String())
		}
		mu.Lock()
		defer mu.Unlock()
		for _, number := range strings.Fields(string(out)) {
			reached[number]++
		}
	}
	for range 2 {
		clients.Go(func() { run("python3", python) })
		clients.Go(func() {
			for range 5 {
				run("bash", bash)
			}
		})
	}
	clients.Wait()
	const first, last = 4, 33 // from the default 3 on
	for n := first; n <= last; n++ {
		if number := strconv.Itoa(n); reached[number] != 1 {
			t.Errorf("%s was reached %d times, want once", number, reached[number])
		}
	}
	if len(reached) != last-first+1 {
		t.Errorf("%d numbers were reached, want %d", len(reached), last-first+1)
	}
	got, err := exec.Command("realmconf", append([]string{"get", "/retry/max_retries"}, flags...)...).Output()
	if err != nil || string(got) != strconv.Itoa(last)+"\n" {
		t.Errorf("in the end: got %q, %v, want %d", got, err, last)
	}
}
