package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/runtime/store/etcd"
	"realmconf/runtime/store/storetest"
)

// countVariable is set in the environment of a process that counts: endpoints, realm and
// how many steps.
const countVariable = "REALMCONF_ETCD_COUNT"

// TestStore_leaderKilled kills the leader again and again while eight processes increment
// one number: it becomes what was acknowledged, and those of unknown outcome that are in
// the history.
func TestStore_leaderKilled(t *testing.T) {
	t.Parallel()
	const processes, steps, kills = 8, 60, 3
	c := startCluster(t, 3)
	o := newOptions(c.endpoints())
	o.History = -1
	mustCommit(t, openIn(t, o)(), "0")
	type count struct {
		acknowledged int
		unknown      []string
		err          error
	}
	counts := make(chan count, processes)
	for range processes {
		go func() {
			var n count
			n.acknowledged, n.unknown, n.err = runCounter(t, o, steps)
			counts <- n
		}()
	}
	official := newOfficial(t, clientv3.Config{Endpoints: c.endpoints()})
	for kill := range kills {
		reach(t, official, o, (kill+1)*processes*steps/(kills+2))
		leader := findLeader(t, c, official)
		leader.kill()
		if err := leader.start(t.Output()); err != nil {
			t.Fatal(err)
		}
	}
	acknowledged, applied := 0, 0
	s := openIn(t, o)()
	for range processes {
		n := <-counts
		if n.err != nil {
			t.Error(n.err)
		}
		acknowledged += n.acknowledged
		for _, id := range n.unknown {
			if isInHistory(t, s, id) {
				applied++
			}
		}
	}
	state := mustLoad(t, s)
	if total, err := strconv.Atoi(string(state.Text)); err != nil || total != acknowledged+applied {
		t.Errorf("got %s, want %d acknowledged and %d of unknown outcome that were made", state.Text, acknowledged, applied)
	}
	t.Logf("%d acknowledged, %d of unknown outcome made", acknowledged, applied)
}

// reach waits until the head's key was changed so many times.
func reach(t *testing.T, official *clientv3.Client, o etcd.Options, changes int) {
	t.Helper()
	for {
		r, err := official.Get(t.Context(), keyOf(o, "head"))
		if err == nil && len(r.Kvs) > 0 && r.Kvs[0].Version >= int64(changes) {
			return
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-t.Context().Done():
			t.Fatal(t.Context().Err())
		}
	}
}

func findLeader(t *testing.T, c *cluster, official *clientv3.Client) *node {
	t.Helper()
	for {
		for _, n := range c.nodes {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			status, err := official.Status(ctx, n.client)
			cancel()
			if err == nil && status.Leader == status.Header.MemberId {
				return n
			}
		}
	}
}

// isInHistory reports whether a commit was made.
func isInHistory(t *testing.T, s store.Store, id string) bool {
	t.Helper()
	for before := uint64(0); ; {
		list, err := s.ListHeads(t.Context(), before, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range list {
			if r.CommitID == id {
				return true
			}
			before = r.Generation
		}
		if len(list) == 0 {
			return false
		}
	}
}

// runCounter runs a process that increments the number.
func runCounter(t *testing.T, o etcd.Options, steps int) (acknowledged int, unknown []string, err error) {
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestCounter$")
	cmd.Env = append(os.Environ(), countVariable+"="+strings.Join([]string{strings.Join(o.Endpoints, ","), o.Realm, strconv.Itoa(steps)}, " "))
	cmd.Stderr = t.Output()
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, nil, err
	}
	if err := cmd.Start(); err != nil {
		return 0, nil, err
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		switch word, rest, _ := strings.Cut(lines.Text(), " "); word {
		case "made":
			acknowledged++
		case "unknown":
			unknown = append(unknown, rest)
		}
	}
	return acknowledged, unknown, cmd.Wait()
}

// TestCounter is the process of runCounter. Without its variable it does nothing.
func TestCounter(t *testing.T) {
	words := strings.Fields(os.Getenv(countVariable))
	if len(words) != 3 {
		return
	}
	steps, err := strconv.Atoi(words[2])
	if err != nil {
		t.Fatal(err)
	}
	s := etcd.Open(etcd.Options{Endpoints: strings.Split(words[0], ","), Prefix: "/test", Realm: words[1], History: -1})
	defer s.Close()
	for made := 0; made < steps; {
		state, err := s.Load(t.Context())
		if fault.Is(err, fault.Storage) {
			continue // no leader yet
		}
		if err != nil {
			t.Fatal(err)
		}
		n, err := strconv.Atoi(string(state.Text))
		if err != nil {
			t.Fatal(err)
		}
		next := storetest.Commit(state, strconv.Itoa(n+1))
		switch err := s.CompareAndSwap(t.Context(), state.Version, next); {
		case err == nil:
			made++
			fmt.Println("made")
		case fault.Is(err, fault.OutcomeUnknown):
			fmt.Println("unknown", next[0].CommitID)
		case fault.Is(err, fault.GenerationConflict), fault.Is(err, fault.Storage):
		default:
			t.Fatal(err)
		}
	}
}
