package rpc

import (
	"context"
	"encoding/json"
	"time"

	"realmconf/schema/tree"
	"realmconf/tools"
)

// questionName is the name of our question among a result's inputRequests. A
// call has one question at a time.
const questionName = "approve"

// input is what a tool call of MCP 2026-07-28 brings along when it is repeated
// with a person's answer (patterns/mrtr). The server remembers nothing between
// the two: what it knows of the first one is in the state, under a seal.
type input struct {
	responses tree.Object // by the names of the questions; nil when there are none
	state     string
}

// readInput reads a request's input. The older revisions have none.
func readInput(r *request) (input, error) {
	var in input
	if !r.modern() {
		return in, nil
	}
	if v, ok := r.params["inputResponses"]; ok {
		if in.responses, ok = v.(tree.Object); !ok {
			return in, invalidParams("inputResponses must be an object, not %s: it holds the answers by the names of inputRequests", tree.TypeName(v))
		}
	}
	if v, ok := r.params["requestState"]; ok {
		if in.state, ok = v.(string); !ok {
			return in, invalidParams("requestState must be a string, not %s: send it back as it came", tree.TypeName(v))
		}
	}
	return in, nil
}

// answer is what the person says to a question, if the input brings an answer to
// exactly this one. If not, the error is the question itself, an *inputRequired;
// or it is ctx's.
func (in input) answer(ctx context.Context, key sealKey, c consent, message string) (tools.Answer, error) {
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	response, given := in.responses[questionName]
	now := time.Now()
	if given {
		switch key.check(in.state, c, now) {
		case sealed:
			return answerOf(response), nil
		case outOfDate:
			return tools.Expired, nil
		}
	}
	return "", &inputRequired{message: message, state: key.seal(c, now.Add(answerTime))}
}

// inputRequired is a question on its way to the person: the call ends with it,
// having done nothing, and is repeated with the answer.
type inputRequired struct{ message, state string }

// Error says what is needed.
func (e *inputRequired) Error() string { return "a person has to answer a question first" }

// inputResult is a question as a tool's result.
func (d *dispatcher) inputResult(r *request, e *inputRequired) json.RawMessage {
	params := form(e.message)
	params["mode"] = "form"
	return d.resulting(r, "input_required", tree.Object{
		"inputRequests": tree.Object{questionName: tree.Object{"method": methodElicit, "params": params}},
		"requestState":  e.state,
	})
}
