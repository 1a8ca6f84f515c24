package file

import (
	"context"
	"path/filepath"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
)

var _ store.WriteChecker = (*Store)(nil)

// CheckWritable refuses what a commit would be refused for: a protected config, a
// link that is not followed or leads to a file that is no configuration, and
// directories in which this process may not create files.
func (s *Store) CheckWritable(ctx context.Context) error {
	disk.Begin(s.fs)
	defer disk.End(s.fs)
	v, err := s.readView(ctx, store.HistoryBudgetOf(ctx))
	if err != nil {
		return err
	}
	if err := s.checkWritable(v); err != nil {
		return err
	}
	for _, dir := range []string{filepath.Dir(v.configPath), s.options.Dir, s.history.dir} {
		if err := s.checkCreatable(dir); err != nil {
			return err
		}
	}
	return nil
}

// checkCreatable refuses a directory in which this process may not create files. Of
// a directory that does not exist yet, it looks at the nearest one above.
func (s *Store) checkCreatable(dir string) error {
	for {
		if _, err := s.fs.Stat(dir); err == nil || dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	if err := disk.MayCreate(dir); err != nil {
		return fault.FromOS("write "+s.name(), err)
	}
	return nil
}
