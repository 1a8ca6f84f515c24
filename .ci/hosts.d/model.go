package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
)

// model serves the script to hosts, in the protocols of four vendors.
type model struct {
	url      string
	script   *script
	listener net.Listener
}

// startModel serves a new script on the loopback interface.
func startModel() (*model, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	m := &model{"http://" + l.Addr().String(), &script{listed: map[string]bool{}}, l}
	go http.Serve(l, m)
	return m, nil
}

func (m *model) close() { m.listener.Close() }

// protocol is how hosts speak to a vendor's models.
type protocol struct {
	read func(body object) conversation
	// whole returns the answer as one value, and events as the events of a stream.
	whole  func(reply) object
	events func(reply) []object
	// isNamed reports whether each event has its type as a name, and isEnded whether
	// the stream ends with a mark.
	isNamed, isEnded bool
}

func (m *model) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := readBody(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	path := r.URL.Path
	var p protocol
	switch {
	case r.Method != http.MethodPost:
		writeJSON(w, object{"object": "list", "data": []any{object{"id": "scripted", "object": "model"}}})
		return
	case strings.Contains(path, "count"): // of tokens
		writeJSON(w, object{"input_tokens": 100, "totalTokens": 100})
		return
	case strings.HasSuffix(path, "/messages"):
		p = anthropicMessages()
	case strings.HasSuffix(path, "/chat/completions"):
		p = openaiChat()
	case strings.HasSuffix(path, "/responses"):
		p = openaiResponses()
	case strings.Contains(strings.ToLower(path), "generatecontent"):
		p = gemini()
	default:
		writeJSON(w, object{})
		return
	}
	c := p.read(body)
	c.isStream = body["stream"] == true || strings.Contains(path, "stream")
	answer := m.script.answer(c)
	if !c.isStream {
		writeJSON(w, p.whole(answer))
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	for _, event := range p.events(answer) {
		if p.isNamed {
			fmt.Fprintf(w, "event: %s\n", event["type"])
		}
		raw, _ := json.Marshal(event)
		fmt.Fprintf(w, "data: %s\n\n", raw)
	}
	if p.isEnded {
		fmt.Fprint(w, "data: [DONE]\n\n")
	}
}

// readBody returns the JSON object of a request; an empty one if it has none.
func readBody(r *http.Request) (object, error) {
	raw, err := io.ReadAll(r.Body)
	if err != nil || len(raw) == 0 {
		return object{}, err
	}
	if r.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(bytes.NewReader(raw))
		if err != nil {
			return nil, err
		}
		if raw, err = io.ReadAll(z); err != nil {
			return nil, err
		}
	}
	var body object
	err = json.Unmarshal(raw, &body)
	return body, err
}

func writeJSON(w http.ResponseWriter, value object) {
	w.Header().Set("Content-Type", "application/json")
	raw, err := json.Marshal(value)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Write(raw)
}

// object is a JSON object.
type object = map[string]any

// objects returns the objects in a list.
func objects(v any) []object {
	var all []object
	list, _ := v.([]any)
	for _, element := range list {
		if o, ok := element.(object); ok {
			all = append(all, o)
		}
	}
	return all
}

// text returns the text of a message's content, in whichever form a host sends it.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case object:
		for _, name := range []string{"text", "content", "output"} {
			if part, ok := v[name]; ok {
				return text(part)
			}
		}
	case []any:
		var parts []string
		for _, part := range v {
			parts = append(parts, text(part))
		}
		return strings.Join(parts, "\n")
	}
	raw, _ := json.Marshal(v)
	return string(raw)
}

func word(v any) string {
	s, _ := v.(string)
	return s
}
