package disk

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"realmconf/runtime/fault"
)

// Links says where the configuration may be if its name is a symbolic link. A
// link to another file of the realm's own directory is always followed, and one
// to a device, a pipe or a file of the system never.
type Links int

const (
	LinksInside   Links = iota // nowhere else
	LinksOwned                 // anywhere, if all directories on the way are the user's own
	LinksAnywhere              // anywhere
)

// Rules say which paths an OS follows. A realm's directory may come from a
// stranger, and a link in it could lead to any file of the user.
type Rules struct {
	// Roots are directories that the user has named. Their own paths are followed
	// as they are; below them no symbolic link is followed.
	Roots []string

	// Realm is the directory of the realm.
	Realm string

	// Links says which links FS.Resolve follows.
	Links Links

	// Top is the directory up to which Realm and its parents must be the user's
	// own for LinksOwned. Empty means Realm.
	Top string
}

// boundary keeps the accesses of an OS below the roots of its rules, and below
// the directories that Resolve admitted.
type boundary struct {
	rules Rules

	mu       sync.Mutex            // protects the fields below
	admitted map[string]string     // a directory outside the roots → the link that leads into it
	order    []string              // the admitted directories, the one that was admitted last at the end
	open     map[string]*directory // by path, the directories that were opened last
	roots    map[string]*directory // by path, the roots of these directories
	begun    int                   // the operations that have begun and not ended
}

// Within returns the file system of the operating system under rules. An access
// outside them, or through a symbolic link, is a fault.RefusedLink.
func Within(r Rules) OS {
	if r.Top == "" {
		r.Top = r.Realm
	}
	return OS{&boundary{rules: r, admitted: make(map[string]string), open: make(map[string]*directory), roots: make(map[string]*directory)}}
}

// Begin begins an operation of several accesses, which End must end. All of them reach
// the same directory as a root. A user who may change a directory above it, or put a link
// in its place, cannot lead the second access of an operation elsewhere than the first.
// The next operation follows the path again, unless another user may have changed it: then
// it stays in the directory that was opened first. An operation that begins while another
// one has not ended reaches the directory of that one.
func Begin(sys FS) {
	if o, ok := sys.(operator); ok {
		o.begin()
	}
}

// End ends an operation.
func End(sys FS) {
	if o, ok := sys.(operator); ok {
		o.end()
	}
}

// operator is a file system with operations: an OS, or one that embeds it.
type operator interface {
	begin()
	end()
}

func (o OS) begin() {
	if o.boundary != nil {
		o.beginOperation()
	}
}

func (o OS) end() {
	if o.boundary != nil {
		o.endOperation()
	}
}

// root returns the part of a directory's path whose links are followed: a root
// of the rules, or for the parents of a root the whole path. The path of an
// admitted directory has had no links, so none of its parts is followed.
func (b *boundary) root(dir string) (string, error) {
	best, found := "", false
	for _, root := range b.rules.Roots {
		switch {
		case isBelow(dir, root):
			if !found || len(root) > len(best) {
				best, found = root, true
			}
		case isBelow(root, dir):
			return dir, nil
		}
	}
	if found {
		return best, nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.admitted[dir]; ok {
		return filepath.VolumeName(dir) + string(filepath.Separator), nil
	}
	return "", &fault.RefusedLink{Advice: "a file outside the directory is not accessed: put the file itself into it"}
}

// maxAdmitted is how many directories are admitted at a time. A link that leads
// elsewhere every moment must not make the list grow, and an access that has begun
// still reaches the directory of the target before.
const maxAdmitted = 16

// admit allows accesses in the directory of a link's target.
func (b *boundary) admit(link, target string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	dir := filepath.Dir(target)
	if n := len(b.order); n == 0 || b.order[n-1] != dir {
		b.order = append(slices.DeleteFunc(b.order, func(other string) bool { return other == dir }), dir)
	}
	b.admitted[dir] = link
	if len(b.order) > maxAdmitted {
		delete(b.admitted, b.order[0])
		b.order = slices.Delete(b.order, 0, 1)
	}
}

// recheck resolves the link again that leads into the directory of a file, if
// one does. It is called before a file there is replaced: the link, or the
// owners and rights on its way, may have changed since.
func (b *boundary) recheck(names ...string) error {
	for _, name := range names {
		b.mu.Lock()
		link, ok := b.admitted[filepath.Dir(name)]
		b.mu.Unlock()
		if !ok {
			continue
		}
		target, err := newAdmission(b.rules).resolve(link)
		if err != nil {
			return err
		}
		if filepath.Dir(target) != filepath.Dir(name) {
			return &fault.RefusedLink{Advice: "the link was changed meanwhile: try again"}
		}
	}
	return nil
}

// isBelow reports whether a clean path is a directory or leads into it.
func isBelow(path, dir string) bool {
	rest, ok := strings.CutPrefix(path, dir)
	return ok && (rest == "" || strings.HasSuffix(dir, string(filepath.Separator)) || rest[0] == filepath.Separator)
}

// Resolve returns the path of a file without its symbolic links. Under rules it
// follows only the links that they allow, and admits the directory to which they
// lead.
func (o OS) Resolve(name string) (string, error) {
	if o.boundary == nil {
		return filepath.EvalSymlinks(name)
	}
	if _, err := o.root(filepath.Dir(name)); err != nil {
		return "", err
	}
	target, err := newAdmission(o.rules).resolve(name)
	if err != nil {
		return "", err
	}
	o.admit(name, target)
	return target, nil
}

// CloseIdle closes the directories that a file system keeps open for the next access. The
// reader of many directories calls it after each.
func CloseIdle(sys FS) {
	if o, ok := sys.(OS); ok && o.boundary != nil {
		o.closeIdle()
	}
}

// errLink is the refusal of a link in the place of a file or a directory.
func errLink() error {
	return &fault.RefusedLink{Advice: "a symbolic link is in the place of the file or of a directory on its way: put the file or the directory itself there"}
}

// asLink returns errLink if the error of an access is one of a link, as isLink
// reports it, and otherwise the error.
func asLink(err error, isLink func() bool) error {
	if err == nil || errors.As(err, new(*fault.RefusedLink)) || !isLink() {
		return err
	}
	return errors.Join(errLink(), err)
}
