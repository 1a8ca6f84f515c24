package meerkat

import (
	"strconv"

	"realmconf/schema"
	"realmconf/schema/tree"
)

// builtInSources are the UUIDs of the platform's own sources of skills: the
// built-in skills and the skills of the project.
var builtInSources = []string{"00000000-0000-4b11-8111-000000000001", "00000000-0000-4b11-8111-000000000002"}

// checkSkillSources checks what Meerkat's registry of skill sources checks: that a
// UUID means one place and a place has one UUID, unless the lineage connects the
// UUIDs; and that the lineage is complete.
func checkSkillSources(config tree.Object, found func(schema.Mistake)) {
	skills := within(config, "skills")
	identity := within(skills, "identity")
	s := sources{found: found, connected: make(map[string]string), steps: make(map[[2]string]bool), remaps: newRemaps()}
	s.readLineage(identity["lineage"])
	s.checkRemaps(identity["remaps"])
	s.checkRepositories(skills["repositories"])
	s.checkLineage(identity["lineage"])
	s.checkAliases(identity["aliases"])
}

// sources collects the lineage of skill sources and finds the mistakes in it.
type sources struct {
	found     func(schema.Mistake)
	badEvent  bool               // an event cannot be read: it may connect any UUIDs
	badRemap  bool               // a remap cannot be read: it may be any
	connected map[string]string  // a forest over the connected UUIDs, see root
	steps     map[[2]string]bool // events: UUIDs before and after
	remaps    remaps
}

func (s *sources) add(message, hint string, path ...string) {
	s.found(schema.Mistake{Kind: schema.Rule, At: path, Message: message, Hint: hint})
}

// root returns the representative of the UUIDs that lineage connects with this one
// (union-find with path halving).
func (s *sources) root(uuid string) string {
	for s.connected[uuid] != "" {
		if up := s.connected[s.connected[uuid]]; up != "" {
			s.connected[uuid] = up
		}
		uuid = s.connected[uuid]
	}
	return uuid
}

func (s *sources) readLineage(lineage any) {
	eachEntry(lineage, func(_ int, entry tree.Object) {
		from, to, _ := ends(within(entry, "event"))
		s.badEvent = s.badEvent || len(from) == 0 || len(to) == 0
		for _, f := range from {
			for _, t := range to {
				s.steps[[2]string{f, t}] = true
				if a, b := s.root(f), s.root(t); a != b {
					s.connected[a] = b
				}
			}
		}
	})
}

// ends returns the sources before and after an event, and whether the event needs
// remaps.
func ends(event tree.Object) (from, to []string, needsRemaps bool) {
	from, to = uuids(event["from"]), uuids(event["to"])
	if event["event"] == "split" {
		to = uuids(event["into"])
	}
	if len(from) > 1 && len(to) > 1 {
		from, to = nil, nil // no event has several on both sides: the schema refuses it
	}
	return from, to, event["event"] != "rename_or_relocate"
}

// uuids returns the canonical UUIDs of a list, or a single one; nil if one of them
// cannot be read.
func uuids(v any) []string {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var found []string
	for _, e := range list {
		text, _ := e.(string)
		uuid, ok := canonicalUUID(text)
		if !ok {
			return nil
		}
		found = append(found, uuid)
	}
	return found
}

