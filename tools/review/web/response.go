package web

import (
	"fmt"
	"io"
	"strings"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// status is the code and the phrase of a response.
type status string

const (
	statusOK         status = "200 OK"
	statusBadRequest status = "400 Bad Request"
	statusForbidden  status = "403 Forbidden"
	statusNotFound   status = "404 Not Found"
	statusConflict   status = "409 Conflict" // the request was understood and refused
)

const (
	typeHTML = "text/html; charset=utf-8"
	typeJSON = "application/json"
)

// response is the answer to a request.
type response struct {
	status      status
	contentType string
	body        []byte
}

// refuse returns a response with the text of an error.
func refuse(s status, format string, a ...any) response {
	return response{s, typeJSON, tree.Append(nil, tree.Object{"error": fmt.Sprintf(format, a...)})}
}

// refusal returns the response to a request that an operation refused.
func refusal(err error) response { return refuse(statusConflict, "%s", fault.Of(err).Message) }

// write writes the response. Every response forbids to keep it, to guess its type, to
// show it in a frame, and to hand it or its address to another origin. The connection
// ends with it.
func (r response) write(to io.Writer, policy string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %s\r\n", r.status)
	for _, header := range [][2]string{
		{"Content-Type", r.contentType},
		{"Content-Length", fmt.Sprint(len(r.body))},
		{"Connection", "close"},
		{"Cache-Control", "no-store"},
		{"Referrer-Policy", "no-referrer"},
		{"X-Content-Type-Options", "nosniff"},
		{"X-Frame-Options", "DENY"},
		{"Cross-Origin-Opener-Policy", "same-origin"},
		{"Cross-Origin-Resource-Policy", "same-origin"},
		{"Content-Security-Policy", policy + "; frame-ancestors 'none'"},
	} {
		fmt.Fprintf(&b, "%s: %s\r\n", header[0], header[1])
	}
	b.WriteString("\r\n")
	if _, err := io.WriteString(to, b.String()); err != nil {
		return err
	}
	_, err := to.Write(r.body)
	return err
}
