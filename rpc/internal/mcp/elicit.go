package rpc

import (
	"time"

	"realmconf/schema/tree"
	"realmconf/tools"
)

// methodElicit is how MCP asks the person behind a client.
const methodElicit = "elicitation/create"

// answerTime is how long a person may think. An answer after that is none.
const answerTime = 10 * time.Minute

// form is the parameters of a question: a text, and one box to tick.
func form(message string) tree.Object {
	return tree.Object{
		"message": message,
		"requestedSchema": tree.Object{
			"type":       "object",
			"properties": tree.Object{"approve": tree.Object{"type": "boolean", "title": "Allow this change", "default": false}},
			"required":   []any{"approve"},
		},
	}
}

// answerOf is what a person answered, by MCP's ElicitResult. Only the box itself,
// ticked, is a yes, and only the box left empty, or a refusal, is a no: neither a
// text that looks like it, nor a form that was sent without it. No result at all
// counts as a form that was closed.
func answerOf(result any) tools.Answer {
	members, _ := result.(tree.Object)
	content, _ := members["content"].(tree.Object)
	approve, answered := content["approve"].(bool)
	switch action := members["action"]; {
	case action == "accept" && answered && approve:
		return tools.Accepted
	case action == "decline", action == "accept" && answered:
		return tools.Declined
	case action == "cancel", result == nil:
		return tools.Withdrawn
	}
	return tools.Unclear
}
