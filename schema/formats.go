package schema

// TextFormat is a value of the keyword format: how a text must be written.
type TextFormat struct {
	Name     string                  // in the schema
	Check    func(text string) error // the error must not quote the text
	Title    string                  // for people
	Hint     string                  // how to write it
	Expected string                  // for programs
}

const formatDuration = "duration-humantime" // see ParseDuration

// textFormat returns the format of a name.
func (m *Model) textFormat(name string) (TextFormat, bool) {
	if name == formatDuration {
		return TextFormat{
			Name: formatDuration, Check: checkDuration, Title: "duration", Expected: "duration",
			Hint: `write it like "500ms", "90s" or "1h 30m"`,
		}, true
	}
	for _, f := range m.rules.Formats {
		if f.Name == name {
			return f, true
		}
	}
	return TextFormat{}, false
}

func checkDuration(text string) error {
	_, err := ParseDuration(text)
	return err
}

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
