package file

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
)

// A store whose Options.Beside is set keeps the state of any file, in a directory beside
// it that only realmconf uses. It differs from the store of a realm in this:
//
//   - There are no lock files: the guard alone excludes other processes, and a crash
//     delays no program.
//   - The first write creates Dir, for the owner alone, with a .gitignore of everything.
//     A directory that another user has put there is refused.
//   - Before the first write there is no state, and a read creates none. The number of a
//     text is then made of its digest: a client that read the file quotes it in its first
//     write, which is refused if the file has another text by then.
//   - New files are written in Dir: beside the file they would be seen by programs that
//     watch a project's directory.
//   - Dir may vanish at any time, as by git clean. Then the state counts as lost.

// ignoreName and ignoreText are a file that keeps Dir out of a project's repository.
const (
	ignoreName = ".gitignore"
	ignoreText = "*\n"
)

// The numbers of texts without a state lie in a range of firstNumbers from
// lowestFirst. Two texts have the same number with a probability of one in 900 million.
const (
	lowestFirst  = 100_000_000
	firstNumbers = 900_000_000
)

// firstNumber returns the number of a text that no program has given one, in a history
// whose files bind no number. The names of files that cannot be read are skipped.
func (c catalog) firstNumber(d store.Digest) uint64 {
	first := lowestFirst + binary.BigEndian.Uint64(d[:8])%firstNumbers
	return store.Successor(c.skipNames(first - 1))
}

// isUnnumbered reports whether a text has firstNumber as its number: there is no state,
// and none was lost, since highest, the highest number that is bound, is 0.
func (s *Store) isUnnumbered(v view, highest uint64) bool {
	return s.options.Beside && v.configFile.Exists() && !v.hasState() && v.damage == nil && highest == 0
}

// loadUnnumbered returns the answer to a read of a text without a state; ok reports
// whether it is one. The answer is pending if the text may still be half of a save.
func (s *Store) loadUnnumbered(v view) (answer store.State, ok bool, err error) {
	if !s.options.Beside {
		return store.State{}, false, nil
	}
	highest, err := s.highestBound(v.budget)
	if err != nil || !s.isUnnumbered(v, highest) {
		return store.State{}, false, err
	}
	wait, err := s.restNeeded(v, s.clock.Now(), nil)
	if err != nil {
		return store.State{}, false, err
	}
	c, err := s.history.list()
	if err != nil {
		return store.State{}, false, err
	}
	version := store.Version{Generation: c.firstNumber(v.digest), Digest: v.digest}
	return store.State{
		Text: v.configFile.Bytes, Version: version, Next: store.Successor(c.skipNames(version.Generation)),
		Pending: wait > 0, Notices: s.notices(),
	}, true, nil
}

// checkBeside refuses a Dir that another user has put there: what is written into it
// would belong to that user. Where a group shares the directory of the file, that is
// agreed on.
func (s *Store) checkBeside() error {
	dir, err := s.fs.Lstat(s.options.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fault.FromOS("read "+filepath.Base(s.options.Dir), err)
	}
	if dir.IsDir() && !s.isForeign(dir) {
		return nil
	}
	what, reason := "belongs to another user, who could read what is kept there", fault.Denied
	switch {
	case dir.Mode()&fs.ModeSymlink != 0:
		what, reason = "is a symbolic link, which somebody may have put there and which is not followed", fault.Link
	case !dir.IsDir():
		what, reason = "is not a directory", fault.IO
	}
	return fault.New(fault.Storage, "%s, which keeps the state of %s, %s: move it away, and the next write makes a new one", filepath.Base(s.options.Dir), s.name(), what).
		With("op", "read "+filepath.Base(s.options.Dir)).With("reason", reason)
}

// isForeign reports whether Dir is neither this user's nor the administrator's, nor of
// those to whom the file's directory belongs.
func (s *Store) isForeign(dir fs.FileInfo) bool {
	owner, _, known := disk.Owner(dir)
	if !known || owner == 0 || int(owner) == os.Geteuid() {
		return false
	}
	parent, err := s.fs.Stat(filepath.Dir(s.options.Dir))
	if err != nil {
		return true
	}
	if parentOwner, _, _ := disk.Owner(parent); parentOwner == owner {
		return false
	}
	return parent.Mode()&fs.ModeSetgid == 0 || parent.Mode()&othersWrite != 0
}

// prepareBeside creates Dir for a commit, durably, with the file that keeps it out of a
// repository. A process that was killed in between has left Dir without a state.
func (s *Store) prepareBeside() error {
	if err := s.checkBeside(); err != nil {
		return err
	}
	if _, err := s.fs.Lstat(s.path(stateName)); err == nil {
		return nil
	}
	op := "make " + filepath.Base(s.options.Dir)
	if err := disk.MakeDir(s.fs, s.options.Dir); err != nil {
		return fault.FromOS(op, err)
	}
	ignore, err := s.fs.Lstat(s.path(ignoreName))
	if err == nil && ignore.Size() < int64(len(ignoreText)) { // the process was killed before it wrote the text
		err = s.fs.Remove(s.path(ignoreName))
	} else if err == nil {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault.FromOS(op, err)
	}
	err = createDurable(s.fs, s.options.Dir, &newFile{op: op, name: s.path(ignoreName), bytes: []byte(ignoreText)})
	if errors.Is(err, fs.ErrExist) { // another process was first
		return nil
	}
	return err
}

// newFileDir returns the directory in which the next text of the config is written before
// it gets the config's name.
func (s *Store) newFileDir(configPath string) string {
	if s.options.Beside {
		return s.options.Dir
	}
	return filepath.Dir(configPath)
}
