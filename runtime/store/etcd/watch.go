package etcd

import (
	"context"
	"time"

	"realmconf/runtime/store/etcd/internal/grpc"
)

const (
	firstWatchPause = 100 * time.Millisecond
	maxWatchPause   = 5 * time.Second
)

// Watch calls changed whenever a commit was made. A watch that breaks begins again: it
// calls changed, because the reader may get an error now, looks at the realm, and goes on
// after what it saw, whether or not that revision still exists.
func (s *Store) Watch(ctx context.Context, changed func()) error {
	call := func() {
		if ctx.Err() == nil {
			changed()
		}
	}
	for pause := firstWatchPause; ; pause = min(2*pause, maxWatchPause) {
		began := s.watchOnce(ctx, call)
		if ctx.Err() != nil {
			return nil
		}
		if began {
			pause = firstWatchPause
		}
		call()
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil
		}
	}
}

// watchOnce watches until an error, which the next read shows, and reports whether the
// watch had begun.
func (s *Store) watchOnce(ctx context.Context, changed func()) (began bool) {
	v, err := s.reads.get(ctx)
	if err != nil {
		return false
	}
	conn, header, err := s.client.prepare(ctx)
	if err != nil {
		s.client.preferNext()
		return false
	}
	// With this header, a server that loses its leader ends the watch.
	header = append(header, grpc.Header{Name: "hasleader", Value: "true"})
	stream, err := conn.Stream(ctx, methodWatch, header, watchRequest(s.keys.head(), v.revision+1))
	if err != nil {
		return false
	}
	defer stream.Close()
	for {
		answer, err := stream.Receive(ctx)
		if err != nil {
			if grpc.CodeOf(err) == grpc.Unauthenticated {
				s.client.forgetToken()
			} else if ctx.Err() == nil {
				s.client.preferNext()
			}
			return began
		}
		var w watchReply
		if err := w.decode(answer); err != nil {
			return began
		}
		switch {
		case w.isEnded: // cancelled, or its revision was compacted
			return began
		case w.isCreated && !began:
			began = true
			changed()
		case w.events > 0:
			changed()
		}
	}
}
