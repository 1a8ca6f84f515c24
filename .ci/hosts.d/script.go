package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// prompt is the question to the model. A request without it is one of the host's own,
// such as for a title.
const prompt = "Set the model of the agent, and then the shell, in the realm's configuration."

// conversation is a request to the model, in the one form that the script reads.
type conversation struct {
	tools []toolName
	turns []turn
	// isStream reports whether the host wants events.
	isStream bool
}

// toolName is the name of a tool in a host. Some put the tools of a server into a
// namespace.
type toolName struct{ namespace, name string }

// turn is one of: a text of the user, a call of the model, the result of a call.
type turn struct {
	kind turnKind
	text string // of the user, or of the result
	name string // of the called tool
}

type turnKind string

const (
	fromUser turnKind = "user"
	toolCall turnKind = "call"
	result   turnKind = "result"
)

// reply is what the model says: a call, or else a text.
type reply struct {
	text      string
	tool      toolName
	arguments map[string]any
}

func (r reply) isCall() bool { return r.tool.name != "" }

// script is the model: it reads, makes a change that needs no person, then one that
// does, and keeps what it saw.
type script struct {
	mu     sync.Mutex
	listed map[string]bool // the server's tools that the host offered
	read   string          // the result of the read
	change string          // of the change
	// refusal is the result of the change that needs a person.
	refusal string
	steps   []string
}

// toolNames returns the tools of the server.
func toolNames() []string {
	return []string{"config_get", "config_schema", "config_patch", "config_set", "config_history", "config_diff", "config_revert", "config_rollback"}
}

// answer returns the next step of a conversation.
func (s *script) answer(c conversation) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.next(c)
	step := "says " + r.text
	if r.isCall() {
		raw, _ := json.Marshal(r.arguments)
		step = fmt.Sprintf("calls %s%s %s", r.tool.namespace, r.tool.name, raw)
	}
	s.steps = append(s.steps, step)
	return r
}

func (s *script) next(c conversation) reply {
	var calls []string
	var results []string
	isAsked := false
	for _, t := range c.turns {
		switch {
		case t.kind == fromUser && strings.Contains(t.text, prompt):
			isAsked, calls, results = true, nil, nil
		case t.kind == toolCall:
			calls = append(calls, t.name)
		case t.kind == result:
			results = append(results, t.text)
		}
	}
	if len(results) > 0 && c.turns[len(c.turns)-1].kind == result {
		s.steps = append(s.steps, "reads "+shorten(results[len(results)-1]))
	}
	if !isAsked || len(c.tools) == 0 {
		return reply{text: "configuration"}
	}
	s.note(c.tools)
	get, patch := find(c.tools, "config_get"), find(c.tools, "config_patch")
	if get.name == "" || patch.name == "" {
		return s.search(c.tools, calls, results)
	}
	var own []string // the results of calls of the server's tools
	for i, name := range calls {
		if strings.Contains(name, "config_") && i < len(results) {
			own = append(own, results[i])
		}
	}
	switch len(own) {
	case 0:
		return reply{tool: get, arguments: map[string]any{"path": "/agent"}}
	case 1:
		s.read = own[0]
		return patchCall(patch, own[0], "agent", "model", "after")
	case 2:
		s.change = own[1]
		return patchCall(patch, own[1], "shell", "program", "sh")
	}
	s.refusal = own[2]
	return reply{text: "done"}
}

// note keeps which of the server's tools the host offers.
func (s *script) note(tools []toolName) {
	for _, name := range toolNames() {
		if find(tools, name).name != "" {
			s.listed[name] = true
		}
	}
}

// search asks a host for the server's tools, if it shows tools only on request.
func (s *script) search(tools []toolName, calls, results []string) reply {
	var selected []string
	for _, name := range toolNames() {
		selected = append(selected, "mcp__realmconf__"+name)
	}
	tool := find(tools, "ToolSearch")
	if wait := find(tools, "WaitForMcpServers"); wait.name != "" && len(calls) == 0 {
		return reply{tool: wait, arguments: map[string]any{}}
	}
	if tool.name == "" || len(calls) > 4 {
		return reply{text: "the server's tools are not there: " + fmt.Sprint(tools, results)}
	}
	return reply{tool: tool, arguments: map[string]any{"query": "select:" + strings.Join(selected, ","), "max_results": len(selected)}}
}

// find returns the tool whose name ends with a name.
func find(tools []toolName, name string) toolName {
	for _, t := range tools {
		if strings.HasSuffix(t.name, name) {
			return t
		}
	}
	return toolName{}
}

// patchCall returns a call that sets one key, based on the generation in a result.
func patchCall(tool toolName, last, section, key, value string) reply {
	generation := 0
	if m := regexp.MustCompile(`\\*"generation\\*"\s*:\s*(\d+)`).FindStringSubmatch(last); m != nil {
		fmt.Sscan(m[1], &generation)
	}
	return reply{tool: tool, arguments: map[string]any{
		"patch":               map[string]any{section: map[string]any{key: value}},
		"expected_generation": generation,
		"reason":              "a trial",
	}}
}

// log returns the steps, one a line.
func (s *script) log() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.steps, "\n")
}

func shorten(text string) string {
	if len(text) > 600 {
		return text[:600] + "…"
	}
	return text
}
