package cli

import (
	"context"
	"flag"
	"runtime"
	"runtime/debug"

	"realmconf/schema/tree"
)

// release and commit are the version and the commit of a released program, which the
// linker sets (.ci/release): a build without version control knows neither.
var release, commit string

func versionCommand() *command {
	var asJSON bool
	return &command{
		name: "version", static: true, form: "",
		summary: "print the version of realmconf and what it was built with",
		flags:   func(f *flag.FlagSet) { addOutputFlags(f, &asJSON) },
		run: func(_ context.Context, s *Session, _ []string) error {
			info, _ := debug.ReadBuildInfo()
			version := describeBuild(info)
			if asJSON {
				s.printJSON(tree.Append(nil, version))
				return nil
			}
			s.print("realmconf %v", version["version"])
			if revision, ok := version["revision"]; ok {
				s.print(" %v", revision)
			}
			if version["modified"] == true {
				s.print(" (modified)")
			}
			s.print(" %v %v/%v\n", version["go"], version["os"], version["arch"])
			return nil
		},
	}
}

// Version returns the version of the module that this program was built from.
func Version() string {
	if release != "" {
		return release
	}
	info, _ := debug.ReadBuildInfo()
	return describeBuild(info)["version"].(string)
}

// describeBuild returns the members of "version --json"; info may be nil.
func describeBuild(info *debug.BuildInfo) tree.Object {
	o := tree.Object{"version": "(devel)", "go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH}
	if info == nil {
		return o
	}
	if info.Main.Version != "" {
		o["version"] = info.Main.Version
	}
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			o["revision"] = setting.Value
		case "vcs.time":
			o["time"] = setting.Value
		case "vcs.modified":
			o["modified"] = setting.Value == "true"
		}
	}
	if release != "" {
		o["version"], o["revision"] = release, commit
	}
	return o
}
