package rpc

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// dispatcher finds out what a message asks for, and in which era. It serves one
// connection.
type dispatcher struct {
	catalog       *catalog
	diagnostic    DiagnosticMode
	version       string
	subscriptions *subscriptions
	questions     *questions
	seal          func() sealKey

	session     session // what the last initialize settled
	toolReplies lastReply
}

// effect says what a call has to do with the configuration.
type effect int

const (
	none   effect = iota // nothing: it is done when its turn comes
	reads                // it sees what the writes before it have done
	writes               // it may change something
)

// call is what a message asks for. It stays what it is, whatever an initialize
// after it settles.
type call struct {
	effect effect
	// do does it, in its turn, which is nil for what has nothing to do with the
	// configuration. Neither a result nor an error means that no answer is due.
	do    func(ctx context.Context, t *turn) (json.RawMessage, error)
	after func() // called when the answer is written, and in any case; may be nil
	// brief is the result of a write in its shortest form, once do has done it,
	// and nil if it has not; of other calls it is nil itself.
	brief func() json.RawMessage
}

// begin finds out what a message asks for. It is called with one message after
// the other, in the order of their arrival. Errors are faults, or MCP's own.
func (d *dispatcher) begin(m *message) (call, error) {
	if m.refuse != nil {
		return call{}, m.refuse
	}
	_, config := d.catalog.methods[m.method]
	ours := config || d.offersWatch(m.method)
	known := ours || scopeOf(m.method) != unknown
	r, err := d.request(m)
	switch {
	case err != nil && !known && m.params != nil && m.params[0] == '[':
		return call{}, d.unknownMethod(m.method)
	case err != nil:
		return call{}, err
	case config:
		return d.beginMethod(r), nil
	case ours:
		return d.beginWatch(r)
	case !known:
		return call{}, d.unknownMethod(m.method)
	default:
		return d.beginMCP(r)
	}
}

// beginMCP begins one of MCP's methods, if the request's era has it. A
// connection that has seen no initialize is told both ways in.
func (d *dispatcher) beginMCP(r *request) (call, error) {
	where := scopeOf(r.method)
	switch {
	case r.modern() && where == legacyOnly:
		return call{}, fault.New(fault.MethodNotFound, "method %s is not part of MCP %s: leave it out", clip(r.method), r.revision())
	case !r.modern() && where == modernOnly:
		return call{}, invalidParams("method %q needs _meta[%q]: name the protocol version", r.method, keyVersion)
	case r.method == "initialize" && r.batched:
		return call{}, fault.New(fault.InvalidRequest, "initialize cannot be part of a batch: send it alone")
	case r.method == "initialize":
		return settled(d.initialize(r)), nil
	case r.method == "ping":
		return settled(json.RawMessage("{}")), nil
	case r.revision() == "":
		return call{}, invalidParams("method %s needs a protocol version: send initialize first, or _meta[%q] with every request", clip(r.method), keyVersion)
	}
	switch r.method {
	case "server/discover":
		return settled(d.discover(r)), nil
	case "tools/list":
		return d.listTools(r)
	case "tools/call":
		return d.beginTool(r)
	}
	if d.catalog.resources != nil {
		switch r.method {
		case "resources/list":
			return d.listResources(r)
		case "resources/templates/list":
			return d.listTemplates(r)
		case "resources/read":
			return d.beginRead(r)
		case "resources/subscribe":
			return d.beginSubscribe(r)
		case "resources/unsubscribe":
			return d.beginUnsubscribe(r)
		case "subscriptions/listen":
			return d.beginListen(r)
		case "completion/complete":
			return d.beginComplete(r)
		}
	}
	return call{}, fault.New(fault.MethodNotFound, "method %s is not offered here: the capabilities say what is", clip(r.method))
}

// settled is a call whose answer is known already.
func settled(result json.RawMessage) call {
	return call{do: func(context.Context, *turn) (json.RawMessage, error) { return result, nil }}
}

// reading is a call that reads the configuration.
func reading(do func(ctx context.Context) (json.RawMessage, error)) call {
	return call{effect: reads, do: func(ctx context.Context, _ *turn) (json.RawMessage, error) { return do(ctx) }}
}

// request decodes a message's parameters and finds out its era.
func (d *dispatcher) request(m *message) (*request, error) {
	r := &request{method: m.method, session: d.session, id: m.id, framing: m.framing, batched: m.batched}
	if m.params == nil {
		return r, nil
	}
	params, err := tree.DecodeObject(m.params)
	if err != nil {
		return nil, paramsFault(err, m.at)
	}
	raw, present := params["_meta"]
	r.meta, err = readMeta(raw, present)
	if err != nil && !d.forgives(m.method, err) {
		return nil, err
	}
	delete(params, "_meta")
	r.params = params
	return r, nil
}

// forgives reports whether a method is served even though its _meta is wrong.
// initialize always succeeds: a host that is refused there cannot do anything
// else either. It still is no method of the revision that it claims.
func (d *dispatcher) forgives(method string, err error) bool {
	var version *versionError
	return method == "initialize" && !errors.As(err, &version)
}

// paramsFault says why parameters cannot be read, with the place in the line.
func paramsFault(err error, at int) error {
	var e *tree.DecodeError
	if !errors.As(err, &e) {
		return err
	}
	if e.Kind == tree.Shape {
		return invalidParams("params must be an object: name the parameters")
	}
	placed := *e
	placed.Offset += at
	placed.Path = append(tree.Pointer{"params"}, e.Path...)
	return invalidParams("%v", &placed)
}

// unknownMethod names the method that was probably meant.
func (d *dispatcher) unknownMethod(method string) error {
	known := slices.Concat(d.methods(), []string{"initialize", "ping", "server/discover", "tools/call", "tools/list"})
	if d.catalog.resources != nil {
		known = append(known, "completion/complete", "resources/list", "resources/read", "resources/subscribe",
			"resources/templates/list", "resources/unsubscribe", "subscriptions/listen")
	}
	return unknownName(fault.MethodNotFound, "method", method, known)
}

// methods are the names of our own methods.
func (d *dispatcher) methods() []string {
	if d.catalog.resources == nil {
		return d.catalog.methodNames
	}
	return slices.Concat(d.catalog.methodNames, []string{methodWatch, methodUnwatch})
}

// complete makes a result one of the request's era: a modern one says that it
// is complete and who made it.
func (d *dispatcher) complete(r *request, result tree.Object) json.RawMessage {
	return d.resulting(r, "complete", result)
}

// resulting is complete for any kind of result.
func (d *dispatcher) resulting(r *request, kind string, result tree.Object) json.RawMessage {
	if r.modern() {
		result["resultType"] = kind
		result["_meta"] = tree.Object{keyServerInfo: d.serverInfo(r.revision())}
	}
	return tree.Append(nil, result)
}
