package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// client is an example client, called as the documents print it.
type client struct {
	name  string
	words []string // below the directory of the clients
	// counts reports whether it adds one to a number; the other one checks all by itself.
	counts bool
}

// clients returns the example clients. Those that need a build are built.
func clients() []client {
	return []client{
		{"bash", []string{"bash", "bash/increment.sh"}, true},
		{"python", []string{"python3", "python/increment.py"}, true},
		{"go", []string{"go/increment"}, true},
		{"typescript", []string{"node", "typescript/watch.js"}, false},
	}
}

// tryClient runs a client, which finds realmconf on the path, and returns its line of
// the table.
func (l lab) tryClient(ctx context.Context, c client) row {
	r := row{host: c.name, version: notTried, way: "client, from the path", listed: notTried, read: "no", change: "no", refuse: "no"}
	began := time.Now()
	realms := filepath.Join(l.scratch, c.name+"-client")
	env := append(os.Environ(), "PATH="+filepath.Dir(l.realmconf)+string(os.PathListSeparator)+os.Getenv("PATH"))
	run := func(arguments ...string) (string, error) {
		words := append([]string{}, c.words...)
		words[len(words)-1] = filepath.Join(l.clients, filepath.FromSlash(words[len(words)-1]))
		return command{append(append(words, arguments...), "--realm", "team", "--state-root", realms), l.scratch, env}.output(ctx)
	}
	if r.err = os.MkdirAll(realms, 0o700); r.err != nil {
		return r
	}
	if c.counts {
		var out string
		out, r.err = run("/retry/max_retries")
		text, _ := os.ReadFile(filepath.Join(realms, "team", "config.toml"))
		r.read = judgement(strings.HasSuffix(out, "4\n"), "no") // after warnings
		r.change = judgement(string(text) == "[retry]\nmax_retries = 4\n", "no")
		out, err := run("/retry/max_retries", "--read-only")
		r.refuse = judgement(err != nil && strings.Contains(out, "read-only"), "no")
	} else {
		out, err := run()
		verdict := judgement(strings.Contains(out, "all replies were right"), "no")
		r.read, r.change, r.refuse, r.err = verdict, verdict, verdict, err
	}
	r.took = time.Since(began)
	fmt.Printf("%s, %s: %v\n", r.host, r.way, r.steps())
	return r
}
