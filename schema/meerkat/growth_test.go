package meerkat

import (
	"testing"

	"realmconf/schema"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// TestModel_growth calls what a read and a write do with a whole configuration, for
// files of two sizes and of every shape that can be large.
func TestModel_growth(t *testing.T) {
	m := New()
	for name, config := range map[string]func(n int) tree.Object{
		"hooks": func(n int) tree.Object {
			return tree.Object{"hooks": tree.Object{"entries": listOf(n, func(i int) any {
				return tree.Object{"id": sprintf("h%d", i), "runtime": tree.Object{"type": "command", "command": "c", "env": tree.Object{"K": "v"}}}
			})}}
		},
		"texts": func(n int) tree.Object {
			return tree.Object{"shell": tree.Object{"security_patterns": listOf(n, func(i int) any { return sprintf("p%d", i) })}}
		},
		"servers": func(n int) tree.Object {
			return tree.Object{"self_hosted": tree.Object{"servers": mapOf(n, "s", func(i int) any {
				return tree.Object{"base_url": "http://user:password@host/"}
			})}}
		},
		"bindings that lead nowhere": func(n int) tree.Object {
			return tree.Object{"realm": tree.Object{"team": tree.Object{"binding": mapOf(n, "b", func(i int) any {
				return tree.Object{"backend_profile": sprintf("x%d", i), "auth_profile": "y"}
			})}}}
		},
		"bindings of the same credentials": func(n int) tree.Object {
			return tree.Object{"realm": tree.Object{"team": tree.Object{
				"auth": tree.Object{"a": tree.Object{}}, "backend": mapOf(n, "b", func(int) any { return tree.Object{"server": "s"} }),
				"binding": mapOf(n, "b", func(i int) any { return tree.Object{"backend_profile": sprintf("b%d", i/2), "auth_profile": "a"} }),
			}}}
		},
		"realms in a chain": func(n int) tree.Object {
			return tree.Object{"realm": mapOf(n, "r", func(i int) any { return tree.Object{"parent": sprintf("r%d", i+1)} })}
		},
		"unknown keys": func(n int) tree.Object { return mapOf(n, "modle", func(i int) any { return int64(i) }) },
		"unknown keys in entries": func(n int) tree.Object {
			return tree.Object{"hooks": tree.Object{"entries": listOf(n, func(i int) any { return tree.Object{"idd": "x", "runtime": tree.Object{}} })}}
		},
		"sources of skills": func(n int) tree.Object {
			uuid := func(i int) string { return sprintf("00000000-0000-4000-8000-%012d", i) }
			skill := func(i int) tree.Object { return tree.Object{"source_uuid": uuid(i), "skill_name": sprintf("s%d", i%7)} }
			return tree.Object{"skills": tree.Object{
				"repositories": listOf(n, func(i int) any {
					return tree.Object{"name": "r", "source_uuid": uuid(i), "type": "filesystem", "path": sprintf("/p%d", i/2)}
				}),
				"identity": tree.Object{
					"remaps": listOf(n, func(i int) any { return tree.Object{"from": skill(0), "to": skill(i)} }),
					"lineage": listOf(2, func(int) any {
						return tree.Object{
							"event_id": "e", "recorded_at_unix_secs": int64(1), "required_from_skills": listOf(n, func(i int) any { return sprintf("s%d", i) }),
							"event": tree.Object{"event": "split", "from": uuid(0), "into": listOf(n, func(i int) any { return uuid(i) })},
						}
					}),
				},
			}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			treetest.CheckGrowth(t, func(n int) func() {
				now := config(n)
				empty := tree.Object{}
				return func() {
					m.Check(now, empty)
					m.Check(now, now)
					m.Recheck(now, empty)
					resolved := m.Fill(now)
					m.SecretRoutes(resolved)
					m.Mask(resolved, func(p tree.Pointer, _ any) string { return p.String() })
					m.Canonical(resolved)
					m.Reveal(now, empty, func(schema.Token, schema.Part) (any, bool) { return nil, false })
					for _, pair := range [][2]tree.Object{{empty, now}, {now, empty}, {now, shuffled(now).(tree.Object)}} {
						tree.Difference(pair[0], pair[1], m.Key, m.DefaultWithout)
					}
				}
			})
		})
	}
}

func listOf(n int, entry func(i int) any) []any {
	list := make([]any, n)
	for i := range list {
		list[i] = entry(i)
	}
	return list
}

func mapOf(n int, prefix string, member func(i int) any) tree.Object {
	o := make(tree.Object, n)
	for i := range n {
		o[sprintf("%s%d", prefix, i)] = member(i)
	}
	return o
}

// shuffled returns a value with every list in another order, and each second entry
// changed.
func shuffled(v any) any {
	switch v := v.(type) {
	case map[string]any:
		o := make(tree.Object, len(v))
		for name, e := range v {
			o[name] = shuffled(e)
		}
		return o
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			at := i * 617 % len(v) // a permutation: 617 is a prime number
			list[at] = shuffled(e)
			if o, isObject := list[at].(tree.Object); isObject && i%2 == 0 {
				o["changed"] = int64(i)
			}
		}
		return list
	}
	return v
}
