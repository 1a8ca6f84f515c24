package cli

import (
	"context"

	"realmconf/runtime/realm"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
)

// diagnoseShared examines a shared realm: what the store says of its servers, and then
// the configuration.
func (s *Session) diagnoseShared(ctx context.Context) (*diagnosis, error) {
	shared, err := realm.Open(s.Realm, 0)(ctx)
	if err != nil {
		return nil, err
	}
	defer shared.Close()
	d := &diagnosis{realm: s.Realm.Realm, model: s.Model, runtime: s.Runtime}
	d.files.Document = shared.Metadata().Place
	if family, ok := shared.(store.Family); ok {
		d.relatives = family
	}
	if inspector, ok := shared.(store.Inspector); ok {
		for _, f := range inspector.Inspect(ctx) {
			d.add(level(f.Level), f.What, f.Where, f.Do)
		}
	}
	state, err := shared.Load(ctx)
	if err != nil {
		return d, nil // Inspect has reported it
	}
	d.sharedGeneration = (&generation{n: state.Version.Generation}).json()
	if state.Version.Generation > 0 {
		d.files.Text = append([]byte{}, state.Text...)
	}
	d.checkConfig(ctx)
	d.checkEffect(ctx)
	return d, nil
}

// sharedJSON returns the diagnosis of a shared realm as JSON.
func (d *diagnosis) sharedJSON(findings []any) tree.Object {
	return tree.Object{
		"realm_id":   d.realm,
		"place":      d.files.Document,
		"generation": d.sharedGeneration,
		"problems":   int64(d.count(problem)),
		"findings":   findings,
	}
}
