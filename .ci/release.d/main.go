// The release program packs built programs for their users: archives, npm packages,
// bundles for MCP hosts, and the entry of the MCP registry. Its archives depend on
// nothing but their contents, so that two runs give equal bytes.
//
// Usage: go run ./.ci/release.d SOURCES BUILT OUT VERSION
//
// SOURCES has the templates, BUILT has a directory OS-ARCH with the program for each
// platform and a directory extra with the man page and the completions.
package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// entry is one file of an archive.
type entry struct {
	name string
	text []byte
	mode int64
}

// platform is a system and a processor, as Go and as npm and MCP hosts name them.
type platform struct{ os, arch string }

func (p platform) npmOS() string {
	if p.os == "windows" {
		return "win32"
	}
	return p.os
}

func (p platform) npmArch() string {
	if p.arch == "amd64" {
		return "x64"
	}
	return p.arch
}

func (p platform) program() string {
	if p.os == "windows" {
		return "realmconf.exe"
	}
	return "realmconf"
}

func platforms() []platform {
	var all []platform
	for _, system := range []string{"darwin", "linux", "windows"} {
		for _, arch := range []string{"amd64", "arm64"} {
			all = append(all, platform{system, arch})
		}
	}
	return all
}

// packer packs the release of one version.
type packer struct{ sources, built, out, version string }

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: go run ./.ci/release.d SOURCES BUILT OUT VERSION")
		os.Exit(2)
	}
	p := packer{os.Args[1], os.Args[2], os.Args[3], os.Args[4]}
	if err := p.run(); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func (p packer) run() error {
	extra, err := p.extraFiles()
	if err != nil {
		return err
	}
	for _, at := range platforms() {
		binary, err := os.ReadFile(filepath.Join(p.built, at.os+"-"+at.arch, at.program()))
		if err != nil {
			return err
		}
		program := entry{at.program(), binary, 0o755}
		for _, pack := range []func(platform, entry, []entry) error{p.archive, p.npmPlatform, p.bundle} {
			if err := pack(at, program, extra); err != nil {
				return err
			}
		}
	}
	if err := p.npmLauncher(extra); err != nil {
		return err
	}
	return p.template("server.json", "server.json")
}

// extraFiles returns what goes into an archive beside the program.
func (p packer) extraFiles() ([]entry, error) {
	list, err := readDocuments("LICENSE", "README.md", "CHANGELOG.md", "SECURITY.md")
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(p.built, "extra", "*"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		list = append(list, entry{"share/" + filepath.Base(file), text, 0o644})
	}
	return list, nil
}

// archive writes a zip for Windows and a tarball for the other systems.
func (p packer) archive(at platform, program entry, extra []entry) error {
	name := fmt.Sprintf("realmconf-%s-%s-%s", p.version, at.os, at.arch)
	files := inDirectory(name, append([]entry{program}, extra...))
	if at.os == "windows" {
		return p.write(name+".zip", func(w io.Writer) error { return writeZip(w, files) })
	}
	return p.write(name+".tar.gz", func(w io.Writer) error { return writeTar(w, files) })
}

// npmPlatform writes the npm package with the program for one platform.
func (p packer) npmPlatform(at platform, program entry, extra []entry) error {
	name := "realmconf-" + at.npmOS() + "-" + at.npmArch()
	program.name = "bin/" + program.name
	manifest := map[string]any{
		"name": name, "version": p.version, "license": "Apache-2.0",
		"description": "The program of realmconf for " + at.os + " on " + at.arch,
		"os":          []string{at.npmOS()}, "cpu": []string{at.npmArch()}, "preferUnplugged": true,
	}
	return p.npm(name, manifest, program, extra[0])
}

