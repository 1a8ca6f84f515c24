package tree

import (
	"context"
	"fmt"
)

// Apply carries out the operations of a JSON Patch (RFC 6902), in order, as a
// Patcher does. If one of them fails, no result is returned, but an
// *OperationError; if ctx ends first, its error.
func Apply(ctx context.Context, o Object, operations []Operation) (Object, error) {
	p := NewPatcher(o)
	for _, op := range operations {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := p.Apply(op); err != nil {
			return nil, err
		}
	}
	return p.Object(), nil
}

func (p *Patcher) apply(op Operation) *OperationError {
	switch op.Op {
	case "add":
		return p.add(op.Path, op.Value)
	case "remove":
		return p.remove(op.Path)
	case "replace":
		return p.replace(op.Path, op.Value)
	case "move":
		return p.move(op)
	case "copy":
		return p.copy(op)
	case "test":
		v, err := p.find(op.Path, op.Op)
		if err == nil && !Equal(v, op.Value) {
			err = &OperationError{Pointer: op.Path.String(), Reason: "the value is not the one given; read it again, then decide again"}
		}
		if err != nil {
			err.Test = true
		}
		return err
	default:
		return &OperationError{Pointer: op.Path.String(), Reason: fmt.Sprintf("no op %q exists; %s", op.Op, giveOp)}
	}
}

// move is a remove followed by an add (RFC 6902, section 4.4): an index in path
// counts in the list without the removed value.
func (p *Patcher) move(op Operation) *OperationError {
	v, err := p.find(op.From, op.Op)
	if err != nil {
		return err
	}
	if op.Path.HasPrefix(op.From) {
		if len(op.From) == len(op.Path) {
			return nil
		}
		return &OperationError{Pointer: op.Path.String(), Reason: "from, " + place(op.From) + ", cannot move into itself; name a path outside of it"}
	}
	if err := p.remove(op.From); err != nil {
		return err
	}
	if err := p.addFrom(op.From, op.Path, v); err != nil {
		err.Reason = "once " + op.From.String() + " is removed, " + err.Reason
		return err
	}
	return nil
}

func (p *Patcher) copy(op Operation) *OperationError {
	v, err := p.find(op.From, op.Op)
	if err != nil {
		return err
	}
	if p.copied += len(Append(nil, v)); p.copied > maxCopied {
		return &OperationError{Pointer: op.From.String(), Reason: "the copies come to more than 1 MiB; copy less"}
	}
	p.Keep(v) // it is in two places now
	return p.addFrom(op.From, op.Path, v)
}

// find returns the value at a pointer.
func (p *Patcher) find(at Pointer, op string) (any, *OperationError) {
	v, _, ok := at.Get(p.root)
	if !ok {
		return nil, notFound(p.root, at, op)
	}
	return v, nil
}

// add sets an object's member, or inserts an entry into a list.
func (p *Patcher) add(at Pointer, v any) *OperationError {
	if err := p.fits(at, v); err != nil {
		return err
	}
	return p.insert(at, v)
}

// addFrom is add of a value that was at from.
func (p *Patcher) addFrom(from, at Pointer, v any) *OperationError {
	if err := p.fitsFrom(from, at, v); err != nil {
		return err
	}
	return p.insert(at, v)
}

func (p *Patcher) insert(at Pointer, v any) *OperationError {
	if len(at) == 0 {
		p.root = v.(map[string]any)
		return nil
	}
	parent, token := at[:len(at)-1], at[len(at)-1]
	held, _, _ := parent.Get(p.root)
	switch c := held.(type) {
	case map[string]any:
		p.setMember(parent, token, v)
		return nil
	case []any:
		i, ok := ArrayIndex(token)
		if token == "-" {
			i, ok = len(c), true
		}
		if ok && i <= len(c) {
			p.insertEntry(parent, i, v)
			return nil
		}
	}
	return notFound(p.root, at, "add")
}

// remove removes a member or an entry. The entries behind it move up.
func (p *Patcher) remove(at Pointer) *OperationError {
	if _, err := p.find(at, "remove"); err != nil {
		return err
	}
	if len(at) == 0 {
		return &OperationError{Reason: "the root cannot be removed; name the keys to remove"}
	}
	p.removeAt(at)
	return nil
}

// replace replaces an existing value.
func (p *Patcher) replace(at Pointer, v any) *OperationError {
	if _, err := p.find(at, "replace"); err != nil {
		return err
	}
	if err := p.fits(at, v); err != nil {
		return err
	}
	if len(at) == 0 {
		p.root = v.(map[string]any)
		return nil
	}
	p.setMember(at[:len(at)-1], at[len(at)-1], v)
	return nil
}
