package file

import (
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"

	"realmconf/runtime/internal/disk"
)

// Peculiarity is something about a realm's files that a person should know,
// because it keeps programs from working or because a stranger may have put it
// there.
type Peculiarity struct {
	Kind PeculiarityKind
	Path string

	Size  int64       // of TooLong, LittleSpace and SmallFilesOnly, in bytes
	Mode  fs.FileMode // of Protected and ReplaceableByAll
	Count int         // of ForeignInHistory
	Files uint64      // of LittleSpace: how many files may be added
	Owner uint32      // of OwnedByAnother and DirectoryOfAnother
	Wants uint32      // of OwnedByAnother: the owner of the realm's directory
}

// PeculiarityKind is a kind of Peculiarity.
type PeculiarityKind int

// The kinds.
const (
	LinkInPlace        PeculiarityKind = iota // a symbolic link in the place of a file of the realm
	IrregularInPlace                          // a directory, a pipe or a device there
	ManyNames                                 // a file that realmconf writes into has a hard link
	TooLong                                   // a file is longer than one of the realm's may be
	ForeignInHistory                          // files in config_history that are not realmconf's
	OwnedByAnother                            // a file belongs to another user than the realm's directory
	ReplaceableByAll                          // everybody may replace what is in a directory
	Protected                                 // the config has no write bit for its owner
	Unchangeable                              // a mark on the file keeps everybody from replacing it
	AppendOnly                                // a mark on the file keeps everybody from replacing it, but not from appending to it
	MountedAlone                              // the file is mounted without its directory
	DirectoryOfAnother                        // the realm's directory, or the one above, belongs to another user than this one or the administrator
	LittleSpace                               // the file system has little room for further files
	SmallFilesOnly                            // the process may not write files as long as a record may be
	OneFile                                   // the state is the config, under another name
)

