package rpc_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
	"realmconf/tools/cli/clitest"
)

// process is a running program that answers requests line by line.
type process struct {
	t   *testing.T
	in  io.Writer
	out *bufio.Reader
}

func startProcess(t *testing.T, command *exec.Cmd) *process {
	t.Helper()
	in, inErr := command.StdinPipe()
	out, outErr := command.StdoutPipe()
	if err := errors.Join(inErr, outErr, command.Start()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = command.Wait()
	})
	return &process{t, in, bufio.NewReader(out)}
}

// call sends one request and returns its answer, nil if there is none.
func (p *process) call(request string) tree.Object {
	_, err := io.WriteString(p.in, request)
	if err != nil {
		p.t.Error(err)
		return nil
	}
	line, err := p.out.ReadBytes('\n')
	if err != nil {
		p.t.Error(err)
		return nil
	}
	answer, err := tree.DecodeObject(line)
	if err != nil {
		p.t.Errorf("%v\n%s", err, line)
	}
	return answer
}

// realmFamily is a state root and a home with these texts: of the realms by their ids, and
// of global. A text that is "directory" stands for a config.toml that is one.
type realmFamily map[string]string

func (f realmFamily) write(t *testing.T) (flags []string) {
	t.Helper()
	base := t.TempDir()
	root, home := filepath.Join(base, "realms"), filepath.Join(base, "home")
	for id, text := range f {
		dir := filepath.Join(root, id)
		if id == "global" {
			dir = filepath.Join(home, ".rkat")
		}
		file := filepath.Join(dir, "config.toml")
		err := os.MkdirAll(dir, 0o755)
		if text == "directory" {
			err = errors.Join(err, os.Mkdir(file, 0o755))
		} else {
			err = errors.Join(err, os.WriteFile(file, []byte(text), 0o600))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return []string{"--realm", "team", "--state-root", root, "--user-config-root", home}
}

// longChain returns realms that inherit from each other: n of them.
func longChain(n int) realmFamily {
	f := realmFamily{}
	for i := range n {
		id, parent := fmt.Sprintf("r%d", i), fmt.Sprintf("r%d", i+1)
		if i == 0 {
			id = "team"
		}
		f[id] = fmt.Sprintf("[realm.%s]\nparent = %q\n", id, parent)
		if i == n-1 {
			f[id] = fmt.Sprintf("[realm.%s]\n", id)
		}
	}
	return f
}

// badFamilies are realms that cannot be composed, with what every surface says.
var badFamilies = map[string]struct {
	family realmFamily
	want   string
}{
	"a circle":                  {realmFamily{"team": "[realm.team]\nparent = \"app\"\n", "app": "[realm.app]\nparent = \"team\"\n"}, "realm parent chain has a cycle: team -> app -> team"},
	"its own parent":            {realmFamily{"team": "[realm.team]\nparent = \"team\"\n"}, "realm parent chain has a cycle: team -> team"},
	"no parent":                 {realmFamily{"team": "[realm.team]\nparent = \"org\"\n"}, "realm 'team' names parent 'org' which is not configured"},
	"a parent without a table":  {realmFamily{"team": "[realm.team]\nparent = \"org\"\n", "org": "[rest]\nport = 1\n"}, "realm 'team' names parent 'org' which is not configured"},
	"seventeen realms":          {longChain(17), "realm parent chain from 'team' exceeds max depth 16"},
	"a parent that is not TOML": {realmFamily{"team": "[realm.team]\nparent = \"org\"\n", "org": "[realm.org\n"}, `realm "org": config.toml is not TOML: line 1`},
	"a parent in Latin-1":       {realmFamily{"team": "[realm.team]\nparent = \"org\"\n", "org": "[realm.org] # \xe9\n"}, `realm "org": config.toml is not TOML: line 1`},
	"a parent that is no file":  {realmFamily{"team": "[realm.team]\nparent = \"org\"\n", "org": "directory"}, `realm "org":`},
	"a parent of another shape": {realmFamily{"team": "[realm.team]\nparent = \"org\"\n", "org": "[realm.org]\n[rest]\nport = \"x\"\n"}, "realm 'org' has a config.toml that Meerkat cannot read: /rest/port"},
	"a parent that is no id":    {realmFamily{"team": "[realm.team]\nparent = \"../org\"\n"}, "not a slug: it has another character"},
	"a parent with a long id":   {realmFamily{"team": "[realm.team]\nparent = \"" + strings.Repeat("x", 300) + "\"\n"}, "which is no realm id"},
	"env_default as parent":     {realmFamily{"team": "[realm.team]\nparent = \"env_default\"\n"}, "realm 'team' names the reserved env_default slug as its parent"},
	"global with a parent":      {realmFamily{"team": "[realm.team]\nparent = \"global\"\n", "global": "[realm.global]\nparent = \"org\"\n", "org": "[realm.org]\n"}, "the reserved 'global' realm (via 'global') must not declare a parent"},
	"global that is not TOML":   {realmFamily{"team": "[realm.team]\n", "global": "[realm.global\n"}, `realm "global": config.toml is not TOML: line 1`},
}

// TestEffective_badInput says on every surface why a realm cannot be composed. Only
// the effective view fails: the realm itself can be read and written.
func TestEffective_badInput(t *testing.T) {
	program := clitest.Program(t)
	const requests = `{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}
{"jsonrpc":"2.0","id":1,"method":"config/get","params":{"view":"effective"}}
{"jsonrpc":"2.0","id":2,"method":"config/get","params":{"view":"effective","path":"/rest/port"}}
{"jsonrpc":"2.0","id":3,"method":"resources/read","params":{"uri":"realmconf://effective"}}
{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"config_get","arguments":{"view":"effective","path":"/rest"}}}
{"jsonrpc":"2.0","id":5,"method":"config/watch","params":{"view":"effective"}}
{"jsonrpc":"2.0","id":6,"method":"resources/subscribe","params":{"uri":"realmconf://effective/rest"}}
{"jsonrpc":"2.0","id":7,"method":"config/get","params":{}}
{"jsonrpc":"2.0","id":8,"method":"config/patch","params":{"patch":{"agent":{"model":"a"}},"dry_run":true,"view":"effective"}}
{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"config_patch","arguments":{"patch":{"rest":{"port":7}},"expected_generation":1,"dry_run":true,"view":"effective"}}}
{"jsonrpc":"2.0","id":10,"method":"config/patch","params":{"patch":{"agent":{"model":"a"}}}}
{"jsonrpc":"2.0","id":11,"method":"tools/call","params":{"name":"config_patch","arguments":{"patch":{"agent":{"temperature":0.5}},"expected_generation":2}}}
`
	left := treetest.Cases(len(badFamilies), 4) / treetest.Stride(2) // in random order
	for name, tt := range badFamilies {
		if left--; left < 0 {
			break
		}
		t.Run(name, func(t *testing.T) {
			flags := tt.family.write(t)
			server := exec.Command(program, flags...)
			server.Stdin = strings.NewReader(requests)
			out, err := server.Output()
			if err != nil {
				t.Fatal(err)
			}
			replies := map[int64]string{}
			for line := range strings.Lines(string(out)) {
				o, err := tree.DecodeObject([]byte(line))
				if err != nil {
					t.Fatal(err)
				}
				id, _ := o["id"].(int64)
				replies[id] = line
			}
			escaped := strings.Trim(string(tree.Append(nil, tt.want)), `"`)
			twice := strings.Trim(string(tree.Append(nil, escaped)), `"`)
			for id := int64(1); id <= 11; id++ {
				reply := replies[id]
				if !strings.Contains(reply, escaped) && !strings.Contains(reply, twice) {
					t.Errorf("reply %d: got %s, want %s", id, reply, tt.want)
				}
				isError := strings.Contains(reply, `"error":{`) || strings.Contains(reply, `"isError":true`)
				if mustFail := id <= 6; isError != mustFail {
					t.Errorf("reply %d: got %s, want an error %t", id, reply, mustFail)
				}
			}
			for _, command := range [][]string{{"get", "--effective"}, {"watch", "--effective"}, {"doctor"}} {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				run := exec.CommandContext(ctx, program, append(command, flags...)...)
				text, err := run.CombinedOutput()
				var exit *exec.ExitError
				if !errors.As(err, &exit) || exit.ExitCode() == 2 || !strings.Contains(string(text), tt.want) && !strings.Contains(string(text), escaped) {
					t.Errorf("realmconf %q: got %v, %s, want a failure with %s", command, err, text, tt.want)
				}
			}
			text, err := exec.Command(program, append([]string{"realms"}, flags[2:]...)...).CombinedOutput()
			if err != nil || !strings.Contains(string(text), escaped) {
				t.Errorf("realmconf realms: got %v, %s, want %s", err, text, tt.want)
			}
		})
	}
}

// TestEffective_edits: a person's editor saves org and then global, again and again;
// no composition has the new text of global and the old one of org.
func TestEffective_edits(t *testing.T) {
	texts := map[string]string{"org": "[realm.org]\n[limits]\nmax_sessions = %d\n", "global": "[realm.global]\n[rest]\nport = %d\n"}
	flags := realmFamily{
		"team": "[realm.team]\nparent = \"org\"\n", "org": fmt.Sprintf(texts["org"], 1), "global": fmt.Sprintf(texts["global"], 1),
	}.write(t)
	files := map[string]string{"org": filepath.Join(flags[3], "org", "config.toml"), "global": filepath.Join(flags[5], ".rkat", "config.toml")}
	p := startProcess(t, exec.Command(clitest.Program(t), flags...))
	rounds := make(chan int)
	failed := make(chan error, 1)
	go func() {
		for first := range rounds {
			for n := first; n < first+3; n++ {
				for _, realm := range []string{"org", "global"} {
					draft := files[realm] + ".new"
					if err := errors.Join(os.WriteFile(draft, fmt.Appendf(nil, texts[realm], n), 0o600), os.Rename(draft, files[realm])); err != nil {
						failed <- err
						return
					}
				}
			}
		}
		failed <- nil
	}()
	number := func(reply tree.Object, place ...string) int64 {
		v, _, _ := append(tree.Pointer{"result", "config"}, place...).Get(reply)
		n, _ := v.(int64)
		return n
	}
	seen := map[int64]bool{}
	for round := range treetest.Cases(300, 60) / treetest.Stride(2) {
		rounds <- 2 + 3*round
		reply := p.call(`{"jsonrpc":"2.0","id":1,"method":"config/get","params":{"view":"effective"}}` + "\n")
		org, global := number(reply, "limits", "max_sessions"), number(reply, "rest", "port")
		if kind, _, _ := (tree.Pointer{"error", "data", "kind"}).Get(reply); kind == "busy" {
			continue
		}
		if org != global && org != global+1 || org == 0 {
			t.Fatalf("org has %d and global has %d: these were not current together: %v", org, global, reply["error"])
		}
		seen[org] = true
	}
	close(rounds)
	if err := <-failed; err != nil {
		t.Fatal(err)
	}
	if len(seen) < treetest.Cases(50, 10)/treetest.Stride(2) {
		t.Errorf("the readings saw %d states: too few to tell anything", len(seen))
	}
}
