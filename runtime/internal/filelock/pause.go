package filelock

import (
	"encoding/binary"
	"time"

	"realmconf/runtime/internal/disk"
)

const (
	maxBusy   = 250 * time.Millisecond // how long realmconf processes may hold the lock back to back
	peerPause = 25 * time.Millisecond  // how long the lock file then stays free: longer than the peer's poll interval of 20 ms
	idleGap   = 5 * time.Millisecond   // a longer gap than this ends the busy time
)

// usage is the content of the guard's file: since when realmconf processes have
// held the lock back to back, when the last of them released it, and its note. The
// times are in the file and not in memory because all of them together could keep
// out the peer, which polls the lock file.
type usage struct {
	busySince, released time.Time // released is unusedReservation if the last of them did not take the lock files
	note                []byte
}

// unusedReservation is in the place of the time of a release after a reservation that
// was not used. The lock files were free meanwhile, so it ends the busy time.
func unusedReservation() time.Time { return time.Unix(0, 0) }

const (
	usageSize = 16  // of the two times
	maxNote   = 256 // the longest note, in bytes
)

// pauseForPeer leaves the lock file free for a moment when it has been busy for
// too long. A caller that does not wait leaves the pause to the next one.
func (l *Lock) pauseForPeer(w Wait) error {
	now := l.mutex.Clock.Now()
	l.usage = readUsage(l.guard)
	gap := now.Sub(l.usage.released)
	if gap > idleGap || now.Before(l.usage.busySince) { // the clock may have gone back
		l.usage.busySince = now
		return nil
	}
	if now.Sub(l.usage.busySince) < maxBusy || !w.waits() {
		return nil
	}
	err := w.Sleep(peerPause)
	l.usage.busySince = l.mutex.Clock.Now()
	return err
}

// readUsage reads the guard's file. Content of another form counts as no use.
func readUsage(guard disk.File) usage {
	b := make([]byte, usageSize+maxNote+1)
	n, _ := guard.ReadAt(b, 0)
	if n < usageSize || n == len(b) {
		return usage{}
	}
	return usage{
		busySince: time.Unix(0, int64(binary.BigEndian.Uint64(b))),
		released:  time.Unix(0, int64(binary.BigEndian.Uint64(b[8:]))),
		note:      b[usageSize:n],
	}
}

// writeUsage is best effort: a loss costs one pause, and the note. A note never
// becomes shorter.
func writeUsage(guard disk.File, u usage) {
	b := binary.BigEndian.AppendUint64(nil, uint64(u.busySince.UnixNano()))
	b = binary.BigEndian.AppendUint64(b, uint64(u.released.UnixNano()))
	b = append(b, u.note...)
	_, _ = guard.WriteAt(b, 0)
}