// checkRepositories finds a UUID that two places have, and a place that has two
// unconnected UUIDs.
func (s *sources) checkRepositories(repositories any) {
	placeOf := make(map[string]string)
	for _, uuid := range builtInSources {
		placeOf[uuid] = "" // not the place of a repository
	}
	first := make(map[string]int) // by place
	uuidOf := make(map[string]string)
	eachEntry(repositories, func(i int, repository tree.Object) {
		text, _ := repository["source_uuid"].(string)
		uuid, ok := canonicalUUID(text)
		where := fingerprint(repository)
		if !ok || where == "" {
			return
		}
		path := []string{"skills", "repositories", strconv.Itoa(i), "source_uuid"}
		if other, taken := placeOf[uuid]; taken && other == "" {
			s.add("the platform's own skills have this UUID", "give the repository a new one", path...)
			return
		} else if taken && other != where {
			s.add("another repository, in another place, has this UUID", "give one of the two a new UUID", path...)
			return
		}
		placeOf[uuid] = where
		j, known := first[where]
		if !known {
			first[where], uuidOf[where] = i, uuid
		} else if !s.badEvent && s.root(uuidOf[where]) != s.root(uuid) {
			s.add("/skills/repositories/"+strconv.Itoa(j)+" is the same place and has another UUID",
				"use that UUID here too, or add an event to /skills/identity/lineage that leads from one to the other", path...)
		}
	})
}

// fingerprint identifies the place of a repository; "" if its type is unknown.
func fingerprint(repository tree.Object) string {
	sort, _ := repository["type"].(string)
	keys := map[string][]string{
		"filesystem": {"path"},
		"stdio":      {"command", "cwd", "env"},
		"http":       {"url"},
		"git":        {"url", "git_ref", "ref_type", "skills_root"},
	}[sort]
	if keys == nil {
		return ""
	}
	defaults := tree.Object{"env": tree.Object{}, "git_ref": "main", "ref_type": "branch"}
	parts := []any{sort}
	for _, key := range keys {
		v, given := repository[key]
		if !given {
			v = defaults[key]
		}
		parts = append(parts, v)
	}
	return string(tree.Append(nil, parts))
}

// checkRemaps reads the remaps. A remap to another source needs an event that
// leads there.
func (s *sources) checkRemaps(remaps any) {
	seen := make(map[[2]string]bool)
	eachEntry(remaps, func(i int, entry tree.Object) {
		from, skill, ok := skillKey(entry["from"])
		to, _, also := skillKey(entry["to"])
		if !ok || !also {
			s.badRemap = true
			return
		}
		s.remaps.add(from, skill, to)
		path := []string{"skills", "identity", "remaps", strconv.Itoa(i)}
		if seen[[2]string{from, skill}] {
			s.add("another remap has the same from", "remove one of the two", append(path, "from")...)
		}
		seen[[2]string{from, skill}] = true
		if from != to && !s.badEvent && !s.steps[[2]string{from, to}] {
			s.add("it leads to another source, and no event does",
				"add an event to /skills/identity/lineage that leads from the one source to the other", path...)
		}
	})
}

func skillKey(v any) (uuid, skill string, ok bool) {
	key, _ := v.(map[string]any)
	text, _ := key["source_uuid"].(string)
	skill, isText := key["skill_name"].(string)
	uuid, ok = canonicalUUID(text)
	return uuid, skill, ok && isText
}

// checkLineage finds events whose skills have no remaps.
func (s *sources) checkLineage(lineage any) {
	eachEntry(lineage, func(i int, entry tree.Object) {
		from, to, needsRemaps := ends(within(entry, "event"))
		if !needsRemaps || len(from) == 0 || len(to) == 0 {
			return
		}
		path := []string{"skills", "identity", "lineage", strconv.Itoa(i)}
		required, _ := entry["required_from_skills"].([]any)
		switch {
		case len(required) == 0:
			s.add("a rotate, split or merge must say which skills it is about", "list them", append(path, "required_from_skills")...)
		case !s.badEvent && !s.badRemap && !s.remaps.cover(from, to, required):
			s.add("some of its skills or sources have no remap",
				"add one to /skills/identity/remaps for each required skill of each source before, and for each source after", path...)
		}
	})
}

func (s *sources) checkAliases(aliases any) {
	seen := make(map[string]bool)
	eachEntry(aliases, func(i int, entry tree.Object) {
		alias, ok := entry["alias"].(string)
		if ok && seen[alias] {
			s.add("another alias has the same name", "remove one of the two", "skills", "identity", "aliases", strconv.Itoa(i), "alias")
		}
		seen[alias] = true
	})
}
