package mcp

import (
	"bytes"

	"realmconf/schema/tree"
)

// keyMeta is the parameter that holds the _meta of a request.
const keyMeta = "_meta"

// maxLastMeta is the length of the _meta that is kept, in bytes.
const maxLastMeta = 1 << 10

// lastMeta is the newest _meta in its own bytes. A client sends the same one with each
// request, and to read it is half of what a request of MCP 2026-07-28 costs. The zero
// value works.
type lastMeta struct {
	text []byte // nil if there is none
	meta *meta
}

// knownMeta is what the parameters have in the place of the last _meta.
type knownMeta struct{}

// known returns what need not be decoded again.
func (l *lastMeta) known() tree.Known {
	return tree.Known{Name: keyMeta, Raw: l.text, Value: knownMeta{}}
}

// read is readMeta of the value that the parameters have, whose bytes are text.
func (l *lastMeta) read(stated any, text []byte) (*meta, error) {
	if _, isLast := stated.(knownMeta); isLast {
		return l.meta, nil
	}
	m, err := readMeta(stated)
	if err == nil && len(text) <= maxLastMeta {
		l.text, l.meta = bytes.Clone(text), &m
	}
	return &m, err
}
