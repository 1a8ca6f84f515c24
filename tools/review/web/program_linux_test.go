package web_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"realmconf/tools/cli/clitest"
)

// TestProgram lets an agent ask for a change, and a person answer it with
// realmconf review --web.
func TestProgram(t *testing.T) {
	for _, path := range browserPaths() {
		testProgram(t, startBrowser(t, path))
	}
}

func testProgram(t *testing.T, browser *browser) {
	directory, err := os.MkdirTemp("", "realmconf") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(directory) })
	program := clitest.Program(t)
	in := func(name string) string { return filepath.Join(directory, name) }
	// The opener of this test passes on the file that it is to open.
	if err := syscall.Mkfifo(in("opened"), 0o600); err != nil {
		t.Fatal(err)
	}
	script := fmt.Sprintf("#!/bin/sh\necho \"$1\" > %s\n", in("opened"))
	if err := os.WriteFile(in("xdg-open"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	run := func(arguments ...string) *exec.Cmd {
		c := exec.Command(program, append(arguments, "--realm", "team", "--state-root", in("realms"), "--review-directory", in("questions"))...)
		c.Env = append(os.Environ(), "PATH="+directory+":"+os.Getenv("PATH"), "DISPLAY=:0", "TMPDIR="+directory)
		c.Stderr = os.Stderr
		return c
	}

	const secret = "canary-of-the-page"
	text := "[[tools.mcp_servers]]\nname = \"git\"\ncommand = \"git-mcp\"\nenv = { TOKEN = \"" + secret + "\" }\n"
	if err := errors.Join(os.MkdirAll(in("realms/team"), 0o700), os.WriteFile(in("realms/team/config.toml"), []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}

	server := run()
	toServer, err := server.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	fromServer, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	replies := bufio.NewReader(fromServer)
	call := func(arguments string) string {
		t.Helper()
		_, err := io.WriteString(toServer, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"assistant","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}},"name":"config_patch","arguments":`+arguments+`}}`+"\n")
		if err != nil {
			t.Fatal(err)
		}
		reply, err := replies.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		return reply
	}
	first := strings.Replace(held, `"expected_generation":0`, `"expected_generation":1`, 1)
	if got := call(first); !strings.Contains(got, "realmconf review") {
		t.Fatalf("the agent gets %s", got)
	}

	review := run("review", "--web")
	review.Stderr = nil
	if err := review.Start(); err != nil {
		t.Fatal(err)
	}
	opened, err := os.ReadFile(in("opened")) // waits for the opener
	if err != nil {
		t.Fatal(err)
	}
	file := strings.TrimSpace(string(opened))
	redirect, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, address, _ := strings.Cut(string(redirect), "url=")
	address, _, _ = strings.Cut(address, `"`)
	if arguments, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", review.Process.Pid)); err != nil || !strings.Contains(address, "/#") || strings.Contains(string(arguments)+file, address[strings.Index(address, "#")+1:]) {
		t.Errorf("the token is in arguments, or %v: %q", err, address)
	}
	page := browser.open(t, "file://"+file)
	page.waitFor(`document.querySelectorAll("article").length === 1 && ` + untilReady)
	if _, err := os.Stat(file); err == nil {
		t.Error("the file that leads to the page is left behind")
	}
	if got, want := page.text(`document.querySelector(".facts").innerText.replace(/\s+/g, " ")`), fmt.Sprintf("File %s Server process %d Based on generation 1", in("realms/team/config.toml"), server.Process.Pid); !strings.HasPrefix(got, want) {
		t.Errorf("the question says %q, want %q first", got, want)
	}
	page.waitFor(`document.getElementById("subject").textContent === ` + strconv.Quote("realm team in "+in("realms/team")))
	page.evaluate(`document.querySelector("button.yes").click()`)
	page.waitFor(`document.querySelector("article").textContent.includes("You allowed this change.")`)

	if got := call(first); !strings.Contains(got, `"generation":2`) || strings.Contains(got, `"isError"`) {
		t.Errorf("after the yes: %s", got)
	}
	page.evaluate(`document.getElementById("tab-history").click()`)
	page.waitFor(`document.getElementById("view-history").innerText.includes("Allowed by a person on the review page")`)
	page.evaluate(`document.querySelector("#view-history li button").click()`)
	page.waitFor(`document.getElementById("difference").innerText.includes("/shell/program")`)
	page.evaluate(`document.getElementById("tab-configuration").click()`)
	page.waitFor(`document.getElementById("values").innerText.includes("/shell/program")`)
	page.evaluate(`document.querySelector("#compare [name=from]").value = 0, document.querySelector("#compare button").click()`)
	page.waitFor(`document.getElementById("difference").innerText.includes("/tools/mcp_servers/0")`)
	if got := page.text(`document.documentElement.textContent`); strings.Contains(got, secret) || strings.Count(got, "realmconf-secret:") < 2 {
		t.Error("the page has the secret, or no token in its place")
	}
	for _, problem := range page.errors() {
		t.Errorf("the browser says: %s", problem)
	}

	// The server is killed while its question is open.
	call(`{"expected_generation":2,"patch":{"shell":{"program":"bash"}}}`)
	page.waitFor(`document.querySelectorAll("article button.yes").length === 1`)
	if err := server.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	page.waitFor(`document.querySelectorAll("article")[1].textContent.includes("This question does not wait any more.")`)
	_ = server.Wait()

	if err := review.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := review.Wait(); err != nil {
		t.Errorf("review ended with %v", err)
	}
	page.waitFor(`document.getElementById("problem").textContent.includes("if it has ended, run realmconf review --web again")`)
}
