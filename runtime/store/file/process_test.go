//go:build linux || darwin

package file

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"

	"realmconf/runtime/store/storetest"
	"realmconf/schema/tree/treetest"
)

// The test binary is also the other processes: with a variable such as this one it
// works in the directory that the variable names. With this one it counts up a
// given number of times, and prints every number that was acknowledged.
const counterDir = "REALMCONF_TEST_COUNTER_DIR"

func TestMain(m *testing.M) {
	for variable, live := range map[string]func(dir string) error{counterDir: countIn, crashDir: crashIn, linearDir: workIn} {
		if dir := os.Getenv(variable); dir != "" {
			if err := live(dir); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			return
		}
	}
	treetest.Main(m)
}

// optionsIn returns the options of the other processes for a directory.
func optionsIn(dir string) Options {
	if os.Getenv(besideVariable) != "" {
		return besideOptions(dir)
	}
	return Options{Document: dir + "/config.toml", Dir: dir, RealmTag: "team"}
}

func countIn(dir string) error {
	n, err := strconv.Atoi(os.Getenv("REALMCONF_TEST_COUNTER_TIMES"))
	if err != nil {
		return err
	}
	s := Open(optionsIn(dir))
	for i := range n {
		if err := storetest.Increment(context.Background(), s); err != nil {
			return err
		}
		fmt.Println(i + 1)
	}
	return nil
}

// counter is another process that counts up.
func (r realm) counter(times int) *exec.Cmd {
	r.t.Helper()
	exe, err := os.Executable()
	if err != nil {
		r.t.Fatal(err)
	}
	cmd := exec.CommandContext(r.t.Context(), exe)
	cmd.Env = append(os.Environ(), counterDir+"="+r.dir, fmt.Sprint("REALMCONF_TEST_COUNTER_TIMES=", times))
	return cmd
}

func TestStore_processesLoseNoUpdate(t *testing.T) {
	t.Parallel() // it waits
	const processes = 2
	each := treetest.Cases(50, 15)
	r := newRealm(t)
	var wg sync.WaitGroup
	for range processes {
		cmd := r.counter(each)
		wg.Go(func() {
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("a counting process ended with %v: %s", err, out)
			}
		})
	}
	wg.Wait()
	wantState(t, r.open(), strconv.Itoa(processes*each), uint64(processes*each))
	r.tidy()
}
