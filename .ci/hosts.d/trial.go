package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// trial is one host with the entry put into its settings in one way.
type trial struct {
	lab
	host          host
	home, project string
	realms        string
	model         *model
}

// try runs one trial, and returns its line of the table.
func (l lab) try(ctx context.Context, h host, w way) row {
	r := row{host: h.name, way: string(w), listed: "no", read: "no", change: "no", refuse: "no"}
	began := time.Now()
	t := &trial{lab: l, host: h}
	r.err = t.run(ctx, w, &r)
	r.took = time.Since(began)
	fmt.Printf("%s, %s: %v\n", r.host, r.way, r.steps())
	return r
}

func (t *trial) run(ctx context.Context, w way, r *row) (err error) {
	if err := t.makeDirectories(w); err != nil {
		return err
	}
	if t.model, err = startModel(); err != nil {
		return err
	}
	defer t.model.close()
	for path, text := range t.host.files(t) {
		if err := writeFile(path, text); err != nil {
			return err
		}
	}
	version, err := t.output(ctx, append(t.host.program(t.packages), "--version")...)
	if err != nil {
		return err
	}
	r.version = firstNumber(version)
	if err := t.addEntry(ctx, w); err != nil {
		return err
	}
	out, err := t.output(ctx, append(t.host.program(t.packages), t.host.ask(prompt)...)...)
	t.judge(r)
	if r.isGreen() {
		return err
	}
	return errors.Join(err, fmt.Errorf("the host printed:\n%s\nthe model did:\n%s", out, t.model.script.log()))
}

// makeDirectories makes a home, a project and a realm with one key for the trial.
func (t *trial) makeDirectories(w way) error {
	dir := filepath.Join(t.scratch, t.host.name+"-"+strings.NewReplacer(" ", "", "-", "").Replace(string(w)))
	t.home, t.project, t.realms = filepath.Join(dir, "home"), filepath.Join(dir, "project"), filepath.Join(dir, "realms")
	for _, d := range []string{t.home, filepath.Join(t.project, ".git")} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return err
		}
	}
	return writeFile(t.configuration(), "# of the trial\n[agent]\nmodel = \"before\"\n")
}

func (t *trial) configuration() string { return filepath.Join(t.realms, "team", "config.toml") }

// output runs a program of the trial in its project. Its environment has nothing of the
// user's. A proxy that does not exist ends at once what hosts ask the internet for.
func (t *trial) output(ctx context.Context, words ...string) (string, error) {
	env := append(t.host.env(t.model.url), "HOME="+t.home, "PATH="+t.path(), "TERM=dumb", "NO_COLOR=1", "CI=1",
		"HTTP_PROXY="+nowhere, "HTTPS_PROXY="+nowhere, "http_proxy="+nowhere, "https_proxy="+nowhere,
		"NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
	return command{words, t.project, env}.output(ctx)
}

// nowhere is the address of a proxy that does not exist.
const nowhere = "http://127.0.0.1:9"

// path is the search path: realmconf, then the system's, with node.
func (t *trial) path() string {
	return filepath.Dir(t.realmconf) + string(os.PathListSeparator) + os.Getenv("PATH")
}

// addEntry puts the entry of the server into the host's settings, and what realmconf
// says is needed for writes.
func (t *trial) addEntry(ctx context.Context, w way) error {
	words := []string{t.realmconf, "host", t.host.name, "--realm", "team", "--state-root", t.realms}
	var isUsers bool
	switch w {
	case byProject:
		words = append(words, "--write", "--yes")
	case byUser:
		words, isUsers = append(words, "--write", "--yes", "--user"), true
	case byHost:
		printed, err := t.output(ctx, words...)
		if err != nil {
			return err
		}
		_, line, found := strings.Cut(printed, ": run: ")
		if !found {
			return fmt.Errorf("realmconf host %s prints no command:\n%s", t.host.name, printed)
		}
		line, _, _ = strings.Cut(line, "\n")
		words = []string{"bash", "-c", t.host.command + `() { "${program[@]}" "$@"; }; ` + line}
		words[2] = "program=(" + quoteWords(t.host.program(t.packages)) + "); " + words[2]
		isUsers = t.host.name == "codex"
	}
	printed, err := t.output(ctx, words...)
	if err != nil || t.host.allow == "" {
		return err
	}
	if !strings.Contains(printed, strings.Fields(t.host.allow)[0]) && w != byHost {
		return fmt.Errorf("realmconf host %s does not say how to let writes through:\n%s", t.host.name, printed)
	}
	file := filepath.Join(t.project, ".codex", "config.toml")
	if isUsers {
		file = filepath.Join(t.home, ".codex", "config.toml")
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	const entry = "[mcp_servers.realmconf]\n"
	if !strings.Contains(string(text), entry) {
		return fmt.Errorf("%s has no entry:\n%s", file, text)
	}
	return writeFile(file, strings.Replace(string(text), entry, entry+t.host.allow, 1))
}

// judge says which steps the model and the realm's file show.
func (t *trial) judge(r *row) {
	seen := t.model.script
	seen.mu.Lock()
	defer seen.mu.Unlock()
	r.listed = judgement(len(seen.listed) == len(toolNames()), fmt.Sprintf("%d of %d", len(seen.listed), len(toolNames())))
	r.read = judgement(strings.Contains(seen.read, "before"), "no")
	text, err := os.ReadFile(t.configuration())
	isChanged := err == nil && string(text) == "# of the trial\n[agent]\nmodel = \"after\"\n"
	r.change = judgement(isChanged && strings.Contains(seen.change, "changed"), "no")
	isTold := strings.Contains(seen.refusal, "/shell/program") && strings.Contains(seen.refusal, "needs a person's yes")
	r.refuse = judgement(isTold && isChanged, "no")
}

func judgement(isRight bool, otherwise string) string {
	if isRight {
		return yes
	}
	return otherwise
}

func writeFile(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o600)
}

// quoteWords returns words for a shell.
func quoteWords(words []string) string {
	var b strings.Builder
	for _, w := range words {
		b.WriteString("'" + strings.ReplaceAll(w, "'", `'\''`) + "' ")
	}
	return b.String()
}

// firstNumber returns the first word that begins with a digit.
func firstNumber(text string) string {
	for _, word := range strings.Fields(text) {
		if word[0] >= '0' && word[0] <= '9' {
			return word
		}
	}
	return strings.TrimSpace(text)
}
