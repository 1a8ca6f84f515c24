package mcp

import (
	"context"
	"time"

	"realmconf/rpc/internal/conn"
	"realmconf/rpc/internal/frame"
	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
	"realmconf/tools/review"
)

// ask puts a question to a person by a request to the client, the way of the
// older revisions, and waits for the answer. A call that waits does not delay the
// calls after it, and counts against no limit but review.MaxQuestions. After a yes it
// takes a new place in the order; after any other answer it changes nothing and needs no
// place. When the input ends or the question cannot be written, the answer is
// policy.Cancelled. The error is ctx's, or busy.
func (s *Server) ask(ctx context.Context, t *conn.Turn, r *request, message string) (policy.Answer, error) {
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	question, ok := s.conn.OpenRequest(review.MaxQuestions)
	if !ok {
		return "", fault.New(fault.Busy,
			"%d questions wait for a person's answer, and that is the limit: repeat this call when some of them are answered", review.MaxQuestions).
			With("limit", review.MaxQuestions)
	}
	defer s.conn.CloseRequest(question)
	var answer policy.Answer
	var err error
	if busy := t.Suspend(func() { answer, err = s.awaitAnswer(ctx, question, r, message) }); busy != nil {
		return "", busy
	}
	if err == nil && answer == policy.Accepted {
		err = t.Take()
	}
	if err != nil {
		return "", err
	}
	return answer, nil
}

// progressTime is the time between two notifications that a question is still open.
// Some hosts give up after a minute without any.
const progressTime = 10 * time.Second

// awaitAnswer sends a question and waits for its answer. Meanwhile it tells the client
// that the call goes on, if that has asked for it. If it stops waiting, it withdraws
// the question.
func (s *Server) awaitAnswer(ctx context.Context, q *conn.Outgoing, r *request, message string) (policy.Answer, error) {
	select {
	case <-q.Response: // the input has ended
		return policy.Cancelled, nil
	default:
	}
	request := tree.Object{"jsonrpc": "2.0", "id": q.ID, "method": methodElicit, "params": form(message)}
	if err := s.conn.Send(r.Framing, tree.Append(nil, request), nil); err != nil {
		s.options.Log.Debug("question not written", "error", err)
		return policy.Cancelled, nil
	}
	start := s.clock() // a client that reads slowly gains no time by it
	timer := time.NewTimer(review.Lifetime)
	defer timer.Stop()
	progress := time.NewTicker(progressTime)
	defer progress.Stop()
	for {
		select {
		case response := <-q.Response:
			return answerIn(response, start, s.clock()), nil
		case <-ctx.Done():
			s.withdraw(q, r.Framing, "the call that asked has ended")
			return "", ctx.Err()
		case <-timer.C:
			s.withdraw(q, r.Framing, "no answer came in time")
			return policy.Expired, nil
		case <-progress.C:
			s.notifyProgress(r, s.clock().Sub(start))
		}
	}
}

// notifyProgress tells a client that has asked for it that a person is still asked.
func (s *Server) notifyProgress(r *request, waited time.Duration) {
	if r.meta.progressToken == nil {
		return
	}
	s.notify(r.Framing, "notifications/progress", tree.Object{
		"progressToken": r.meta.progressToken, "progress": int64(waited / time.Second), "message": "waiting for a person's answer",
	})
}

// answerIn reads the answer in a response that came at an instant after the question was
// asked. An error response has no result. At the end of the input there is no id.
func answerIn(r conn.Response, asked, now review.Instant) policy.Answer {
	if r.ID == nil {
		return policy.Cancelled
	}
	result, err := tree.Decode(r.Result)
	if err != nil {
		result = nil
	}
	return answerAfter(result, asked, now)
}

// withdraw notifies the client that a question needs no answer any more.
func (s *Server) withdraw(q *conn.Outgoing, f frame.Framing, why string) {
	s.notify(f, "notifications/cancelled", tree.Object{"requestId": q.ID, "reason": why})
}

// notify sends a notification.
func (s *Server) notify(f frame.Framing, method string, params tree.Object) {
	if err := s.conn.Send(f, tree.Append(nil, tree.Object{"jsonrpc": "2.0", "method": method, "params": params}), nil); err != nil {
		s.options.Log.Debug("notification not written", "error", err)
	}
}
