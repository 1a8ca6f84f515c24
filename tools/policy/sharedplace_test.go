package policy_test

import (
	"strings"
	"testing"

	"realmconf/runtime/store"
	"realmconf/runtime/store/memory"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// sharedStore is a store whose realm is at a URL.
type sharedStore struct {
	namedStore
	url string
}

func (s sharedStore) Metadata() store.Metadata {
	m := s.namedStore.Metadata()
	m.Place = s.url
	return m
}

// TestUnapproved_Question_store: realms of the same id in two stores have questions of
// their own, which say to a person where each one is.
func TestUnapproved_Question_store(t *testing.T) {
	ask := func(url string) policy.Question {
		q, err := realmIn(t, sharedStore{namedStore{memory.New(), "team"}, url}, "").question(policy.Policy{}, patch(t, `{"shell":{"program":"sh"}}`))
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	a, again, b := ask("etcd://a:2379/realmconf"), ask("etcd://a:2379/realmconf"), ask("etcd://b:2379/realmconf")
	if got := b.Proposal.PersonTree(); got["store"] != "etcd://b:2379/realmconf" || got["directory"] != nil {
		t.Errorf("got store %v and directory %v", got["store"], got["directory"])
	}
	if got := string(tree.Append(nil, b.Proposal.Tree())) + b.Message; strings.Contains(got, "etcd:") {
		t.Errorf("the store is in %s", got)
	}
	if a.Changes != again.Changes || a.Held != again.Held {
		t.Error("the same store makes another question")
	}
	if b.Subject == a.Subject || b.Changes == a.Changes || b.Held == a.Held {
		t.Error("another store makes no other question")
	}
}
