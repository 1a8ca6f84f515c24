package web

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"
)

const (
	maxHead = 16 << 10 // bytes of a request's lines before its body
	maxBody = 4 << 10
)

// errBadRequest is the error of a request that is not understood in full.
var errBadRequest = errors.New("not a request that this server takes")

// httpRequest is one HTTP/1.1 request.
type httpRequest struct {
	method, path string
	header       map[string]string // by the name in lower case
	body         []byte
}

// readRequest reads a request. It takes less than HTTP/1.1 allows: a path without a
// query, each header once and on one line, and a body of a stated length. The requests
// of the page are so; everything else is refused.
func readRequest(from io.Reader) (*httpRequest, error) {
	in := bufio.NewReaderSize(io.LimitReader(from, maxHead+maxBody), 4<<10)
	left := maxHead
	first, err := readLine(in, &left)
	if err != nil {
		return nil, err
	}
	words := strings.Split(first, " ")
	if len(words) != 3 || words[2] != "HTTP/1.1" || !isToken(words[0]) || !strings.HasPrefix(words[1], "/") {
		return nil, errBadRequest
	}
	r := &httpRequest{method: words[0], path: words[1], header: make(map[string]string)}
	for {
		line, err := readLine(in, &left)
		if err != nil {
			return nil, err
		}
		if line == "" {
			break
		}
		name, value, found := strings.Cut(line, ":")
		name = strings.ToLower(name)
		if _, isRepeated := r.header[name]; !found || !isToken(name) || isRepeated {
			return nil, errBadRequest
		}
		r.header[name] = strings.Trim(value, " \t")
	}
	if _, isChunked := r.header["transfer-encoding"]; isChunked {
		return nil, errBadRequest
	}
	length, hasBody := r.header["content-length"]
	if !hasBody {
		return r, nil
	}
	n, err := strconv.ParseUint(length, 10, 32)
	if err != nil || n > maxBody || strconv.FormatUint(n, 10) != length {
		return nil, errBadRequest
	}
	r.body = make([]byte, n)
	_, err = io.ReadFull(in, r.body)
	return r, err
}

// readLine reads a line without its end, which is CRLF, and takes its bytes from those
// that are left. It has no control characters.
func readLine(in *bufio.Reader, left *int) (string, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		if *left -= len(part); *left < 0 {
			return "", errBadRequest
		}
		if err == nil {
			break
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return "", err
		}
	}
	text, found := strings.CutSuffix(string(line), "\r\n")
	isControl := func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }
	if !found || strings.ContainsFunc(text, isControl) {
		return "", errBadRequest
	}
	return text, nil
}

// isToken reports whether a text is a token of RFC 9110, as methods and header names
// are.
func isToken(s string) bool {
	const signs = "!#$%&'*+-.^_`|~"
	for _, c := range []byte(s) {
		isLetterOrDigit := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !isLetterOrDigit && strings.IndexByte(signs, c) < 0 {
			return false
		}
	}
	return s != ""
}
