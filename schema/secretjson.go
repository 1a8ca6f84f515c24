package schema

import (
	"strings"

	"realmconf/schema/tree"
)

// isJSON reports whether a text is an object or a list in JSON, or is meant to be one.
func isJSON(s string) bool {
	s = strings.TrimSpace(s)
	switch {
	case s == "" || s[0] != '{' && s[0] != '[':
		return false
	case strings.Contains(s, `"`):
		return true
	}
	_, err := tree.Decode([]byte(s))
	return err == nil
}

// hasSecretJSON reports whether JSON in a text may hold a secret. One that cannot be
// read may.
func hasSecretJSON(s string) bool {
	v, err := tree.Decode([]byte(s))
	return err != nil || mayHoldSecret(v, false)
}

// mayHoldSecret reports whether a value is a secret or has one in it: a text, if the
// name of a member around it says so, an address with a secret part, and a text that
// looks like a key.
func mayHoldSecret(v any, isNamed bool) bool {
	switch v := v.(type) {
	case map[string]any:
		for name, e := range v {
			if mayHoldSecret(e, isNamed || isSecretName(name)) {
				return true
			}
		}
	case []any:
		for _, e := range v {
			if mayHoldSecret(e, isNamed) {
				return true
			}
		}
	case string:
		switch {
		case v == "" || isReference(v):
			return false
		case isJSON(v):
			return hasSecretJSON(v)
		case isURL(v) && cutAddress(v, false).hasSecret():
			return true
		}
		return isNamed || LooksLikeKey(v)
	}
	return false
}

// isSecretName reports whether a name says that its value is a secret.
func isSecretName(name string) bool {
	plain := strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r == ' ' || r == '.' {
			return -1
		}
		return r
	}, strings.ToLower(name))
	switch plain {
	case "env", "headers", "auth", "cookie", "key", "bearer", "pin":
		return true
	}
	for _, word := range []string{"secret", "password", "passwd", "passphrase", "apikey", "accesskey", "privatekey", "authorization", "credential"} {
		if strings.Contains(plain, word) {
			return true
		}
	}
	return strings.Contains(plain, "token") && !strings.Contains(plain, "tokens")
}

// LooksLikeKey reports whether a text begins like the keys and tokens of well-known
// services, and goes on like one.
func LooksLikeKey(s string) bool {
	for _, prefix := range []string{
		"sk-", "sk_live_", "sk_test_", "rk_live_", "pk_live_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "xoxa-", "xapp-",
		"AKIA", "ASIA", "AIza", "ya29.", "eyJ", "hf_", "npm_", "dop_v1_", "shpat_", "SG.", "gsk_", "xai-", "pplx-", "r8_", "nvapi-", "lin_api_", "ntn_", "tvly-",
	} {
		rest, has := strings.CutPrefix(s, prefix)
		if has && len(rest) >= 12 && strings.ContainsAny(rest, "0123456789") && !strings.ContainsFunc(rest, func(r rune) bool {
			return r >= 0x80 || !isAlphanumeric(byte(r)) && !strings.ContainsRune("-_.=+/", r)
		}) {
			return true
		}
	}
	return false
}
