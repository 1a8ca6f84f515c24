package review

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// Client finds the questions of all servers of its user, and answers them.
type Client struct {
	// Directory is the place of the sockets; empty for the user's own.
	Directory string
}

// Pending is an open question of a server.
type Pending struct {
	Subject  policy.Fingerprint
	Proposal tree.Object // policy.Proposal.PersonTree, as the server sent it

	socket string
}

// List returns the open questions, and then those with a no that can be taken back, the
// oldest first. A socket that has no server any more
// is removed. Problems say what is not in the list: a directory that is not the
// user's alone, a server that has ended or does not answer.
func (c Client) List(ctx context.Context) (all []Pending, problems []error) {
	if !canListen {
		return nil, []error{notOffered()}
	}
	for _, place := range places(c.Directory) {
		err := checkPlace(place, os.Geteuid())
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			problems = append(problems, err)
			continue
		}
		sockets, ended := findSockets(place)
		if ended > 0 {
			problems = append(problems, fault.New(fault.NotFound, "a server has ended while its question was open: nothing was changed; the agent may ask again"))
		}
		for _, path := range sockets {
			questions, err := fetch(ctx, path)
			if err != nil {
				problems = append(problems, err)
			}
			all = append(all, questions...)
		}
	}
	slices.SortStableFunc(all, func(a, b Pending) int {
		return cmp.Or(cmp.Compare(min(len(a.DeclinedUntil()), 1), min(len(b.DeclinedUntil()), 1)), cmp.Compare(a.time(), b.time()))
	})
	return all, problems
}

// time returns when the question was asked, in a form that can be compared.
func (p Pending) time() string {
	at, _ := p.Proposal["time"].(string)
	return at
}

// DeclinedUntil returns, of a question with a no, the time until which the same call is
// refused without a question; "" of an open question.
func (p Pending) DeclinedUntil() string {
	until, _ := p.Proposal[keyDeclinedUntil].(string)
	return until
}

// fetch asks a server for its questions.
func fetch(ctx context.Context, path string) ([]Pending, error) {
	line, err := exchange(ctx, path, os.Geteuid(), request{kind: listRequest})
	if errors.Is(err, errEnded) {
		return nil, nil // its last question has just been answered
	}
	if err != nil {
		return nil, err
	}
	reply, err := tree.DecodeObjectUnlimited(line)
	list, isList := reply["questions"].([]any)
	if err != nil || !isList {
		return nil, strangeReply()
	}
	var questions []Pending
	for _, q := range list {
		proposal, _ := q.(tree.Object)
		digest, _ := proposal["digest"].(string)
		subject, err := ParseDigest(digest)
		if err != nil {
			return questions, strangeReply()
		}
		questions = append(questions, Pending{subject, proposal, path})
	}
	return questions, nil
}

// Answer sends a person's answer to the server that asked. The error says why it was
// not taken: then nothing has changed. The way is store.ReviewWay or store.PageWay.
func (c Client) Answer(ctx context.Context, p Pending, isYes bool, way store.Way) error {
	consent := Consent{Way: way, Via: "realmconf"}
	line, err := exchange(ctx, p.socket, os.Geteuid(), request{kind: answerRequest, subject: p.Subject, isYes: isYes, consent: consent})
	if errors.Is(err, errEnded) {
		return fault.New(fault.NotFound, "the server that asked has ended: nothing was changed; the agent may ask again")
	}
	if err != nil {
		return err
	}
	reply, err := tree.DecodeObject(line)
	if err != nil {
		return strangeReply()
	}
	if refused, ok := reply["refused"].(string); ok {
		return fault.New(fault.NotFound, "%s", refused)
	}
	return nil
}

// errEnded says that a socket is not served any more.
var errEnded = errors.New("the server has ended")

func strangeReply() *fault.Fault {
	return fault.New(fault.NotFound, "a server's reply is not understood: is it another version of realmconf?")
}
