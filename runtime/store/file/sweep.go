package file

import (
	"bytes"
	"errors"
	"io/fs"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
)

// maxSwept is how many leftovers one sweep examines. A realm that comes from a
// stranger may have very many; the next sweep goes on.
const maxSwept = 32

// leftover is a temporary file that a crash left, or that a stranger put there: its
// name proves nothing.
type leftover struct {
	path, id, kind string
	size           int
	digest         store.Digest
}

// sweep examines the temporary files of crashed commits. It must be called with
// the lock held: then no commit is under way, and every file with the realm's
// prefix is a leftover. The cases:
//
//	its own commit's text, or the beginning of it   removed: the record has it
//	the text of a recorded generation               removed: the commit displaced it
//	a state, or the beginning of one                removed; its number counts as bound
//	a lock file, or the beginning of one            removed
//	anything else                                   kept in the history as displaced
//	a link, a directory, a pipe                     left alone
//
// Nothing is put back from a leftover. So a text that a person saved in the
// moment of an exchange before which the process died is superseded by the
// commit; it is in the history, and reads say so.
//
// A read examines the realm's directory alone, and a write also the directories
// of the config and of the other locks. An error leaves the file to the next
// sweep. sweep reports whether it has examined all files.
func (l *lock) sweep() bool {
	var texts []leftover
	listed := true
	left := maxSwept
	for _, dir := range l.sweptDirs() {
		names, err := l.store.fs.ReadDir(dir)
		if err != nil {
			listed = listed && errors.Is(err, fs.ErrNotExist)
			continue
		}
		for _, name := range names {
			id, kind, ok := l.store.parseTemp(name)
			if !ok {
				continue
			}
			if left--; left < 0 {
				break
			}
			if text, ok := l.sweepFile(leftover{path: filepath.Join(dir, name), id: id, kind: kind}); ok {
				texts = append(texts, text)
			}
		}
	}
	swept := len(texts) == 0 || l.sweepTexts(texts)
	return listed && left >= 0 && swept
}

// sweptDirs returns the directories that a sweep examines.
func (l *lock) sweptDirs() []string {
	s := l.store
	dirs := []string{s.options.Dir}
	if l.reads {
		return dirs
	}
	configPath, err := s.configPath()
	if err != nil {
		return dirs
	}
	return s.dirs(configPath)
}

// sweepFile decides on a leftover, or returns it with its digest if it is a text
// that must be compared with the records.
func (l *lock) sweepFile(found leftover) (leftover, bool) {
	s := l.store
	info, err := s.fs.Lstat(found.path)
	if err != nil || !info.Mode().IsRegular() {
		return leftover{}, false
	}
	if info.Size() > maxText { // no commit writes such a file
		l.keepLeftover(found)
		return leftover{}, false
	}
	content, err := disk.Read(s.fs, found.path, maxText)
	switch {
	case err != nil || !content.Exists(): // the next sweep looks again
	case isText(found.kind):
		found.size, found.digest = len(content.Bytes), store.DigestOf(content.Bytes)
		return found, true
	case found.kind == tempState && s.isOwnState(content.Bytes), found.kind != tempState && isLock(content.Bytes):
		s.fs.Remove(found.path)
	default:
		l.keepLeftover(found)
	}
	return leftover{}, false
}

// keepLeftover moves a leftover to the history. If that fails, the next sweep finds
// it again.
func (l *lock) keepLeftover(found leftover) {
	extension := otherExtension
	if isText(found.kind) {
		extension = textExtension
	}
	_ = l.keep(found.path, displacedPrefix+newID()+extension)
}

// textSearch is how far leftover texts were compared with the records, the newest
// first. A history may be longer than one request reads: the next sweep goes on.
type textSearch struct {
	paths []string // of the texts
	below uint64   // the first generation of the last file that was read
}

// limit returns the generation below which the records are still to be compared with
// texts.
func (t textSearch) limit(texts []leftover) uint64 {
	isNew := func(text leftover) bool { return !slices.Contains(t.paths, text.path) }
	if slices.ContainsFunc(texts, isNew) {
		return math.MaxUint64
	}
	return t.below
}

// sweepTexts compares leftover texts with all records, each of which is read once. It
// reports whether it has decided on all of them.
func (l *lock) sweepTexts(texts []leftover) bool {
	s := l.store
	recorded := make(map[string]bool, len(texts)) // by path
	search := textSearch{below: s.textSearch.limit(texts)}
	err := s.history.eachBelow(l.budget.Half(), search.below, func(records []store.Record) bool {
		search.below = records[0].Generation
		for _, text := range texts {
			last := records[len(records)-1]
			isOwn := last.CommitID == text.id && text.size <= len(last.Text) && store.DigestOf(last.Text[:text.size]) == text.digest
			if isOwn || slices.ContainsFunc(records, func(r store.Record) bool { return r.Digest == text.digest }) {
				recorded[text.path] = true
			}
		}
		return len(recorded) < len(texts)
	})
	for _, text := range texts {
		switch {
		case recorded[text.path] || text.size == 0:
			s.fs.Remove(text.path)
		case err != nil:
			search.paths = append(search.paths, text.path)
		default:
			l.keepLeftover(text)
		}
	}
	s.textSearch = search
	return err == nil
}

// isOwnState reports whether a leftover's content is a state, or the beginning of
// one, and notes its number.
func (s *Store) isOwnState(content []byte) bool {
	st, err := parseState(content)
	if err != nil {
		return beginsState(string(content))
	}
	if far, err := s.isFarState(st.generation); err == nil && !far {
		s.mu.Lock()
		s.bound = max(s.bound, st.generation)
		s.mu.Unlock()
	}
	return true
}

// beginsState reports whether a text is the beginning of a state, as encode forms
// it.
func beginsState(text string) bool {
	const head, middle, tail = "{\n  \"generation\": ", ",\n  \"config_sha256\": \"", "\"\n}"
	rest, ok := strings.CutPrefix(text, head)
	if !ok {
		return strings.HasPrefix(head, text)
	}
	rest = strings.TrimLeft(rest, "0123456789")
	digest, ok := strings.CutPrefix(rest, middle)
	if !ok {
		return strings.HasPrefix(middle, rest)
	}
	return strings.HasPrefix(tail, strings.TrimLeft(digest, "0123456789abcdef"))
}

// isLock reports whether a leftover's content is that of a lock file, or the
// beginning of one.
func isLock(content []byte) bool {
	const own, peers = `{"pid":`, "config-runtime-lock"
	text := string(bytes.TrimSpace(content))
	return strings.HasPrefix(own, text) || strings.HasPrefix(peers, text) || strings.HasPrefix(text, own) && len(text) < 4096
}
