package review_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"realmconf/schema/tree"
	"realmconf/tools/cli/clitest"
	"realmconf/tools/review"
)

// station is a directory with a realm, a server for it, and the place of the sockets.
type station struct {
	t       *testing.T
	program string
	root    string
}

// TestProgram runs the built program.
func TestProgram(t *testing.T) {
	program := clitest.Program(t)
	for name, test := range map[string]func(*station){
		"review": testReview, "no terminal": testNoTerminal, "the server ends": testServerEnds, "wait": testWait, "another user": testAnotherUser, "outdated": testOutdated,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // it waits
			root := t.TempDir()
			if err := os.Chmod(root, 0o700); err != nil {
				t.Fatal(err)
			}
			test(&station{t: t, program: program, root: root})
		})
	}
}

func (s *station) sockets() string { return filepath.Join(s.root, "sockets") }

// wantSockets checks how many sockets there are.
func (s *station) wantSockets(want int) {
	s.t.Helper()
	if paths, err := filepath.Glob(filepath.Join(s.sockets(), "*")); err != nil || len(paths) != want {
		s.t.Errorf("sockets: got %v, %v, want %d", paths, err, want)
	}
}

// command returns the program with arguments.
func (s *station) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(s.t.Context(), s.program, append(args, "--review-directory", s.sockets())...)
	cmd.Env = append(os.Environ(), "NO_COLOR=1")
	cmd.Dir = s.root
	return cmd
}

// server is a running server, with an agent that calls one tool of it.
type server struct {
	t    *testing.T
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
	done bool
}

func (s *station) start(realm string) *server {
	s.t.Helper()
	v := &server{t: s.t, cmd: s.command("--realm", realm, "--state-root", filepath.Join(s.root, "realms"))}
	var err error
	if v.in, err = v.cmd.StdinPipe(); err != nil {
		s.t.Fatal(err)
	}
	out, err := v.cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	v.out = bufio.NewReader(out)
	if err := v.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		v.in.Close()
		if !v.done {
			_ = v.cmd.Wait()
		}
	})
	return v
}

