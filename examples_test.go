package main

import (
	"os"
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

// TestTheScriptRefusesWhatItCannotIncrement gives the script no key, and keys
// that hold no integer.
func TestTheScriptRefusesWhatItCannotIncrement(t *testing.T) {
	script := filepath.Join("testdata", "clients", "bash", "increment.sh")
	stateRoot := t.TempDir()
	flags := []string{"--realm", "team", "--state-root", stateRoot}
	for _, test := range []struct {
		args   []string
		code   int
		stderr string
	}{
		{nil, 2, "usage: increment.sh POINTER"},
		{append([]string{"/retry/multiplier"}, flags...), 1, "/retry/multiplier holds no integer"},
		{append([]string{"/rest/host"}, flags...), 1, "/rest/host holds no integer"},
		{append([]string{"/rest"}, flags...), 1, "/rest holds no integer"},
	} {
		cmd := exec.Command("bash", append([]string{script}, test.args...)...)
		var stderr strings.Builder
		cmd.Stderr = &stderr
		_ = cmd.Run()
		if got := cmd.ProcessState.ExitCode(); got != test.code || !strings.Contains(stderr.String(), test.stderr) {
			t.Errorf("%v: exit %d, want %d; %s", test.args, got, test.code, stderr.String())
		}
	}
	if left, err := os.ReadDir(stateRoot); err != nil || len(left) > 0 {
		t.Errorf("written: %v, %v", left, err)
	}
}
