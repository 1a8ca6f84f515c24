package conn

import (
	"context"
	"encoding/json"
	"errors"
	"iter"

	"realmconf/rpc/internal/frame"
	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// Handler is the protocol above a connection.
type Handler interface {
	// Begin finds out what a request asks for, and does nothing yet. It is
	// called with one request at a time, in the order of their arrival. It must
	// not block.
	Begin(r *Request) (Call, error)

	// CheckBatch returns an error if the client may not send these requests as
	// a batch. It is called between two calls of Begin.
	CheckBatch(requests iter.Seq[*Request]) error

	// Notify takes a notification. Notifications overtake requests, those that
	// came before included, because they may cancel one. It may be called
	// concurrently with every other method, and must not block.
	Notify(r *Request)

	// Finish is called once, when the input has ended and every request is
	// answered. It returns when its last notifications are sent.
	Finish(ctx context.Context)
}

// Request is a request or a notification as the client sent it.
type Request struct {
	ID        json.RawMessage // the client's bytes; nil for a notification
	Method    string
	RawParams json.RawMessage // an object or an array; nil if absent
	Framing   frame.Framing   // of the request and of its reply
	Batched   bool            // it is part of a batch
	Arrival   any             // equal for requests that were there at the same moment

	offset int // of RawParams in the message
}

// HasArray reports whether the parameters are a list.
func (r *Request) HasArray() bool { return len(r.RawParams) > 0 && r.RawParams[0] == '[' }

// Param returns one of the parameters as the client sent it; nil if it is missing
// or the parameters cannot be read.
func (r *Request) Param(name string) json.RawMessage {
	if hasManyMembers(r.RawParams, maxMembers) {
		return nil
	}
	members, err := tree.Members(r.RawParams)
	if err != nil {
		return nil
	}
	for _, m := range members {
		if m.Name == name {
			return m.Value
		}
	}
	return nil
}

// Params decodes the parameters; it returns nil if the request has none. Its
// error names the place in the message.
func (r *Request) Params() (tree.Object, error) {
	params, _, err := r.ParamsKnown(tree.Known{})
	return params, err
}

// ParamsKnown is Params, except that it does not decode a parameter that is known. It
// returns also the bytes of the parameter that has the name, nil if there is none.
func (r *Request) ParamsKnown(known tree.Known) (params tree.Object, raw []byte, err error) {
	if r.RawParams == nil {
		return nil, nil, nil
	}
	params, raw, err = tree.DecodeObjectKnown(r.RawParams, known)
	if err != nil {
		return nil, nil, r.paramsFault(err)
	}
	return params, raw, nil
}

// paramsFault returns the refusal of parameters that cannot be decoded.
func (r *Request) paramsFault(err error) error {
	var e *tree.DecodeError
	if !errors.As(err, &e) {
		return err
	}
	if e.Kind == tree.Shape {
		return fault.New(fault.InvalidParams, "params must be an object: name the parameters")
	}
	placed := *e
	placed.Offset += r.offset
	placed.Path = append(tree.Pointer{"params"}, e.Path...)
	return fault.New(fault.InvalidParams, "%s", decodeReason(&placed))
}

// Call is what a request asks for.
type Call struct {
	Effect Effect

	// Quick says that Do, with After, is expected to end within microseconds, so
	// that handing it to another goroutine would take longer. It may be wrong: see
	// readTime. It must be false for a call that writes. After the call nothing may
	// refer to its Request, to the bytes in it, or to its Turn, which are used for the
	// next one.
	Quick bool

	// Do does it, when its turn has come. Without a result and without an error
	// the request gets no reply now. An error is a fault, or has a method
	// ErrorObject of its own. A call with NoEffect gets no Turn.
	Do func(ctx context.Context, t *Turn) (json.RawMessage, error)

	// After is called when the reply is written, or when it is clear that there
	// will be none; may be nil. The reply of a batch's element is known then, and is
	// written with the others.
	After func()

	// MinimalResult returns the shortest result of a write that Do has done,
	// for a reply above the limits, or nil if Do has written nothing. It is nil
	// for calls that do not write.
	MinimalResult func() json.RawMessage
}

// Effect is what a call has to do with the configuration. It decides when the
// call may run.
type Effect int

const (
	// NoEffect is a call that neither reads nor writes; it runs at once.
	NoEffect Effect = iota
	// Reads is a call that sees the writes before it, and none after it.
	Reads
	// Writes is a call that may change something.
	Writes
)
