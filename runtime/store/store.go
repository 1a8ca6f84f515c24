// Package store is the interface between the runtime and the places where a
// configuration is kept. A store knows nothing of TOML. Package storetest tests
// the contract; store/file and store/memory pass it.
package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
)

// Store keeps one configuration's text, its generation and its history.
//
// A Store may be used from many goroutines at once. Its errors are faults:
// generation_conflict, lock_timeout, storage, outcome_unknown, not_found. If ctx
// ends before a call has changed anything, the call returns the error of ctx.
type Store interface {
	// Load returns the current text and its version. A configuration that does
	// not exist yet is an empty text at generation 0, and Load creates nothing
	// for it. A change that another program made without the store gets a
	// version of its own.
	Load(ctx context.Context) (State, error)

	// CompareAndSwap makes the texts of next, in order, the configuration's next
	// generations: all of them or none. The last one is then current.
	//
	// It must fail with generation_conflict, and change nothing, unless from is
	// still the current version and next[0].Generation is still the next free
	// number; the caller loads again. When it returns nil the change is durable.
	// outcome_unknown means that the change may have happened; the next Load
	// shows whether it did.
	//
	// next must pass CheckBatch: it must not be empty, each record's generation
	// is one above that of the record before it, and its Parent is the version of
	// the record before it, for the first record from.
	//
	// CompareAndSwap returns the error of ctx, as long as it has changed nothing;
	// after that it ignores ctx and completes.
	CompareAndSwap(ctx context.Context, from Version, next []Record) error

	// Record returns one generation's record, or not_found if it was never
	// committed or is no longer kept. One that another program has written over is
	// Superseded.
	Record(ctx context.Context, generation uint64) (Record, error)

	// List returns at most limit committed records below generation before,
	// highest generation first, the Superseded ones included; before 0 means from
	// the newest. The list is shorter, and not empty, if the texts are very long.
	List(ctx context.Context, before uint64, limit int) ([]Record, error)

	// ListHeads is List without the texts of the records, so that long ones do not
	// make the list shorter.
	ListHeads(ctx context.Context, before uint64, limit int) ([]Record, error)

	// Watch calls changed, from one goroutine, whenever any program may have
	// changed the configuration, until ctx ends; then it returns nil. The first
	// call comes once watching has begun.
	Watch(ctx context.Context, changed func()) error

	// Metadata returns the identity of the configuration.
	Metadata() Metadata

	// Limits returns how much one CompareAndSwap takes. It does no input or output.
	Limits() Limits

	// Close releases what the store holds: connections, and nothing of the
	// configuration. No call may be running, and none may follow.
	Close()
}

// Limits are how much one CompareAndSwap takes: at least that many records, whose
// texts together have at least that many bytes, and one record with a text of any
// length up to MaxText. A store that refuses a commit within its limits with
// too_large has changed nothing, and the caller makes smaller commits.
type Limits struct {
	Records int
	Bytes   int
}

// State is the content of a store at one moment.
type State struct {
	Text    []byte // the configuration's bytes; must not be changed
	Version Version
	Next    uint64 // the next free generation, above Version.Generation; 0 if no number is left
	Pending bool   // a change by another program was seen but has no record yet

	// Notices are what a person should know and clear.
	Notices []Notice
}

// Notice is a fact about the store's files that is reported with every read until a
// person has cleared it. Its texts name no path outside the configuration's
// directory.
type Notice struct {
	Kind    NoticeKind
	Message string
	Hint    string // what the person can do
}

// NoticeKind is the stable name of a sort of notice. Clients see a notice as a
// warning of that kind: schema.Kind has the same names.
type NoticeKind string

// The kinds of notices.
const (
	Displaced  NoticeKind = "displaced"  // a file that was not applied is kept
	Damaged    NoticeKind = "recovered"  // the generation was lost and replaced
	Superseded NoticeKind = "superseded" // another program wrote over a committed generation
	Unreadable NoticeKind = "unreadable" // this process may not read a part of the history
	Exposed    NoticeKind = "exposed"    // because of another user, everybody may read the configuration
)

// MaxText is the length limit of a configuration's text, in bytes. A longer text
// gets no generation.
const MaxText = 1 << 20

// Version names one content of a configuration: a generation and the digest of
// its text. A generation is bound to its digest permanently.
type Version struct {
	Generation uint64
	Digest     Digest
}

// Empty returns the version of a configuration that does not exist yet.
func Empty() Version { return Version{Generation: 0, Digest: DigestOf(nil)} }

// Digest is the SHA-256 of a text. The zero Digest means unknown.
type Digest [sha256.Size]byte

// DigestOf returns the digest of a text.
func DigestOf(text []byte) Digest { return sha256.Sum256(text) }

// String returns the digest in lower-case hexadecimal, as in the files.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }
