// Package page is the review page: one HTML document that shows the questions that
// wait for a person, the history, the difference of two generations, and the
// configuration. It has no data; it gets that from an MCP host, in which it is an MCP
// app, or from the command that serves it on the loopback interface.
//
// The document loads nothing, and runs only its own script: its policy has the
// script's hash. The script makes text nodes only; the policy forbids to turn text
// into HTML.
package page

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"strings"
)

//go:embed page.html style.css js
var sources embed.FS

// scripts returns the names of the scripts, in the order in which they are joined:
// each uses only those before it while it is loaded.
func scripts() []string {
	return []string{
		"element", "visible", "value", "lines", "change", "question", "questions", "history",
		"compare", "configuration", "tabs", "loopback", "app", "main",
	}
}

// Document is the page with its policy.
type Document struct {
	HTML   string
	Policy string // the Content-Security-Policy, which HTML has, too
}

// New joins the document.
func New() Document {
	style := source("style.css")
	var script strings.Builder
	script.WriteString("\"use strict\";\n(() => {\n")
	for _, name := range scripts() {
		script.WriteString(source("js/" + name + ".js"))
	}
	script.WriteString("})();\n")
	policy := strings.Join([]string{
		"default-src 'none'",
		"script-src " + hash(script.String()),
		"style-src " + hash(style),
		"img-src data:", // the empty icon
		"connect-src 'self'",
		"base-uri 'none'",
		"form-action 'none'",
		"require-trusted-types-for 'script'",
	}, "; ")
	html := strings.NewReplacer("{{policy}}", policy, "{{style}}", style, "{{script}}", script.String()).Replace(source("page.html"))
	return Document{HTML: html, Policy: policy}
}

// source returns the text of an embedded file.
func source(name string) string {
	text, err := sources.ReadFile(name)
	if err != nil {
		panic("page: " + err.Error()) // a name that is not embedded
	}
	return string(text)
}

// hash returns the source expression that allows a text as an inline script or style.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
