package tree

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Operation is one step of a JSON Patch (RFC 6902, section 4).
type Operation struct {
	Op    string // "add", "remove", "replace", "move", "copy" or "test"
	Path  Pointer
	From  Pointer // of move and copy
	Value any     // of add, replace and test
}

// needs returns the member that an op has besides op and path, "" if it has no
// other.
func needs(op string) (member string, known bool) {
	switch op {
	case "add", "replace", "test":
		return "value", true
	case "move", "copy":
		return "from", true
	case "remove":
		return "", true
	default:
		return "", false
	}
}

// Names returns the places from which the operation explicitly removes a value:
// the path of a remove, the from of a move. It does not name a value that an add,
// a replace, a copy or a move replaces.
//
// A pointer is valid in the result of the operations before this one: after
// "remove /list/0" the entry that was /list/1 is /list/0.
func (op Operation) Names() []Pointer {
	switch op.Op {
	case "remove":
		return []Pointer{op.Path}
	case "move":
		return []Pointer{op.From}
	default:
		return nil
	}
}

// OperationError tells which operation cannot be carried out, and why. Its text
// names keys and places. It never shows a value, stored or given, because a value
// may be a secret.
type OperationError struct {
	Index   int    // of the operation, from 0
	Pointer string // the path or from in question; "" for the root, or if it could not be read
	Reason  string // ends with what to do next
	Test    bool   // an operation "test" failed: the value is another one, or missing
}

// Error names the operation by its index in the list "operations".
func (e *OperationError) Error() string {
	if e.Pointer == "" {
		return fmt.Sprintf("operations[%d]: %s", e.Index, e.Reason)
	}
	return fmt.Sprintf("operations[%d]: %s: %s", e.Index, e.Pointer, e.Reason)
}

// ParseOperations reads a JSON Patch as a client sends it. Members that the op does
// not have are ignored, as RFC 6902 (section 4) wants it. A value of null counts as
// given. The error is an *OperationError, or a
// *LimitError for more than MaxOperations. The operations share their values with
// list.
func ParseOperations(list []any) ([]Operation, error) {
	if len(list) > MaxOperations {
		return nil, &LimitError{Counted: "operations", Limit: MaxOperations}
	}
	operations := make([]Operation, 0, len(list))
	for i, entry := range list {
		op, err := parseOperation(entry)
		if err != nil {
			err.Index = i
			return nil, err
		}
		operations = append(operations, op)
	}
	return operations, nil
}

func parseOperation(entry any) (Operation, *OperationError) {
	var op Operation
	refuse := func(format string, args ...any) (Operation, *OperationError) {
		return Operation{}, &OperationError{Pointer: op.Path.String(), Reason: fmt.Sprintf(format, args...)}
	}
	o, ok := entry.(map[string]any)
	if !ok {
		return refuse("an operation is an object with op and path, not %s; write it as one", WithArticle(TypeName(entry)))
	}
	var err error
	if op.Path, err = pointerMember(o, "path"); err != nil {
		return refuse("%s", err)
	}
	if op.Op, ok = o["op"].(string); !ok {
		if v, has := o["op"]; has {
			return refuse("op must be a string, not %s; %s", WithArticle(TypeName(v)), giveOp)
		}
		return refuse("op is missing; %s", giveOp)
	}
	need, ok := needs(op.Op)
	if !ok {
		return refuse("no op %.40q exists; %s", op.Op, giveOp)
	}
	switch need {
	case "from":
		if op.From, err = pointerMember(o, "from"); err != nil {
			return refuse("%s", err)
		}
	case "value":
		if op.Value, ok = o["value"]; !ok {
			return refuse("%s needs a value; give it, null if that is what you mean", op.Op)
		}
	}
	return op, nil
}

const giveOp = "give add, remove, replace, move, copy or test"

// pointerMember reads a member that must be a JSON Pointer.
func pointerMember(o Object, name string) (Pointer, error) {
	v, has := o[name]
	if !has {
		return nil, fmt.Errorf("%s is missing; give a JSON Pointer such as \"/a/0/b\"", name)
	}
	s, ok := v.(string)
	if !ok {
		return nil, fmt.Errorf("%s must be a string, not %s; give a JSON Pointer such as \"/a/0/b\"", name, WithArticle(TypeName(v)))
	}
	p, err := ParsePointer(s)
	if err != nil && name != "path" {
		return nil, fmt.Errorf("%s: %w", name, err) // err calls it a path
	}
	return p, err
}

// notFound explains why there is no value at a pointer: how far it leads, and
// which pointer was probably intended. With the op "add" the last token names a
// new place.
func notFound(o Object, p Pointer, op string) *OperationError {
	_, depth, _ := p.Get(o)
	held, _, _ := p[:depth].Get(o)
	token, last := p[depth], depth == len(p)-1
	at := place(p[:depth])
	var reason string
	switch c := held.(type) {
	case map[string]any:
		reason = fmt.Sprintf("%s has no key %q; ", at, token)
		near, isNear := Nearest(token, slices.Sorted(maps.Keys(c)))
		switch {
		case isNear:
			intended := slices.Clone(p)
			intended[depth] = near
			reason += "did you mean " + intended.String() + "?"
		case op == "add":
			reason += "add " + p[:depth+1].String() + " first, or use patch, which makes what is missing"
		case op == "replace" && last:
			reason += "use add to create it"
		default:
			reason += "read it again, then name a key that is there"
		}
	case []any:
		reason = fmt.Sprintf("%q is no entry of %s, a list of %d; ", token, at, len(c))
		switch {
		case op == "add" && last:
			reason = fmt.Sprintf("%q is no place in %s, a list of %d; give %s, or - to append", token, at, len(c), span(len(c)))
		case len(c) == 0:
			reason += "append one first: add " + p[:depth].Child("-").String()
		default:
			reason += "give " + span(len(c)-1)
		}
	default:
		reason = fmt.Sprintf("%s is %s, which holds no %q; ", at, WithArticle(TypeName(held)), token)
		if op == "add" {
			reason += "put an object there first"
		} else {
			reason += "name " + at + " itself"
		}
	}
	return &OperationError{Pointer: p.String(), Reason: reason}
}

func place(p Pointer) string {
	if len(p) == 0 {
		return "the root"
	}
	return p.String()
}

// span writes the range of indexes from 0 to last in words.
func span(last int) string {
	return strings.TrimSuffix("0 to "+strconv.Itoa(last), " to 0")
}
