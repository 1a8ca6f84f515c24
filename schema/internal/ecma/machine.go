package ecma

// inst is an instruction of a program.
type inst struct {
	op    opcode
	set   charSet
	x, y  int    // the next instructions of opSplit; x that of opJump
	sub   []inst // of an assertion
	isNot bool
}

type opcode int

const (
	opMatch opcode = iota
	opChar
	opSplit
	opJump
	opStart
	opEnd
	opBoundary
	opAhead
	opBehind
)

// builder writes a program.
type builder struct {
	prog []inst
	left *int // how many more instructions the expression may have
	err  error
}

func compile(root *node, left *int) ([]inst, error) {
	b := builder{left: left}
	b.node(root)
	b.emit(inst{op: opMatch})
	return b.prog, b.err
}

func (b *builder) emit(i inst) int {
	if *b.left <= 0 {
		if b.err == nil {
			b.err = ErrTooLarge
		}
		return 0
	}
	*b.left--
	b.prog = append(b.prog, i)
	return len(b.prog) - 1
}

func (b *builder) node(n *node) {
	if b.err != nil {
		return
	}
	switch n.kind {
	case kindChar:
		b.emit(inst{op: opChar, set: n.set})
	case kindSequence:
		for _, part := range n.parts {
			b.node(part)
		}
	case kindAlternatives:
		b.alternatives(n.parts)
	case kindRepeat:
		b.repeat(n)
	case kindStart:
		b.emit(inst{op: opStart})
	case kindEnd:
		b.emit(inst{op: opEnd})
	case kindBoundary:
		b.emit(inst{op: opBoundary, isNot: n.isNot})
	case kindAhead, kindBehind:
		sub, err := compile(n.parts[0], b.left)
		if err != nil {
			b.err = err
			return
		}
		op := opAhead
		if n.kind == kindBehind {
			op = opBehind
		}
		b.emit(inst{op: op, sub: sub, isNot: n.isNot})
	}
}

func (b *builder) alternatives(parts []*node) {
	var ends []int
	for i, part := range parts {
		if i == len(parts)-1 {
			b.node(part)
			break
		}
		split := b.emit(inst{op: opSplit})
		b.prog[split].x = len(b.prog)
		b.node(part)
		ends = append(ends, b.emit(inst{op: opJump}))
		b.prog[split].y = len(b.prog)
	}
	for _, end := range ends {
		b.prog[end].x = len(b.prog)
	}
}

func (b *builder) repeat(n *node) {
	for range n.min {
		if b.node(n.parts[0]); b.err != nil {
			return
		}
	}
	if n.max < 0 {
		split := b.emit(inst{op: opSplit})
		b.prog[split].x = len(b.prog)
		b.node(n.parts[0])
		b.emit(inst{op: opJump, x: split})
		b.prog[split].y = len(b.prog)
		return
	}
	var splits []int
	for range n.max - n.min {
		split := b.emit(inst{op: opSplit})
		b.prog[split].x = len(b.prog)
		splits = append(splits, split)
		if b.node(n.parts[0]); b.err != nil {
			return
		}
	}
	for _, split := range splits {
		b.prog[split].y = len(b.prog)
	}
}

// machine runs programs over one text.
type machine struct {
	text  []rune
	steps int
	most  int
}

// threads are the instructions at which a program may be.
type threads struct {
	list []int
	has  []bool
}

// run reports whether a program matches from a position on, or from any later one if
// anywhere is true; until is where the match must end, -1 if that may be anywhere. It
// is true when the work has become too much.
func (m *machine) run(prog []inst, from int, anywhere bool, until int) bool {
	now, next := threads{has: make([]bool, len(prog))}, threads{has: make([]bool, len(prog))}
	m.steps += len(prog) / 16 // for the memory
	last := len(m.text)
	if until >= 0 {
		last = until
	}
	for pos := from; ; pos++ {
		if anywhere || pos == from {
			if m.add(prog, &now, 0, pos) && (until < 0 || pos == until) {
				return true
			}
		}
		if pos >= last || len(now.list) == 0 && !anywhere {
			return false
		}
		matched := false
		for _, pc := range now.list {
			if prog[pc].op == opChar && prog[pc].set.contains(m.text[pos]) {
				matched = m.add(prog, &next, pc+1, pos+1) || matched
			}
		}
		if m.steps += len(now.list) + 1; m.steps > m.most || matched && (until < 0 || pos+1 == until) {
			return true
		}
		for _, pc := range now.list {
			now.has[pc] = false
		}
		now.list = now.list[:0]
		now, next = next, now
	}
}

// add adds a thread and all that it leads to without reading a character. It reports
// whether one of them is at the end of the program.
func (m *machine) add(prog []inst, t *threads, pc, pos int) bool {
	matched := false
	stack := []int{pc}
	for len(stack) > 0 {
		pc := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if t.has[pc] {
			continue
		}
		t.has[pc] = true
		t.list = append(t.list, pc)
		switch i := &prog[pc]; i.op {
		case opMatch:
			matched = true
		case opSplit:
			stack = append(stack, i.y, i.x)
		case opJump:
			stack = append(stack, i.x)
		case opStart, opEnd, opBoundary, opAhead, opBehind:
			if m.holds(i, pos) {
				stack = append(stack, pc+1)
			}
		}
	}
	return matched
}

// holds reports whether an assertion holds at a position.
func (m *machine) holds(i *inst, pos int) bool {
	switch i.op {
	case opStart:
		return pos == 0
	case opEnd:
		return pos == len(m.text)
	case opBoundary:
		return (m.isWord(pos-1) != m.isWord(pos)) != i.isNot
	case opAhead:
		return m.run(i.sub, pos, false, -1) != i.isNot
	default:
		return m.run(i.sub, 0, true, pos) != i.isNot
	}
}

func (m *machine) isWord(pos int) bool {
	return pos >= 0 && pos < len(m.text) && named('w').contains(m.text[pos])
}
