package mcp

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
	"realmconf/tools/policy"
)

// sealVersion begins every state.
const sealVersion = "v1"

// sealKey authenticates the states of one connection. It never leaves the
// process, and every process has its own: a client that holds a state can
// neither make one nor change it.
type sealKey [sha256.Size]byte

func newSealKey() sealKey {
	var k sealKey
	_, _ = rand.Read(k[:]) // never fails, by its contract
	return k
}

// consent is the subject of a person's yes: one call with exactly these
// arguments, of one client, with its effect.
type consent struct {
	tool      string
	arguments tree.Object
	subject   policy.Fingerprint
	client    string
}

// seal returns the state of a question about c: version, end, and HMAC-SHA256
// (RFC 2104). The end is in whole seconds of Unix time.
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

// check returns whether seal made a state for c, and whether it is still valid.
func (k sealKey) check(state string, c consent, now time.Time) stateStatus {
	parts := strings.SplitN(state, ".", 4)
	if len(parts) != 3 {
		return stateForeign
	}
	seconds, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return stateForeign
	}
	end := time.Unix(seconds, 0)
	switch {
	case !hmac.Equal([]byte(k.seal(c, end)), []byte(state)):
		return stateForeign
	case !now.Before(end):
		return stateExpired
	default:
		return stateValid
	}
}

// stateStatus is the outcome of sealKey.check.
type stateStatus int

const (
	stateForeign stateStatus = iota // for another question, of another process, or altered
	stateValid
	stateExpired
)
