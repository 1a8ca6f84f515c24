package cli

import (
	"context"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"

	"realmconf/runtime/document"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
)

func exportCommand() *command {
	var asJSON bool
	return &command{
		name: "export", onlyReads: true, form: "[FILE|-]", realm: true, maxArgs: 1, file: true,
		summary: "write the configuration's text to a file, byte for byte",
		details: `The text has its secrets in clear. A new FILE gets mode 0600; one of yours that exists
keeps its mode, unless all may write it, and is replaced at once. A link is refused. The
answer has the generation, which realmconf import asks for. Without FILE the text goes
to standard output, which must not be a terminal then; - writes it there, too. realmconf
show prints a text without secrets.`,
		flags: func(f *flag.FlagSet) { addOutputFlags(f, &asJSON) },
		run: func(ctx context.Context, s *Session, args []string) error {
			target := firstArgument(args)
			if target == "" && s.Terminal.Interactive {
				return &hintedError{
					s.usageError("the text has its secrets in clear, and standard output is a terminal: name a file, or - for the terminal"),
					"realmconf get --stored shows the configuration without secrets",
				}
			}
			base, err := s.readBase(ctx)
			if err != nil {
				return err
			}
			if base.generation == 0 && len(base.text) == 0 {
				return &hintedError{
					fault.New(fault.NotFound, "the realm does not exist yet, so that there is no text to export: a first write makes it"),
					"realmconf realms lists those that exist",
				}
			}
			s.warnSecrets(base.text)
			if target == "" || target == stdinName {
				s.write(base.text)
				return nil
			}
			if err := replaceFile(target, base.text); err != nil {
				return s.exportError(target, err)
			}
			reply := tree.Object{
				"generation": (&generation{n: base.generation}).json(),
				"sha256":     store.DigestOf(base.text).String(),
				"bytes":      int64(len(base.text)),
			}
			return s.printReply(tree.Append(nil, reply), asJSON, func(tree.Object) {
				s.print("generation %d is in %s\n", base.generation, target)
			})
		},
	}
}

// exportError is the error of a file that cannot be written. A name at which no file can
// be is a mistake in the command line.
func (s *Session) exportError(target string, err error) error {
	reason := withoutPath(err)
	if errors.Is(err, errNotRegular) || errors.Is(err, fs.ErrNotExist) {
		return s.usageError("%s cannot be written: %v", target, reason)
	}
	return &hintedError{
		fault.New(fault.Storage, "%s cannot be written and is as it was: %v", target, reason).With("op", "write the export").With("reason", fault.StorageReason(err)),
		"name a file in another directory, or redirect the output of realmconf export to it",
	}
}

// warnSecrets says on standard error that an exported text has secrets.
func (s *Session) warnSecrets(text []byte) {
	doc, err := document.Parse(text)
	if err != nil {
		return // then nothing is known of its parts; help says that an export hides nothing
	}
	secrets := 0
	s.Model.Mask(doc.Tree(), func(tree.Pointer, any) string {
		secrets++
		return ""
	})
	if secrets > 0 {
		s.message("warning: the text has secrets in clear: keep it where only those may read it who may use them, or write references such as ${NAME} in their place")
	}
}

// errNotRegular refuses a directory, a pipe or a device in the place of a file, and a
// symbolic link, which another user may have put into a directory that all may write.
var errNotRegular = errors.New("it is not a regular file: name another, or redirect the output to it")

// replaceFile writes a text to a file: a reader of the file sees the earlier text or the
// new one. A new file gets mode 0600, and so does one that another user made or all may
// write: its mode was chosen by somebody who should not read the text.
func replaceFile(path string, text []byte) (err error) {
	mode := fs.FileMode(0o600)
	switch info, err := os.Lstat(path); {
	case err == nil && !info.Mode().IsRegular():
		return errNotRegular
	case err == nil && isOwn(info) && info.Mode()&0o002 == 0:
		mode = info.Mode().Perm()
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".realmconf-export-") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name())
		}
	}()
	_, err = file.Write(text)
	if err = errors.Join(err, file.Chmod(mode), file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
