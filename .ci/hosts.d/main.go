// The hosts program starts unmodified hosts with the entries that realmconf writes into
// their settings, lets a scripted model work through each, and prints a table of the
// steps that it could do. Nothing leaves the machine: the model answers on the loopback
// interface, and every host has a home directory of its own.
//
// Usage: go run ./.ci/hosts.d REALMCONF PACKAGES CLIENTS SCRATCH [NAME…]
//
// REALMCONF is the program, PACKAGES the directory in which npm has installed the hosts,
// CLIENTS that of the example clients, ready to run, and SCRATCH an empty directory. Names of
// hosts and clients leave the others out.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// lab is what all trials share.
type lab struct{ realmconf, packages, clients, scratch string }

func main() {
	if len(os.Args) < 5 {
		fmt.Fprintln(os.Stderr, "usage: go run ./.ci/hosts.d REALMCONF PACKAGES CLIENTS SCRATCH [NAME…]")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	l := lab{os.Args[1], os.Args[2], os.Args[3], os.Args[4]}
	for _, dir := range []*string{&l.realmconf, &l.packages, &l.clients, &l.scratch} {
		path, err := filepath.Abs(*dir)
		if err != nil {
			fail(err)
		}
		*dir = path
	}
	names := os.Args[5:]
	isChosen := func(name string) bool { return len(names) == 0 || slices.Contains(names, name) }
	var rows []row
	for _, h := range hosts() {
		if !isChosen(h.name) {
			continue
		}
		for _, w := range h.ways {
			rows = append(rows, l.try(ctx, h, w))
		}
	}
	for _, c := range clients() {
		if !isChosen(c.name) {
			continue
		}
		rows = append(rows, l.tryClient(ctx, c))
	}
	if len(rows) == 0 {
		fail(fmt.Errorf("no host and no client is named %q", names))
	}
	if !printTable(rows) {
		os.Exit(1)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "hosts:", err)
	os.Exit(1)
}

// row is a line of the table.
type row struct {
	host, version, way           string
	listed, read, change, refuse string // "yes", "–", or how the step went wrong
	took                         time.Duration
	err                          error
}

const (
	yes      = "yes"
	notTried = "–"
)

func (r row) steps() []string { return []string{r.listed, r.read, r.change, r.refuse} }

// isGreen reports whether every step went well.
func (r row) isGreen() bool {
	for _, step := range r.steps() {
		if step != yes && step != notTried {
			return false
		}
	}
	return r.err == nil
}

// printTable prints the rows, and below them the errors. It reports whether all are
// green.
func printTable(rows []row) bool {
	fmt.Println()
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "host\tversion\tentry by\tlisted tools\tread\tchange made\trefused change told\tseconds")
	isGreen := true
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%.1f\n", r.host, r.version, r.way, strings.Join(r.steps(), "\t"), r.took.Seconds())
		isGreen = isGreen && r.isGreen()
	}
	if err := w.Flush(); err != nil {
		fail(err)
	}
	for _, r := range rows {
		if r.err != nil {
			fmt.Printf("\n%s, %s: %v\n", r.host, r.way, r.err)
		}
	}
	return isGreen
}

// command is a program that runs in a directory with an environment of its own.
type command struct {
	words []string
	dir   string
	env   []string
}

// timeLimit is how long a host may take. The slowest needs half a minute on two busy
// processors.
const timeLimit = 4 * time.Minute

// output returns everything that the command prints.
func (c command) output(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, timeLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.words[0], c.words[1:]...)
	cmd.Dir, cmd.Env = c.dir, c.env
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%s: %w\n%s", strings.Join(c.words, " "), err, out)
	}
	return string(out), err
}
