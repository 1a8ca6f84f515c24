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
)

// Client finds the questions of all servers of its user, and answers them.
type Client struct {
	// Directory is the place of the sockets; empty for the user's own.
	Directory string
}

// List returns the open questions, and then those with a no that can be taken back, the
// oldest first. A socket that has no server any more is removed. Problems say what is not
// in the list: a directory that is not the user's alone, a server that has ended, which
// is ErrServerEnded, or one that does not answer.
func (c Client) List(ctx context.Context) (all []Pending, problems []error) {
	if !canListen {
		return nil, []error{notOffered()}
	}
	for _, place := range places(c.Directory) {
		err := checkPlace(place, os.Geteuid())
		if parent := checkParent(place, os.Geteuid()); c.Directory != "" && parent != nil && (err == nil || errors.Is(err, fs.ErrNotExist)) {
			err = parent // no server has a socket there
		}
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			problems = append(problems, err)
			continue
		}
		sockets, ended := findSockets(place)
		if ended > 0 {
			problems = append(problems, ErrServerEnded)
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
		subject, err := parseDigest(digest)
		if err != nil {
			return questions, strangeReply()
		}
		questions = append(questions, Pending{subject, proposal, path})
	}
	return questions, nil
}

// Answer sends a person's answer to the server that asked. The error says why it was
// not taken, or is fault.OutcomeUnknown. The way is store.ReviewWay or store.PageWay.
func (c Client) Answer(ctx context.Context, p Pending, isYes bool, way store.Way) error {
	consent := Consent{Way: way, Via: "realmconf"}
	line, err := exchange(ctx, p.socket, os.Geteuid(), request{kind: answerRequest, subject: p.Subject, isYes: isYes, consent: consent})
	if errors.Is(err, errEnded) {
		return fault.New(fault.NotFound, "the question has an answer already, or the server that asked has ended: this answer changes nothing; look at the questions again, and let the agent repeat its call")
	}
	if err != nil {
		return err
	}
	reply, err := tree.DecodeObject(line)
	if err != nil {
		return lostReply(err)
	}
	if refused, ok := reply["refused"].(string); ok {
		return fault.New(fault.NotFound, "%s", refused)
	}
	return nil
}

// ErrServerEnded says that a server has ended while it had a question.
var ErrServerEnded = errors.New("a server has ended while its question was open: nothing was changed; the agent may ask again")

// errEnded says that a socket is not served any more.
var errEnded = errors.New("the server has ended")

// noReply is the error of a server that is there and does not answer a request, which
// has had no effect.
func noReply(err error) *fault.Fault {
	return fault.New(fault.NotFound, "a server that may have a question does not answer: is it stopped, or busy? try again").Because(err)
}

// lostReply is the error of an answer that was sent and not replied to.
func lostReply(err error) *fault.Fault {
	return fault.New(fault.OutcomeUnknown, "the server did not say whether it took the answer, which may count: list the questions again; the answer was taken if this one is gone, or was a no and has one").Because(err)
}

func strangeReply() *fault.Fault {
	return fault.New(fault.NotFound, "a server's reply is not understood: is it another version of realmconf?")
}

// notOffered is the error where no socket can be made.
func notOffered() *fault.Fault {
	return fault.New(fault.NotFound, "realmconf review cannot be offered here: this system does not tell whose process is at the other end of a socket")
}
