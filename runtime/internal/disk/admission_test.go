//go:build unix

package disk

import (
	"errors"
	"io/fs"
	"path/filepath"
	"testing"

	"realmconf/runtime/fault"
)

// world is a file system in memory, seen by user 1000, whose private group is 1000.
type world map[string]entry

func dir(uid uint32, perm fs.FileMode, gid uint32) entry {
	return entry{mode: fs.ModeDir | perm, uid: uid, gid: gid}
}

func link(uid uint32, to string) entry {
	return entry{mode: fs.ModeSymlink | 0o777, uid: uid, gid: uid, link: to}
}

func file(uid uint32) entry { return entry{mode: 0o600, uid: uid, gid: uid} }

func (w world) admission(r Rules) admission {
	return admission{
		rules: r,
		stat: func(path string) (entry, error) {
			e, ok := w[path]
			if !ok {
				return entry{}, fs.ErrNotExist
			}
			return e, nil
		},
		physical: func(path string) (string, error) { return path, nil },
		isSystem: func(path string) bool {
			return isBelow(path, "/proc") || isBelow(path, "/sys") || isBelow(path, "/dev")
		},
		isKernel: func(path string) bool { return isBelow(path, "/chroot/proc") },
		isOwn: func(e entry) bool {
			if e.uid != 1000 && e.uid != 0 {
				return false
			}
			return e.mode&fs.ModeSymlink != 0 || e.mode&0o002 == 0 && (e.mode&0o020 == 0 || e.gid == 1000)
		},
	}
}

// newWorld returns a home directory with dotfiles and a realm, and other users'
// places.
func newWorld() world {
	return world{
		"/":                                    dir(0, 0o755, 0),
		"/home":                                dir(0, 0o755, 0),
		"/home/me":                             dir(1000, 0o755, 1000),
		"/home/me/.profile":                    file(1000),
		"/home/me/dotfiles":                    dir(1000, 0o775, 1000), // a private group
		"/home/me/dotfiles/a.toml":             file(1000),
		"/home/me/dotfiles/pipe":               {mode: fs.ModeNamedPipe, uid: 1000, gid: 1000},
		"/home/me/dotfiles/device":             {mode: fs.ModeDevice, uid: 1000, gid: 1000},
		"/home/me/dotfiles/hop":                link(1000, "a.toml"),
		"/home/me/dotfiles/foreign":            link(2000, "a.toml"),
		"/home/me/dotfiles/out":                link(1000, "/srv/team/hop"),
		"/home/me/team":                        dir(1000, 0o775, 50), // a group with other members
		"/home/me/team/a.toml":                 file(1000),
		"/srv":                                 dir(0, 0o755, 0),
		"/srv/team":                            dir(1000, 0o777, 1000),
		"/srv/team/hop":                        link(1000, "/home/me/dotfiles/a.toml"),
		"/srv/other":                           dir(2000, 0o755, 2000),
		"/srv/other/a.toml":                    file(1000),
		"/srv/root":                            dir(0, 0o755, 0),
		"/srv/root/a.toml":                     file(0),
		"/tmp":                                 dir(0, fs.ModeSticky|0o777, 0),
		"/tmp/a.toml":                          file(1000),
		"/dev":                                 dir(0, 0o755, 0),
		"/dev/zero":                            {mode: fs.ModeDevice},
		"/proc":                                dir(0, 0o555, 0),
		"/proc/self":                           dir(1000, 0o555, 1000),
		"/proc/self/environ":                   file(1000),
		"/chroot":                              dir(0, 0o755, 0),
		"/chroot/proc":                         dir(0, 0o555, 0),
		"/chroot/proc/environ":                 file(1000),
		"/home/me/state":                       dir(1000, 0o755, 1000),
		"/home/me/state/realms":                dir(1000, 0o755, 1000),
		"/home/me/state/realms/team":           dir(1000, 0o755, 1000),
		"/home/me/state/realms/team/b":         file(1000),
		"/home/me/state/realms/team/sub":       link(1000, "../../../dotfiles"),
		"/home/me/state/realms/team2":          dir(1000, 0o755, 1000),
		"/home/me/state/realms/team2/own.toml": file(1000),
		"/home/me/state/realms/team2/config_state.json": file(1000),
		"/etc":        dir(0, 0o755, 0),
		"/etc/passwd": file(0),
	}
}

