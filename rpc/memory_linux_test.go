package rpc_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"realmconf/schema/tree/treetest"
	"realmconf/tools/cli/clitest"
)

// flood is input of a client that wants to take memory.
type flood struct {
	name string
	// most is by how many MiB the memory may grow: one and a half times as much as it
	// did when this was measured. It is at most 144, of which 64 are the budget of
	// rpc.Options.MaxInFlightMemory. The rest is the garbage that rpc.TuneCollector
	// allows beside it, the message that is read, the replies that are written, and the
	// configuration.
	most   int64
	config string // the realm's config.toml
	write  func(w *bufio.Writer)
	unread bool // the client does not read any reply until it has written everything
}

// repeat writes a text many times.
func repeat(w *bufio.Writer, many int, text string) {
	for range many {
		_, _ = w.WriteString(text)
	}
}

// each writes a line for each number below many.
func each(w *bufio.Writer, many int, format string) {
	for i := range many {
		_, _ = fmt.Fprintf(w, format+"\n", i)
	}
}

// wrap writes lines whose middle is a text of any length.
func wrap(w *bufio.Writer, many int, before, middle string, times int, after string) {
	for i := range many {
		_, _ = fmt.Fprintf(w, before, i)
		repeat(w, times, middle)
		_, _ = w.WriteString(after + "\n")
	}
}

const (
	mega      = 1 << 20
	elicits   = `{"jsonrpc":"2.0","id":"i","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{"elicitation":{}},"clientInfo":{"name":"c","version":"1"}}}` + "\n"
	modern    = `"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}`
	patchHead = `{"jsonrpc":"2.0","id":%d,"method":"config/patch","params":`
	shellCall = `{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"config_patch","arguments":{"expected_generation":1,"patch":{"shell":{"program":"sh"}}`
)

