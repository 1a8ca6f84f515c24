package cli

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"sync"
	"time"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools"
	"realmconf/tools/policy"
	"realmconf/tools/review"
	"realmconf/tools/review/web"
)

// reviewPage has the data of the review page: the questions of all servers of the
// user, and the history and the configuration of the selected realm.
type reviewPage struct {
	session *Session

	mu   sync.Mutex // protects open
	open map[string]review.Pending
}

var _ web.Backend = (*reviewPage)(nil)

// Subject returns the selected realm or file and its directory, or the store.
func (p *reviewPage) Subject(ctx context.Context) (json.RawMessage, error) {
	caller := p.session.caller()
	caller.PathVisibility = runtime.ShowPaths // the person's own browser
	raw, err := p.session.callAs(ctx, caller, tools.Get, tree.Object{"limit": int64(1)})
	if err != nil {
		return nil, err
	}
	reply, err := tree.DecodeObjectUnlimited(raw)
	if err != nil {
		return nil, err
	}
	subject := tree.Object{"realm": reply["realm_id"]}
	if name := p.session.Realm.FileName(); name != "" {
		subject["file"] = name
	}
	if path, _, _ := (tree.Pointer{"resolved_paths", "config_path"}).Get(reply); path != nil {
		directory := filepath.Dir(path.(string))
		if real, err := filepath.EvalSymlinks(directory); err == nil {
			directory = real // as in a question
		}
		subject["directory"] = directory
	}
	if place := p.session.sharedPlace(ctx); place != "" {
		subject["store"] = place
	}
	return tree.Append(nil, subject), nil
}

// Questions returns the questions that wait.
func (p *reviewPage) Questions(ctx context.Context) (json.RawMessage, error) {
	all, problems := p.session.Reviews.List(ctx)
	open := make(map[string]review.Pending, len(all))
	list, texts := []any{}, []any{}
	for _, pending := range all {
		if pending.DeclinedUntil() != "" {
			continue // the page would ask again at once
		}
		digest, _ := pending.Proposal["digest"].(string)
		open[digest] = pending
		list = append(list, policy.ForPerson(pending.Proposal))
	}
	for _, problem := range problems {
		texts = append(texts, problem.Error())
	}
	p.mu.Lock()
	p.open = open
	p.mu.Unlock()
	return tree.Append(nil, tree.Object{"questions": list, "problems": texts}), nil
}

// Answer sends an answer to the server of a question that the page was shown.
func (p *reviewPage) Answer(ctx context.Context, digest string, yes bool) error {
	p.mu.Lock()
	pending, isShown := p.open[digest]
	p.mu.Unlock()
	if !isShown {
		return fault.New(fault.NotFound, "this question does not wait any more: nothing was changed")
	}
	return p.session.Reviews.Answer(ctx, pending, yes, store.PageWay)
}

// History returns the reply of the operation.
func (p *reviewPage) History(ctx context.Context, params tree.Object) (json.RawMessage, error) {
	return p.session.call(ctx, tools.History, params)
}

// Diff returns the reply of the operation.
func (p *reviewPage) Diff(ctx context.Context, params tree.Object) (json.RawMessage, error) {
	return p.session.call(ctx, tools.Diff, params)
}

// Config returns the reply of get.
func (p *reviewPage) Config(ctx context.Context, params tree.Object) (json.RawMessage, error) {
	return p.session.call(ctx, tools.Get, params)
}

// arrivalTime is how long the browser may take to show the page, before its address
// is printed: some browsers may not read the file that leads there.
const arrivalTime = 20 * time.Second

// servePage serves the review page and opens a browser on it. It returns when ctx
// ends.
func (s *Session) servePage(ctx context.Context) error {
	server, err := web.Listen(&reviewPage{session: s})
	if err != nil {
		return fault.New(fault.Storage, "the page cannot be served: %v", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx) }()

	opened, err := s.openPage(server.Address())
	switch {
	case err != nil && !s.isTerminal(s.Stdout):
		return fault.New(fault.Storage, "no browser was opened (%v), and the address of the page is shown on a terminal only: run realmconf review there", err)
	case err != nil:
		s.message("no browser was opened (%v)", err)
		s.print("open %s\n", server.Address())
	default:
		defer opened.remove()
		s.message("the page is in your browser")
	}
	s.hint("it ends with Ctrl-C")
	s.awaitArrival(ctx, server, opened)
	if err := <-served; !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// awaitArrival waits until a page has come, and removes the file that led there. If no
// page comes, it tells the address.
func (s *Session) awaitArrival(ctx context.Context, server *web.Server, opened *redirect) {
	if opened == nil {
		return
	}
	timer := time.NewTimer(arrivalTime)
	defer timer.Stop()
	select {
	case <-server.Arrived():
		opened.remove()
	case <-ctx.Done():
	case <-timer.C:
		if s.isTerminal(s.Stdout) {
			s.message("does the browser show nothing? it may not be allowed to read the file")
			s.print("open %s\n", server.Address())
		}
	}
}
