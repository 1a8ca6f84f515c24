//go:build linux || darwin

package file

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"realmconf/runtime/internal/disk"
	"realmconf/runtime/internal/filelock"
	"realmconf/runtime/store/storetest"
	"realmconf/schema/tree/treetest"
)

func TestBeside_processesLoseNoUpdate(t *testing.T) {
	t.Parallel() // it waits
	const processes = 2
	each := treetest.Cases(50, 15)
	project, _ := newBeside(t, "0")
	first := load(t, Open(besideOptions(project.dir))).Version.Generation
	var wg sync.WaitGroup
	for range processes {
		cmd := project.counter(each)
		cmd.Env = append(cmd.Env, besideVariable+"=1")
		wg.Go(func() {
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("a counting process ended with %v: %s", err, out)
			}
		})
	}
	wg.Wait()
	wantState(t, Open(besideOptions(project.dir)), strconv.Itoa(processes*each), first+uint64(processes*each))
}

// TestBeside_crash kills a process at each of its changes of the disk, before it and
// after it. What it acknowledged is there, no program waits, and the next write leaves no
// other files in the project.
func TestBeside_crash(t *testing.T) {
	t.Parallel() // it waits
	every := treetest.Cases(1, 5) * treetest.Stride(5)
	for step := 1; ; step += every {
		died := false
		for _, after := range []string{"", "+"} {
			project, state := newBeside(t, "5")
			cmd := project.doomed(strconv.Itoa(step)+after, 2)
			cmd.Env = append(cmd.Env, besideVariable+"=1")
			out, err := cmd.Output()
			died = died || wasKilled(err)
			low := 5 + strings.Count(string(out), "\n")
			s := Open(besideOptions(project.dir))
			now := load(t, s)
			if got, err := strconv.Atoi(string(now.Text)); err != nil || got < low || got > low+1 {
				t.Errorf("step %d%s: the number is %s, %v, want %d, or one more", step, after, now.Text, err, low)
			}
			if err := storetest.Increment(t.Context(), s); err != nil {
				t.Errorf("step %d%s: %v", step, after, err)
			}
			if left := strings.Join(project.list(""), " "); left != ".any.toml.realmconf any.toml" {
				t.Errorf("step %d%s: the project has %s", step, after, left)
			}
			if state.get(".gitignore") != ignoreText {
				t.Errorf("step %d%s: the state is not ignored", step, after)
			}
			state.tidy()
		}
		if !died {
			if step < 20 {
				t.Errorf("the process had only %d steps", step)
			}
			return
		}
	}
}

// wasKilled reports whether a process ended by SIGKILL.
func wasKilled(err error) bool {
	exit, ok := err.(*exec.ExitError)
	return ok && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL
}

// ownedBy is a file's info under another owner.
type ownedBy struct {
	fs.FileInfo
	uid uint32
}

func (o ownedBy) Sys() any {
	sys := *o.FileInfo.Sys().(*syscall.Stat_t)
	sys.Uid = o.uid
	return &sys
}

// besideOwner is a file system on which the directory of the state is another user's.
type besideOwner struct {
	disk.OS
	uid uint32
}

func (b besideOwner) Lstat(name string) (fs.FileInfo, error) {
	info, err := b.OS.Lstat(name)
	if err == nil && info.IsDir() && strings.HasSuffix(name, ".realmconf") {
		info = ownedBy{info, b.uid}
	}
	return info, err
}

func TestBeside_anotherUsersState(t *testing.T) {
	t.Parallel() // it waits
	self := uint32(os.Geteuid())
	for uid, refused := range map[uint32]bool{self: false, 0: false, self + 1234: true} {
		t.Run(fmt.Sprint(uid-self), func(t *testing.T) {
			project, state := newBeside(t, "a = 1\n")
			if err := os.Mkdir(state.dir, 0o700); err != nil {
				t.Fatal(err)
			}
			o := besideOptions(project.dir)
			s := open(o, besideOwner{disk.Within(o.withDefaults().Rules), uid}, filelock.WallClock{}, "boot")
			_, err := s.Load(t.Context())
			if (err != nil) != refused {
				t.Errorf("got %v, want refused %v", err, refused)
			}
			if refused && !strings.Contains(err.Error(), "belongs to another user") {
				t.Errorf("got %v, want the owner told", err)
			}
		})
	}
}
