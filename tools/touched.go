package tools

import (
	"realmconf/runtime"
	"realmconf/schema/tree"
)

// TouchedPlaces are the places of the configuration that an event may be about. A connection
// asks it about each of its watches, so that asking costs nothing for each change.
type TouchedPlaces struct {
	everything bool
	changed    *tree.PointerSet
}

// TouchedBy returns the places that an event may be about.
func TouchedBy(e *runtime.Event) TouchedPlaces { return touchedBy(e.Opaque || e.Resumed, e.Changes) }

// TouchedByEffective returns the places of what agents run with that an event may be
// about.
func TouchedByEffective(e *runtime.EffectiveEvent) TouchedPlaces {
	return touchedBy(e.Opaque, e.Changes)
}

func touchedBy(everything bool, changes []tree.Change) TouchedPlaces {
	changed := tree.NewPointerSet()
	for _, c := range changes {
		changed.Add(c.Path)
		if c.Op == "move" {
			changed.Add(c.From)
		}
	}
	return TouchedPlaces{everything, changed}
}

// Has reports whether something happened at, above or below a place.
func (t TouchedPlaces) Has(part tree.Pointer) bool { return t.everything || t.changed.Overlaps(part) }
