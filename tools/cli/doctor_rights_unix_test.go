//go:build unix

package cli

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A stranger may have made hard links to other files of the reader in a realm's
// directory. The commands that doctor advises leave those files as they are, and doctor
// says so.
func TestDoctor_rightsOfLinkedFiles(t *testing.T) {
	const commit = "01890a5d-ac96-774b-bcce-b302099a8057"
	tests := []struct {
		name    string
		asRoot  bool
		build   func(p *planted, precious string) error
		command string // the beginning of the advised command, or empty if there is none to run; $ is the realm's directory
		want    string // a part of the finding's next step
	}{
		{"texts that others can read", false, func(p *planted, precious string) error {
			history := p.path("config_history")
			return errors.Join(os.Chmod(p.dir, 0o755), os.Chmod(history, 0o755), os.Chmod(filepath.Join(history, "1.json"), 0o644),
				os.Link(precious, filepath.Join(history, "displaced-"+commit+".toml")))
		}, "find $/config_history -xdev ", "1 file there has another name, a hard link, and is left out"},
		{"a config that others can read", false, func(p *planted, precious string) error {
			return errors.Join(os.Chmod(p.dir, 0o700), os.Remove(p.path("config.toml")), os.Link(precious, p.path("config.toml")))
		}, "", "it has another name, a hard link, so that chmod would change another file"},
		{"a protected config", false, func(p *planted, precious string) error {
			return errors.Join(os.Remove(p.path("config.toml")), os.Link(precious, p.path("config.toml")), os.Chmod(precious, 0o400))
		}, "", "it has another name, a hard link, so that chmod would change another file"},
		{"files of another user", true, func(p *planted, precious string) error {
			return errors.Join(os.Chown(p.path("config.toml"), 61001, 61001), os.Chown(p.path("config_state.json"), 61001, 61001), os.Chown(precious, 61001, 61001),
				os.Remove(p.path("config_state.guard")), os.Link(precious, p.path("config_state.guard")), os.Symlink(precious, p.path("link")))
		}, "find $ -xdev ", "1 file there has another name, a hard link, and is left out"},
		{"a directory of another user", true, func(p *planted, precious string) error {
			return errors.Join(os.Chown(p.dir, 61001, 61001), os.Remove(p.path("config_state.guard")), os.Link(precious, p.path("config_state.guard")))
		}, "find $ -xdev ", "if you do not trust user 61001, move the directory away instead"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel() // it waits for the disk
			if tt.asRoot && os.Geteuid() != 0 {
				return // only the administrator can give files away
			}
			p, sh := newPlanted(t)
			precious := filepath.Join(p.outside, "precious")
			p.must(os.WriteFile(precious, []byte("[rest]\nport = 2\n"), 0o644), os.Chmod(precious, 0o644), tt.build(p, precious))
			before, err := os.Lstat(precious)
			p.must(err)
			sh.run("doctor")
			findings, _ := parseObject(t, sh.out.String())["findings"].([]any)
			told := false
			for _, f := range findings {
				do, _ := f.(map[string]any)["do"].(string)
				told = told || strings.Contains(do, tt.want)
				begin := strings.ReplaceAll(tt.command, "$", p.dir)
				if at := strings.Index(do, begin); at >= 0 && begin != "" {
					command, _, ok := strings.Cut(do[at:], "{} +")
					if !ok {
						t.Fatalf("the advice %q has no whole command", do)
					}
					if out, err := exec.Command("/bin/sh", "-c", command+"{} +").CombinedOutput(); err != nil {
						t.Errorf("%s: %v, %s", command, err, out)
					}
					begin = "" // a directory has the realm's right owner now
				}
				if strings.Contains(do, " -R ") {
					t.Errorf("advises a change of every file below a directory: %s", do)
				}
			}
			after, err := os.Lstat(precious)
			p.must(err)
			owner := func(info os.FileInfo) uint32 { return info.Sys().(*syscall.Stat_t).Uid }
			if !told || after.Mode() != before.Mode() || owner(after) != owner(before) {
				t.Errorf("mode %o, owner %d, findings %s", after.Mode(), owner(after), sh.out.String())
			}
			if text, err := os.Lstat(p.path("config_history/1.json")); err != nil || tt.command != "" && !tt.asRoot && text.Mode().Perm() != 0o600 {
				t.Errorf("the advised command left a text of the history at mode %o, %v", text.Mode(), err)
			}
		})
	}
}
