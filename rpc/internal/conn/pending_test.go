package conn

import (
	"testing"
	"testing/synctest"
	"time"
)

// admit puts a message into the queue, and waits until it is accepted or refused.
func admit(p *pending, m *message) admission {
	p.enqueue(m)
	for {
		_, outcome := p.admit()
		if outcome != noRoom {
			return outcome
		}
		room, wait := p.awaitRoom()
		select {
		case <-room:
		case <-time.After(wait):
		}
	}
}

func TestPending_numbers(t *testing.T) {
	p := newPending(10, 100)
	for want := range uint64(3) {
		m := &message{}
		if admit(p, m) != admitted || m.seq != want+1 || p.get(m.seq) != m {
			t.Fatalf("got number %d, want %d", m.seq, want+1)
		}
	}
	if got := p.remove(2); got != 2 || p.get(2) != nil {
		t.Errorf("after remove: got %d left, want 2", got)
	}
	if got := p.remove(2); got != 2 {
		t.Errorf("removed twice: got %d left, want 2", got)
	}
}

func TestPending_limits(t *testing.T) {
	for _, tt := range []struct {
		name        string
		first, next int // sizes
		waits       bool
	}{
		{"room", 10, 10, false},
		{"exactly full", 10, 90, false},
		{"too many bytes", 10, 91, true},
		{"more than all alone", 0, 200, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPending(2, 100)
				first := &message{memory: tt.first}
				admit(p, first)
				in := false
				go func() { in = admit(p, &message{memory: tt.next}) == admitted }()
				synctest.Wait()
				if in == tt.waits {
					t.Errorf("admitted at once: got %t, want %t", in, !tt.waits)
				}
				p.remove(first.seq)
				synctest.Wait()
				if !in {
					t.Errorf("not admitted after the first was answered")
				}
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		p := newPending(2, 100)
		a, b := &message{}, &message{}
		admit(p, a)
		admit(p, b)
		in := false
		go func() { in = admit(p, &message{}) == admitted }()
		synctest.Wait()
		if in {
			t.Error("a third message was admitted beside two, want it to wait")
		}
		p.remove(a.seq)
		synctest.Wait()
		if !in {
			t.Error("not admitted after one was answered")
		}
	})
}

func TestPending_drain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPending(1, 100)
		m := &message{}
		admit(p, m)
		refused, drained := false, false
		go func() { refused = admit(p, &message{}) == ended }()
		synctest.Wait()
		go func() { p.drain(); drained = true }()
		synctest.Wait()
		if !refused || drained {
			t.Errorf("while draining: refused %t, drained %t, want true and false", refused, drained)
		}
		p.remove(m.seq)
		synctest.Wait()
		if !drained {
			t.Error("not drained after the last answer")
		}
	})
}

func TestPending_abandon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPending(1, 100)
		admit(p, &message{})
		refused, drained := false, false
		go func() { refused = admit(p, &message{}) == ended }()
		synctest.Wait()
		p.abandon()
		go func() { p.drain(); drained = true }()
		synctest.Wait()
		if !refused || !drained {
			t.Errorf("refused %t, drained %t, want both", refused, drained)
		}
	})
}
