package cli

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// mounted mounts something in the realm until the test ends. It reports whether this
// process may: a container often may not.
func (p *planted) mounted(source, name, kind string, flags uintptr, data string) bool {
	p.t.Helper()
	if unix.Mount(source, p.path(name), kind, flags, data) != nil {
		return false
	}
	p.t.Cleanup(func() { p.must(unix.Unmount(p.path(name), unix.MNT_DETACH)) })
	return true
}

// Flags of linux/fs.h.
const (
	immutableFlag  = 0x10 // FS_IMMUTABLE_FL
	appendOnlyFlag = 0x20 // FS_APPEND_FL
)

// mark sets flags of a file or directory until the test ends, if this file system and
// process can.
func (p *planted) mark(name string, flags int) bool {
	p.t.Helper()
	set := func(flags int) error {
		f, err := os.Open(p.path(name))
		if err != nil {
			return err
		}
		defer f.Close()
		return unix.IoctlSetPointerInt(int(f.Fd()), unix.FS_IOC_SETFLAGS, flags)
	}
	if set(flags) != nil {
		return false
	}
	p.t.Cleanup(func() { p.must(set(0)) })
	return true
}

// Each thing that keeps a file system from being changed has one finding, whose next
// step fits it. Only the administrator can make such a state.
func TestDoctor_mountsAndMarks(t *testing.T) {
	if os.Geteuid() != 0 {
		return
	}
	for _, tt := range []struct {
		name  string
		build func(p *planted) bool
		want  []finding
	}{
		{"a config that is mounted alone", func(p *planted) bool {
			p.write("source", "[rest]\nport = 2\n")
			return p.mounted(p.path("source"), "config.toml", "", unix.MS_BIND, "")
		}, []finding{{problem, "config.toml is mounted without its directory", "", "mount the directory instead of the file"}}},
		{"a read-only file system", func(p *planted) bool {
			return p.mounted(p.dir, "", "", unix.MS_BIND, "") && unix.Mount("", p.dir, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, "") == nil
		}, []finding{
			{warning, "nothing can be written here: read-only file system", "", "to change the configuration: mount it writable"},
			{warning, "nothing can be written here: read-only file system", "", "to change the configuration: mount it writable"}}},
		{"a small file system for the history", func(p *planted) bool {
			return p.mounted("none", "config_history", "tmpfs", 0, "size=32k,mode=700")
		}, []finding{
			{warning, "there is no history, although the realm is at generation 2", "", "restore it"},
			{problem, "32 KiB are left on the file system", "", "remove files there"}}},
		{"a marked config", func(p *planted) bool { return p.mark("config.toml", immutableFlag) },
			[]finding{{problem, "config.toml is marked as unchangeable", "", "chattr -i $/config.toml"}}},
		{"a marked directory", func(p *planted) bool { return p.mark("", immutableFlag) },
			[]finding{{problem, "team is marked as unchangeable", "", "chattr -i $ "}}},
		{"a marked history", func(p *planted) bool { return p.mark("config_history", immutableFlag) },
			[]finding{{problem, "config_history is marked as unchangeable", "", "chattr -i $/config_history"}}},
		{"a config to which text can only be appended", func(p *planted) bool { return p.mark("config.toml", appendOnlyFlag) },
			[]finding{{problem, "config.toml is marked as append-only", "", "chattr -a $/config.toml"}}},
		{"an append-only state", func(p *planted) bool { return p.mark("config_state.json", appendOnlyFlag) },
			[]finding{{problem, "config_state.json is marked as append-only", "", "chattr -a $/config_state.json"}}},
		{"an append-only directory", func(p *planted) bool { return p.mark("", appendOnlyFlag) },
			[]finding{{problem, "team is marked as append-only", "", "chattr -a $ "}}},
		{"a config with both marks", func(p *planted) bool { return p.mark("config.toml", immutableFlag|appendOnlyFlag) }, []finding{
			{problem, "config.toml is marked as unchangeable", "", "chattr -i $/config.toml"},
			{problem, "config.toml is marked as append-only", "", "chattr -a $/config.toml"}}},
		{"a marked directory behind a link", func(p *planted) bool {
			p.must(os.Mkdir(p.path("texts"), 0o700), os.Rename(p.path("config.toml"), p.path("texts/config.toml")), os.Symlink("texts/config.toml", p.path("config.toml")))
			return p.mark("texts", appendOnlyFlag)
		}, []finding{{problem, "texts is marked as append-only", "", "chattr -a $/texts "}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel() // it waits for the disk
			p, sh := newPlanted(t)
			if tt.build(p) {
				plantedState{want: tt.want}.check(t, p, sh)
			}
		})
	}
}

// An export that cannot take its place names the file that was to be written, leaves it
// and nothing else, and is no mistake in the command line. Only the administrator can
// make such a file.
func TestExport_unreplaceable(t *testing.T) {
	if os.Geteuid() != 0 {
		return
	}
	p, sh := newPlanted(t)
	p.write("exported/out.toml", "before")
	p.write("source", "before")
	if !p.mounted(p.path("source"), "exported/out.toml", "", unix.MS_BIND, "") && !p.mark("exported/out.toml", immutableFlag) {
		return // a container often may do neither
	}
	target := p.path("exported/out.toml")
	if code := sh.run("export", target); code != ExitStorage {
		t.Errorf("exit %d, want %d", code, ExitStorage)
	}
	sh.wantStderr(target+" cannot be written and is as it was: ", "name a file in another directory")
	if strings.Contains(sh.stderr.String(), ".realmconf-export-") {
		t.Errorf("the error names a temporary file: %s", sh.stderr.String())
	}
	if entries, err := os.ReadDir(p.path("exported")); err != nil || len(entries) != 1 {
		t.Errorf("the directory has %v, %v", entries, err)
	}
}
