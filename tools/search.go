package tools

import (
	"context"
	"slices"

	"realmconf/runtime"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// maxFoundValue is how many bytes of JSON a value in a search's reply has at most.
const maxFoundValue = 200

// search returns the members of the reply to a query. Of a place that is not inside
// a map or list, it has the value now, or its length if it is long. A configuration
// that cannot be read has no values, and can still be searched for its keys.
func search(ctx context.Context, rt *runtime.Runtime, model Model, query string) (tree.Object, error) {
	shown := tree.Object{}
	if snapshot, err := rt.Get(ctx); err == nil {
		shown = snapshot.Shown()
	} else if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	found, more := model.Search(query)
	places := make([]any, 0, len(found))
	for _, f := range found {
		places = append(places, place(f, shown))
	}
	reply := tree.Object{"query": query, "places": places, "more": more}
	if len(places) == 0 {
		reply["hint"] = "try other words; without query and path you get the sections"
	}
	return reply, nil
}

// place returns a place that was found, with its value in a configuration.
func place(f schema.SearchResult, shown tree.Object) tree.Object {
	o := tree.Object{"path": f.Path.String()}
	for keyword, v := range f.Keywords {
		o[keyword] = v
	}
	if risk, has := o["x-risk"]; has {
		delete(o, "x-risk")
		o["risk"] = risk
	}
	if slices.Contains(f.Path, schema.AnyName) || slices.Contains(f.Path, "-") {
		return o
	}
	if value, _, ok := f.Path.Get(shown); ok {
		if size := len(tree.Append(nil, value)); size > maxFoundValue {
			o["value_bytes"] = size
		} else {
			o["value"] = value
		}
	}
	return o
}
