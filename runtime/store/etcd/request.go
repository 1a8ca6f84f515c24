package etcd

import "encoding/binary"

// The methods of etcd's services.
const (
	methodRange        = "/etcdserverpb.KV/Range"
	methodTxn          = "/etcdserverpb.KV/Txn"
	methodDeleteRange  = "/etcdserverpb.KV/DeleteRange"
	methodWatch        = "/etcdserverpb.Watch/Watch"
	methodAuthenticate = "/etcdserverpb.Auth/Authenticate"
	methodStatus       = "/etcdserverpb.Maintenance/Status"
	methodAlarm        = "/etcdserverpb.Maintenance/Alarm"
)

// rangeRequest asks for a key, or for the keys from key up to end, in ascending order
// unless newest is set.
type rangeRequest struct {
	key, end string
	limit    int
	revision int64 // 0: the current one
	keysOnly bool
	newest   bool // in descending order, which reads the whole range
}

// encode encodes RangeRequest. Without serializable (7) the read is linearizable.
func (r rangeRequest) encode() message {
	m := message(nil).bytes(1, []byte(r.key)).bytes(2, []byte(r.end)).number(3, uint64(r.limit)).number(4, uint64(r.revision))
	if r.keysOnly {
		m = m.number(8, 1)
	}
	if r.newest {
		const sortOrder, descending = 5, 2
		m = m.number(sortOrder, descending)
	}
	return m
}

// operation is a RequestOp of a transaction.
type operation message

func rangeOperation(r rangeRequest) operation { return operation(message(nil).message(1, r.encode())) }

// putOperation is a PutRequest.
func putOperation(key string, value []byte) operation {
	return operation(message(nil).message(2, message(nil).bytes(1, []byte(key)).bytes(2, value)))
}

// deleteRequest is a DeleteRangeRequest of the keys from key up to end.
func deleteRequest(key, end string) message {
	return message(nil).bytes(1, []byte(key)).bytes(2, []byte(end))
}

// transaction is a TxnRequest: if the key was last modified by a revision, and has a
// value, the one list of operations, else the other one. Revision 0 means that the key
// does not exist.
//
// The value is compared too because a backup that was restored without --bump-revision
// gives the same revisions to other contents.
type transaction struct {
	key       string
	revision  int64
	value     []byte
	absent    []string // keys that must not exist
	then      []operation
	otherwise []operation
}

func (t transaction) encode() message {
	const target, createRevision, modRevision, value = 2, 1, 2, 3 // what a Compare is about
	compare := message(nil).number(target, modRevision).bytes(3, []byte(t.key))
	compare = binary.AppendUvarint(compare, 6<<3) // one of several fields, so that a 0 must be there too
	compare = binary.AppendUvarint(compare, uint64(t.revision))
	m := message(nil).message(1, compare)
	if t.revision != 0 {
		m = m.message(1, message(nil).number(target, value).bytes(3, []byte(t.key)).message(7, t.value))
	}
	for _, key := range t.absent {
		compare := message(nil).number(target, createRevision).bytes(3, []byte(key))
		m = m.message(1, append(compare, 5<<3, 0)) // revision 0, as above
	}
	for _, o := range t.then {
		m = m.message(2, message(o))
	}
	for _, o := range t.otherwise {
		m = m.message(3, message(o))
	}
	return m
}

// watchRequest is a WatchRequest that creates a watch on a key, from a revision on.
func watchRequest(key string, revision int64) message {
	return message(nil).message(1, message(nil).bytes(1, []byte(key)).number(3, uint64(revision)))
}

func authenticateRequest(user, password string) message {
	return message(nil).bytes(1, []byte(user)).bytes(2, []byte(password))
}