// floods returns the attacks. In each of them there is very much of one kind of
// thing. A run under the race detector and a short run send only the first.
func floods() []flood {
	kilo := strings.Repeat("x", 1024)
	// The longest text that the realm may have, with few keys and with long ones.
	large := "[agent]\nsystem_prompt = \"" + strings.Repeat("p", 900_000) + "\"\n"
	mistakes := new(strings.Builder)
	mistakes.WriteString("[agent]\n")
	for i := range 60_000 {
		fmt.Fprintf(mistakes, "k%x=1\n", i)
	}
	return []flood{
		{name: "unread large requests", most: 128, config: large, unread: true, write: func(w *bufio.Writer) {
			each(w, 20, `{"jsonrpc":"2.0","id":%d,"method":"config/get"}`) // more than are written at a time
			wrap(w, 32, `{"jsonrpc":"2.0","id":%d,"method":"config/get","params":{"path":"/rest","_meta":{"x":"`, kilo, 4000, `"}}}`)
		}},
		{name: "40 questions beside 4.8 MB that are ignored", most: 128, write: func(w *bufio.Writer) {
			_, _ = w.WriteString(elicits)
			wrap(w, 40, shellCall+`},"ignored":"`, kilo, 4800, `"}}`)
		}},
		{name: "batches of 1,1,1", most: 48, write: func(w *bufio.Writer) {
			wrap(w, 4, "[%d", ",1", 4*mega-20, "]")
		}},
		{name: "12 patches of 390,000 wrong keys", most: 64, write: func(w *bufio.Writer) {
			for i := range 12 {
				_, _ = fmt.Fprintf(w, patchHead+`{"patch":{"a":1`, i)
				for k := range 390_000 {
					_, _ = fmt.Fprintf(w, `,"k%d":1`, k)
				}
				_, _ = w.WriteString("}}}\n")
			}
		}},
		{name: "16 patches of 9,000 wrong keys with long names", most: 112, write: func(w *bufio.Writer) {
			for i := range 16 {
				_, _ = fmt.Fprintf(w, patchHead+`{"patch":{"a":1`, i)
				for k := range 9_000 {
					_, _ = fmt.Fprintf(w, `,"%0200d":1`, k)
				}
				_, _ = w.WriteString("}}}\n")
			}
		}},
		{name: "16 questions of 4.8 MB", most: 112, write: func(w *bufio.Writer) {
			_, _ = w.WriteString(elicits)
			wrap(w, 16, shellCall+`,"reason":"`, kilo, 4800, `"}}}`)
		}},
		{name: "40 questions about 600 KB", most: 144, write: func(w *bufio.Writer) {
			_, _ = w.WriteString(elicits)
			wrap(w, 40, `{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"config_patch","arguments":{"expected_generation":1,"patch":{"shell":{"program":"`, kilo, 600, `"}}}}}`)
		}},
		{name: "batches of []", most: 48, write: func(w *bufio.Writer) {
			wrap(w, 4, "[%d", ",[]", 8*mega/3-20, "]")
		}},
		{name: "batches of refused requests", most: 64, write: func(w *bufio.Writer) {
			_, _ = w.WriteString(elicits) // no batches from here on
			wrap(w, 4, `[{"jsonrpc":"2.0","id":%d,"method":"ping"}`, `,{"jsonrpc":"2.0","id":1,"method":"config/get","params":{"a":"`+strings.Repeat("y", 8200)+`"}}`, 999, "]")
		}},
		{name: "batches of large requests", most: 112, write: func(w *bufio.Writer) {
			wrap(w, 8, `[{"jsonrpc":"2.0","id":%d,"method":"config/get"}`, `,{"jsonrpc":"2.0","id":1,"method":"config/patch","params":{"a":"`+strings.Repeat("y", 8200)+`"}}`, 999, "]")
		}},
		{name: "batches of large replies", most: 64, config: large, write: func(w *bufio.Writer) {
			wrap(w, 4, `[{"jsonrpc":"2.0","id":%d,"method":"config/get"}`, `,{"jsonrpc":"2.0","id":1,"method":"config/get","params":{"view":"stored"}}`, 999, "]")
		}},
		{name: "batches of writes with large replies", most: 144, config: large, write: func(w *bufio.Writer) {
			wrap(w, 1, `[{"jsonrpc":"2.0","id":%d,"method":"config/get"}`, `,{"jsonrpc":"2.0","id":1,"method":"config/patch","params":{"patch":{"rest":{"port":9}}}},{"jsonrpc":"2.0","id":1,"method":"config/patch","params":{"patch":{"rest":{"port":8}}}}`, 100, "]")
		}},
		{name: "members beside method", most: 32, write: func(w *bufio.Writer) {
			for i := range 3 {
				_, _ = fmt.Fprintf(w, `{"jsonrpc":"2.0","id":%d`, i)
				for k := range 600_000 {
					_, _ = fmt.Fprintf(w, `,"k%d":1`, k)
				}
				_, _ = w.WriteString(`,"method":"ping"}` + "\n")
			}
		}},
		{name: "lists of 4,000,000 numbers", most: 64, write: func(w *bufio.Writer) {
			wrap(w, 3, patchHead+`{"patch":{"a":[1`, ",1", 4*mega-100, `]}}}`)
		}},
		{name: "lists of empty objects", most: 48, write: func(w *bufio.Writer) {
			wrap(w, 3, patchHead+`{"patch":{"a":[1`, ",{}", 8*mega/3-100, `]}}}`)
		}},
		{name: "deep nesting", most: 64, write: func(w *bufio.Writer) {
			wrap(w, 20, "[%d,", "[", 100_000, "")
			wrap(w, 20, patchHead, "[", 100_000, "}")
			wrap(w, 20, patchHead, `{"a":`, 100_000, "}")
			wrap(w, 3, patchHead+`{"a":`, "[", 8*mega-100, "}}")
		}},
		{name: "huge numbers", most: 144, write: func(w *bufio.Writer) {
			wrap(w, 3, patchHead+`{"patch":{"a":`, "9", 8*mega-100, `}}}`)
			wrap(w, 3, patchHead+`{"patch":{"a":0.`, "9", 8*mega-100, `}}}`)
			wrap(w, 3, patchHead+`{"patch":{"a":1e`, "9", 8*mega-100, `}}}`)
		}},
		{name: "strings of escapes", most: 96, write: func(w *bufio.Writer) {
			wrap(w, 4, patchHead+`{"patch":{"agent":{"model":"`, `\u0061`, 8*mega/6-100, `"}}}}`)
			wrap(w, 4, patchHead+`{"patch":{"agent":{"model":"`, `\n`, 8*mega/2-100, `"}}}}`)
		}},
		{name: "long values of a field that may be long", most: 80, write: func(w *bufio.Writer) {
			wrap(w, 40, patchHead+`{"return":"changes","patch":{"agent":{"system_prompt":"%%d`, kilo, 900, `"}}}}`)
		}},
		{name: "ids of megabytes", most: 48, write: func(w *bufio.Writer) {
			wrap(w, 4, `{"jsonrpc":"2.0","method":"ping","id":"%d`, kilo, 8000, `"}`)
			wrap(w, 4, `{"jsonrpc":"2.0","method":"ping","id":1%d`, "7", 8_000_000, `}`)
		}},
		{name: "methods of megabytes", most: 80, write: func(w *bufio.Writer) {
			wrap(w, 4, `{"jsonrpc":"2.0","id":%d,"method":"tasks/`, kilo, 8000, `"}`)
			wrap(w, 4, `{"jsonrpc":"2.0","id":%d,"method":"`, `\u0061`, 8*mega/6-100, `"}`)
		}},
		{name: "names of clients and versions of megabytes", most: 128, write: func(w *bufio.Writer) {
			wrap(w, 4, `{"jsonrpc":"2.0","id":%d,"method":"initialize","params":{"protocolVersion":"2025-11-25","clientInfo":{"version":"1","name":"`, kilo, 8000, `"}}}`)
			wrap(w, 4, `{"jsonrpc":"2.0","id":%d,"method":"ping","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"`, kilo, 8000, `"}}}`)
			wrap(w, 4, `{"jsonrpc":"2.0","id":%d,"method":"config/patch","params":{"agent":{"max_turns":%[1]d},"_meta":{"io.realmconf/client":{"version":"1","name":"`, kilo, 8000, `"}}}}`)
		}},
		{name: "watches of long paths", most: 32, write: func(w *bufio.Writer) {
			wrap(w, 100, `{"jsonrpc":"2.0","id":%d,"method":"config/watch","params":{"path":"/tools/mcp_servers/%[1]d`, kilo, 1000, `"}}`)
			wrap(w, 100, `{"jsonrpc":"2.0","id":%d,"method":"config/watch","params":{"path":"/models/%[1]d`, kilo, 1000, `"}}`)
		}},
		{name: "listens with long padding", most: 32, write: func(w *bufio.Writer) {
			wrap(w, 100, `{"jsonrpc":"2.0","id":%d,"method":"subscriptions/listen","params":{`+modern+`,"notifications":{},"x":"`, kilo, 1000, `"}}`)
		}},
		{name: "listens of long URIs", most: 32, write: func(w *bufio.Writer) {
			wrap(w, 100, `{"jsonrpc":"2.0","id":%d,"method":"subscriptions/listen","params":{`+modern+`,"notifications":{"resourceSubscriptions":["realmconf://config/models/%[1]d`, kilo, 1000, `"]}}}`)
		}},
		{name: "subscriptions of long URIs", most: 32, write: func(w *bufio.Writer) {
			_, _ = w.WriteString(elicits)
			wrap(w, 100, `{"jsonrpc":"2.0","id":%d,"method":"resources/subscribe","params":{"uri":"realmconf://config/models/%[1]d`, kilo, 1000, `"}}`)
			wrap(w, 100, `{"jsonrpc":"2.0","id":%d,"method":"resources/read","params":{"uri":"realmconf://nothing/%[1]d`, kilo, 1000, `"}}`)
		}},
		{name: "cancelled requests", most: 32, write: func(w *bufio.Writer) {
			for i := range 2000 {
				_, _ = fmt.Fprintf(w, patchHead+`{"patch":{"a":"`, i)
				repeat(w, 50, kilo)
				_, _ = fmt.Fprintf(w, "\"}}}\n"+`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":%d}}`+"\n", i)
			}
		}},
		{name: "notifications", most: 112, write: func(w *bufio.Writer) {
			repeat(w, 20_000, `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"x"}}`+"\n")
			wrap(w, 4, `{"jsonrpc":"2.0","method":"notifications/%d`, kilo, 8000, `"}`)
			wrap(w, 4, `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"%d`, kilo, 8000, `"}}`)
			wrap(w, 5, `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"%d"`, `,"a":1`, 8*mega/6-100, `}}`)
		}},
		{name: "responses to no request", most: 48, write: func(w *bufio.Writer) {
			each(w, 20_000, `{"jsonrpc":"2.0","id":%d,"result":{}}`)
			wrap(w, 4, `{"jsonrpc":"2.0","result":{},"id":"%d`, kilo, 8000, `"}`)
			wrap(w, 5, `[{"jsonrpc":"2.0","result":{},"id":%d}`, `,{"result":1}`, 8*mega/13-100, `]`)
		}},
		{name: "large requests to be answered", most: 144, write: func(w *bufio.Writer) {
			wrap(w, 12, `{"jsonrpc":"2.0","id":%d,"method":"config/get","params":{"path":"/rest","_meta":{"x":"`, kilo, 8000, `"}}}`)
		}},
		{name: "unread reads", most: 48, config: large, unread: true, write: func(w *bufio.Writer) {
			each(w, 1000, `{"jsonrpc":"2.0","id":%d,"method":"config/get"}`)
			each(w, 1000, `{"jsonrpc":"2.0","id":%d,"method":"config/get","params":{"path":"/agent","view":"stored"}}`)
		}},
		{name: "unread reads after a write", most: 64, config: large, unread: true, write: func(w *bufio.Writer) {
			each(w, 1, `{"jsonrpc":"2.0","id":%d,"method":"config/patch","params":{"patch":{"rest":{"port":1}}}}`)
			each(w, 1000, `{"jsonrpc":"2.0","id":%d,"method":"config/get","params":{"path":"/agent"}}`)
		}},
		{name: "unread writes", most: 144, config: large, unread: true, write: func(w *bufio.Writer) {
			each(w, 200, `{"jsonrpc":"2.0","id":%d,"method":"config/patch","params":{"patch":{"rest":{"port":%[1]d}}}}`)
		}},
		{name: "unread histories after writes", most: 112, config: large, unread: true, write: func(w *bufio.Writer) {
			each(w, 5, `{"jsonrpc":"2.0","id":%d,"method":"config/patch","params":{"patch":{"rest":{"port":%[1]d}}}}`)
			each(w, 200, `{"jsonrpc":"2.0","id":%d,"method":"config/history","params":{"limit":100}}`)
		}},
		{name: "differences of a text of many mistakes", most: 112, config: mistakes.String(), write: func(w *bufio.Writer) {
			each(w, 1, `{"jsonrpc":"2.0","id":"w%d","method":"config/patch","params":{"patch":{"rest":{"port":9}}}}`)
			each(w, 12, `{"jsonrpc":"2.0","id":%d,"method":"config/diff","params":{"from":0,"to":1}}`)
		}},
		{name: "unread writes that are cancelled", most: 32, config: large, unread: true, write: func(w *bufio.Writer) {
			for i := range 2000 {
				_, _ = fmt.Fprintf(w, patchHead+`{"patch":{"rest":{"port":%[1]d}}}}`+"\n"+`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":%[1]d}}`+"\n", i)
			}
		}},
		{name: "unread refusals", most: 32, unread: true, write: func(w *bufio.Writer) {
			each(w, 20_000, `x%d`)
		}},
	}
}

