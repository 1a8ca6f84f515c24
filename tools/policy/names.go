package policy

// ClientWords names the client of a question for a person. quote makes its name visible
// in the text around it.
func ClientWords(name string, quote func(string) string) string {
	if name == "" {
		return "a program that gives no name"
	}
	return quote(name)
}

// RealmWords names the realm of a question for a person, or the file that is none, with
// its project. All names may be empty. quote makes a name visible in the text around it.
func RealmWords(id, file, project string, quote func(string) string) string {
	text := "the realm"
	switch {
	case id != "":
		text = "realm " + quote(id)
	case file != "":
		text = "file " + quote(file)
	}
	if project != "" {
		text += " of project " + quote(project)
	}
	return text
}
