package policy

// DescribeClient names a client, with its name quoted by a function.
func DescribeClient(name string, quote func(string) string) string {
	if name == "" {
		return "a program that gives no name"
	}
	return quote(name)
}

// DescribeRealm names a realm and the project that its directory belongs to, as far as
// they are known, with their names quoted by a function.
func DescribeRealm(id, project string, quote func(string) string) string {
	text := "the realm"
	if id != "" {
		text = "realm " + quote(id)
	}
	if project != "" {
		text += " of project " + quote(project)
	}
	return text
}
