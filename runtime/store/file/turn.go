package file

import (
	"encoding/binary"
	"time"
)

const (
	streakMax  = 250 * time.Millisecond // how long programs like this one may hold the lock back to back
	streakRest = 25 * time.Millisecond  // then the lock file stays free: longer than the peer's 20 ms poll
	streakGap  = 5 * time.Millisecond   // a longer pause than this ends a streak by itself
)

// turn is what the guard's file holds: since when programs like this one have
// had the lock back to back, and when the last of them let it go. It is there
// and not in the memory of one of them because together they could keep the
// peer out for ever, which polls the lock file.
type turn struct{ began, ended time.Time }

const turnSize = 16

// takeTurn goes on with the streak, or leaves the lock file free for a moment
// and begins a new one. Whoever only tries leaves that to the next.
func (l *lock) takeTurn(p patience) error {
	now := l.store.clock.Now()
	l.turn = l.readTurn()
	pause := now.Sub(l.turn.ended)
	if pause > streakGap || pause < 0 || now.Before(l.turn.began) {
		l.turn.began = now
		return nil
	}
	if now.Sub(l.turn.began) < streakMax || !p.waits() {
		return nil
	}
	err := p.sleep(streakRest)
	l.turn.began = l.store.clock.Now()
	return err
}

// readTurn reads the guard's file. Anything but a turn is none.
func (l *lock) readTurn() turn {
	b := make([]byte, turnSize+1)
	if n, _ := l.guard.ReadAt(b, 0); n != turnSize {
		return turn{}
	}
	return turn{
		began: time.Unix(0, int64(binary.BigEndian.Uint64(b))),
		ended: time.Unix(0, int64(binary.BigEndian.Uint64(b[8:]))),
	}
}

// writeTurn is best effort: what gets lost is a moment's fairness.
func (l *lock) writeTurn() {
	b := binary.BigEndian.AppendUint64(nil, uint64(l.turn.began.UnixNano()))
	b = binary.BigEndian.AppendUint64(b, uint64(l.turn.ended.UnixNano()))
	_, _ = l.guard.WriteAt(b, 0)
}
