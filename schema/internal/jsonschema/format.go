package jsonschema

import (
	"net/netip"
	"net/url"
	"strings"
	"time"

	"realmconf/schema/internal/ecma"
	"realmconf/schema/tree"
)

// formats are the values of format that are checked (Validation, section 7.3): those of
// which every program has the same idea. All others are ignored, as the standard
// allows.
func format(name string) func(text string) bool {
	switch name {
	case "date-time":
		return isDateTime
	case "date":
		return func(s string) bool { return isTime("2006-01-02", s) }
	case "time":
		return func(s string) bool { return isClock(s) }
	case "ipv4":
		return func(s string) bool {
			a, err := netip.ParseAddr(s)
			return err == nil && a.Is4()
		}
	case "ipv6":
		return func(s string) bool {
			a, err := netip.ParseAddr(s)
			return err == nil && a.Is6() && a.Zone() == ""
		}
	case "uuid":
		return isUUID
	case "uri", "iri":
		return func(s string) bool {
			u, err := url.Parse(s)
			return err == nil && u.IsAbs()
		}
	case "uri-reference", "iri-reference":
		return func(s string) bool {
			_, err := url.Parse(s)
			return err == nil && !strings.Contains(s, `\`)
		}
	case "email", "idn-email":
		return func(s string) bool {
			at := strings.LastIndexByte(s, '@')
			return at > 0 && at < len(s)-1
		}
	case "json-pointer":
		return func(s string) bool {
			_, err := tree.ParsePointer(s)
			return err == nil
		}
	case "regex":
		return func(s string) bool {
			err := ecma.Check(s)
			return err == nil || strings.Contains(err.Error(), "not supported")
		}
	}
	return nil
}

// isAnnotation reports whether a format only describes: its name is no mistake.
func isAnnotation(name string) bool {
	switch name {
	case "password", "hostname", "idn-hostname", "duration", "relative-json-pointer", "uri-template", "byte", "binary",
		"int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "float", "double", "path", "textarea", "color":
		return true
	}
	return false
}

func knowsFormat(name string) bool { return format(name) != nil || isAnnotation(name) }

func (e *evaluation) hasFormat(name, text string) bool {
	check := format(name)
	if check == nil {
		return true
	}
	steps := stepsOfFormat + len(text)/2
	if name == "regex" {
		steps += 4 * len(text)
	}
	if e.spend(steps); e.isOver() {
		return true
	}
	return check(text)
}

// isDateTime reports whether a text is a date with a time (RFC 3339, section 5.6). A
// date of TOML may have a space for the T, and no offset.
func isDateTime(s string) bool {
	if len(s) < len("2006-01-02T15:04") || !strings.ContainsRune("Tt ", rune(s[10])) {
		return false
	}
	return isTime("2006-01-02", s[:10]) && isClock(s[11:])
}

// isClock reports whether a text is a time of day, with or without an offset. A leap
// second is one.
func isClock(s string) bool {
	if zone := strings.LastIndexAny(s, "Zz+-"); zone >= 0 {
		switch offset := s[zone:]; {
		case offset == "Z", offset == "z":
		case len(offset) != 6 || !isTime("15:04", offset[1:]):
			return false
		}
		s = s[:zone]
	}
	if strings.HasPrefix(s[min(6, len(s)):], "60") {
		s = s[:6] + "59" + s[8:]
	}
	return isTime("15:04:05", s) && !strings.Contains(s, ",") && len(s) >= len("15:04:05") || isTime("15:04", s)
}

func isTime(layout, s string) bool {
	_, err := time.Parse(layout, s)
	return err == nil
}

func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, c := range []byte(s) {
		isHyphen := i == 8 || i == 13 || i == 18 || i == 23
		if isHyphen != (c == '-') || !isHyphen && !strings.ContainsRune("0123456789abcdefABCDEF", rune(c)) {
			return false
		}
	}
	return true
}
