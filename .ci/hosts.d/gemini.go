package main

import "encoding/json"

// gemini is the protocol of Gemini CLI.
func gemini() protocol {
	whole := func(r reply) object {
		part := object{"text": r.text}
		if r.isCall() {
			part = object{"functionCall": object{"name": r.tool.name, "args": r.arguments}}
		}
		return object{
			"candidates":    []any{object{"content": object{"role": "model", "parts": []any{part}}, "finishReason": "STOP", "index": 0}},
			"usageMetadata": object{"promptTokenCount": 10, "candidatesTokenCount": 5, "totalTokenCount": 15}, "modelVersion": "scripted",
		}
	}
	return protocol{
		read: func(body object) conversation {
			var c conversation
			for _, t := range objects(body["tools"]) {
				for _, f := range objects(t["functionDeclarations"]) {
					c.tools = append(c.tools, toolName{name: word(f["name"])})
				}
			}
			for _, m := range objects(body["contents"]) {
				for _, part := range objects(m["parts"]) {
					call, isCall := part["functionCall"].(object)
					response, isResult := part["functionResponse"].(object)
					switch {
					case isCall:
						c.turns = append(c.turns, turn{kind: toolCall, name: word(call["name"])})
					case isResult:
						raw, _ := json.Marshal(response["response"])
						c.turns = append(c.turns, turn{kind: result, text: string(raw)})
					case m["role"] != "model":
						c.turns = append(c.turns, turn{kind: fromUser, text: text(part)})
					}
				}
			}
			return c
		},
		whole:  whole,
		events: func(r reply) []object { return []object{whole(r)} },
	}
}
