package meerkat

// remaps are the remaps of skills, by the skill before and by the source after.
type remaps struct {
	targets map[skillBefore]sourceSet // the sources after
	sources map[string]sourceSet      // by source after: the sources before
}

// skillBefore is a skill that was replaced; without a name, any skill of the
// source.
type skillBefore struct{ source, name string }

type sourceSet map[string]bool

func newRemaps() remaps {
	return remaps{targets: make(map[skillBefore]sourceSet), sources: make(map[string]sourceSet)}
}

func (r remaps) add(from, skill, to string) {
	addTo(r.targets, skillBefore{source: from}, to)
	addTo(r.targets, skillBefore{from, skill}, to)
	addTo(r.sources, to, from)
}

func addTo[K comparable](sets map[K]sourceSet, key K, source string) {
	if sets[key] == nil {
		sets[key] = make(sourceSet)
	}
	sets[key][source] = true
}

// cover reports whether there is a remap from each source before, to each source
// after, and for each required skill of each source before. One of from and to
// has a single source.
func (r remaps) cover(from, to []string, required []any) bool {
	before, after := setOf(from), setOf(to)
	for f := range before {
		if !r.targets[skillBefore{source: f}].meets(after) {
			return false
		}
	}
	for t := range after {
		if !r.sources[t].meets(before) {
			return false
		}
	}
	names := make(sourceSet)
	for _, skill := range required {
		name, _ := skill.(string)
		names[name] = true
	}
	for f := range before {
		for name := range names {
			if !r.targets[skillBefore{f, name}].meets(after) {
				return false
			}
		}
	}
	return true
}

func setOf(sources []string) sourceSet {
	set := make(sourceSet, len(sources))
	for _, s := range sources {
		set[s] = true
	}
	return set
}

// meets reports whether two sets have a source in common. It looks at each of the
// smaller one.
func (s sourceSet) meets(other sourceSet) bool {
	if len(s) > len(other) {
		s, other = other, s
	}
	for source := range s {
		if other[source] {
			return true
		}
	}
	return false
}
