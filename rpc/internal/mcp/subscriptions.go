package rpc

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools"
)

// rewatch is the pause before a watch that broke is begun again.
const rewatch = time.Second

// lastNews is how long, at the end of the input, the news of the connection's
// own writes may take.
const lastNews = time.Second

// subscriptions are what one connection wants to be told of, in all three ways:
// config/watch, resources/subscribe, and subscriptions/listen. One goroutine
// watches for all of them, from the first subscription on. While the client is
// slow to read, changes gather, and are told together.
type subscriptions struct {
	source *tools.Resources
	notify func(f framing, body []byte, wanted func() bool) error
	log    *slog.Logger
	most   int // subscriptions at a time

	spawn    func(func(ctx context.Context)) // runs something as long as the connection lives
	answered func()                          // waits for the answers to the connection's own writes

	started bool // belongs to telling

	// telling is held while an event is told and while a subscription begins,
	// until its answer is written: so the answer comes before the news. It comes
	// before mu.
	telling sync.Mutex

	mu    sync.Mutex // protects the fields below
	open  []*subscription
	own   uint64        // the newest generation that a write of the connection made
	told  uint64        // the newest generation that was told of, or known before
	moved chan struct{} // closed when told moves on; nil while nobody waits for that
}

// subscription is one wish to be told.
type subscription struct {
	kind    subscriptionKind
	key     string // of a watch: its path; of a resource: its URI; of a listen: its id's key
	framing framing
	since   store.Version // what the subscriber knows

	path tree.Pointer    // of a watch
	id   json.RawMessage // of a listen
	uris []string        // of a resource: one; of a listen: any number
}

type subscriptionKind int

const (
	watch subscriptionKind = iota
	resource
	listen
)

// weight is what a subscription counts.
func (s *subscription) weight() int { return max(1, len(s.uris)) }

// begin adds a subscription; one of the same kind and key is replaced. The
// caller must call begun when its answer is written, if begin gave no error.
func (s *subscriptions) begin(ctx context.Context, wanted *subscription) error {
	s.telling.Lock()
	err := s.beginTelling(ctx, wanted)
	if err != nil {
		s.telling.Unlock()
	}
	return err
}

func (s *subscriptions) begun() { s.telling.Unlock() }

func (s *subscriptions) beginTelling(ctx context.Context, wanted *subscription) error {
	version, err := s.source.Version(ctx)
	if err != nil {
		return err
	}
	wanted.since = version
	if err := s.add(wanted); err != nil {
		return err
	}
	if !s.started {
		s.started = true
		s.toldOf(version)
		s.spawn(func(ctx context.Context) { s.watch(ctx, version) })
	}
	return nil
}

func (s *subscriptions) add(wanted *subscription) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	open := slices.DeleteFunc(slices.Clone(s.open), func(o *subscription) bool { return o.kind == wanted.kind && o.key == wanted.key })
	count := wanted.weight()
	for _, o := range open {
		count += o.weight()
	}
	if count > s.most {
		return fault.New(fault.Busy, "a connection may have %d subscriptions, and this would be one of %d: end some first", s.most, count).
			With("limit", s.most)
	}
	s.open = append(open, wanted)
	return nil
}

// end ends the subscription of a kind and key, and reports whether there was
// one. Nothing is told to it afterwards.
func (s *subscriptions) end(kind subscriptionKind, key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.open)
	s.open = slices.DeleteFunc(slices.Clone(s.open), func(o *subscription) bool { return o.kind == kind && o.key == key })
	return len(s.open) < before
}

// isOpen reports whether a subscription has not ended.
func (s *subscriptions) isOpen(o *subscription) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.open, o)
}

