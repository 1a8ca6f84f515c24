package meerkat

import (
	"slices"

	"realmconf/schema"
	"realmconf/schema/tree"
)

// checkCustomModels checks the ids and providers of models.<id>.
func checkCustomModels(config tree.Object) []schema.Issue {
	own := within(config, "self_hosted", "models")
	var issues []schema.Issue
	each(within(config, "models"), func(id string, custom tree.Object) {
		p := tree.Pointer{"models", id}
		if slices.Contains(catalog, id) {
			issues = append(issues, catalogModel(p))
		} else if _, taken := own[id]; taken {
			issues = append(issues, schema.Issue{Kind: schema.Rule, Path: p.String(),
				Message: "there is a model of this id under /self_hosted/models too", Hint: "rename or remove one of the two"})
		}
		switch custom["provider"] {
		case "self_hosted":
			issues = append(issues, schema.Issue{Kind: schema.Rule, Path: p.Child("provider").String(),
				Message: "self-hosted models are not declared here", Hint: "declare the model under /self_hosted/models"})
		case "other":
			issues = append(issues, schema.Issue{Kind: schema.Rule, Path: p.Child("provider").String(),
				Message: "a provider that serves models is needed", Hint: "use one of anthropic, openai, gemini"})
		}
	})
	return issues
}

// catalogModel returns the issue of an id that the catalog has.
func catalogModel(p tree.Pointer) schema.Issue {
	return schema.Issue{Kind: schema.Rule, Path: p.String(),
		Message: "the built-in catalog has a model of this id", Hint: "choose another id"}
}

// checkSelfHostedModels checks the ids of self_hosted.models, their servers, and
// the default model.
func checkSelfHostedModels(config tree.Object) []schema.Issue {
	section := within(config, "self_hosted")
	models, servers := within(section, "models"), within(section, "servers")
	p := tree.Pointer{"self_hosted", "models"}
	var issues []schema.Issue
	each(models, func(id string, model tree.Object) {
		if slices.Contains(catalog, id) {
			issues = append(issues, catalogModel(p.Child(id)))
		}
		server, given := model["server"]
		if !given {
			server = "" // its default
		}
		issues = append(issues, checkName(schema.Rule, p.Child(id).Child("server"), server, servers, tree.Pointer{"self_hosted", "servers"})...)
	})
	at := tree.Pointer{"self_hosted", "default_model"}
	name, given := section["default_model"]
	switch {
	case given && len(models) == 0:
		// Meerkat ignores a default model if there are no models.
		issues = append(issues, checkName(schema.Reference, at, name, models, p)...)
	case given:
		issues = append(issues, checkName(schema.Rule, at, name, models, p)...)
	case len(models) > 1:
		issues = append(issues, schema.Issue{Kind: schema.Rule, Path: at.String(),
			Message: "needed when there is more than one self-hosted model", Hint: "add it: it is an id of /self_hosted/models"})
	}
	return issues
}
