package mcp

import (
	"context"
	"time"

	"realmconf/rpc/internal/conn"
	"realmconf/rpc/internal/frame"
	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// maxQuestions is the limit of questions of one connection that wait for a
// person. A call that waits does not count against the other limits.
const maxQuestions = 16

// ask puts a question to a person by a request to the client, the way of the
// older revisions, and waits for the answer. A call that waits does not delay the
// calls after it. After a yes it takes a new place in the order; after any other
// answer it changes nothing and needs no place. When the input ends or the
// question cannot be written, the answer is policy.Cancelled. The error is ctx's,
// or busy.
func (s *Server) ask(ctx context.Context, t *conn.Turn, f frame.Framing, message string) (policy.Answer, error) {
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	question, ok := s.conn.OpenRequest(maxQuestions)
	if !ok {
		return "", fault.New(fault.Busy,
			"%d questions wait for a person's answer, and that is the limit: repeat this call when some of them are answered", maxQuestions).
			With("limit", maxQuestions)
	}
	defer s.conn.CloseRequest(question)
	var answer policy.Answer
	var err error
	if busy := t.Suspend(func() { answer, err = s.awaitAnswer(ctx, question, f, message) }); busy != nil {
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

// awaitAnswer sends a question and waits for its answer. If it stops waiting, it
// withdraws the question.
func (s *Server) awaitAnswer(ctx context.Context, q *conn.Outgoing, f frame.Framing, message string) (policy.Answer, error) {
	select {
	case r := <-q.Response: // the input has ended
		return answerIn(r), nil
	default:
	}
	request := tree.Object{"jsonrpc": "2.0", "id": q.ID, "method": methodElicit, "params": form(message)}
	if err := s.conn.Send(f, tree.Append(nil, request), nil); err != nil {
		s.options.Log.Debug("question not written", "error", err)
		return policy.Cancelled, nil
	}
	timer := time.NewTimer(answerTime)
	defer timer.Stop()
	select {
	case r := <-q.Response:
		return answerIn(r), nil
	case <-ctx.Done():
		s.withdraw(q, f, "the call that asked has ended")
		return "", ctx.Err()
	case <-timer.C:
		s.withdraw(q, f, "no answer came in time")
		return policy.Expired, nil
	}
}

// answerIn reads the answer in a response. An error response has no result.
func answerIn(r conn.Response) policy.Answer {
	result, err := tree.Decode(r.Result)
	if err != nil {
		result = nil
	}
	return readAnswer(result)
}

// withdraw notifies the client that a question needs no answer any more.
func (s *Server) withdraw(q *conn.Outgoing, f frame.Framing, why string) {
	cancelled := tree.Object{"jsonrpc": "2.0", "method": "notifications/cancelled", "params": tree.Object{"requestId": q.ID, "reason": why}}
	if err := s.conn.Send(f, tree.Append(nil, cancelled), nil); err != nil {
		s.options.Log.Debug("notification not written", "error", err)
	}
}