// watch tells of everything after a version, until ctx ends.
func (s *subscriptions) watch(ctx context.Context, from store.Version) {
	for ctx.Err() == nil {
		err := s.watchOnce(ctx, &from)
		if ctx.Err() == nil {
			s.log.Warn("the watch ended and is begun again", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(rewatch):
		}
	}
}

// watchOnce tells of everything after a version, which it moves on, until the
// watch ends. A mistake of ours ends it, too, and not the program.
func (s *subscriptions) watchOnce(ctx context.Context, from *store.Version) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.Recovered(p)
		}
	}()
	return s.source.Watch(ctx, *from, func(e *runtime.Event) {
		*from = e.Version
		s.tell(e)
		s.toldOf(e.Version)
	})
}

// wrote notes that a write of the connection was done.
func (s *subscriptions) wrote(generation uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.own = max(s.own, generation)
}

// toldOf notes how far the subscribers know what happened.
func (s *subscriptions) toldOf(v store.Version) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told = v.Generation
	if s.moved != nil {
		close(s.moved)
		s.moved = nil
	}
}

// settle waits until the subscribers were told of every write of the connection,
// but no longer than lastNews. All writes are answered.
func (s *subscriptions) settle(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, lastNews)
	defer cancel()
	for {
		s.mu.Lock()
		settled := len(s.open) == 0 || s.told >= s.own
		if !settled && s.moved == nil {
			s.moved = make(chan struct{})
		}
		moved := s.moved
		s.mu.Unlock()
		if settled {
			return
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return
		}
	}
}

// tell tells the subscribers of one event that it is about. Who made a change
// has the answer before the news.
func (s *subscriptions) tell(e *runtime.Event) {
	if slices.ContainsFunc(e.Commits, func(c runtime.Commit) bool { return c.Origin == any(s) }) {
		s.answered()
	}
	s.telling.Lock()
	defer s.telling.Unlock()
	s.mu.Lock()
	open := s.open // replaced, never written into
	s.mu.Unlock()
	var watches []*subscription
	for _, o := range open {
		if e.Version.Generation <= o.since.Generation {
			continue // its answer said so already
		}
		if o.kind == watch {
			watches = append(watches, o)
			continue
		}
		for _, uri := range o.uris {
			if part, changes, _ := s.source.Watchable(uri); changes && tools.Touches(e, part) {
				s.send(o, "notifications/resources/updated", o.about(uri))
			}
		}
	}
	s.tellWatches(e, watches)
}

// tellWatches sends one config/changed for all watches of the connection.
func (s *subscriptions) tellWatches(e *runtime.Event, watches []*subscription) {
	var parts []tree.Pointer
	touched := false
	for _, o := range watches {
		parts = append(parts, o.path)
		touched = touched || tools.Touches(e, o.path)
	}
	if touched {
		s.send(watches[0], methodChanged, tools.Changed(e, parts, s))
	}
}

// about is the params of a notification about a resource.
func (o *subscription) about(uri string) tree.Object {
	params := tree.Object{"uri": uri}
	maps.Copy(params, o.mark())
	return params
}

// mark is how a client tells the notifications of one listen from those of
// another: by the id of the request, of the same JSON type.
func (o *subscription) mark() tree.Object {
	if o.kind != listen {
		return nil
	}
	return tree.Object{"_meta": tree.Object{keySubscription: o.id}}
}

// send writes a notification to a subscriber, if it is still one.
func (s *subscriptions) send(o *subscription, method string, params tree.Object) {
	body := tree.Append(nil, tree.Object{"jsonrpc": "2.0", "method": method, "params": params})
	if err := s.notify(o.framing, body, func() bool { return s.isOpen(o) }); err != nil {
		s.log.Debug("notification not written", "error", err)
	}
}

// endWatches ends every watch, and leaves the other subscriptions.
func (s *subscriptions) endWatches() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = slices.DeleteFunc(slices.Clone(s.open), func(o *subscription) bool { return o.kind == watch })
}

// watches reports whether anything is watched.
func (s *subscriptions) watches() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.open, func(o *subscription) bool { return o.kind == watch })
}
