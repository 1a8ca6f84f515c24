package mcp

import (
	"context"
	"encoding/json"
	"slices"

	"realmconf/rpc/internal/conn"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
	"realmconf/tools/review"
	"realmconf/tools/review/page"
)

// MCP Apps, the extension by which a host shows a page of the server for a tool call
// (specification 2026-01-26). The page is a resource. It is not trusted: what it calls
// comes through the host, like the calls of the model.
const (
	extensionApps = "io.modelcontextprotocol/ui"
	typeApp       = "text/html;profile=mcp-app"
	uriReview     = "ui://realmconf/review"
)

// The keys in the _meta of a refused call, for the page: the change that needs a
// person's yes, and what the page must send with the answer.
const (
	keyQuestion = "io.realmconf/question"
	keyNonce    = "io.realmconf/nonce"
)

// declaresApps reports whether a client's capabilities say that it shows pages.
func declaresApps(capabilities tree.Object) bool {
	v, _, _ := tree.Pointer{"extensions", extensionApps, "mimeTypes"}.Get(capabilities)
	types, _ := v.([]any)
	return slices.Contains(types, any(typeApp))
}

// showsApps reports whether the client of a request shows pages.
func (r *request) showsApps() bool {
	if r.modern() {
		return r.meta.showsApps
	}
	return r.session.showsApps
}

// reviewResource describes the page in resources/list.
func reviewResource() tree.Object {
	return tree.Object{
		"uri": uriReview, "name": "review", "title": "Review", "mimeType": typeApp,
		"description": "The page that shows a change to a person, with the history and the configuration.",
		"_meta":       reviewMeta(),
	}
}

// reviewMeta returns the _meta of the page: it brings its own frame, and needs no
// permission and no network.
func reviewMeta() tree.Object {
	return tree.Object{"ui": tree.Object{"prefersBorder": false}}
}

// readReview returns the result of resources/read for the page.
func (s *Server) readReview(r *request) tree.Object {
	if s.showsPage(r) {
		s.appQuestions.recordRead()
	}
	content := tree.Object{"uri": uriReview, "mimeType": typeApp, "text": page.New().HTML}
	if r.revision().hasContentMeta() {
		content["_meta"] = reviewMeta()
	}
	result := tree.Object{"contents": []any{content}}
	if r.modern() {
		result["cacheScope"], result["ttlMs"] = "public", staticTTL
	}
	return result
}

// toolAnswer is the name of the tool by which the page answers a question. It is no
// operation: there is no method of its name.
const toolAnswer = "config_answer"

// showsPage reports whether the client of a request is shown the page. The page reads
// resources.
func (s *Server) showsPage(r *request) bool { return s.catalog.resources != nil && r.showsApps() }

// mayAnswer reports whether the page may answer the questions of a client.
func (s *Server) mayAnswer(r *request) bool { return s.options.Answers != nil && s.showsPage(r) }

// beginAnswer begins a call of toolAnswer.
func (s *Server) beginAnswer(r *request, arguments tree.Object) conn.Call {
	return conn.Call{Do: func(context.Context, *conn.Turn) (json.RawMessage, error) {
		reply, err := s.recordAnswer(arguments, r.caller(store.Tool, s.options.Diagnostic).Name)
		return s.toolResult(r, reply, err)
	}}
}

// recordAnswer records what the person decided on the page that a client shows. Its
// errors do not repeat the arguments: one of them is the nonce. The way of an answer:
//
//	page, in a frame of the client        this server
//	                                      resources/read: readReview, the document
//	                                      tools/call of a write, by the model:
//	                                        tools.ask: held, and Questions.Open
//	  the result: question and nonce  ◀──   heldResult: refused
//	config_answer: question, decision
//	and nonce, after a click          ──▶ recordAnswer: appQuestions.take, Questions.Answer
//	the same call of the write        ──▶ tools.ask: Questions.Claim, and the commit
//	  what it did, for the model's
//	  context
func (s *Server) recordAnswer(arguments tree.Object, client string) (json.RawMessage, error) {
	question, _ := arguments["question"].(string)
	nonce, _ := arguments["nonce"].(string)
	decision, _ := arguments["decision"].(string)
	if question == "" || nonce == "" || decision != "yes" && decision != "no" || len(arguments) != 3 {
		return nil, invalidParams("%s takes the strings question and nonce, and decision, which is yes or no: the review page sends them", toolAnswer)
	}
	now := s.clock()
	q, err := s.appQuestions.take(question, nonce, now)
	if err != nil {
		return nil, err
	}
	err = s.options.Answers.Answer(q.subject, decision == "yes", review.Consent{Way: store.PageWay, Via: client}, now.Sub(q.shown))
	if fault.Is(err, fault.ApprovalRequired) {
		s.appQuestions.putBack(q)
	}
	if err != nil {
		return nil, err
	}
	return tree.Append(nil, tree.Object{"decision": decision}), nil
}

// heldResult is toolResult for a call that needs a person's yes: the page is shown the
// question, and gets a nonce if the refusal says that it answers.
func (s *Server) heldResult(r *request, err error, q policy.Question, pageAnswers bool) (json.RawMessage, error) {
	result, err := refusal(err)
	if err != nil {
		return nil, err
	}
	result["_meta"] = s.appQuestions.offer(q, pageAnswers, s.clock())
	return s.complete(r, result), nil
}
