package main

import "encoding/json"

// anthropicMessages is the protocol of Claude Code.
func anthropicMessages() protocol {
	block := func(r reply) object {
		if r.isCall() {
			return object{"type": "tool_use", "id": "toolu_" + callID(), "name": r.tool.name, "input": r.arguments}
		}
		return object{"type": "text", "text": r.text}
	}
	message := func(content []any, stop any) object {
		return object{
			"id": "msg_1", "type": "message", "role": "assistant", "model": "scripted", "content": content,
			"stop_reason": stop, "stop_sequence": nil, "usage": object{"input_tokens": 10, "output_tokens": 10},
		}
	}
	stopReason := func(r reply) string {
		if r.isCall() {
			return "tool_use"
		}
		return "end_turn"
	}
	return protocol{
		isNamed: true,
		read: func(body object) conversation {
			var c conversation
			for _, t := range objects(body["tools"]) {
				c.tools = append(c.tools, toolName{name: word(t["name"])})
			}
			for _, m := range objects(body["messages"]) {
				if s, ok := m["content"].(string); ok {
					m["content"] = []any{object{"type": "text", "text": s}}
				}
				for _, part := range objects(m["content"]) {
					switch {
					case part["type"] == "text" && m["role"] == "user":
						c.turns = append(c.turns, turn{kind: fromUser, text: text(part)})
					case part["type"] == "tool_use":
						c.turns = append(c.turns, turn{kind: toolCall, name: word(part["name"])})
					case part["type"] == "tool_result":
						c.turns = append(c.turns, turn{kind: result, text: text(part["content"])})
					}
				}
			}
			return c
		},
		whole: func(r reply) object { return message([]any{block(r)}, stopReason(r)) },
		events: func(r reply) []object {
			start, delta := object{"type": "text", "text": ""}, object{"type": "text_delta", "text": r.text}
			if r.isCall() {
				start = block(r)
				start["input"] = object{}
				raw, _ := json.Marshal(r.arguments)
				delta = object{"type": "input_json_delta", "partial_json": string(raw)}
			}
			return []object{
				{"type": "message_start", "message": message([]any{}, nil)},
				{"type": "content_block_start", "index": 0, "content_block": start},
				{"type": "content_block_delta", "index": 0, "delta": delta},
				{"type": "content_block_stop", "index": 0},
				{"type": "message_delta", "delta": object{"stop_reason": stopReason(r), "stop_sequence": nil}, "usage": object{"output_tokens": 10}},
				{"type": "message_stop"},
			}
		},
	}
}
