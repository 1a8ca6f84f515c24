package file

import (
	"errors"
	"io/fs"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
)

// A history can come with a cloned repository, and be of any size. What is read of
// it is limited: maxRecordFile for one file, maxRecords in it, and maxHistory, the
// size of a store.HistoryBudget, for one request.
const (
	maxRecordFile = 8 << 20
	maxRecords    = 1024
	maxHistory    = store.MaxHistoryRead
)

// fileCost is what a file costs at least, in bytes, because to open it takes time
// too.
const fileCost = 4 << 10

// errSpent says that a request has read as much of the history as it may.
var errSpent = errors.New("the limit of what is read of the history was reached")

// spend subtracts the cost of a history file from a budget. It returns a fault,
// whose cause is errSpent, if too little is left. A file that is still in memory
// costs only as much as its stat.
func spend(b *store.HistoryBudget, info fs.FileInfo, inMemory bool) error {
	cost := int64(fileCost)
	if info.Mode().IsRegular() && info.Size() <= maxRecordFile && !inMemory { // other files are not opened
		cost = max(cost, info.Size())
	}
	if !b.Spend(cost) {
		return fault.New(fault.Storage, "%s holds more than is searched for a record, which is %d MiB: move the files with numbers in their names that are no records, or the oldest ones, to another place, and try again; nothing was written", historyName, maxHistory>>20).
			With("op", "read "+historyName).With("reason", fault.Full).Because(errSpent)
	}
	return nil
}
