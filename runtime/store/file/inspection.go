package file

import (
	"io/fs"
	"time"

	"realmconf/runtime/internal/filelock"
)

// Inspection describes a realm's files at one moment, for a person who wants to
// know what is wrong.
type Inspection struct {
	Document    string // the path of config.toml without symbolic links
	DocumentErr error  // why it cannot be read; then Text is nil
	Text        []byte // nil when there is no config

	// StateDirErr says why the directory that keeps the state of any file is not used.
	// Then nothing in it was examined.
	StateDirErr error

	StatePath  string
	HasState   bool
	StateErr   error // why the state cannot be read, or is invalid
	Generation uint64

	// StateDamaged says that StateErr is damage: the state counts as missing, and
	// the next read or write replaces it and keeps it in the history.
	StateDamaged bool

	Agreement Agreement // whether the state and the text belong together

	HistoryPath string
	History     InspectedHistory
	Locks       []InspectedLock // the lock files that exist, without the guard

	// GuardErr says that this process may not open the guard, so that it cannot take
	// the lock.
	GuardErr  error
	GuardPath string

	// Leftovers are the paths of temporary files of this realm. The next commit
	// removes those that a commit has left, and keeps every other text.
	Leftovers []string

	// Displaced are the paths of texts that other programs had saved and that a
	// commit displaced. They are never removed.
	Displaced []string

	// Damaged are the paths of damaged states that were replaced. They are never
	// removed.
	Damaged []string

	// Superseded are the paths of the files that say which committed generations
	// other programs have written over. They are never removed.
	Superseded []string

	// TooOpen are the files of the realm that users other than the owner may write,
	// or read if the file may hold secrets.
	TooOpen []TooOpenFile

	// Peculiarities are what else a person should know about the files.
	Peculiarities []Peculiarity

	// Linked is how many files of the realm have another name, a hard link: a change of
	// their rights would change that file's.
	Linked int

	// NotWritable are the directories in which a write creates files and this process
	// may not. It is known on Unix only.
	NotWritable []NotWritableDir
}

// Numbered reports whether Generation is the realm's: the state has it, or no
// file of the realm could have another number than 0.
func (in Inspection) Numbered() bool {
	return in.StateErr == nil && (in.HasState || in.DocumentErr == nil && in.Text == nil && in.History.Err == nil && in.History.Files == 0)
}

// Agreement is the exported form of condition: whether a state and a text belong
// together.
type Agreement int

// The cases of Agreement.
const (
	NotComparable    Agreement = iota // both are missing, or one of them cannot be read
	Agrees                            // the text is the state's
	AgreesUnrecorded                  // a peer wrote both, and the history does not have its commit yet
	Disagrees                         // another program changed the text: the next read or write gives it a number
	Torn                              // a commit was torn: the next read or write completes it
)

// InspectedHistory describes config_history.
type InspectedHistory struct {
	Err        error  // why the directory cannot be read
	Files      int    // one for each commit
	Oldest     uint64 // 0 if no file can be read
	Newest     uint64
	Current    bool     // it has the state's generation, with the same text
	Unreadable []string // the paths of files that are not whole
	Irregular  []string // the paths of records in whose place is a link, a directory, a pipe or a device
	Unread     int      // the number of the oldest files of which only the beginnings were examined
	Denied     []string // the paths of files that this process may not read
	Jumps      []string // the paths of files whose numbers are farther above the one before than commits lead to
	Far        []string // the paths of files whose numbers are too high to be a commit's: they are not used
}

// InspectedLock is a lock file that a program holds, or has left behind.
type InspectedLock struct {
	Path string
	// Irregular says that a directory, a link or the like is in the place of a
	// lock file: no program can take the lock. The other fields are then zero.
	Irregular bool
	HasStamp  bool // realmconf made it: PID and Host are the owner's
	PID       int
	Host      string
	// ThisRun is false when the machine was started after the lock file was made:
	// the owner is gone. It is known only if HasStamp, and not on every system.
	ThisRun bool
	Age     time.Duration // since the owner last touched it, by this machine's clock; negative for a time in the future
}

// Stale reports whether the next writer may take the lock over by its age.
func (l InspectedLock) Stale() bool { return filelock.IsStale(l.Age) }

// TooOpenFile is a file that users other than its owner may read or write.
type TooOpenFile struct {
	Path string
	Mode fs.FileMode
}

// NotWritableDir is a directory in which this process may not create files, and why.
type NotWritableDir struct {
	Path string
	Err  error
}
