package mcp

import (
	"context"
	"time"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools"
)

// watchEffective notifies every change of what agents run with, from a composition
// on, until ctx ends.
func (s *subscriptions) watchEffective(ctx context.Context, from *runtime.Effective) {
	for ctx.Err() == nil {
		err := s.watchEffectiveOnce(ctx, &from)
		if ctx.Err() == nil {
			s.log.Warn("the watch of the effective configuration ended and is begun again", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(rewatchDelay):
		}
	}
}

// watchEffectiveOnce notifies changes until the watch ends. A panic ends the watch,
// and not the program.
func (s *subscriptions) watchEffectiveOnce(ctx context.Context, from **runtime.Effective) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.Recovered(p)
		}
	}()
	return s.source.WatchEffective(ctx, *from, func(e *runtime.EffectiveEvent) {
		if e.Effective != nil {
			*from = e.Effective
		}
		s.notifyEffective(e)
		s.setNotifiedEffective(e.Generation)
	})
}

// notifyEffective notifies the subscribers of a change of what agents run with. The
// connection that made the change gets its reply before the notification.
func (s *subscriptions) notifyEffective(e *runtime.EffectiveEvent) {
	s.conn.AwaitWrites()
	s.notifying.Lock()
	defer s.notifying.Unlock()
	s.mu.Lock()
	open, own := s.open, s.isOwnEffectLocked(e)
	s.mu.Unlock()
	var parts []tree.Pointer
	var first *subscription // of those that one notification serves
	isTouched, touched := false, tools.TouchedByEffective(e)
	for _, o := range open {
		if o.sinceEffective == nil || isKnownEffect(e, o.sinceEffective) {
			continue
		}
		if o.kind == watch {
			if first == nil {
				first = o
			}
			parts = append(parts, o.path)
			isTouched = isTouched || touched.Has(o.path)
			continue
		}
		for _, uri := range o.uris {
			if part, ok := s.source.EffectiveTarget(uri); ok && touched.Has(part) {
				s.send(o, "notifications/resources/updated", o.about(uri))
			}
		}
	}
	if isTouched {
		s.send(first, methodChanged, tools.EffectiveNotice(e, parts, own))
	}
}

// isKnownEffect reports whether a subscriber's reply had an event's composition already,
// or a later one: the watch, which others began before, may come to that later.
func isKnownEffect(e *runtime.EffectiveEvent, since *runtime.Effective) bool {
	if e.Effective == nil {
		return e.Generation != 0 && e.Generation < since.Version.Generation
	}
	return e.Effective == since || e.Effective.IsOlder(since)
}

// isOwnEffectLocked reports whether the only realm that changed is the connection's,
// by its own newest write.
func (s *subscriptions) isOwnEffectLocked(e *runtime.EffectiveEvent) bool {
	return e.Effective != nil && len(e.Realms) == 1 && e.Realms[0].Realm == e.Effective.Chain[0].Realm &&
		e.Realms[0].Previous+1 == e.Realms[0].Generation && e.Realms[0].Generation == s.own
}