// patch asks for another shell, as an agent whose host shows no questions, and returns
// the text of the result.
func (v *server) patch(generation int) (text string) {
	v.t.Helper()
	const meta = `"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/clientInfo":{"name":"agent","version":"1"}}`
	_, err := fmt.Fprintf(v.in, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{%s,"name":"config_patch","arguments":{"patch":{"shell":{"program":"sh"}},"expected_generation":%d}}}`+"\n", meta, generation)
	if err != nil {
		v.t.Fatal(err)
	}
	line, err := v.out.ReadBytes('\n')
	if err != nil {
		v.t.Fatal(err)
	}
	reply, err := tree.DecodeObject(line)
	if err != nil {
		v.t.Fatal(err)
	}
	got, _, _ := tree.Pointer{"result", "content", "0", "text"}.Get(reply)
	text, _ = got.(string)
	return text
}

// wantHeld calls, and checks that the refusal names realmconf review.
func (v *server) wantHeld() {
	v.t.Helper()
	if text := v.patch(0); !strings.Contains(text, "ask your user to run `realmconf review` while this session is open, then repeat this call unchanged") {
		v.t.Fatalf("got %s", text)
	}
}

// end sends a signal and returns how the server ended.
func (v *server) end(signal os.Signal) *os.ProcessState {
	v.t.Helper()
	if err := v.cmd.Process.Signal(signal); err != nil {
		v.t.Fatal(err)
	}
	_ = v.cmd.Wait()
	v.done = true
	return v.cmd.ProcessState
}

// terminal is realmconf review on a pseudo-terminal, with a person.
type terminal struct {
	t      *testing.T
	person *os.File
	cmd    *exec.Cmd
	seen   strings.Builder
}

// openTerminal returns the two ends of a pseudo-terminal.
func openTerminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { person.Close() })
	fd := int(person.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 200, Col: 100}); err != nil {
		t.Fatal(err)
	}
	program, err = os.OpenFile("/dev/pts/"+strconv.Itoa(n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { program.Close() })
	return person, program
}

// review starts realmconf review on a terminal where typed was typed before.
func (s *station) review(typed string, args ...string) *terminal {
	s.t.Helper()
	person, program := openTerminal(s.t)
	if _, err := io.WriteString(person, typed); err != nil {
		s.t.Fatal(err)
	}
	r := &terminal{t: s.t, person: person, cmd: s.command(append([]string{"review"}, args...)...)}
	r.cmd.Stdin, r.cmd.Stdout, r.cmd.Stderr = program, program, program
	if err := r.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	program.Close()
	return r
}

// expect reads until a text appears.
func (r *terminal) expect(text string) {
	r.t.Helper()
	buffer := make([]byte, 4096)
	for !strings.Contains(r.seen.String(), text) {
		n, err := r.person.Read(buffer)
		r.seen.Write(buffer[:n])
		if err != nil {
			r.t.Fatalf("%v, and no %q in:\n%s", err, text, r.seen.String())
		}
	}
}

// read waits for as long as a person needs at least to read a question and give an
// answer to it.
func (r *terminal) read(answer string) {
	r.t.Helper()
	r.expect(prompt)
	if answer == "y" {
		<-time.After(review.LeastYesTime)
	} else {
		<-time.After(review.LeastAnswerTime)
	}
}

// answer types a line at the next prompt.
func (r *terminal) answer(line string) {
	r.t.Helper()
	r.expect(prompt)
	r.seen.Reset()
	if _, err := io.WriteString(r.person, line+"\n"); err != nil {
		r.t.Fatal(err)
	}
}

func (r *terminal) expectExit(code int) {
	r.t.Helper()
	_ = r.cmd.Wait()
	if got := r.cmd.ProcessState.ExitCode(); got != code {
		r.t.Errorf("exit %d, want %d\n%s", got, code, r.seen.String())
	}
}

const prompt = "Allow this change? y yes, n no, s later, q quit: "

// testReview: an agent's call is refused, a person says yes on a terminal, and
// the same call succeeds once. The socket is there only while the question is.
func testReview(s *station) {
	t := s.t
	v := s.start("demo")
	v.wantHeld()
	s.wantSockets(1)

	r := s.review("y\ny\ny\n") // typed before the question: it counts for nothing
	r.expect(prompt)
	root, err := filepath.EvalSymlinks(s.root)
	if err != nil {
		t.Fatal(err)
	}
	seen := strings.ReplaceAll(r.seen.String(), "\r\n", "")
	if want := `config.toml is in "` + filepath.Join(root, "realms", "demo") + `"`; !strings.Contains(strings.ReplaceAll(seen, " ", ""), strings.ReplaceAll(want, " ", "")) {
		t.Errorf("no %s in:\n%s", want, r.seen.String())
	}
	for _, want := range []string{`question 1 of 1: "agent" wants to change realm "demo" (generation 0)`, "/shell/program: runs code\r\n-/shell/program = \"nu\" (default)\r\n+/shell/program = \"sh\"\r\n", "\r\n+[shell]\r\n+program = \"sh\"\r\n"} {
		if !strings.Contains(r.seen.String(), want) {
			t.Errorf("no %q in:\n%s", want, r.seen.String())
		}
	}
	s.wantSockets(1)
	v.wantHeld()
	r.answer("perhaps")
	r.answer("") // neither is an answer
	s.wantSockets(1)
	r.answer("y") // too soon
	r.expect("is no person's: it does not count")
	s.wantSockets(1)
	r.read("y")
	r.answer("y")
	r.expect("yes: let the agent repeat its call")
	r.expectExit(0)
	s.wantSockets(0)
	if text := v.patch(0); !strings.Contains(text, `"changed":true`) {
		t.Errorf("after the yes: got %s", text)
	}
	if text := v.patch(0); !strings.Contains(text, "generation 0 expected, 1 is current") {
		t.Errorf("once more: got %s", text)
	}
	out, err := s.command("history", "--realm", "demo", "--state-root", filepath.Join(s.root, "realms")).Output()
	if err != nil || !strings.Contains(string(out), `"approved":{"by":"person","claimed":true,"fields":["/shell/program"],"via":"realmconf","way":"review"}`) {
		t.Errorf("history: got %s, %v", out, err)
	}
	r = s.review("")
	r.expect("no question waits; a question lasts only while the server that asked runs")
	r.expectExit(0)
}

// testNoTerminal: an answer is taken only if both ends are a terminal.
func testNoTerminal(s *station) {
	t := s.t
	s.start("demo").wantHeld()
	_, program := openTerminal(t)
	for name, prepare := range map[string]func(*exec.Cmd){
		"input from a pipe": func(cmd *exec.Cmd) { cmd.Stdin, cmd.Stdout = strings.NewReader("y\ny\n"), program },
		"output to a pipe":  func(cmd *exec.Cmd) { cmd.Stdin = program },
		"both":              func(cmd *exec.Cmd) { cmd.Stdin = strings.NewReader("y\ny\n") },
		"as on a terminal":  func(cmd *exec.Cmd) { cmd.Stdin, cmd.Args = program, append(cmd.Args, "--terminal") },
		"--json":            func(cmd *exec.Cmd) { cmd.Stdin, cmd.Stdout, cmd.Args = program, program, append(cmd.Args, "--json") },
	} {
		cmd := s.command("review")
		prepare(cmd)
		if err := cmd.Run(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		all, problems := review.Client{Directory: s.sockets()}.List(t.Context())
		if len(all) != 1 || len(problems) > 0 {
			t.Errorf("%s: got %v, %v, want the question still open", name, all, problems)
		}
	}
}

// testServerEnds: a server that is killed while its question is shown takes no
// answer, and review says so; one that is asked to end removes its socket.
func testServerEnds(s *station) {
	t := s.t
	v := s.start("demo")
	v.wantHeld()
	r := s.review("")
	r.expect(prompt)
	v.end(syscall.SIGKILL)
	r.read("y")
	r.answer("y")
	r.expect("realmconf: the question has an answer already, or the server that asked has ended: this answer changes nothing; look at the questions again, and let the agent repeat its call\r\n")
	r.expectExit(1)
	s.wantSockets(1)
	list := s.command("review", "--json")
	var problems strings.Builder
	list.Stderr = &problems
	if out, err := list.Output(); err != nil || string(out) != "{\"questions\":[]}\n" || !strings.HasPrefix(problems.String(), "realmconf: a server has ended while its question was open") {
		t.Errorf("review --json: %v, %s, %s", err, out, problems.String())
	}
	s.wantSockets(0)

	v = s.start("demo")
	v.wantHeld()
	if state := v.end(syscall.SIGTERM); state.ExitCode() != 0 {
		t.Errorf("after SIGTERM: %v", state)
	}
	s.wantSockets(0)
	v = s.start("demo")
	v.wantHeld()
	v.in.Close()
	if err := v.cmd.Wait(); err != nil {
		t.Errorf("after the end of the input: %v", err)
	}
	v.done = true
	s.wantSockets(0)
}

// testWait: review waits for questions and goes on with the next ones; an answer
// to one server is none to another that has the same question.
func testWait(s *station) {
	t := s.t
	r := s.review("", "--wait")
	r.expect("realmconf: waiting for questions; Ctrl-C ends it\r\n")
	a, b := s.start("demo"), s.start("demo")
	a.wantHeld()
	r.expect(prompt)
	b.wantHeld()
	r.read("y")
	r.answer("y")
	r.read("n")
	r.answer("n")
	r.expect("no: nothing is changed")
	if text := b.patch(0); !strings.Contains(text, "the person who was asked said no and is not asked again for ") {
		t.Errorf("after the no: got %s", text)
	}
	if text := a.patch(0); !strings.Contains(text, `"changed":true`) {
		t.Errorf("after the yes: got %s", text)
	}
	if err := r.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = r.cmd.Wait()
}

// testOutdated: after another program's write the question is not listed any more.
func testOutdated(s *station) {
	s.start("demo").wantHeld()
	if out, err := s.command("set-key", "/agent/model", "m", "--realm", "demo", "--state-root", filepath.Join(s.root, "realms")).CombinedOutput(); err != nil {
		s.t.Fatalf("%v\n%s", err, out)
	}
	if out, err := s.command("review", "--json").Output(); err != nil || string(out) != "{\"questions\":[]}\n" {
		s.t.Errorf("got %v, %s", err, out)
	}
	s.wantSockets(0)
}

// testAnotherUser: a process of another user gets no reply at the socket, even if all
// modes let it in, and its realmconf review does not look there.
func testAnotherUser(s *station) {
	t := s.t
	public, err := os.MkdirTemp("", "review")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(public)
	copyProgram := func(from, name string) string {
		to := filepath.Join(public, name)
		text, err := os.ReadFile(from)
		if err == nil {
			err = os.WriteFile(to, text, 0o755)
		}
		if err != nil {
			t.Fatal(err)
		}
		return to
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	connect := exec.CommandContext(t.Context(), copyProgram(self, "connect"))
	s.program, s.root = copyProgram(s.program, "realmconf"), public
	s.start("demo").wantHeld()
	paths, err := filepath.Glob(filepath.Join(s.sockets(), "*"))
	if err != nil || len(paths) != 1 {
		t.Fatalf("sockets: %v, %v", paths, err)
	}
	for path, mode := range map[string]os.FileMode{public: 0o755, s.sockets(): 0o777, paths[0]: 0o666} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	list := s.command("review", "--json")
	connect.Env = append(os.Environ(), "REVIEW_TEST_CHILD=connect", "REVIEW_TEST_PATH="+paths[0])
	if os.Geteuid() != 0 { // only root can be another user; the own one gets the question
		if out, err := connect.Output(); err != nil || !strings.Contains(string(out), "/shell/program") {
			t.Errorf("the own user: %s, %v", out, err)
		}
		return
	}
	const stranger = 54321
	for _, cmd := range []*exec.Cmd{list, connect} {
		cmd.Dir = "/"
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: stranger, Gid: stranger}}
	}
	if out, err := connect.Output(); err != nil || string(out) != `reply ""` {
		t.Errorf("a stranger at the socket: %s, %v", out, err)
	}
	out, _ := list.CombinedOutput()
	if list.ProcessState.ExitCode() != 1 || !strings.Contains(string(out), "belongs to another user (0)") || strings.Contains(string(out), "shell") {
		t.Errorf("a stranger's review: %v, %s", list.ProcessState, out)
	}
}
