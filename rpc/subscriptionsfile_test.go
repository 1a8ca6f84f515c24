package rpc_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"

	"realmconf/rpc"
	"realmconf/runtime/store"
	"realmconf/runtime/store/memory"
	"realmconf/tools/policy"
)

// unnumbered is the store of a file that no program has written yet: the number of a text
// is made of the text, so that it may be lower than the one before, and comes back with
// the text.
type unnumbered struct {
	*memory.Store

	mu      sync.Mutex
	state   store.State
	changed func()
	isSlow  bool // the watch does not hear of a save
}

func (s *unnumbered) Metadata() store.Metadata { return store.Metadata{File: "any.toml"} }

// save replaces the text, as an editor does.
func (s *unnumbered) save(generation uint64, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state = store.State{Text: []byte(text), Version: store.Version{Generation: generation, Digest: store.DigestOf([]byte(text))}, Next: generation + 1}
	if s.changed != nil && !s.isSlow {
		s.changed()
	}
}

func (s *unnumbered) Load(context.Context) (store.State, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state, nil
}

func (s *unnumbered) Watch(ctx context.Context, changed func()) error {
	s.mu.Lock()
	s.changed = changed
	s.mu.Unlock()
	changed()
	<-ctx.Done()
	return nil
}

// TestSubscriptions_beforeTheFirstWrite expects each save of a file without a state once,
// also one with a lower number and one that brings the first text back.
func TestSubscriptions_beforeTheFirstWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &unnumbered{Store: memory.New()}
		first, second := "[agent]\nmodel = \"a\"\n", "[agent]\nmodel = \"b\"\n"
		s.save(500, first)
		a := connect(t, operationsOver(t, policy.Policy{}, s), rpc.Options{})
		a.send(watchLine("/agent"), `{"jsonrpc":"2.0","id":7,"method":"subscriptions/listen","params":{`+modernMeta+`,"notifications":{"resourceSubscriptions":["realmconf://config"]}}}`)
		for _, step := range []struct {
			generation uint64
			text, want string
		}{{200, second, "500-200 own false"}, {500, first, "200-500 own false"}, {900, "", "500-900 own false"}} {
			s.save(step.generation, step.text)
			wantNotifications(t, step.text, a.output(), "realmconf://config 7", step.want)
		}
		a.send(watchLine(""))
		s.save(300, second)
		wantNotifications(t, "a second watch", a.output(), "realmconf://config 7", "900-300 own false")
		a.close()
	})
}

// TestSubscriptions_slowWatch begins subscriptions while the watch is behind the text that
// the replies have: the next save, which has a lower number, is news, also where it brings
// back what the watch has seen last.
func TestSubscriptions_slowWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &unnumbered{Store: memory.New()}
		first, second := "[agent]\nmodel = \"a\"\n", "[agent]\nmodel = \"b\"\n"
		s.save(100, first)
		a := connect(t, operationsOver(t, policy.Policy{}, s), rpc.Options{})
		a.send(watchLine("/rest"))
		s.isSlow = true
		s.save(800, second)
		a.send(watchLine("/agent"), `{"jsonrpc":"2.0","id":7,"method":"subscriptions/listen","params":{`+modernMeta+`,"notifications":{"resourceSubscriptions":["realmconf://config/agent"]}}}`)
		wantNotifications(t, "no save", a.output())
		s.isSlow = false
		s.save(200, first+"\n")
		wantNotifications(t, "a save with a lower number", a.output(), "realmconf://config/agent 7", "100-200 own false")
		a.close()
	})
}
