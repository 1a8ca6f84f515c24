package meerkat

import (
	"errors"
	"strings"

	"realmconf/schema"
	"realmconf/schema/meerkat/realmid"
)

// formats are the text formats of Meerkat's own, beside the duration.
func formats() []schema.TextFormat {
	return []schema.TextFormat{
		{
			Name: "duration-humantime-or-disabled", Check: checkTimeout, Title: "duration", Expected: "duration",
			Hint: `write it like "500ms", "90s" or "1h 30m", or "disabled"`,
		},
		{
			Name: "slug", Check: checkSlug, Title: "slug", Expected: "slug",
			Hint: slugHint,
		},
		{
			Name: "skill-name", Check: checkSkillName, Title: "skill name", Expected: "skill name",
			Hint: `write it like "email-extractor": lower-case letters and digits, in groups joined by single hyphens`,
		},
		{
			Name: "uuid-any-form", Check: checkUUID, Title: "UUID", Expected: "uuid",
			Hint: "write it like 0190a5e2-7a4b-7c3d-8e1f-2a3b4c5d6e7f",
		},
	}
}

const slugHint = `use letters, digits, "-", "_" and "."`

func checkTimeout(text string) error {
	if text == "disabled" {
		return nil
	}
	_, err := schema.ParseDuration(text)
	return err
}

func checkSlug(text string) error {
	if text == "" {
		return errors.New("it is empty")
	}
	if !realmid.IsSlug(text) {
		return errors.New("it has another character than letters, digits, hyphens, underscores and dots")
	}
	return nil
}

func checkSkillName(text string) error {
	for group := range strings.SplitSeq(text, "-") {
		if group == "" {
			return errors.New("it is empty, or has a hyphen first, last or twice in a row")
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
