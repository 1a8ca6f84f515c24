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

// incrementing are the clients that add one to a number.
var incrementing = [][]string{
	{"python3", filepath.Join("testdata", "clients", "python", "increment.py")},
	{"bash", filepath.Join("testdata", "clients", "bash", "increment.sh")},
}

// TestExampleClientsLoseNothing lets the example clients count in one realm at
// the same time: each number is reached once.
func TestExampleClientsLoseNothing(t *testing.T) {
	stateRoot := t.TempDir()
	flags := []string{"--realm", "team", "--state-root", stateRoot}

	var clients sync.WaitGroup
	var mu sync.Mutex
	reached := map[string]int{}
	run := func(client []string) {
		var stderr strings.Builder
		cmd := exec.Command(client[0], append(append(client[1:len(client):len(client)], "/retry/max_retries"), flags...)...)
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Errorf("%q: %v\n%s", cmd.Args, err, stderr.String())
		}
		mu.Lock()
		defer mu.Unlock()
		for _, number := range strings.Fields(string(out)) {
			reached[number]++
		}
	}
	for range 2 {
		for _, client := range incrementing {
			clients.Go(func() {
				for range 5 {
					run(client)
				}
			})
		}
	}
	clients.Wait()
	const first, last = 4, 23 // from the default 3 on
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

// TestTheExamplesRefuseWhatTheyCannotIncrement gives them no key, keys that hold
// no integer, and a realm that refuses the write.
func TestTheExamplesRefuseWhatTheyCannotIncrement(t *testing.T) {
	stateRoot := t.TempDir()
	flags := []string{"--realm", "team", "--state-root", stateRoot}
	for _, client := range incrementing {
		for _, test := range []struct {
			args   []string
			code   int
			stderr string
		}{
			{nil, 2, "usage: " + filepath.Base(client[1]) + " POINTER FLAG…"},
			{[]string{"10", "/retry/max_retries"}, 2, "usage: "},
			{append([]string{"/retry/multiplier"}, flags...), 1, "/retry/multiplier holds no integer"},
			{append([]string{"/rest/host"}, flags...), 1, "/rest/host holds no integer"},
			{append([]string{"/rest"}, flags...), 1, "/rest holds no integer"},
			{append([]string{"/rest/prot"}, flags...), 1, "did you mean /rest/port?"},
			{append([]string{"/rest/port", "--read-only"}, flags...), 1, "read-only"},
			{[]string{"/rest/port", "--realm", "a.b"}, 2, "realm id"},
		} {
			cmd := exec.Command(client[0], append(client[1:len(client):len(client)], test.args...)...)
			var stderr strings.Builder
			cmd.Stderr = &stderr
			_ = cmd.Run()
			if got := cmd.ProcessState.ExitCode(); got != test.code || !strings.Contains(stderr.String(), test.stderr) || strings.Contains(stderr.String(), "Traceback") {
				t.Errorf("%v: exit %d, want %d; %s", cmd.Args, got, test.code, stderr.String())
			}
		}
	}
	if left, err := os.ReadDir(stateRoot); err != nil || len(left) > 0 {
		t.Errorf("written: %v, %v", left, err)
	}
}