// npmLauncher writes the package realmconf, which starts that of the platform.
func (p packer) npmLauncher(extra []entry) error {
	text, err := p.fill("npm/package.json")
	if err != nil {
		return err
	}
	var manifest map[string]any
	if err := json.Unmarshal(text, &manifest); err != nil {
		return err
	}
	optional := map[string]string{}
	for _, at := range platforms() {
		optional["realmconf-"+at.npmOS()+"-"+at.npmArch()] = p.version
	}
	manifest["optionalDependencies"] = optional
	launcher, err := os.ReadFile(filepath.Join(p.sources, "npm", "realmconf.js"))
	if err != nil {
		return err
	}
	files := []entry{{"bin/realmconf.js", launcher, 0o755}}
	for _, e := range extra {
		if !strings.HasPrefix(e.name, "share/") { // a document
			files = append(files, e)
		}
	}
	return p.npm("realmconf", manifest, files...)
}

// npm writes an npm package as a tarball that npm install takes.
func (p packer) npm(name string, manifest map[string]any, files ...entry) error {
	text, err := json.MarshalIndent(manifest, "", "  ")
	if err != nil {
		return err
	}
	files = inDirectory("package", append([]entry{{"package.json", append(text, '\n'), 0o644}}, files...))
	return p.write(fmt.Sprintf("npm-%s-%s.tgz", name, p.version), func(w io.Writer) error { return writeTar(w, files) })
}

// bundle writes the bundle for hosts that install MCP servers by a click.
func (p packer) bundle(at platform, program entry, extra []entry) error {
	text, err := p.fill("mcpb/manifest.json")
	if err != nil {
		return err
	}
	var manifest map[string]any
	if err := json.Unmarshal(text, &manifest); err != nil {
		return err
	}
	manifest["compatibility"] = map[string]any{"platforms": []string{at.npmOS()}}
	server := manifest["server"].(map[string]any)
	server["entry_point"] = "server/" + program.name
	server["mcp_config"].(map[string]any)["command"] = "${__dirname}/server/" + program.name
	if text, err = json.MarshalIndent(manifest, "", "  "); err != nil {
		return err
	}
	program.name = "server/" + program.name
	files := []entry{{"manifest.json", append(text, '\n'), 0o644}, program, extra[0]}
	return p.write(fmt.Sprintf("realmconf-%s-%s-%s.mcpb", p.version, at.os, at.arch), func(w io.Writer) error { return writeZip(w, files) })
}

// fill returns a template with the version in it.
func (p packer) fill(name string) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(p.sources, name))
	return []byte(strings.ReplaceAll(string(text), "VERSION", p.version)), err
}

func (p packer) template(name, to string) error {
	text, err := p.fill(name)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(p.out, to), text, 0o644)
}

// write writes a file of the release, and prints its name and its digest.
func (p packer) write(name string, pack func(io.Writer) error) error {
	f, err := os.Create(filepath.Join(p.out, name))
	if err != nil {
		return err
	}
	digest := sha256.New()
	if err := pack(io.MultiWriter(f, digest)); err != nil {
		return err
	}
	fmt.Printf("%x  %s\n", digest.Sum(nil), name)
	return f.Close()
}

// inDirectory returns files in a directory, sorted.
func inDirectory(name string, files []entry) []entry {
	var list []entry
	for _, f := range files {
		f.name = name + "/" + f.name
		list = append(list, f)
	}
	slices.SortFunc(list, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	return list
}

// packed is the time of every file in an archive: the first that zip can tell.
func packed() time.Time { return time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC) }

func writeTar(w io.Writer, files []entry) error {
	compressed, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	archive := tar.NewWriter(compressed)
	for _, f := range files {
		header := &tar.Header{Name: f.name, Mode: f.mode, Size: int64(len(f.text)), ModTime: packed(), Format: tar.FormatUSTAR}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		if _, err := archive.Write(f.text); err != nil {
			return err
		}
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return compressed.Close()
}

func writeZip(w io.Writer, files []entry) error {
	archive := zip.NewWriter(w)
	for _, f := range files {
		header := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: packed()}
		header.SetMode(os.FileMode(f.mode))
		out, err := archive.CreateHeader(header)
		if err != nil {
			return err
		}
		if _, err := out.Write(f.text); err != nil {
			return err
		}
	}
	return archive.Close()
}
