package file

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/internal/filelock"
	"realmconf/runtime/store"
)

// Inspect examines a realm's files. It takes no lock, does not wait, and changes
// nothing.
func Inspect(o Options) Inspection {
	s := Open(o)
	in := Inspection{Document: s.options.Document, StatePath: s.path(stateName), HistoryPath: s.history.dir}
	if s.options.Beside {
		if in.StateDirErr = s.checkBeside(); in.StateDirErr != nil {
			s.inspectDocument(&in)
			return in
		}
	}
	b := store.NewHistoryBudget()
	s.inspectFiles(&in, b)
	s.inspectHistory(&in, b)
	for _, path := range s.mutex.Files {
		if l, ok := s.inspectLock(path); ok {
			in.Locks = append(in.Locks, l)
		}
	}
	s.inspectGuard(&in)
	s.inspectLeftovers(&in)
	for _, path := range []string{in.Document, in.StatePath, s.history.dir, s.options.Dir} {
		s.inspectMode(&in, path)
	}
	s.inspectTexts(&in)
	s.inspectAccess(&in, disk.MayCreate)
	s.inspectPeculiarities(&in)
	return in
}

func (s *Store) inspectDocument(in *Inspection) {
	configPath, err := s.configPath()
	if err != nil {
		in.DocumentErr = err
		return
	}
	in.Document = configPath
	config, err := disk.Read(s.fs, configPath, maxText)
	in.DocumentErr = err
	if config.Exists() {
		in.Text = append([]byte{}, config.Bytes...)
	}
}

func (s *Store) inspectFiles(in *Inspection, b *store.HistoryBudget) {
	s.inspectDocument(in)
	found, damage, err := s.readState()
	in.HasState, in.StateErr = found.Exists() || err != nil || damage != nil, err
	if found.Exists() {
		var st state
		st, damage, in.StateErr = s.parseUsableState(found.Bytes)
		in.Generation = st.generation
	}
	if damage != nil {
		in.StateErr, in.StateDamaged = damage, true
	}
	if in.DocumentErr != nil || in.StateErr != nil {
		return
	}
	v, err := s.readView(context.Background(), b)
	if err != nil {
		in.DocumentErr = err
		return
	}
	switch condition, err := s.classify(v, 0); {
	case err != nil:
		in.History.Err = err
	case condition == dirty:
		if highest, err := s.highestBound(b); err == nil && s.isUnnumbered(v, highest) {
			return // there is no state to compare with
		}
		in.Agreement = s.inspectDirty(v)
	case condition == unrecorded:
		in.Agreement = AgreesUnrecorded
	case in.HasState:
		in.Agreement = Agrees
	}
}

// inspectDirty tells a torn commit from the change of another program. A history that
// cannot be read has no torn commit, and a finding of its own.
func (s *Store) inspectDirty(v view) Agreement {
	if !v.hasState() { // it was lost
		return Disagrees
	}
	c, err := s.history.list()
	if err != nil {
		return Disagrees
	}
	if torn, err := s.tornCommit(v, c); err != nil || torn == 0 {
		return Disagrees
	}
	return Torn
}

func (s *Store) inspectHistory(in *Inspection, b *store.HistoryBudget) {
	c, err := s.history.list()
	if err != nil {
		in.History.Err = err
		return
	}
	in.History.Files = len(c)
	for _, n := range s.history.farNumbers() {
		in.History.Far = append(in.History.Far, s.recordPath(n))
	}
	if len(c) == 0 {
		return
	}
	for i, n := range c[1:] {
		if n-c[i] > maxGap {
			in.History.Jumps = append(in.History.Jumps, s.recordPath(n))
		}
	}
	r, _, err := s.history.find(b, c, in.Generation)
	in.History.Current = err == nil && r.Generation == in.Generation && r.Generation != 0 && r.Digest == store.DigestOf(in.Text)
	if in.History.Newest, err = s.history.highest(b, c); err != nil && !isDenied(err) {
		in.History.Err = err
	}
	s.inspectRecords(in, b, c)
}

// inspectRecords examines the files of the history, the newest first: whole as long as
// the budget has room, and then their beginnings.
func (s *Store) inspectRecords(in *Inspection, b *store.HistoryBudget, c catalog) {
	h := &in.History
	heads := store.NewHistoryBudget()
	for i, first := range slices.Backward(c) {
		_, err := s.history.read(b, first)
		if errors.Is(err, errSpent) {
			h.Unread = max(h.Unread, i+1)
			_, err = s.history.head(heads, first)
		}
		if errors.Is(err, errSpent) {
			break
		}
		path := filepath.Join(s.history.dir, recordFile(first))
		switch name, denied := deniedName(err); {
		case denied && name == historyName: // its files cannot be opened
			h.Err = err
			return
		case denied:
			h.Denied = append(h.Denied, path)
		case errors.Is(err, fault.ErrIrregular):
			h.Irregular = append(h.Irregular, path)
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			h.Unreadable = append(h.Unreadable, path)
		case err == nil:
			h.Oldest, h.Newest = first, max(h.Newest, first)
		}
	}
	slices.Reverse(h.Denied)
	slices.Reverse(h.Unreadable)
	slices.Reverse(h.Irregular)
}

