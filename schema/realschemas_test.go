package schema_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"realmconf/runtime/document"
	"realmconf/schema"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

const realSchemas = "../testdata/schemas"

// loadReal returns the model of a program's schema. Files that a schema refers to and
// that are not there allow anything.
func loadReal(t testing.TB, program string) *schema.Model {
	t.Helper()
	dir := filepath.Join(realSchemas, program)
	text, err := os.ReadFile(filepath.Join(dir, "schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := schema.Load(text, schema.LoadOptions{Dir: dir, SkipMissing: true})
	if err != nil {
		t.Fatalf("%s: %v", program, err)
	}
	return m
}

// realFiles returns the programs' files with their trees, by program.
func realFiles(t testing.TB) map[string]map[string]tree.Object {
	t.Helper()
	all := make(map[string]map[string]tree.Object)
	schemas, err := filepath.Glob(filepath.Join(realSchemas, "*", "schema.json"))
	if err != nil || len(schemas) < 9 {
		t.Fatal(schemas, err)
	}
	for _, s := range schemas {
		files, err := filepath.Glob(filepath.Join(filepath.Dir(s), "*.toml"))
		if err != nil {
			t.Fatal(err)
		}
		trees := make(map[string]tree.Object)
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			doc, err := document.Parse(text)
			if err != nil {
				t.Fatalf("%s: %v", f, err)
			}
			trees[filepath.Base(f)] = doc.Tree()
		}
		all[filepath.Base(filepath.Dir(s))] = trees
	}
	return all
}

// Every file has the problems that it should have: none, or those that its name
// announces.
func TestLoad_realFiles(t *testing.T) {
	want := map[string][]string{
		"git-cliff/invalid-invalid-config.toml": {
			"enum /bump/bump_type", "missing /changelog/postprocessors/0/pattern", "type /changelog/trim", "type /git/commit_parsers/0/skip",
		},
		"gitleaks/invalid-invalid-config.toml":            {"enum /allowlists/0/condition", "missing /allowlists/0/commits", "missing /allowlists/1/commits", "rule the configuration"},
		"hatch/invalid-both-dev-mode-dirs-and-exact.toml": {"rule /build/dev-mode-dirs"},
		"hatch/invalid-both-vcs-and-static.toml":          {"rule /version/source"},
		"hatch/invalid-invalid-platform-override.toml":    {"unknown_key /envs/x/overrides/platform/dos"},
		"stylua/invalid-call-parens.toml":                 {"enum /call_parentheses"},
		"tox/invalid-tox-invalid-type.toml":               {"type /env_list"},
	}
	for program, files := range realFiles(t) {
		m := loadReal(t, program)
		for name, config := range files {
			var got []string
			for _, i := range m.Check(config).Issues.First {
				place, _, _ := strings.Cut(i.Text(), ":")
				got = append(got, string(i.Kind)+" "+place)
			}
			slices.Sort(got)
			id := program + "/" + name
			isOfOtherFile := program == "pyproject" // the schema of the part that is wrong is not here
			if wanted := want[id]; strings.HasPrefix(name, "invalid-") && !isOfOtherFile {
				if len(wanted) == 0 || len(got) < len(wanted) || !slices.Equal(got[:len(wanted)], wanted) && !isSubset(wanted, got) {
					t.Errorf("%s: got %q, want %q", id, got, wanted)
				}
			} else if len(got) > 0 {
				t.Errorf("%s: got %q", id, got)
			}
		}
	}
}

func isSubset(part, whole []string) bool {
	return !slices.ContainsFunc(part, func(s string) bool { return !slices.Contains(whole, s) })
}

// A description never is longer than it says, and a search finds what it names.
func TestLoad_realDescriptions(t *testing.T) {
	for program := range treetest.Few(realFiles(t), 3) {
		m := loadReal(t, program)
		for _, root := range append([]string{""}, m.Roots()...) {
			p := tree.Pointer{}
			if root != "" {
				p = tree.Pointer{root}
			}
			for depth := 1; depth <= schema.MaxDepth; depth++ {
				page, ok := m.DescribePage(p, depth, 0)
				if length := len(tree.Append(nil, page.Description)); !ok || length > 28<<10 {
					t.Errorf("%s: %s with depth %d: %t, %d bytes", program, p, depth, ok, length)
				}
			}
			if root == "" {
				continue
			}
			places, _ := m.Search(root)
			if !slices.ContainsFunc(places, func(r schema.SearchResult) bool { return slices.Equal(r.Path, p) }) {
				var got []string
				for _, r := range places {
					got = append(got, r.Path.String())
				}
				t.Errorf("%s: %q is not found by its name: %q", program, root, got)
			}
		}
	}
	for query, want := range map[string]struct{ program, path string }{
		"quote style":          {"stylua", "/quote_style"},
		"indent width":         {"stylua", "/indent_width"},
		"rust version channel": {"rust-toolchain", "/toolchain/channel"},
		"sort commits":         {"git-cliff", "/git/sort_commits"},
		"media folder":         {"netlify", "/media_folder"},
	} {
		places, _ := loadReal(t, want.program).Search(query)
		if len(places) == 0 || places[0].Path.String() != want.path {
			t.Errorf("%s: %q: got %v, want %s", want.program, query, places, want.path)
		}
	}
}

// anyConfig draws a file of a program, with some values taken from elsewhere in it.
func anyConfig(t *rapid.T, files map[string]tree.Object) tree.Object {
	var names []string
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	if len(names) == 0 {
		return tree.Object{}
	}
	config := treetest.Clone(files[rapid.SampledFrom(names).Draw(t, "file")]).(tree.Object)
	var places []tree.Pointer
	var walk func(p tree.Pointer, v any)
	walk = func(p tree.Pointer, v any) {
		if len(p) > 0 {
			places = append(places, slices.Clone(p))
		}
		switch v := v.(type) {
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(v)) {
				walk(p.Child(name), v[name])
			}
		case []any:
			for i, e := range v {
				walk(p.Index(i), e)
			}
		}
	}
	walk(nil, config)
	for range rapid.IntRange(0, 3).Draw(t, "changes") {
		if len(places) == 0 {
			break
		}
		p := rapid.SampledFrom(places).Draw(t, "place")
		parent, _, _ := p[:len(p)-1].Get(config)
		_, _, ok := p.Get(config)
		o, isObject := parent.(map[string]any)
		if !ok || !isObject {
			continue
		}
		name := p[len(p)-1]
		switch rapid.IntRange(0, 4).Draw(t, "change") {
		case 0:
			delete(o, name)
		case 1:
			o[name+"x"] = o[name]
		case 2:
			o[name] = rapid.SampledFrom([]any{int64(3), "text", true, 2.0, []any{}, tree.Object{"a": "b"}, []any{int64(1), "x"}}).Draw(t, "value")
		case 3:
			if other, _, ok := rapid.SampledFrom(places).Draw(t, "from").Get(config); ok {
				o[name] = treetest.Clone(other)
			}
		case 4:
			o["api_token"] = "hunter2-hunter2"
		}
	}
	return config
}

