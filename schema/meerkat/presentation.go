package meerkat

// Presentation is the section presentation.
type Presentation struct {
	// How results look as HTML.
	HTML HTML `json:"html"`
}

// HTML is the section presentation.html.
type HTML struct {
	// The template for results that ask for none.
	DefaultTemplate string `json:"default_template" jsonschema:"default=polished" jsonschema_extras:"x-risk=exec"`
	// Templates of your own, by name.
	Templates map[string]Template `json:"templates"`
}

// Template is an HTML template, in a file or right here.
type Template struct {
	// The file of the template.
	Path string `json:"path" jsonschema_extras:"x-unset=null,x-risk=exec+path"`
	// The text of the template; browsers run the scripts in it.
	Body string `json:"body" jsonschema_extras:"x-unset=null,x-risk=exec"`
}
