package realm

import (
	"path/filepath"
	"strings"

	"realmconf/runtime/internal/disk"
)

// projectDir is the directory in which a project keeps its realms, and the home
// directory the document of the realm global.
const projectDir = ".rkat"

// stateRoot is a directory of realms, and how far it is trusted.
type stateRoot struct {
	path     string
	followed string     // the directory below which no symbolic link is followed
	links    disk.Links // where a config.toml below it may lead

	project   string // the name of the project's directory; empty outside of projects
	inspected bool   // as in Selection
}

// trust returns how far a state root is trusted. A project may come from a
// stranger, with everything that is below its directory .rkat: no link there is
// followed. The user's home directory is no project. Any other directory is
// followed as it is, because the user has named it or has always had it.
func (s Selection) trust(path string, env Environment) stateRoot {
	root := stateRoot{path: path, followed: path, links: disk.LinksOwned, inspected: s.inspected}
	if project, ok := projectOf(path); ok && !s.isHome(project, env) {
		root.followed, root.links, root.project = project, disk.LinksInside, filepath.Base(project)
	}
	if s.FollowLinks {
		root.followed, root.links = path, disk.LinksAnywhere
	}
	return root
}

// rules returns the rules for the realms below the root.
func (r stateRoot) rules() disk.Rules {
	return disk.Rules{Roots: []string{r.followed}, Links: r.links, Top: r.path}
}

// projectOf returns the project in whose .rkat a path is.
func projectOf(path string) (string, bool) {
	for dir := path; ; {
		parent := filepath.Dir(dir)
		if strings.EqualFold(filepath.Base(dir), projectDir) { // some file systems fold case
			return parent, true
		}
		if parent == dir {
			return "", false
		}
		dir = parent
	}
}

// isHome reports whether a directory is Selection.home.
func (s Selection) isHome(dir string, env Environment) bool {
	home, err := s.home(env)
	if err != nil {
		return false
	}
	home, err = env.absolute(home)
	return err == nil && sameDir(dir, home)
}
