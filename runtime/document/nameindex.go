package document

import "hash/maphash"

// nameIndex finds the members of a large table by name. A map would do as well, but that
// of 10,000 members took a seventh of the time of a parse, because it looks at the names
// again each time it grows, and three times the memory.
type nameIndex struct {
	seed    maphash.Seed
	members []*member
	slots   []slot // a power of two of them, of which a third is free
}

// slot has the index of a member plus one, 0 if it is free, and a part of its hash. A
// name is in the slot that the hash says, or behind it with only full slots between.
type slot struct {
	member int32
	hash   uint32
}

func newNameIndex() *nameIndex { return &nameIndex{seed: maphash.MakeSeed()} }

func (n *nameIndex) find(name string) *member {
	hash := n.hashOf(name)
	for i := n.slotOf(hash); n.slots[i].member != 0; i = n.slotOf(i + 1) {
		if s := n.slots[i]; s.hash == hash && n.members[s.member-1].key.name == name {
			return n.members[s.member-1]
		}
	}
	return nil
}

// add adds a member with a name that no other one has.
func (n *nameIndex) add(m *member) {
	if len(n.members) == cap(n.members) {
		n.grow()
	}
	n.members = append(n.members, m)
	n.put(slot{int32(len(n.members)), n.hashOf(m.key.name)})
}

func (n *nameIndex) grow() {
	old := n.slots
	n.slots = make([]slot, max(4*fewMembers, 2*len(old)))
	for _, s := range old {
		if s.member != 0 {
			n.put(s)
		}
	}
	n.members = append(make([]*member, 0, len(n.slots)*2/3), n.members...)
}

func (n *nameIndex) put(s slot) {
	i := n.slotOf(s.hash)
	for n.slots[i].member != 0 {
		i = n.slotOf(i + 1)
	}
	n.slots[i] = s
}

func (n *nameIndex) hashOf(name string) uint32 { return uint32(maphash.String(n.seed, name)) }

// slotOf returns the index of the slot for a hash, or of the one that follows the last.
func (n *nameIndex) slotOf(hash uint32) uint32 { return hash & uint32(len(n.slots)-1) }
