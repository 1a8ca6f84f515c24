package schema

import (
	"hash/maphash"
	"slices"

	"realmconf/schema/tree"
)

// MaxIssues is how many issues, and how many warnings, a check explains. A person
// does not correct more at a time, and a model reads all of them; to explain a
// mistake takes longer than to find it, and more memory.
const MaxIssues = 100

// Check finds all mistakes in next, a configuration as it is to be stored. A mistake
// that one of prev has too, with the same value, is a warning: it blocks no other
// change. In a list it may have moved to another index, and parts of it may be
// removed. A name that refers to nothing is a warning too, of the kind Reference,
// even if it is new: the platform accepts it and fails when it needs the thing. So is a
// key that a loaded schema allows only because it says nothing about other keys, if it is
// near one that the schema names.
//
// The work and the memory grow with the length of the configuration, however much
// of it is a mistake.
func (m *Model) Check(next tree.Object, prev ...tree.Object) Report {
	c := newChecker(m, next)
	c.isKnown = slices.ContainsFunc(prev, func(p tree.Object) bool { return tree.Same(next, p) })
	if !c.isKnown {
		for _, p := range prev {
			c.old = append(c.old, newOldMistakes(c.trail.seed, m, p, next))
		}
	}
	c.find(next, next, m.rules.Check)
	return c.report()
}

// checker finds the mistakes of one configuration, at most one for each place: the
// first that was found there.
type checker struct {
	model  *Model
	config tree.Object
	trail  *trail
	seen   map[uint64]struct{} // the places that have a finding, as hashes
	at     tree.Pointer        // where walk is

	hasInfinite bool           // there is a number that is NaN or infinite
	infinite    []tree.Pointer // texts that stand for NaN or an infinite number
	unnamed     []tree.Pointer // keys that the schema allows and does not name, at most maxUnnamed and one

	steps       []schemaStep // see follow
	lastUnknown struct {     // the last result of unknownKeys
		node *Node
		at   tree.Pointer
		keys []string
	}

	isKnown bool           // nothing in the configuration is new
	old     []*oldMistakes // of the earlier configurations
	// found is called for each finding at a new place.
	found func(finding, step)

	issues, warnings, unreadable findingList
}

// usualDepth is how many tokens the places of a configuration have at most, except
// in parts that have any form.
const usualDepth = 16

func newChecker(m *Model, config tree.Object) *checker {
	c := &checker{
		model: m, config: config, seen: make(map[uint64]struct{}),
		trail:  &trail{seed: maphash.MakeSeed(), root: config},
		issues: findingList{most: MaxIssues}, warnings: findingList{most: MaxIssues}, unreadable: findingList{most: 1},
		at: make(tree.Pointer, 0, usualDepth),
	}
	c.found = c.classify
	return c
}

// find finds the mistakes of a configuration, and those that some rules find in
// concerned, which has every section of config and perhaps more.
func (c *checker) find(config, concerned tree.Object, rules []FieldRule) {
	if c.model.loaded != nil {
		c.findLoaded(config)
		return
	}
	c.walk(c.model.root, config)
	c.model.validate(c.withoutInfinite(config), c.addViolation)
	z := normaliser{at: make(tree.Pointer, 0, usualDepth), found: func(p tree.Pointer, canonical string) { c.addFinding(aliasBeside(p, canonical)) }}
	normal := z.object(c.model.root, c.model.modernise(concerned))
	for _, r := range rules {
		r.Find(only(normal, r.Sections), func(found Mistake) {
			c.addFinding(finding{at: found.At, kind: found.Kind, rule: found})
		})
	}
}

// add adds a mistake that no rule has found.
func (c *checker) add(at tree.Pointer, cause cause) {
	c.addFinding(finding{at: at, kind: cause.kind(), cause: cause})
}

// addUnder is add for the place of a key in the object at p.
func (c *checker) addUnder(p tree.Pointer, key string, cause cause) { c.add(append(p, key), cause) }

func (c *checker) addFinding(f finding) {
	at := c.trail.follow(f.at)
	if _, is := c.seen[at.place]; is {
		return
	}
	c.seen[at.place] = struct{}{}
	c.found(f, at)
}

// classify adds a finding to the issues or to the warnings.
func (c *checker) classify(f finding, at step) {
	if c.model.rules.Unreadable != nil && c.model.rules.Unreadable(f.kind, f.at) {
		c.unreadable.add(f)
	}
	isOld := c.isKnown
	for _, old := range c.old {
		isOld = old.excuse(f, at, c.trail) || isOld
	}
	if isOld || f.kind == Reference || f.cause == causeMisspelt {
		c.warnings.add(f)
	} else {
		c.issues.add(f)
	}
}

// report explains what was found.
func (c *checker) report() Report {
	r := Report{Issues: c.explainAll(c.issues), Warnings: c.explainAll(c.warnings)}
	if first := c.explainAll(c.unreadable).First; len(first) > 0 {
		r.Unreadable = &first[0]
	}
	return r
}

func (c *checker) explainAll(list findingList) Issues {
	issues := Issues{Count: list.count}
	for _, f := range list.kept {
		issues.First = append(issues.First, c.explain(f))
	}
	return issues
}
