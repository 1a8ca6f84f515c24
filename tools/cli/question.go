package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

// answer is the letter that answers a question.
type answer byte

const (
	editAgain answer = 'e'
	reset     answer = 'r'
	mergeBoth answer = 'm'
	keepAside answer = 'k'
)

// canAsk reports whether standard input is a terminal.
func (e *editRun) canAsk() bool { return e.session.isTerminal(e.session.Stdin) }

// ask prints a question on standard error and returns the answer. An empty line is
// the first of the choices. The end of the input or of ctx is the last, which must
// be the one that stops.
func (e *editRun) ask(ctx context.Context, question string, choices ...answer) answer {
	e.session.message("your text is in %s meanwhile", e.draft.path)
	for {
		fmt.Fprintf(e.session.Stderr, "realmconf: %s ", question)
		line, err := await(ctx, func() (string, error) { return e.answers.ReadString('\n') })
		line = strings.ToLower(strings.TrimSpace(line))
		switch {
		case err != nil && (line == "" || !errors.Is(err, io.EOF)):
			fmt.Fprintln(e.session.Stderr)
			return choices[len(choices)-1]
		case line == "":
			return choices[0]
		case slices.Contains(choices, answer(line[0])):
			return answer(line[0])
		}
	}
}

// handleSignals returns a context that ends with the first signal to stop. Ctrl-C
// is ignored while the editor runs: it is for the editor, and must not lose the
// text. A closed terminal stops the edit, unless the program runs under nohup.
func (e *editRun) handleSignals(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx)) // the program's own context ends with Ctrl-C
	wanted := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		wanted = append(wanted, syscall.SIGHUP)
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, wanted...)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case s := <-signals:
				if s != os.Interrupt || !e.inEditor.Load() {
					cancel()
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel()
		<-done
	}
}
