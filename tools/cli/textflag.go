package cli

import "encoding"

// TextFlag is the value of a flag that is read from text. Unlike the one of package
// flag it is given its default as text, which it need not format at each start.
type TextFlag struct {
	value textValue
	text  string
	isSet bool
}

type textValue interface {
	encoding.TextMarshaler
	encoding.TextUnmarshaler
}

// NewTextFlag returns a flag that sets a value, which has its default already:
// otherwise, in text.
func NewTextFlag(value textValue, otherwise string) *TextFlag {
	return &TextFlag{value: value, text: otherwise}
}

// String returns the value as text.
func (f *TextFlag) String() string {
	if !f.isSet {
		return f.text
	}
	text, err := f.value.MarshalText()
	if err != nil {
		return ""
	}
	return string(text)
}

// Set sets the value from its text.
func (f *TextFlag) Set(text string) error {
	if err := f.value.UnmarshalText([]byte(text)); err != nil {
		return err
	}
	f.isSet = true
	return nil
}