// TestServe_clientThatNeverReads ends the program when its client ends, whatever it
// was doing: reading, writing, or waiting to write a reply that nothing reads.
func TestServe_clientThatNeverReads(t *testing.T) {
	program := clitest.Program(t)
	for name, request := range treetest.Few(map[string]string{
		"reads":    `{"jsonrpc":"2.0","id":%d,"method":"config/get"}`,
		"writes":   `{"jsonrpc":"2.0","id":%d,"method":"config/patch","params":{"patch":{"rest":{"port":%[1]d}}}}`,
		"refusals": `{"jsonrpc":"2.0","id":%d,"method":"nothing"}`,
	}, 3/treetest.Stride(3)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // it waits
			command := exec.Command(program, "--realm", "team", "--state-root", t.TempDir())
			in, err := command.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			out, err := command.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = command.Process.Kill() }()
			written := make(chan struct{})
			go func() {
				defer close(written)
				w := bufio.NewWriter(in)
				each(w, 10_000, request)
				_ = w.Flush() // fails when the client closes the pipe
			}()
			awaitQuiet(t, command.Process.Pid)
			_, _ = out.Close(), in.Close()
			<-written
			ended := make(chan struct{})
			go func() {
				_ = command.Wait() // a broken pipe may be the reason
				close(ended)
			}()
			select {
			case <-ended:
			case <-time.After(20 * time.Second):
				t.Error("the program goes on")
			}
		})
	}
}

