package file

import (
	"errors"
	"io/fs"

	"realmconf/runtime/fault"
)

// A history can come with a cloned repository, and be of any size. What is read of
// it is limited: maxRecordFile for one file, maxRecords in it, and maxHistory for
// one search.
const (
	maxRecordFile = 8 << 20
	maxRecords    = 1024
	maxHistory    = 64 << 20
)

// fileCost is what a file costs at least, in bytes, because to open it takes time
// too.
const fileCost = 4 << 10

// errSpent says that a search of the history reached its limit.
var errSpent = errors.New("the limit of a search of the history was reached")

// budget is how much one search of the history may still read, in bytes.
type budget struct{ left int64 }

func newBudget() *budget { return &budget{maxHistory} }

// spend subtracts the cost of a file, and returns a fault, whose cause is
// errSpent, if too little is left.
func (b *budget) spend(info fs.FileInfo) error {
	cost := int64(fileCost)
	if info.Mode().IsRegular() && info.Size() <= maxRecordFile { // other files are not opened
		cost = max(cost, info.Size())
	}
	if b.left -= cost; b.left < 0 {
		return fault.New(fault.Storage, "%s holds more than is searched for a record, which is %d MiB: move the files with numbers in their names that are no records, or the oldest ones, to another place, and try again; nothing was written", historyName, maxHistory>>20).
			With("op", "read "+historyName).With("reason", fault.Full).Because(errSpent)
	}
	return nil
}