func TestAdmission_resolve(t *testing.T) {
	const a = "/home/me/dotfiles/a.toml"
	realm := "/home/me/state/realms/team"
	for _, tt := range []struct {
		name, link              string
		inside, owned, anywhere string // the target under each of the three rules
		change                  func(w world)
	}{
		{name: "in the directory", link: "b", inside: realm + "/b", owned: realm + "/b", anywhere: realm + "/b"},
		{name: "in the directory, by a full path", link: realm + "/./b", inside: realm + "/b", owned: realm + "/b", anywhere: realm + "/b"},
		{name: "in the directory, by a way out and back", link: "../team/b", inside: realm + "/b", owned: realm + "/b", anywhere: realm + "/b"},
		{name: "dotfiles", link: a, owned: a, anywhere: a},
		{name: "dotfiles, relative", link: "../../../dotfiles/a.toml", owned: a, anywhere: a},
		{name: "dotfiles, two hops", link: "/home/me/dotfiles/hop", owned: a, anywhere: a},
		{name: "through a directory that is a link", link: "sub/a.toml", owned: a, anywhere: a},
		{name: "a directory whose name begins alike", link: "../team2/own.toml", owned: "/home/me/state/realms/team2/own.toml", anywhere: "/home/me/state/realms/team2/own.toml"},
		{name: "a file that is no configuration by its name", link: "/home/me/.profile", anywhere: "/home/me/.profile"},
		{name: "a system's file", link: "/etc/passwd", anywhere: "/etc/passwd"},
		{name: "another realm's state", link: "../team2/config_state.json", anywhere: "/home/me/state/realms/team2/config_state.json"},
		{name: "a directory of root", link: "/srv/root/a.toml", owned: "/srv/root/a.toml", anywhere: "/srv/root/a.toml"},
		{name: "a directory of a group with other members", link: "/home/me/team/a.toml", anywhere: "/home/me/team/a.toml"},
		{name: "another user's directory", link: "/srv/other/a.toml", anywhere: "/srv/other/a.toml"},
		{name: "a directory that all may write", link: "/tmp/a.toml", anywhere: "/tmp/a.toml"},
		{name: "a hop in a directory that all may write", link: "/home/me/dotfiles/out", anywhere: a},
		{name: "a hop of another user", link: "/home/me/dotfiles/foreign", anywhere: a},
		{name: "the link itself is another user's", link: a, anywhere: a, change: func(w world) { w[realm+"/config.toml"] = link(2000, a) }},
		{name: "the realm's directory is another user's", link: a, anywhere: a, change: func(w world) { w[realm] = dir(2000, 0o755, 2000) }},
		{name: "all may write the realm's directory", link: a, anywhere: a, change: func(w world) { w[realm] = dir(1000, 0o777, 1000) }},
		{name: "all may write the state root", link: a, anywhere: a, change: func(w world) { w["/home/me/state/realms"] = dir(1000, 0o777, 1000) }},
		{name: "a group may write the state root", link: a, anywhere: a, change: func(w world) { w["/home/me/state/realms"] = dir(1000, 0o775, 50) }},
		{name: "above the state root anything goes", link: a, owned: a, anywhere: a, change: func(w world) { w["/home/me/state"] = dir(1000, 0o777, 1000) }},
		{name: "a device", link: "/dev/zero"},
		{name: "a device elsewhere", link: "/home/me/dotfiles/device"},
		{name: "a pipe", link: "/home/me/dotfiles/pipe"},
		{name: "a directory", link: "/home/me/dotfiles"},
		{name: "proc", link: "/proc/self/environ"},
		{name: "proc, elsewhere", link: "/chroot/proc/environ"},
		{name: "proc, from below", link: "../../../../../proc/self/environ"},
		{name: "itself", link: "config.toml"},
	} {
		w := newWorld()
		document := realm + "/config.toml"
		w[document] = link(1000, tt.link)
		if tt.change != nil {
			tt.change(w)
		}
		for links, want := range map[Links]string{LinksInside: tt.inside, LinksOwned: tt.owned, LinksAnywhere: tt.anywhere} {
			got, err := w.admission(Rules{Realm: realm, Top: filepath.Dir(realm), Links: links}).resolve(document)
			if refused := errors.As(err, new(*fault.RefusedLink)); got != want || refused != (want == "") {
				t.Errorf("%s, rule %d: got %q, %v; want %q", tt.name, links, got, err, want)
			}
		}
	}
	w := newWorld()
	w[realm+"/config.toml"] = link(1000, "/home/me/dotfiles/gone.toml")
	if _, err := w.admission(Rules{Realm: realm, Top: realm, Links: LinksOwned}).resolve(realm + "/config.toml"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a link to nothing: got %v, want ErrNotExist", err)
	}
}

func TestIsBelow(t *testing.T) {
	for _, tt := range []struct {
		path, dir string
		want      bool
	}{
		{"/a/b", "/a", true}, {"/a", "/a", true}, {"/ab", "/a", false}, {"/a", "/a/b", false}, {"/a", "/", true}, {"/", "/", true},
	} {
		path, dir := filepath.FromSlash(tt.path), filepath.FromSlash(tt.dir)
		if got := isBelow(path, dir); got != tt.want {
			t.Errorf("%s below %s: got %v", path, dir, got)
		}
	}
}
