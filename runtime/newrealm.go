package runtime

import (
	"context"
	"slices"

	"realmconf/runtime/store"
)

// Beside returns the names of the other configurations of the family, if a change
// makes this one, which did not exist before: its name may be mistyped. A name that
// the store has made itself is not.
func (r *Runtime) Beside(ctx context.Context, c *Comparison) []string {
	before := c.Before
	if before.Version != store.Empty() || before.Metadata.Backend != nil || before.Metadata.InstanceID != nil || len(c.Changes) == 0 {
		return nil // others have made it, or it is not made
	}
	realm, family, err := r.family(ctx)
	if err != nil {
		return nil
	}
	if own, mayBe := family.(store.Generated); mayBe && own.IsGenerated() {
		return nil
	}
	names, _, err := family.Names(ctx)
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(names, func(name string) bool { return name == realm })
}
