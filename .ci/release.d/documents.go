package main

import (
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
)

// link is a link of Markdown to a file, which leads from the document that has it.
var link = regexp.MustCompile(`\[([^\]]+)\]\(([A-Za-z0-9][A-Za-z0-9_./-]*)(#[^)]*)?\)`)

// readDocuments returns the documents of a package: some, and the texts to which these
// lead. A link of any of them to another file of the sources, which the package does not
// have, is replaced by the words of the link and the file's name.
func readDocuments(names ...string) ([]entry, error) {
	texts := make(map[string]string)
	read := func(name string) error {
		text, err := os.ReadFile(name)
		texts[name] = string(text)
		return err
	}
	for _, name := range names {
		if err := read(name); err != nil {
			return nil, err
		}
	}
	for _, name := range names {
		for _, target := range targets(name, texts[name]) {
			if _, has := texts[target]; !has && isText(target) {
				if err := read(target); err != nil {
					return nil, err
				}
				names = append(names, target)
			}
		}
	}
	var list []entry
	for _, name := range names {
		text := link.ReplaceAllStringFunc(texts[name], func(found string) string {
			parts := link.FindStringSubmatch(found)
			target := path.Join(path.Dir(name), parts[2])
			if _, has := texts[target]; has {
				return found
			}
			return parts[1] + " (`" + target + "` in the sources)"
		})
		list = append(list, entry{name, []byte(text), 0o644})
	}
	return list, nil
}

// targets returns the files to which a document has links, from the root.
func targets(name, text string) []string {
	var list []string
	for _, found := range link.FindAllStringSubmatch(text, -1) {
		if target := path.Join(path.Dir(name), found[2]); !slices.Contains(list, target) {
			list = append(list, target)
		}
	}
	return list
}

// isText reports whether a file is to be read, and not a part of the program.
func isText(name string) bool {
	return strings.HasSuffix(name, ".md") || strings.HasSuffix(name, ".txt")
}