// inspectGuard opens the guard as a write does, without locking it. A missing one and
// one of another kind are not its matter.
func (s *Store) inspectGuard(in *Inspection) {
	in.GuardPath = s.path(guardName)
	if info, err := s.fs.Lstat(in.GuardPath); err != nil || !info.Mode().IsRegular() {
		return
	}
	h, err := s.fs.Open(in.GuardPath, os.O_RDWR, 0)
	switch {
	case err == nil:
		h.Close()
	case errors.Is(err, fs.ErrPermission):
		in.GuardErr = err
	}
}

func (s *Store) inspectLock(path string) (InspectedLock, bool) {
	info, err := s.fs.Lstat(path)
	if err != nil {
		return InspectedLock{}, false
	}
	l := InspectedLock{Path: path, ThisRun: true, Age: s.clock.Now().Sub(info.ModTime())}
	if !info.Mode().IsRegular() {
		l.Irregular = true
		return l, true
	}
	h, err := s.fs.Open(path, os.O_RDONLY, 0)
	if err != nil {
		return l, !errors.Is(err, fs.ErrNotExist)
	}
	defer h.Close()
	if stamp, ok := filelock.ReadStamp(h); ok {
		l.HasStamp, l.PID, l.Host = true, stamp.PID, fault.Clip(stamp.Host)
		l.ThisRun = stamp.BootID == "" || s.mutex.BootID() == "" || stamp.BootID == s.mutex.BootID()
	}
	return l, true
}

// inspectLeftovers finds the temporary files in the realm's directories, and
// the displaced texts.
func (s *Store) inspectLeftovers(in *Inspection) {
	for _, dir := range s.dirs(in.Document) {
		names, _ := s.fs.ReadDir(dir) // an error is reported elsewhere
		for _, name := range names {
			if _, _, ok := s.parseTemp(name); ok {
				in.Leftovers = append(in.Leftovers, filepath.Join(dir, name))
			}
		}
	}
	names, _ := s.fs.ReadDir(s.history.dir)
	for _, name := range names {
		path := filepath.Join(s.history.dir, name)
		switch keptPrefix(name) {
		case damagedPrefix:
			in.Damaged = append(in.Damaged, path)
		case supersededPrefix:
			in.Superseded = append(in.Superseded, path)
		case displacedPrefix:
			in.Displaced = append(in.Displaced, path)
		}
	}
	slices.Sort(in.Leftovers)
	slices.Sort(in.Displaced)
	slices.Sort(in.Damaged)
	slices.Sort(in.Superseded)
}

// inspectMode notes a file that other users may write, or that they may read
// although it may hold secrets.
func (s *Store) inspectMode(in *Inspection, path string) {
	info, err := s.fs.Lstat(path)                // a link that is left in the path is not followed
	if err != nil || runtime.GOOS == "windows" { // the mode bits mean nothing there
		return
	}
	if !info.Mode().IsRegular() && !info.IsDir() {
		return // it holds nothing
	}
	var bad fs.FileMode = 0o022
	if info.Mode().IsRegular() && (path == in.Document || filepath.Dir(path) == s.history.dir) {
		bad |= 0o044
	}
	if info.Mode().Perm()&bad != 0 && info.Mode()&fs.ModeSticky == 0 {
		in.TooOpen = append(in.TooOpen, TooOpenFile{path, info.Mode().Perm()})
	}
}

// inspectTexts examines the modes of the texts in the history, which may hold
// secrets. If other users cannot enter the directory, the modes in it do not
// matter.
func (s *Store) inspectTexts(in *Inspection) {
	info, err := s.fs.Stat(s.history.dir)
	if err != nil || info.Mode()&0o011 == 0 {
		return
	}
	names, _ := s.fs.ReadDir(s.history.dir)
	slices.Sort(names)
	for _, name := range names {
		if _, record := parseRecordFile(name); record || name == retiredName || keptPrefix(name) == displacedPrefix || keptPrefix(name) == damagedPrefix {
			s.inspectMode(in, filepath.Join(s.history.dir, name))
		}
	}
}

// inspectAccess finds the directories in which a write would fail to create
// files. For a missing directory it examines its parent.
func (s *Store) inspectAccess(in *Inspection, mayCreate func(dir string) error) {
	dirs := append(s.dirs(in.Document), s.history.dir)
	for i, dir := range dirs {
		for {
			if _, err := s.fs.Stat(dir); !errors.Is(err, fs.ErrNotExist) || filepath.Dir(dir) == dir {
				break
			}
			dir = filepath.Dir(dir)
		}
		dirs[i] = dir
	}
	slices.Sort(dirs)
	for _, dir := range slices.Compact(dirs) {
		if err := mayCreate(dir); err != nil {
			in.NotWritable = append(in.NotWritable, NotWritableDir{dir, err})
		}
	}
}
