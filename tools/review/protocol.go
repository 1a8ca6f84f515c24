package review

import (
	"bufio"
	"encoding/hex"
	"errors"
	"io"

	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// A connection carries one request and its reply, each one line of JSON:
//
//	{"request":"list"}                                        ─▶
//	                        ◀─ {"questions":[{"digest":"…",…}]}
//	{"request":"answer","digest":"…","decision":"yes","way":"review","via":"realmconf"}  ─▶
//	                        ◀─ {} or {"refused":"why"}
//
// A question with a no has declined_until, the end of its back-off.
const (
	maxRequest = 1 << 10
	maxReply   = MaxQuestions * (policy.MaxProposal + 8<<10) // a digest, a directory and two times beside each proposal
)

const keyDeclinedUntil = "declined_until"

// requestKind is what a request asks for.
type requestKind string

const (
	listRequest   requestKind = "list"
	answerRequest requestKind = "answer"
)

// decision is a person's answer.
type decision string

const (
	yesDecision decision = "yes"
	noDecision  decision = "no"
)

// request is a parsed request.
type request struct {
	kind    requestKind
	subject policy.Fingerprint // of an answer
	isYes   bool
	consent Consent
}

var errNoRequest = errors.New("not a request")

// parseRequest parses a line. It accepts nothing but the two requests.
func parseRequest(line []byte) (request, error) {
	members, err := tree.DecodeObject(line)
	if err != nil {
		return request{}, err
	}
	kind, _ := members["request"].(string)
	switch {
	case requestKind(kind) == listRequest && len(members) == 1:
		return request{kind: listRequest}, nil
	case requestKind(kind) != answerRequest || len(members) != 5:
		return request{}, errNoRequest
	}
	digest, _ := members["digest"].(string)
	made, _ := members["decision"].(string)
	way, _ := members["way"].(string)
	via, isText := members["via"].(string)
	r := request{kind: answerRequest, isYes: decision(made) == yesDecision, consent: Consent{store.Way(way), via}}
	isKnown := r.isYes || decision(made) == noDecision
	isWay := r.consent.Way == store.ReviewWay || r.consent.Way == store.PageWay
	if r.subject, err = parseDigest(digest); err != nil || !isKnown || !isWay || !isText {
		return request{}, errNoRequest
	}
	return r, nil
}

// line returns a request as it is sent.
func (r request) line() []byte {
	o := tree.Object{"request": string(r.kind)}
	if r.kind == answerRequest {
		made := noDecision
		if r.isYes {
			made = yesDecision
		}
		o["digest"], o["decision"] = hex.EncodeToString(r.subject[:]), string(made)
		o["way"], o["via"] = string(r.consent.Way), r.consent.Via
	}
	return append(tree.Append(nil, o), '\n')
}

// parseDigest parses the digest of a question.
func parseDigest(text string) (subject policy.Fingerprint, err error) {
	digest, err := hex.DecodeString(text)
	if err != nil || len(digest) != len(subject) {
		return subject, errors.New("not the digest of a question: 64 hexadecimal digits")
	}
	return policy.Fingerprint(digest), nil
}

// readLine reads one line of at most limit bytes.
func readLine(from io.Reader, limit int64) ([]byte, error) {
	line, err := bufio.NewReader(io.LimitReader(from, limit)).ReadBytes('\n')
	if err == io.EOF {
		return nil, errors.New("the line has no end")
	}
	return line, err
}
