package main

import (
	"crypto/rand"
	"encoding/json"
)

// callID returns a new identifier of a call.
func callID() string { return rand.Text()[:20] }

// openaiChat is the protocol of opencode.
func openaiChat() protocol {
	message := func(r reply) (object, string) {
		if !r.isCall() {
			return object{"role": "assistant", "content": r.text}, "stop"
		}
		raw, _ := json.Marshal(r.arguments)
		call := object{"index": 0, "id": "call_" + callID(), "type": "function", "function": object{"name": r.tool.name, "arguments": string(raw)}}
		return object{"role": "assistant", "content": nil, "tool_calls": []any{call}}, "tool_calls"
	}
	usage := object{"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
	return protocol{
		isEnded: true,
		read: func(body object) conversation {
			var c conversation
			for _, t := range objects(body["tools"]) {
				f, _ := t["function"].(object)
				c.tools = append(c.tools, toolName{name: word(f["name"])})
			}
			for _, m := range objects(body["messages"]) {
				switch m["role"] {
				case "user":
					c.turns = append(c.turns, turn{kind: fromUser, text: text(m["content"])})
				case "assistant":
					for _, call := range objects(m["tool_calls"]) {
						f, _ := call["function"].(object)
						c.turns = append(c.turns, turn{kind: toolCall, name: word(f["name"])})
					}
				case "tool":
					c.turns = append(c.turns, turn{kind: result, text: text(m["content"])})
				}
			}
			return c
		},
		whole: func(r reply) object {
			m, finish := message(r)
			return object{
				"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "scripted",
				"choices": []any{object{"index": 0, "message": m, "finish_reason": finish}}, "usage": usage,
			}
		},
		events: func(r reply) []object {
			m, finish := message(r)
			chunk := func(delta object, finish any) object {
				return object{
					"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "scripted",
					"choices": []any{object{"index": 0, "delta": delta, "finish_reason": finish}},
				}
			}
			last := chunk(object{}, finish)
			last["usage"] = usage
			return []object{chunk(m, nil), last}
		},
	}
}

// openaiResponses is the protocol of Codex.
func openaiResponses() protocol {
	item := func(r reply) object {
		if !r.isCall() {
			return object{
				"type": "message", "id": "msg_1", "role": "assistant", "status": "completed",
				"content": []any{object{"type": "output_text", "text": r.text, "annotations": []any{}}},
			}
		}
		raw, _ := json.Marshal(r.arguments)
		call := object{"type": "function_call", "id": "fc_1", "call_id": "call_" + callID(), "name": r.tool.name, "arguments": string(raw), "status": "completed"}
		if r.tool.namespace != "" {
			call["namespace"] = r.tool.namespace
		}
		return call
	}
	response := func(status string, output ...any) object {
		return object{
			"id": "resp_1", "object": "response", "created_at": 1, "status": status, "model": "scripted", "output": append([]any{}, output...),
			"usage": object{
				"input_tokens": 10, "input_tokens_details": object{"cached_tokens": 0},
				"output_tokens": 5, "output_tokens_details": object{"reasoning_tokens": 0}, "total_tokens": 15,
			},
		}
	}
	return protocol{
		isNamed: true,
		read: func(body object) conversation {
			var c conversation
			for _, t := range objects(body["tools"]) {
				if t["type"] != "namespace" {
					c.tools = append(c.tools, toolName{name: word(t["name"])})
				}
				for _, inner := range objects(t["tools"]) {
					c.tools = append(c.tools, toolName{word(t["name"]), word(inner["name"])})
				}
			}
			for _, m := range objects(body["input"]) {
				switch {
				case m["type"] == "function_call":
					c.turns = append(c.turns, turn{kind: toolCall, name: word(m["name"])})
				case m["type"] == "function_call_output":
					c.turns = append(c.turns, turn{kind: result, text: text(m["output"])})
				case m["role"] == "user":
					c.turns = append(c.turns, turn{kind: fromUser, text: text(m["content"])})
				}
			}
			return c
		},
		whole: func(r reply) object { return response("completed", item(r)) },
		events: func(r reply) []object {
			it := item(r)
			events := []object{
				{"type": "response.created", "response": response("in_progress")},
				{"type": "response.output_item.added", "output_index": 0, "item": it},
			}
			if !r.isCall() {
				events = append(events, object{"type": "response.output_text.delta", "output_index": 0, "content_index": 0, "item_id": "msg_1", "delta": r.text})
			}
			return append(events,
				object{"type": "response.output_item.done", "output_index": 0, "item": it},
				object{"type": "response.completed", "response": response("completed", it)})
		},
	}
}
