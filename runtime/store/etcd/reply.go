package etcd

// responseHeader is what every answer begins with: which cluster, and its revision.
type responseHeader struct {
	cluster  uint64
	revision int64
}

func (h *responseHeader) decode(b []byte) error {
	return eachField(b, func(f field) error {
		switch f.id {
		case 1:
			h.cluster = f.number
		case 3:
			h.revision = int64(f.number)
		}
		return nil
	})
}

// keyValue is a KeyValue.
type keyValue struct {
	key         string
	modRevision int64
	value       []byte
}

func (kv *keyValue) decode(b []byte) error {
	return eachField(b, func(f field) error {
		switch f.id {
		case 1:
			kv.key = string(f.bytes)
		case 3:
			kv.modRevision = int64(f.number)
		case 5:
			kv.value = f.bytes
		}
		return nil
	})
}

// rangeReply is a RangeResponse.
type rangeReply struct {
	header responseHeader
	kvs    []keyValue
}

func (r *rangeReply) decode(b []byte) error {
	return eachField(b, func(f field) (err error) {
		switch f.id {
		case 1:
			err = r.header.decode(f.bytes)
		case 2:
			var kv keyValue
			err = kv.decode(f.bytes)
			r.kvs = append(r.kvs, kv)
		}
		return err
	})
}

// find returns the value of a key.
func (r *rangeReply) find(key string) (keyValue, bool) {
	for _, kv := range r.kvs {
		if kv.key == key {
			return kv, true
		}
	}
	return keyValue{}, false
}

// txnReply is a TxnResponse. What its ranges have found is in one list.
type txnReply struct {
	succeeded bool
	found     rangeReply
}

func (t *txnReply) decode(b []byte) error {
	return eachField(b, func(f field) (err error) {
		switch f.id {
		case 1:
			err = t.found.header.decode(f.bytes)
		case 2:
			t.succeeded = f.number != 0
		case 3:
			err = t.decodeOperation(f.bytes)
		}
		return err
	})
}

// decodeOperation decodes a ResponseOp: field 1 is a RangeResponse.
func (t *txnReply) decodeOperation(b []byte) error {
	return eachField(b, func(f field) (err error) {
		if f.id == 1 {
			var r rangeReply
			err = r.decode(f.bytes)
			t.found.kvs = append(t.found.kvs, r.kvs...)
		}
		return err
	})
}

// watchReply is a WatchResponse.
type watchReply struct {
	revision  int64 // of the answer
	isCreated bool
	isEnded   bool // the watch was cancelled, or its revision was compacted
	events    int
}

func (w *watchReply) decode(b []byte) error {
	return eachField(b, func(f field) (err error) {
		switch f.id {
		case 1:
			var h responseHeader
			err = h.decode(f.bytes)
			w.revision = h.revision
		case 3:
			w.isCreated = f.number != 0
		case 4:
			w.isEnded = w.isEnded || f.number != 0
		case 5:
			w.isEnded = w.isEnded || f.number != 0
		case 11:
			w.events++
		}
		return err
	})
}

// statusReply is a StatusResponse.
type statusReply struct {
	version string
	size    int64
	leader  uint64 // 0 if the server knows none
}

func (s *statusReply) decode(b []byte) error {
	return eachField(b, func(f field) error {
		switch f.id {
		case 2:
			s.version = string(f.bytes)
		case 3:
			s.size = int64(f.number)
		case 4:
			s.leader = f.number
		}
		return nil
	})
}

// alarm is the kind of an alarm of a cluster.
type alarm uint64

// The alarms.
const (
	noSpace alarm = 1
	corrupt alarm = 2
)

// decodeAlarms returns the alarms of an AlarmResponse.
func decodeAlarms(b []byte) ([]alarm, error) {
	list, err := fields(b)
	var alarms []alarm
	for _, f := range list {
		if f.id != 2 {
			continue
		}
		member, err := fields(f.bytes)
		if err != nil {
			return nil, err
		}
		for _, m := range member {
			if m.id == 2 {
				alarms = append(alarms, alarm(m.number))
			}
		}
	}
	return alarms, err
}

// decodeToken returns the token of an AuthenticateResponse.
func decodeToken(b []byte) (string, error) {
	list, err := fields(b)
	for _, f := range list {
		if f.id == 2 {
			return string(f.bytes), err
		}
	}
	return "", err
}
