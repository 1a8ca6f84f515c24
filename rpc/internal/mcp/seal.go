package mcp

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"sync"
	"time"

	"realmconf/schema/tree"
	"realmconf/tools/policy"
	"realmconf/tools/review"
)

// sealVersion begins every state.
const sealVersion = "v3"

// sealKey authenticates the states of one connection. It never leaves the
// process, and every process has its own: a client that holds a state can
// neither make one nor change it.
type sealKey [sha256.Size]byte

func newSealKey() sealKey {
	var k sealKey
	_, _ = rand.Read(k[:]) // never fails, by its contract
	return k
}

// askedCall is the call that a person is asked about: with exactly these arguments, of
// one client, with its effect.
type askedCall struct {
	tool      string
	arguments tree.Object
	subject   policy.Fingerprint
	client    string
}

// seal returns the state of a question about c that is asked at an instant: version,
// instant, a nonce, so that no two questions have one state, and HMAC-SHA256 (RFC 2104).
// The instant is in whole milliseconds, of Unix time and of the running clock.
func (k sealKey) seal(c askedCall, asked review.Instant, nonce string) string {
	stamp := fmt.Sprintf("%d.%d", asked.Wall.UnixMilli(), asked.Running.Milliseconds())
	mac := hmac.New(sha256.New, k[:])
	for _, part := range [][]byte{[]byte(sealVersion), []byte(stamp), []byte(nonce), []byte(c.tool), tree.Append(nil, c.arguments), c.subject[:], []byte(c.client)} {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(part)))
		mac.Write(size[:])
		mac.Write(part)
	}
	return strings.Join([]string{sealVersion, stamp, nonce, base64.RawURLEncoding.EncodeToString(mac.Sum(nil))}, ".")
}

// check reports whether seal made a state for c, and when.
func (k sealKey) check(state string, c askedCall) (asked review.Instant, valid bool) {
	parts := strings.SplitN(state, ".", 6)
	if len(parts) != 5 {
		return asked, false
	}
	wall, wallErr := strconv.ParseInt(parts[1], 10, 64)
	running, runningErr := strconv.ParseInt(parts[2], 10, 64)
	if wallErr != nil || runningErr != nil {
		return asked, false
	}
	asked = review.Instant{Wall: time.UnixMilli(wall), Running: time.Duration(running) * time.Millisecond}
	return asked, hmac.Equal([]byte(k.seal(c, asked, parts[3])), []byte(state))
}

// stateSealer makes the states of one connection and takes one answer to each of them.
type stateSealer struct {
	key sealKey

	mu   sync.Mutex
	used map[string]review.Instant // the states that were answered, with the instants of their questions, as long as these are not too old
}

func newStateSealer() *stateSealer {
	return &stateSealer{key: newSealKey(), used: make(map[string]review.Instant)}
}

// check is sealKey.check.
func (s *stateSealer) check(state string, c askedCall) (asked review.Instant, valid bool) {
	return s.key.check(state, c)
}

// maxUsed is the limit of states that were answered and would still be valid.
const maxUsed = 1024

// use notes that a valid state is answered. It reports false if it was before, or if
// there are too many: the person is then asked again. So a yes that follows a person's no
// counts for nothing.
func (s *stateSealer) use(state string, asked, now review.Instant) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.used, func(_ string, asked review.Instant) bool { return asked.HasExpired(now) })
	if _, again := s.used[state]; again || len(s.used) >= maxUsed {
		return false
	}
	s.used[state] = asked
	return true
}