// TestServe_memory starts the program and sends it each flood. It must serve the
// next request, and its memory must not grow by more than most above that after its
// first request.
//
// While other processes have the processors, the garbage collector works beside the
// flood more slowly than the flood comes. So one of three processes must stay below.
func TestServe_memory(t *testing.T) {
	program := clitest.Program(t)
	for _, f := range treetest.Cases(floods(), floods()[:1]) {
		t.Run(f.name, func(t *testing.T) {
			var grown int64
			for range 3 {
				started := time.Now()
				grown = growth(t, program, f)
				t.Logf("grew by %d KiB in %v", grown>>10, time.Since(started).Round(time.Millisecond))
				if grown <= f.most<<20 {
					return
				}
			}
			t.Errorf("the memory grew by %d MiB in the last of three processes, want at most %d", grown>>20, f.most)
		})
	}
}

// growth sends a flood to a new process, and returns by how many bytes its
// highest memory is above that after its first request.
func growth(t *testing.T, program string, f flood) int64 {
	t.Helper()
	stateRoot := t.TempDir()
	realm := filepath.Join(stateRoot, "team")
	if err := os.CopyFS(realm, os.DirFS(filepath.Join("..", "testdata", "realm"))); err != nil {
		t.Fatal(err)
	}
	if f.config != "" {
		if err := os.WriteFile(filepath.Join(realm, "config.toml"), []byte(f.config), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.Command(program, "--realm", "team", "--state-root", stateRoot)
	in, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	command.Stderr = &log
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = in.Close()
		_ = command.Process.Kill()
		_ = command.Wait()
		if log.Len() > 0 {
			t.Logf("log: %.2000s", log.String())
		}
	}()
	out := bufio.NewReaderSize(stdout, 1<<20)
	if _, err := io.WriteString(in, `{"jsonrpc":"2.0","id":"first","method":"config/get","params":{"path":"/rest"}}`+"\n"); err != nil {
		t.Fatal(err)
	}
	awaitReply(t, out, `"first"`)
	before := peak(t, command.Process.Pid)

	flooded := make(chan struct{})
	go func() {
		defer close(flooded)
		w := bufio.NewWriterSize(in, 1<<20)
		f.write(w)
		// A write: it is answered after everything before it.
		_, _ = w.WriteString(`{"jsonrpc":"2.0","id":"last","method":"config/patch","params":{"patch":{"rest":{}}}}` + "\n")
		_ = w.Flush()
	}()
	if f.unread {
		awaitQuiet(t, command.Process.Pid)
	}
	awaitReply(t, out, `"last"`)
	<-flooded
	return peak(t, command.Process.Pid) - before
}

// awaitReply reads until the reply with an id, without holding the others.
func awaitReply(t *testing.T, out *bufio.Reader, id string) {
	t.Helper()
	for {
		begin, err := out.ReadSlice('\n')
		found := bytes.HasPrefix(begin, []byte(`{"id":`+id)) || bytes.Contains(begin, []byte(`,"id":`+id+`,"jsonrpc":"2.0"}`))
		for err == bufio.ErrBufferFull {
			_, err = out.ReadSlice('\n')
		}
		if err != nil {
			t.Fatalf("the output ends before the reply to %s: %v", id, err)
		}
		if found {
			return
		}
	}
}

// awaitQuiet returns when a process uses the processor no more.
func awaitQuiet(t *testing.T, pid int) {
	t.Helper()
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for last, same := "", 0; same < 3; {
		<-ticker.C
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			t.Fatal(err)
		}
		fields := strings.Fields(string(stat))
		if now := fields[13] + " " + fields[14]; now == last {
			same++
		} else {
			last, same = now, 0
		}
	}
}

// peak returns the highest memory of a process, in bytes.
func peak(t *testing.T, pid int) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	after, _, _ = strings.Cut(after, "kB")
	kib, err := strconv.ParseInt(strings.TrimSpace(after), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return kib << 10
}
