package meerkat

import (
	"slices"

	"realmconf/schema"
	"realmconf/schema/tree"
)

// checkCustomModels checks the ids and providers of models.<id>.
func checkCustomModels(config tree.Object, found func(schema.Mistake)) {
	own := within(config, "self_hosted", "models")
	each(within(config, "models"), func(id string, custom tree.Object) {
		p := tree.Pointer{"models", id}
		if slices.Contains(catalog, id) {
			found(catalogModel(p))
		} else if _, taken := own[id]; taken {
			found(schema.Mistake{Kind: schema.Rule, At: p,
				Message: "there is a model of this id under /self_hosted/models too", Hint: "rename or remove one of the two"})
		}
		switch custom["provider"] {
		case "self_hosted":
			found(schema.Mistake{Kind: schema.Rule, At: p.Child("provider"),
				Message: "self-hosted models are not declared here", Hint: "declare the model under /self_hosted/models"})
		case "other":
			found(schema.Mistake{Kind: schema.Rule, At: p.Child("provider"),
				Message: "a provider that serves models is needed", Hint: "use one of anthropic, openai, gemini"})
		}
	})
}

// catalogModel returns the issue of an id that the catalog has.
func catalogModel(p tree.Pointer) schema.Mistake {
	return schema.Mistake{Kind: schema.Rule, At: p,
		Message: "the built-in catalog has a model of this id", Hint: "choose another id"}
}

// checkSelfHostedModels checks the ids of self_hosted.models, their servers, and
// the default model.
func checkSelfHostedModels(config tree.Object, found func(schema.Mistake)) {
	section := within(config, "self_hosted")
	models, servers := within(section, "models"), within(section, "servers")
	p := tree.Pointer{"self_hosted", "models"}
	each(models, func(id string, model tree.Object) {
		if slices.Contains(catalog, id) {
			found(catalogModel(p.Child(id)))
		}
		server, given := model["server"]
		if !given {
			server = "" // its default
		}
		checkName(schema.Rule, found, p.Child(id).Child("server"), server, servers, "self_hosted", "servers")
	})
	at := tree.Pointer{"self_hosted", "default_model"}
	name, given := section["default_model"]
	switch {
	case given && len(models) == 0:
		// Meerkat ignores a default model if there are no models.
		checkName(schema.Reference, found, at, name, models, p...)
	case given:
		checkName(schema.Rule, found, at, name, models, p...)
	case len(models) > 1:
		found(schema.Mistake{Kind: schema.Rule, At: at,
			Message: "needed when there is more than one self-hosted model", Hint: "add it: it is an id of /self_hosted/models"})
	}
}
