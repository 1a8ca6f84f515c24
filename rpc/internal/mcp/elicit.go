package mcp

import (
	"realmconf/schema/tree"
	"realmconf/tools/policy"
	"realmconf/tools/review"
)

// methodElicit is MCP's request to the person who uses the client.
const methodElicit = "elicitation/create"

// form returns the parameters of a question: a text and one choice. Nothing is chosen
// at first, because hosts send a default as soon as the person presses Enter. Yes is
// neither the first choice nor the last one: in some hosts Enter takes the first one, and
// Copilot moves to the last one if its own entry, "Other", is left empty.
func form(message string) tree.Object {
	return tree.Object{
		"message": message,
		"requestedSchema": tree.Object{
			"type": "object",
			"properties": tree.Object{"decision": tree.Object{
				"type": "string", "title": "Allow this change?",
				"enum": []any{"no", "yes", "later"}, "enumNames": []any{"No", "Yes, make this change", "Not now"},
			}},
			"required": []any{"decision"},
		},
	}
}

// readAnswer reads MCP's ElicitResult. Only the choice of yes is a yes, and only the
// choice of no or a refusal is a no: neither another value that looks like it, nor a
// form that was sent without a choice. The choice of later and no result count as a form
// that was closed.
func readAnswer(result any) policy.Answer {
	members, _ := result.(tree.Object)
	content, _ := members["content"].(tree.Object)
	decision := content["decision"]
	switch action := members["action"]; {
	case action == "accept" && decision == "yes":
		return policy.Accepted
	case action == "decline", action == "accept" && decision == "no":
		return policy.Declined
	case action == "cancel", result == nil, action == "accept" && decision == "later":
		return policy.Cancelled
	}
	return policy.Unclear
}

// answerAfter returns the answer in a result that came at an instant after the question
// was asked. It is policy.Expired after the lifetime of a question, and policy.Automatic
// if no person can have given it in this time.
func answerAfter(result any, asked, now review.Instant) policy.Answer {
	answer := readAnswer(result)
	switch {
	case asked.HasExpired(now):
		return policy.Expired
	case review.IsAutomatic(answer == policy.Accepted, now.Sub(asked)):
		return policy.Automatic
	}
	return answer
}