// inspectPeculiarities looks at every file of the realm, by its name and without
// opening it.
func (s *Store) inspectPeculiarities(in *Inspection) {
	add := func(p Peculiarity) { in.Peculiarities = append(in.Peculiarities, p) }
	if limit := disk.MaxFileSize(); limit < maxRecordFile {
		add(Peculiarity{Kind: SmallFilesOnly, Path: s.options.Dir, Size: int64(limit)})
	}
	for dir := s.options.Dir; ; dir = filepath.Dir(dir) {
		info, err := s.fs.Stat(dir)
		if err == nil && info.Mode()&0o002 != 0 && info.Mode()&fs.ModeSticky == 0 {
			add(Peculiarity{Kind: ReplaceableByAll, Path: dir, Mode: info.Mode().Perm()})
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	s.inspectDirectoryOwner(add)
	s.inspectSpace(add, in.Document, disk.FreeSpace)
	realm, err := s.fs.Stat(s.options.Dir)
	if err != nil {
		return // reported elsewhere
	}
	s.inspectOneFile(add, in.Document)
	addMarks(add, s.options.Dir)
	if dir := filepath.Dir(in.Document); dir != filepath.Clean(s.options.Dir) { // config.toml is a link
		addMarks(add, dir)
	}
	files := []struct {
		path  string
		limit int64
	}{
		{in.Document, maxText}, {s.path(stateName), maxState}, {s.path(guardName), maxState},
		{s.path(historyName), 0},
	}
	for _, f := range files {
		info, err := s.fs.Lstat(f.path)
		if err != nil {
			continue
		}
		switch isDir := f.path == s.history.dir; {
		case info.Mode()&fs.ModeSymlink != 0:
			if f.path != in.Document { // config.toml may be one, and DocumentErr says why it is not followed
				add(Peculiarity{Kind: LinkInPlace, Path: f.path})
			}
			continue
		case info.IsDir() != isDir || !isDir && !info.Mode().IsRegular():
			add(Peculiarity{Kind: IrregularInPlace, Path: f.path})
			continue
		case !isDir && info.Size() > f.limit:
			add(Peculiarity{Kind: TooLong, Path: f.path, Size: info.Size()})
		}
		if hasOtherName(info) {
			in.Linked++
			if f.path == s.path(guardName) {
				add(Peculiarity{Kind: ManyNames, Path: f.path})
			}
		}
		if !info.IsDir() && disk.IsMountPoint(f.path) {
			add(Peculiarity{Kind: MountedAlone, Path: f.path})
		}
		addMarks(add, f.path)
		addForeignOwner(add, realm, f.path, info)
	}
	if info, err := s.fs.Stat(in.Document); err == nil && in.DocumentErr == nil && info.Mode()&0o200 == 0 {
		add(Peculiarity{Kind: Protected, Path: in.Document, Mode: info.Mode().Perm()})
	}
	s.inspectForeign(in, add, realm)
}

// inspectDirectoryOwner notes another user who may replace the realm, as the owner of
// its directory or of the one above.
func (s *Store) inspectDirectoryOwner(add func(Peculiarity)) {
	for _, dir := range []string{s.options.Dir, filepath.Dir(s.options.Dir)} {
		info, err := s.fs.Stat(dir)
		if err != nil {
			continue
		}
		if owner, _, known := disk.Owner(info); known && owner != 0 && int(owner) != os.Geteuid() {
			add(Peculiarity{Kind: DirectoryOfAnother, Path: dir, Owner: owner})
			return
		}
	}
}

// A commit makes a record of at most maxRecordFile bytes and three more files.
const (
	littleSpace = maxRecordFile
	littleFiles = 16
)

// inspectSpace notes that there is little room where the files of the realm are, or
// will be: the history and a config behind a link may be on another file system.
func (s *Store) inspectSpace(add func(Peculiarity), configPath string, free func(dir string) (bytes, files uint64, ok bool)) {
	var found []Peculiarity
	for _, dir := range []string{s.options.Dir, s.history.dir, filepath.Dir(configPath)} {
		p, isLittle := littleSpaceIn(dir, free)
		isSame := func(other Peculiarity) bool { return p.Size == other.Size && p.Files == other.Files } // one file system
		if isLittle && !slices.ContainsFunc(found, isSame) {
			found = append(found, p)
			add(p)
		}
	}
}

// littleSpaceIn reports whether there is little room in a directory, or in the first one
// above it that exists.
func littleSpaceIn(dir string, free func(dir string) (bytes, files uint64, ok bool)) (Peculiarity, bool) {
	for ; ; dir = filepath.Dir(dir) {
		bytes, files, ok := free(dir)
		if ok {
			p := Peculiarity{Kind: LittleSpace, Path: dir, Size: int64(min(bytes, math.MaxInt64)), Files: files}
			return p, bytes < littleSpace || files < littleFiles
		}
		if dir == filepath.Dir(dir) {
			return Peculiarity{}, false
		}
	}
}

// inspectOneFile notes that the config and the state are one file, so that neither can
// be read as what it is.
func (s *Store) inspectOneFile(add func(Peculiarity), configPath string) {
	config, err := s.fs.Lstat(configPath)
	if err != nil || !config.Mode().IsRegular() {
		return
	}
	if state, err := s.fs.Lstat(s.path(stateName)); err == nil && s.fs.SameFile(config, state) {
		add(Peculiarity{Kind: OneFile, Path: s.path(stateName)})
	}
}

// addMarks notes the marks by which a file or a directory cannot be changed.
func addMarks(add func(Peculiarity), path string) {
	if disk.IsUnchangeable(path) {
		add(Peculiarity{Kind: Unchangeable, Path: path})
	}
	if disk.IsAppendOnly(path) {
		add(Peculiarity{Kind: AppendOnly, Path: path})
	}
}

// addForeignOwner notes a file whose owner is not that of the realm's directory: one of
// the two users may not be able to read or write it. The members of a group share
// a directory with the set-group-id bit, and their files have several owners.
func addForeignOwner(add func(Peculiarity), realm fs.FileInfo, path string, info fs.FileInfo) {
	want, group, known := disk.Owner(realm)
	have, haveGroup, _ := disk.Owner(info)
	shared := realm.Mode()&fs.ModeSetgid != 0 && group == haveGroup
	if known && have != want && !shared {
		add(Peculiarity{Kind: OwnedByAnother, Path: path, Owner: have, Wants: want})
	}
}

// inspectForeign looks at the names in config_history. A record whose name is
// realmconf's and whose content is not is among the unreadable ones.
func (s *Store) inspectForeign(in *Inspection, add func(Peculiarity), realm fs.FileInfo) {
	if info, err := s.fs.Lstat(s.history.dir); err != nil || !info.IsDir() {
		return
	}
	names, err := s.fs.ReadDir(s.history.dir)
	if err != nil {
		return
	}
	slices.Sort(names)
	foreign := 0
	var owned []Peculiarity
	for _, name := range names {
		path := filepath.Join(s.history.dir, name)
		info, err := s.fs.Lstat(path)
		if err != nil {
			continue
		}
		_, isRecord := parseRecordFile(name)
		kept := keptPrefix(name)
		switch {
		case isRecord && !info.Mode().IsRegular(): // among the irregular ones
		case isRecord:
			if info.Size() > maxRecordFile {
				add(Peculiarity{Kind: TooLong, Path: path, Size: info.Size()})
			}
		case kept == damagedPrefix: // it may be anything
		case kept == "" && name != retiredName || !info.Mode().IsRegular():
			foreign++
		}
		if hasOtherName(info) {
			in.Linked++
		}
		addForeignOwner(func(p Peculiarity) { owned = append(owned, p) }, realm, path, info)
	}
	if foreign > 0 {
		add(Peculiarity{Kind: ForeignInHistory, Path: s.history.dir, Count: foreign})
	}
	if len(owned) > 0 { // the first is reported, as an example
		add(owned[0])
	}
}
