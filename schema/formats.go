package schema

import (
	"errors"
	"strings"
)

// format is what a text must read as, beside the formats of JSON Schema.
type format struct {
	check    func(text string) error // the error is ours, and shows nothing of the text
	name     string                  // for people
	hint     string
	expected string // for programs
}

const formatDuration = "duration-humantime" // see parseDuration

// formats by their name in the schema.
func formats() map[string]format {
	return map[string]format{
		formatDuration: {
			check: checkDuration, name: "duration", expected: "duration",
			hint: `write it like "500ms", "90s" or "1h 30m"`,
		},
		"duration-humantime-or-disabled": {
			check: checkTimeout, name: "duration", expected: "duration",
			hint: `write it like "500ms", "90s" or "1h 30m", or "disabled"`,
		},
		"slug": {
			check: checkSlug, name: "slug", expected: "slug",
			hint: `use letters, digits, "-", "_" and "."`,
		},
		"skill-name": {
			check: checkSkillName, name: "skill name", expected: "skill name",
			hint: `write it like "email-extractor": lower-case letters and digits, in groups joined by single hyphens`,
		},
		"uuid-any-form": {
			check: checkUUID, name: "UUID", expected: "uuid",
			hint: "write it like 0190a5e2-7a4b-7c3d-8e1f-2a3b4c5d6e7f",
		},
	}
}

func checkDuration(text string) error {
	_, err := parseDuration(text)
	return err
}

func checkTimeout(text string) error {
	if text == "disabled" {
		return nil
	}
	return checkDuration(text)
}

func checkSlug(text string) error {
	if text == "" {
		return errors.New("it is empty")
	}
	for _, c := range []byte(text) {
		if !alphanumeric(c) && c != '-' && c != '_' && c != '.' {
			return errors.New("it has another character than letters, digits, hyphens, underscores and dots")
		}
	}
	return nil
}

func checkSkillName(text string) error {
	for group := range strings.SplitSeq(text, "-") {
		if group == "" {
			return errors.New("it is empty, or a hyphen stands first, last or twice")
		}
		for _, c := range []byte(group) {
			if !alphanumeric(c) || c >= 'A' && c <= 'Z' {
				return errors.New("it has another character than lower-case letters, digits and hyphens")
			}
		}
	}
	return nil
}

func checkUUID(text string) error {
	if _, ok := canonicalUUID(text); !ok {
		return errors.New("it is not 32 hexadecimal digits, with or without hyphens")
	}
	return nil
}

// canonicalUUID is a UUID in lower case with hyphens. It may be given so, in
// upper case, without hyphens, or with them in braces or after "urn:uuid:".
func canonicalUUID(text string) (string, bool) {
	if inner, ok := strings.CutPrefix(text, "urn:uuid:"); ok {
		text = inner
		if len(text) != 36 {
			return "", false
		}
	}
	if len(text) == 38 && text[0] == '{' && text[37] == '}' {
		text = text[1:37]
	}
	if len(text) == 36 {
		for _, i := range []int{23, 18, 13, 8} {
			if text[i] != '-' {
				return "", false
			}
			text = text[:i] + text[i+1:]
		}
	}
	if len(text) != 32 {
		return "", false
	}
	for _, c := range []byte(text) {
		if !alphanumeric(c) || c|0x20 > 'f' {
			return "", false
		}
	}
	text = strings.ToLower(text)
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:], true
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
