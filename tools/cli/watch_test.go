package cli

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"realmconf/schema/tree"
)

// TestWatchPrintsALineForEachChange watches a part while others write, and ends
// when it is interrupted.
func TestWatchPrintsALineForEachChange(t *testing.T) {
	p := newPerson(t, Terminal{})
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	begun, told := io.Pipe()
	results, printed := io.Pipe()
	watching := p.session
	watching.Stdout, watching.Stderr = printed, told
	inv, err := Parse(server(), []string{"watch", "/rest"})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan int)
	go func() { ended <- inv.Run(ctx, watching) }()
	if first, err := bufio.NewReader(begun).ReadString('\n'); err != nil || first != "realmconf: watching from generation 0 on\n" {
		t.Fatalf("got %q, %v", first, err)
	}
	lines := bufio.NewReader(results)
	for generation, change := range []string{`{"agent":{"model":"m"}}`, `{"rest":{"port":1}}`} {
		var out bytes.Buffer
		writing := p.session
		writing.Stdout = &out
		patch, err := Parse(server(), []string{"patch", change, "--reason", "because"})
		if err != nil {
			t.Fatal(err)
		}
		if code := patch.Run(t.Context(), writing); code != ExitDone || !strings.Contains(out.String(), `"changed":true`) {
			t.Fatalf("write %d: exit %d, %s", generation+1, code, out.String())
		}
	}
	line, err := lines.ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	params, err := tree.DecodeObject(line)
	if err != nil {
		t.Fatal(err)
	}
	changes := params["changes"].([]any)
	if params["generation"] != int64(2) || len(changes) != 1 || changes[0].(tree.Object)["path"] != "/rest" {
		t.Errorf("got %s, want the change of /rest alone", line)
	}
	interrupt()
	if code := <-ended; code != ExitDone {
		t.Errorf("exit %d, want 0", code)
	}
	p.does(2, "", "watch", "rest")
}
