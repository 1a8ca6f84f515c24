package rpc

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"strings"
	"time"

	"realmconf/schema/tree"
	"realmconf/tools"
)

// sealVersion begins every state.
const sealVersion = "v1"

// sealKey seals the states of one connection. It never leaves the process, and
// another process has another one: whoever holds a state can neither make one
// nor change it.
type sealKey [sha256.Size]byte

func newSealKey() sealKey {
	var k sealKey
	_, _ = rand.Read(k[:]) // never fails, by its contract
	return k
}

// consent is what a person's yes is good for: one call with exactly these
// arguments, of one client, and what it would do.
type consent struct {
	tool      string
	arguments tree.Object
	subject   tools.Fingerprint
	client    string
}

// seal is a state that stands for a question about c: version, end, and
// HMAC-SHA256 (RFC 2104). The end is whole seconds of Unix time.
func (k sealKey) seal(c consent, end time.Time) string {
	stamp := strconv.FormatInt(end.Unix(), 10)
	mac := hmac.New(sha256.New, k[:])
	for _, part := range [][]byte{[]byte(sealVersion), []byte(stamp), []byte(c.tool), tree.Append(nil, c.arguments), c.subject[:], []byte(c.client)} {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(part)))
		mac.Write(size[:])
		mac.Write(part)
	}
	return sealVersion + "." + stamp + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// check says whether a state is one that seal made for c, and whether it still
// holds.
func (k sealKey) check(state string, c consent, now time.Time) sealing {
	parts := strings.SplitN(state, ".", 4)
	if len(parts) != 3 {
		return broken
	}
	seconds, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return broken
	}
	end := time.Unix(seconds, 0)
	switch {
	case !hmac.Equal([]byte(k.seal(c, end)), []byte(state)):
		return broken
	case !now.Before(end):
		return outOfDate
	default:
		return sealed
	}
}

// sealing is what a state is worth.
type sealing int

const (
	broken    sealing = iota // made for something else, by somebody else, or altered
	sealed                   // as it was made
	outOfDate                // as it was made, too long ago
)
