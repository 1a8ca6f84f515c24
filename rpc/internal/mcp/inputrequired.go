package mcp

import (
	"context"
	"crypto/rand"
	"encoding/json"

	"realmconf/schema/tree"
	"realmconf/tools/policy"
	"realmconf/tools/review"
)

// questionName is the name of the question among the inputRequests of a result.
// A call has one question at a time.
const questionName = "approve"

// input is what a tool call of MCP 2026-07-28 brings along when it is repeated
// with a person's answer (patterns/mrtr). The server keeps nothing between the
// two calls: everything that it needs of the first is in the sealed state.
type input struct {
	responses tree.Object // by the names of the questions; may be nil
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

// answer returns the person's answer, if the input has one to exactly this
// question. If not, the error is the question, an *inputRequired, or ctx's.
func (in input) answer(ctx context.Context, seals *stateSealer, now review.Instant, c askedCall, message string) (policy.Answer, error) {
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if response, isAnswered := in.responses[questionName]; isAnswered {
		if asked, valid := seals.check(in.state, c); valid {
			if asked.HasExpired(now) || seals.use(in.state, asked, now) {
				return answerAfter(response, asked, now), nil
			}
		}
	}
	return "", &inputRequired{message: message, state: seals.key.seal(c, now, rand.Text())}
}

// inputRequired is a question to a person, as an error: the call ends without
// an effect, and is repeated with the answer.
type inputRequired struct{ message, state string }

// Error returns the reason why the call has ended.
func (e *inputRequired) Error() string { return "a person has to answer a question first" }

// inputResult returns a question as the result of a tool.
func (s *Server) inputResult(r *request, e *inputRequired) json.RawMessage {
	params := form(e.message)
	params["mode"] = "form"
	return s.render(r, "input_required", tree.Object{
		"inputRequests": tree.Object{questionName: tree.Object{"method": methodElicit, "params": params}},
		"requestState":  e.state,
	})
}
