package etcd

import (
	"encoding/binary"
	"errors"
)

// message is a protocol buffer that is being encoded. Only the two wire types are there
// that etcd's messages have: a variable-length integer (0), and bytes with their length
// (2). The library of protocol buffers would read the program's own file at every start.
//
// The numbers of fields are those of etcd/api/v3: etcdserverpb/rpc.proto and
// mvccpb/kv.proto. They have been the same since etcd 3.0.
type message []byte

// number adds a number, unless it is 0, which is the value of a field that is absent.
func (m message) number(field int, n uint64) message {
	if n == 0 {
		return m
	}
	m = binary.AppendUvarint(m, uint64(field)<<3)
	return binary.AppendUvarint(m, n)
}

// bytes adds bytes, unless there are none.
func (m message) bytes(field int, b []byte) message {
	if len(b) == 0 {
		return m
	}
	return m.message(field, b)
}

// message adds a message, also an empty one.
func (m message) message(field int, b message) message {
	m = binary.AppendUvarint(m, uint64(field)<<3|2)
	m = binary.AppendUvarint(m, uint64(len(b)))
	return append(m, b...)
}

// field is a field of a message that was received.
type field struct {
	id     int
	number uint64
	bytes  []byte // part of the message
}

var errMessage = errors.New("the server sent a message that is not one of etcd's")

// fields decodes a message.
func fields(b []byte) ([]field, error) {
	var list []field
	for len(b) > 0 {
		tag, n := binary.Uvarint(b)
		if n <= 0 {
			return nil, errMessage
		}
		b = b[n:]
		f := field{id: int(tag >> 3)}
		switch tag & 7 {
		case 0:
			if f.number, n = binary.Uvarint(b); n <= 0 {
				return nil, errMessage
			}
			b = b[n:]
		case 2:
			size, n := binary.Uvarint(b)
			if n <= 0 || size > uint64(len(b)-n) {
				return nil, errMessage
			}
			f.bytes, b = b[n:n+int(size)], b[n+int(size):]
		case 1, 5: // fixed lengths, which no field here has
			size := 8
			if tag&7 == 5 {
				size = 4
			}
			if len(b) < size {
				return nil, errMessage
			}
			b = b[size:]
		default:
			return nil, errMessage
		}
		list = append(list, f)
	}
	return list, nil
}

// eachField decodes a message and calls decode with its fields, until one is an error.
func eachField(b []byte, decode func(f field) error) error {
	list, err := fields(b)
	if err != nil {
		return err
	}
	for _, f := range list {
		if err := decode(f); err != nil {
			return err
		}
	}
	return nil
}
