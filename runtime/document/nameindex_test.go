package document

import (
	"fmt"
	"testing"
)

// An index of any size finds each of its members, and none for another name.
func TestNameIndex(t *testing.T) {
	index := newNameIndex()
	memberOf := func(name string) *member { return &member{key: &keyPart{name: name}} }
	var members []*member
	for i := range 2000 {
		m := memberOf(fmt.Sprint(i))
		if i == 0 {
			m = memberOf("")
		}
		index.add(m)
		members = append(members, m)
		if absent := index.find(fmt.Sprint(i + 1)); absent != nil {
			t.Fatalf("of %d members, got %q for a name that none has", i+1, absent.key.name)
		}
	}
	for _, m := range members {
		if got := index.find(m.key.name); got != m {
			t.Errorf("got another member than that of %q", m.key.name)
		}
	}
}
