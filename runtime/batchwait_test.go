package runtime_test

import (
	"testing"
	"testing/synctest"
	"time"

	"realmconf/runtime"
)

// A client has sent more, which takes a moment to be read. Nobody waits for the write of
// one that has not, nor for long.
func TestBatch_waitsForTheNextOfTheClient(t *testing.T) {
	for _, tt := range []struct {
		name    string
		hasMore bool
		after   time.Duration
		want    int64 // commits
	}{
		{"soon", true, 200 * time.Microsecond, 1},
		{"late", true, time.Millisecond, 2},
		{"unannounced", false, 200 * time.Microsecond, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				counting := &countingStore{Store: newStore()}
				rt := runtimeOver(t, counting)
				var second chan error
				time.AfterFunc(tt.after, func() { second = queue(t, rt, 2) })
				begin := time.Now()
				if _, err := rt.Patch(t.Context(), agentPatch(1), runtime.Write{OnQueued: func() bool { return tt.hasMore }}); err != nil {
					t.Fatal(err)
				}
				if took := time.Since(begin); took > 400*time.Microsecond {
					t.Errorf("the first took %v", took)
				}
				time.Sleep(tt.after)
				synctest.Wait()
				if err := <-second; err != nil {
					t.Fatal(err)
				}
				if got := counting.swaps.Load(); got != tt.want {
					t.Errorf("took %d commits, want %d", got, tt.want)
				}
			})
		})
	}
}
