package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

// canAsk reports whether there is a person to be asked.
func (e *editing) canAsk() bool { return isTerminal(e.s.Stdin) }

// ask puts a question on standard error and returns the letter that was
// answered. Of the letters the first is also that of an empty answer, and the
// last the one that stops: the end of the input, or of ctx, counts as that.
func (e *editing) ask(ctx context.Context, question, letters string) byte {
	e.s.say("your text is in %s meanwhile", e.draft.path)
	for {
		fmt.Fprintf(e.s.Stderr, "realmconf: %s ", question)
		answer, err := await(ctx, func() (string, error) { return e.answers.ReadString('\n') })
		answer = strings.ToLower(strings.TrimSpace(answer))
		switch {
		case answer == "" && err != nil, err != nil && !errors.Is(err, io.EOF):
			fmt.Fprintln(e.s.Stderr)
			return letters[len(letters)-1]
		case answer == "":
			return letters[0]
		case strings.IndexByte(letters, answer[0]) >= 0:
			return answer[0]
		}
	}
}

// listen makes a context that ends with the first signal to stop. While the
// editor has the terminal, Ctrl-C is meant for the editor: a text that a person
// has typed is not dropped because of that. A closed terminal ends the work as
// well; nohup keeps it from that.
func (e *editing) listen(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	wanted := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		wanted = append(wanted, syscall.SIGHUP)
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, wanted...)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case s := <-signals:
				if s != os.Interrupt || !e.opened.Load() {
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
		<-stopped
	}
}
