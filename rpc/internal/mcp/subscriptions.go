package mcp

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"realmconf/rpc/internal/conn"
	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools"
)

// rewatchDelay is the pause before a watch that failed is begun again.
const rewatchDelay = time.Second

// finishTime is how long, at the end of the input, the notifications of the
// connection's own writes may take.
const finishTime = time.Second

// subscriptions are the subscriptions of one connection, of all three ways:
// config/watch, resources/subscribe, and subscriptions/listen. One goroutine
// watches for all of them, from the first subscription on. While the client is
// slow to read, changes are gathered, and are notified together.
type subscriptions struct {
	conn   *conn.Conn
	source *tools.Resources
	log    *slog.Logger
	max    int // subscriptions at a time

	// notifying is held while the subscribers are notified of an event, and from the
	// adding of a subscription until its reply is written (begin): so the reply
	// comes before the first notification. It is locked before mu.
	notifying sync.Mutex
	started   bool          // the goroutine runs; protected by notifying
	reached   store.Version // of the last event, or where the watch began; protected by notifying
	effective bool          // a second goroutine watches what agents run with; protected by notifying

	mu       sync.Mutex      // protects the fields below
	open     []*subscription // replaced, never changed
	own      uint64          // the newest generation that a write of the connection made
	notified uint64          // the newest generation that was notified, or known before
	moved    chan struct{}   // closed when notified changes, or the next; nil while no goroutine waits for that

	// notifiedEffective is notified for the subscribers of what agents run with.
	notifiedEffective uint64
}

// begin adds a subscription; one of the same kind and key is replaced. Events are
// held back until the caller calls release, as it must when the reply is written.
// With an error there is no release.
func (s *subscriptions) begin(ctx context.Context, t *conn.Turn, wanted *subscription) (release func(), err error) {
	s.notifying.Lock()
	if err := s.beginLocked(ctx, t, wanted); err != nil {
		s.notifying.Unlock()
		return nil, err
	}
	return s.notifying.Unlock, nil
}

// beginLocked is begin for a caller that holds notifying. It starts the watch with
// the first subscription.
func (s *subscriptions) beginLocked(ctx context.Context, t *conn.Turn, wanted *subscription) error {
	version, err := s.source.Version(ctx)
	if err != nil {
		return err
	}
	wanted.since = version
	if wanted.watchesEffective(s.source) {
		if wanted.sinceEffective, err = s.source.Effective(ctx); err != nil {
			return err
		}
	}
	if err := s.add(wanted); err != nil {
		return err
	}
	if wanted.sinceEffective != nil && !s.effective {
		s.effective = true
		s.setNotifiedEffective(wanted.sinceEffective.Version.Generation)
		t.Go(func(ctx context.Context) { s.watchEffective(ctx, wanted.sinceEffective) })
	}
	if !s.started {
		s.started, s.reached = true, version
		s.setNotified(version)
		t.Go(func(ctx context.Context) { s.watch(ctx, version) })
	}
	wanted.isCaughtUp = s.reached == version
	return nil
}

func (s *subscriptions) add(wanted *subscription) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	open := without(s.open, wanted.kind, wanted.key)
	count := wanted.weight()
	for _, o := range open {
		count += o.weight()
	}
	if count > s.max {
		return fault.New(fault.Busy, "a connection may have %d subscriptions, and this would be one of %d: end some first", s.max, count).
			With("limit", s.max)
	}
	s.open = append(open, wanted)
	return nil
}

// end ends the subscription of a kind and key, and reports whether there was
// one. It gets no notification afterwards.
func (s *subscriptions) end(kind subscriptionKind, key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.open)
	s.open = without(s.open, kind, key)
	return len(s.open) < before
}

// without returns a copy of open without the subscription of a kind and key.
func without(open []*subscription, kind subscriptionKind, key string) []*subscription {
	return slices.DeleteFunc(slices.Clone(open), func(o *subscription) bool { return o.kind == kind && o.key == key })
}

// endWatches ends every config/watch.
func (s *subscriptions) endWatches() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = slices.DeleteFunc(slices.Clone(s.open), func(o *subscription) bool { return o.kind == watch })
}

// watches reports whether there is a config/watch.
func (s *subscriptions) watches() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.open, func(o *subscription) bool { return o.kind == watch })
}

// isOpen reports whether a subscription has not ended.
func (s *subscriptions) isOpen(o *subscription) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.open, o)
}