// TestLoad_laws checks on changed files of all programs what every model promises.
func TestLoad_laws(t *testing.T) {
	for program, files := range realFiles(t) {
		m := loadReal(t, program)
		t.Run(program, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				config, other := anyConfig(t, files), anyConfig(t, files)
				before := treetest.Clone(config)
				full := m.Fill(config)
				if diff := cmp.Diff(full, m.Refill(config, other, m.Fill(other))); diff != "" {
					t.Fatalf("Refill (-Fill +Refill):\n%s", diff)
				}
				for name, v := range config {
					if _, isObject := v.(map[string]any); !isObject && !tree.Equal(v, full[name]) {
						if _, isList := v.([]any); !isList {
							t.Fatalf("%s: stored %v, resolved %v", name, v, full[name])
						}
					}
				}
				for _, root := range m.Roots() {
					if _, has := config[root]; has {
						continue
					}
					d, hasDefault := m.Default(tree.Pointer{root})
					shown, isShown := full[root]
					if hasDefault != isShown || hasDefault && !tree.Equal(d, shown) {
						t.Fatalf("%s: default %v %t, resolved %v %t", root, d, hasDefault, shown, isShown)
					}
				}
				if accepted := m.Accept(config, config); !tree.Same(accepted, config) {
					t.Fatalf("Accept changes what the client only sends back: %v", accepted)
				}
				accepted := m.Accept(config, nil)
				if again := m.Accept(accepted, nil); !tree.Equal(again, accepted) || !tree.Equal(accepted, config) {
					t.Fatalf("Accept: %v, again %v", accepted, again)
				}
				if canonical, issues := m.Canonical(config); len(issues) > 0 || !tree.Equal(canonical, config) {
					t.Fatalf("Canonical: %v %v", canonical, issues)
				}
				report := m.Check(config)
				if again := m.Check(config); cmp.Diff(report, again) != "" {
					t.Fatalf("Check gives two reports: %s", cmp.Diff(report, again))
				}
				if kept := m.Check(config, config); kept.Issues.Count != 0 || kept.Warnings.Count != report.Issues.Count+report.Warnings.Count {
					t.Fatalf("mistakes that were there before: %v, found %v", kept, report)
				}
				if m.Check(other).IsValid() && cmp.Diff(report, m.Recheck(config, other)) != "" {
					t.Fatalf("Recheck: %s", cmp.Diff(report, m.Recheck(config, other)))
				}
				checkMasking(t, m, config)
				if !tree.Exactly(before, config) {
					t.Fatal("the configuration was changed")
				}
			})
		})
	}
}

// checkMasking checks that every secret has a token, which leads back to it.
func checkMasking(t *rapid.T, m *schema.Model, config tree.Object) {
	masked := m.Mask(config, func(p tree.Pointer, _ any) string { return schema.Token{Generation: 1, Path: p}.String() })
	if text := string(tree.Append(nil, masked)); strings.Contains(text, "hunter2") {
		t.Fatalf("a secret is shown: %s", text)
	}
	revealed, issues := m.Reveal(masked, nil, func(token schema.Token, part schema.Part) (any, bool) { return m.Secret(config, token.Path, part) })
	if len(issues) > 0 || !tree.Exactly(revealed, config) {
		t.Fatalf("Reveal: %v\n%s", issues, cmp.Diff(config, revealed))
	}
}

// TestLoad_realDefaults masks the defaults of the programs' schemas: they are no secrets.
func TestLoad_realDefaults(t *testing.T) {
	for program := range realFiles(t) {
		m := loadReal(t, program)
		if got := hidden(m, m.Fill(tree.Object{})); len(got) > 0 {
			t.Errorf("%s: hidden are %v", program, got)
		}
	}
}
