package etcd

import (
	"fmt"
	"strconv"
	"strings"
)

// keys are the keys of one realm.
type keys struct{ root string } // with a slash at its end

func (o Options) keys(realm string) keys { return keys{o.Prefix + "/" + realm + "/"} }

// head is the key of the current version. Every commit changes it.
func (k keys) head() string { return k.root + "head" }

// info is the key of what does not change.
func (k keys) info() string { return k.root + "info" }

// generation is the key of a record. The numbers have 20 digits, so that the keys are in
// their order.
func (k keys) generation(n uint64) string { return fmt.Sprintf("%sgeneration/%020d", k.root, n) }

// generationOf returns the number in the key of a record.
func (k keys) generationOf(key string) (uint64, bool) {
	digits, ok := strings.CutPrefix(key, k.root+"generation/")
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	return n, err == nil
}

// afterAll is the end of the range of all keys that begin with a text that ends with a
// slash.
func afterAll(prefix string) string { return strings.TrimSuffix(prefix, "/") + "0" }