// watch notifies everything after a version, until ctx ends.
func (s *subscriptions) watch(ctx context.Context, from store.Version) {
	for ctx.Err() == nil {
		err := s.watchOnce(ctx, &from)
		if ctx.Err() == nil {
			s.log.Warn("the watch ended and is begun again", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(rewatchDelay):
		}
	}
}

// watchOnce notifies everything after a version, which it moves on, until the
// watch ends. A panic ends the watch, and not the program.
func (s *subscriptions) watchOnce(ctx context.Context, from *store.Version) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.Recovered(p)
		}
	}()
	return s.source.Watch(ctx, *from, func(e *runtime.Event) {
		*from = e.Version
		s.notify(e)
		s.setNotified(e.Version)
	})
}

// notify notifies the subscribers of an event. The connection that made the
// change gets its reply before the notification, unless that is part of a batch.
func (s *subscriptions) notify(e *runtime.Event) {
	if slices.ContainsFunc(e.Commits, func(c runtime.Commit) bool { return c.ClientID == any(s) }) {
		s.conn.AwaitWrites()
	}
	s.notifying.Lock()
	defer s.notifying.Unlock()
	s.reached = e.Version
	s.mu.Lock()
	open := s.open
	s.mu.Unlock()
	if len(open) == 0 {
		return
	}
	touched := tools.TouchedBy(e)
	var watches []*subscription
	isPassed := false // a watch of the connection knows a text that the event does not begin with
	for _, o := range open {
		what := o.unseenOf(e)
		if what == unseenNothing {
			continue
		}
		if o.kind == watch {
			if o.view == "" {
				watches = append(watches, o)
				isPassed = isPassed || what == unseenUnknown
			}
			continue
		}
		for _, uri := range o.uris {
			if part, changes, _ := s.source.WatchTarget(uri); changes && (what == unseenUnknown || touched.Has(part)) {
				s.send(o, "notifications/resources/updated", o.about(uri))
			}
		}
	}
	s.notifyWatches(e, touched, watches, isPassed)
}

// notifyWatches sends one config/changed for all watches of the connection, if it touches
// one of them or isTouched says so already.
func (s *subscriptions) notifyWatches(e *runtime.Event, touched tools.TouchedPlaces, watches []*subscription, isTouched bool) {
	var parts []tree.Pointer
	for _, o := range watches {
		parts = append(parts, o.path)
		isTouched = isTouched || touched.Has(o.path)
	}
	if isTouched {
		s.send(watches[0], methodChanged, tools.ChangeNotice(e, parts, s))
	}
}

// send sends a notification to a subscriber, if it is still one.
func (s *subscriptions) send(o *subscription, method string, params tree.Object) {
	body := tree.Append(nil, tree.Object{"jsonrpc": "2.0", "method": method, "params": params})
	if err := s.conn.Send(o.framing, body, func() bool { return s.isOpen(o) }); err != nil {
		s.log.Debug("notification not written", "error", err)
	}
}

// wrote notes that a write of the connection was done.
func (s *subscriptions) wrote(generation uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.own = max(s.own, generation)
}

// setNotified notes the version that the subscribers know.
func (s *subscriptions) setNotified(v store.Version) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notified = v.Generation
	s.wakeLocked()
}

// setNotifiedEffective notes the generation whose effect the subscribers know.
func (s *subscriptions) setNotifiedEffective(generation uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notifiedEffective = max(s.notifiedEffective, generation)
	s.wakeLocked()
}

// wakeLocked wakes the goroutine that waits in finish.
func (s *subscriptions) wakeLocked() {
	if s.moved != nil {
		close(s.moved)
		s.moved = nil
	}
}

// isKnownLocked reports whether the subscribers know every write of the connection,
// and its effect.
func (s *subscriptions) isKnownLocked() bool {
	return !slices.ContainsFunc(s.open, func(o *subscription) bool {
		return s.notified < s.own || o.sinceEffective != nil && s.notifiedEffective < s.own
	})
}

// finish waits until the subscribers know every write of the connection, but no
// longer than finishTime. All writes are answered.
func (s *subscriptions) finish(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, finishTime)
	defer cancel()
	for {
		s.mu.Lock()
		known := s.isKnownLocked()
		if !known && s.moved == nil {
			s.moved = make(chan struct{})
		}
		moved := s.moved
		s.mu.Unlock()
		if known {
			return
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return
		}
	}
}
