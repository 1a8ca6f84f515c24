package grpc

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Code is the status with which a server ends a call.
type Code int

// The codes that etcd uses (https://grpc.github.io/grpc/core/md_doc_statuscodes.html).
const (
	OK                 Code = 0
	Canceled           Code = 1
	Unknown            Code = 2
	InvalidArgument    Code = 3
	DeadlineExceeded   Code = 4
	NotFound           Code = 5
	PermissionDenied   Code = 7
	ResourceExhausted  Code = 8
	FailedPrecondition Code = 9
	OutOfRange         Code = 11
	Unimplemented      Code = 12
	Internal           Code = 13
	Unavailable        Code = 14
	DataLoss           Code = 15
	Unauthenticated    Code = 16
)

// Status is the error of a call that the server ended.
type Status struct {
	Code    Code
	Message string
}

// Error returns the server's message.
func (s *Status) Error() string { return s.Message }

// CodeOf returns the code of a server's answer; Unknown for any other error.
func CodeOf(err error) Code {
	var s *Status
	if errors.As(err, &s) {
		return s.Code
	}
	return Unknown
}

// NotSentError is the error of a call that has certainly not reached the server.
type NotSentError struct{ Err error }

// Error returns the text of the cause.
func (e *NotSentError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *NotSentError) Unwrap() error { return e.Err }

// statusOf reads the status from the trailer of a call.
func statusOf(header map[string]string) error {
	if status := header[":status"]; status != "" && status != "200" {
		return fmt.Errorf("the server answered with HTTP status %s", status)
	}
	code, err := strconv.Atoi(header["grpc-status"])
	if err != nil {
		return errors.New("the server ended the call without a status")
	}
	if Code(code) == OK {
		return nil
	}
	return &Status{Code(code), decodeMessage(header["grpc-message"])}
}

// decodeMessage replaces the percent-encoding of a status message.
func decodeMessage(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
