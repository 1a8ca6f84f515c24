package runtime

// checkLengths refuses a value with a key or a text that is longer than config.toml
// may be, before anything is done with it.
func checkLengths(v any) error {
	switch v := v.(type) {
	case map[string]any:
		for key, e := range v {
			if len(key) > MaxText {
				return tooLargeFault()
			}
			if err := checkLengths(e); err != nil {
				return err
			}
		}
	case []any:
		for _, e := range v {
			if err := checkLengths(e); err != nil {
				return err
			}
		}
	case string:
		if len(v) > MaxText {
			return tooLargeFault()
		}
	}
	return nil
}
