package filelock

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"

	"github.com/google/uuid"

	"realmconf/runtime/internal/disk"
)

// Stamp is the content of a lock file that a Mutex made: who holds it, and under
// which guard. Peers never read it.
type Stamp struct {
	PID    int    `json:"pid"`
	Host   string `json:"host"`
	BootID string `json:"boot_id"`
	Guard  string `json:"guard"` // disk.FS.ID
	Nonce  string `json:"nonce"`
}

// maxStamp limits how much of a lock file is read, in bytes.
const maxStamp = 4096

// ReadStamp returns the stamp of a lock file, or false if a Mutex did not make
// the file. Bytes after the stamp are ignored.
func ReadStamp(f disk.File) (Stamp, bool) {
	var stamp Stamp
	err := json.NewDecoder(io.LimitReader(f, maxStamp)).Decode(&stamp)
	return stamp, err == nil && stamp.Nonce != "" && stamp.Guard != ""
}

// fileOptions describe a lock file with a stamp of this process. The owner of
// another stamp is gone if it made its lock file under the same guard, which
// this process holds now, since the machine was last started.
func (l *Lock) fileOptions(path string) (FileOptions, error) {
	m := l.mutex
	guard, err := m.FS.ID(l.guard)
	if err != nil {
		return FileOptions{}, err
	}
	nonce, err := uuid.NewV7()
	if err != nil {
		return FileOptions{}, err
	}
	host, _ := os.Hostname() // only shown to people
	stamp := Stamp{PID: os.Getpid(), Host: host, BootID: m.BootID(), Guard: guard, Nonce: nonce.String()}
	text, err := json.Marshal(stamp)
	if err != nil {
		return FileOptions{}, err
	}
	text = append(text, '\n')
	dir := filepath.Dir(path)
	return FileOptions{
		FS:       m.FS,
		Path:     path,
		Private:  m.TempName(dir, stamp.Nonce, "lock"),
		Aside:    m.TempName(dir, stamp.Nonce, "stale"),
		Text:     text,
		BareText: text,
		BootTime: m.BootTime,
		OwnerIsGone: func(f disk.File) bool {
			found, ok := ReadStamp(f)
			return ok && found.BootID != "" && found.BootID == stamp.BootID && found.Guard == stamp.Guard
		},
	}, nil
}
