package main

import (
	"bufio"
	"io"
	"os/exec"
	"testing"

	"realmconf/schema/tree"
)

// peer is a process that is spoken to line by line.
type peer struct {
	tb      testing.TB
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	output  io.Closer // what out reads
}

func startPeer(tb testing.TB, command *exec.Cmd) *peer {
	tb.Helper()
	p := &peer{tb: tb, command: command}
	var err error
	if p.in, err = command.StdinPipe(); err != nil {
		tb.Fatal(err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	p.output = out
	p.out = bufio.NewReaderSize(out, 1<<20)
	if err := command.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(p.end)
	return p
}

// end closes the input and waits. It may be called twice.
func (p *peer) end() {
	_ = p.in.Close()
	_ = p.command.Wait()
}

// ask sends lines together and drops as many answers.
func (p *peer) ask(requests []byte, answers int) {
	if _, err := p.in.Write(requests); err != nil {
		p.tb.Fatal(err)
	}
	for range answers {
		p.line()
	}
}

func (p *peer) line() []byte {
	line, err := p.out.ReadSlice('\n')
	if err != nil {
		p.tb.Fatalf("%v: %v", p.command.Args, err)
	}
	return line
}

// answer asks for one answer, decoded.
func (p *peer) answer(request string) tree.Object {
	p.tb.Helper()
	if _, err := io.WriteString(p.in, request); err != nil {
		p.tb.Fatal(err)
	}
	line := p.line()
	answer, err := tree.DecodeObject(line)
	if err != nil {
		p.tb.Fatalf("%v\n%s", err, line)
	}
	return answer
}
