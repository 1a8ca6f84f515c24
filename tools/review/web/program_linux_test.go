package web_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"realmconf/tools/review"
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
	in := func(name string) string { return filepath.Join(directory, name) }
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-o", in("realmconf"), "realmconf")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	// The opener of this test passes on the file that it is to open.
	if err := syscall.Mkfifo(in("opened"), 0o600); err != nil {
		t.Fatal(err)
	}
	script := fmt.Sprintf("#!/bin/sh\necho \"$1\" > %s\n", in("opened"))
	if err := os.WriteFile(in("xdg-open"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	run := func(arguments ...string) *exec.Cmd {
		c := exec.Command(in("realmconf"), append(arguments, "--realm", "team", "--state-root", in("realms"), "--review-directory", in("questions"))...)
		c.Env = append(os.Environ(), "PATH="+directory+":"+os.Getenv("PATH"), "DISPLAY=:0", "TMPDIR="+directory)
		c.Stderr = os.Stderr
		return c
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
	call := func() string {
		t.Helper()
		_, err := io.WriteString(toServer, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"assistant","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}},"name":"config_patch","arguments":`+held+`}}`+"\n")
		if err != nil {
			t.Fatal(err)
		}
		reply, err := replies.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		return reply
	}
	if got := call(); !strings.Contains(got, "realmconf review") {
		t.Fatalf("the agent gets %s", got)
	}

	command := run("review", "--web")
	command.Stderr = nil
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	opened, err := os.ReadFile(in("opened")) // waits for the opener
	if err != nil {
		t.Fatal(err)
	}
	file := strings.TrimSpace(string(opened))
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, address, _ := strings.Cut(string(text), "url=")
	address, _, _ = strings.Cut(address, `"`)
	if arguments, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", command.Process.Pid)); err != nil || !strings.Contains(address, "/#") || strings.Contains(string(arguments)+file, address[strings.Index(address, "#")+1:]) {
		t.Errorf("the token is in arguments, or %v: %q", err, address)
	}
	page := browser.open(t, "file://"+file)
	page.waitFor(`document.querySelectorAll("article").length === 1 && ` + untilReady)
	if _, err := os.Stat(file); err == nil {
		t.Error("the file that leads to the page is left behind")
	}
	if got := page.text(`document.getElementById("subject").textContent`); got != "realm team, generation 0" {
		t.Errorf("the page is about %s", got)
	}
	<-time.After(review.LeastYesTime) // the person reads it
	page.evaluate(`document.querySelector("button.yes").click()`)
	page.waitFor(`document.querySelector("article").textContent.includes("You allowed this change.")`)

	if got := call(); !strings.Contains(got, `"generation":1`) || strings.Contains(got, `"isError"`) {
		t.Errorf("after the yes: %s", got)
	}
	page.evaluate(`document.getElementById("tab-history").click()`)
	page.waitFor(`document.getElementById("view-history").innerText.includes("Allowed by a person on the review page")`)
	page.evaluate(`document.querySelector("#view-history li button").click()`)
	page.waitFor(`document.getElementById("difference").innerText.includes("/shell/program")`)
	page.evaluate(`document.getElementById("tab-configuration").click()`)
	page.waitFor(`document.getElementById("values").innerText.includes("/shell/program")`)
	for _, problem := range page.told() {
		t.Errorf("the browser says: %s", problem)
	}

	if err := command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := command.Wait(); err != nil {
		t.Errorf("review ended with %v", err)
	}
	page.waitFor(`document.getElementById("problem").textContent.includes("has ended")`)
	if err := toServer.Close(); err != nil {
		t.Error(err)
	}
	if err := server.Wait(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
}
