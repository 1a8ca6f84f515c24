package mcp

import (
	"time"

	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// methodElicit is MCP's request to the person who uses the client.
const methodElicit = "elicitation/create"

// answerTime is how long a person may take to answer.
const answerTime = 10 * time.Minute

// form returns the parameters of a question: a text and one box to tick.
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

// readAnswer reads MCP's ElicitResult. Only the ticked box is a yes, and only
// the empty box or a refusal is a no: neither a text that looks like it, nor a
// form that was sent without the box. No result counts as a form that was
// closed.
func readAnswer(result any) policy.Answer {
	members, _ := result.(tree.Object)
	content, _ := members["content"].(tree.Object)
	approve, hasBox := content["approve"].(bool)
	switch action := members["action"]; {
	case action == "accept" && hasBox && approve:
		return policy.Accepted
	case action == "decline", action == "accept" && hasBox:
		return policy.Declined
	case action == "cancel", result == nil:
		return policy.Cancelled
	}
	return policy.Unclear
}
