// Package file keeps a realm's configuration in the files of Meerkat's own
// programs, and works on them at the same time as they do:
//
//	config.toml           the text; a symbolic link stays, and is followed where
//	                      Options.Rules allow it. No other file may be a link
//	config_state.json     which generation is current, and the digest of its text
//	config_state.lock     the lock that Meerkat's programs take too
//	config_state.guard    the lock among realmconf processes, and a note of the
//	                      version that its last holder left current; never removed
//	config_history/N.json the records of one commit, the first of which is N
//	config_history/.displaced
//	                      the config that the last commit replaced, until the next
//	                      commit: an editor may have it open and save into it
//	config_history/displaced-*
//	                      texts of other programs that a commit displaced and
//	                      that were not put back; never removed
//	config_history/damaged-*
//	                      damaged states that were replaced; never removed
//	config_history/superseded-*
//	                      notices of committed generations that another program
//	                      wrote over; never removed
//	.realmconf-*          temporary files; the next process or commit after a
//	                      crash removes those that it left, and keeps every
//	                      other text in the history
//
// # Trust
//
// A realm's directory may come from a stranger: what lies in it is data, and not
// evidence. A read never changes the config or the config's directory. Nothing is
// put back from a temporary file or from the history. A text that a person saved
// in the moment of an exchange in which the process died is therefore superseded
// by the commit: it is kept in the history, and every read says so until a person
// removes the file. Only records are removed from the history: files that hold
// what their name says. The history is a directory of the realm's own, never a
// link. One request reads at most 64 MiB of it, and of one file 8 MiB: then reads go on
// with what is known, and a write is refused. A history that realmconf wrote never comes
// to that, whatever its length and the length of its texts: of the records above a
// generation that is looked for only the beginnings are read, and behind very many of
// them the search begins at the file with the next number. A file behind a link that is not TOML
// is neither recorded nor replaced.
//
// # Promises
//
// On local file systems of Linux and macOS, and on network file systems on which
// flock and rename are atomic between machines:
//
//   - A commit takes effect only on exactly the version that it was made from,
//     whoever changed the configuration: this process, another one, Meerkat, or
//     a person in an editor. The files are exchanged and compared, and a file
//     that is not the expected one gets its place back.
//   - After a crash or a loss of power at any moment a reader sees one whole
//     generation. A commit that CompareAndSwap acknowledged is there.
//   - A generation is bound to its text permanently. After a crash numbers may be
//     skipped; they are never used again for another text.
//   - A state that is damaged counts as missing. Then the number is that of the
//     newest record if that has the text; any other text gets a number a million
//     above all known ones, with a record "recovered", so that no number that
//     Meerkat's programs gave unseen is given to another text.
//   - No file that a stranger put into the directory ends a realm's numbers: a number
//     above 2^52 counts only if it is at most 2^32 above that of another file of the
//     history. A record with any other such number is not used, and a state with one
//     is damaged.
//   - A change by another program becomes a generation with a record once the
//     text has been the same for 50 milliseconds: as "external", or as "peer"
//     when Meerkat's programs numbered it. A config that is empty, missing, or
//     the beginning of the last text must be the same for a second: it may be
//     half of a save. No text that a person saved is lost.
//   - A read waits for at most 100 milliseconds, takes no lock unless another
//     program has changed the text, and works in a directory that cannot be
//     written. A change by another program gets no number there: reads answer with the
//     text of the state's number, as pending, or with the new text under that number
//     if the history does not have the other one. It costs two stats while both files are as it read them before.
//     Reading a realm that does not exist creates nothing.
//   - A crash of realmconf delays no other realmconf process. Meerkat's programs
//     know a lock's age alone: a realmconf process that is killed with the lock
//     delays their reads and writes until its lock is 30 seconds old, or until the
//     next realmconf process takes the lock over (package filelock says why not
//     for a shorter time). A program of Meerkat that crashed delays writes as
//     long, or until the machine is started again. Many writers leave Meerkat's
//     programs a chance to get the lock, four times a second.
//   - Writers of several processes take turns in the order in which they came. One
//     that is refused after a wait keeps its turn for some 50 milliseconds, so that
//     its client can read again: a commit causes one conflict and not one in each
//     process. The process that has just committed lets others commit first.
//   - After the state went backwards, because it was restored from a copy or its
//     directory was away and came back, reads show no generation below those that
//     this process has seen: they answer with the newest of them, as pending, until
//     the text has a new number. That needs
//     the lock once, and no pause, even if Meerkat's programs go on to commit.
//   - The config keeps its mode and, as far as the process may set them, its
//     owner, its access control list (Linux) and its extended attributes. Rights
//     that cannot be kept for the same people shrink. A hard link to the config
//     keeps the old text.
//   - New files have the owner and the group of their directory, where the
//     process may set them: what the administrator writes for a user stays that
//     user's. They are for the owner alone, except that a set-group-id directory
//     grants its group what that group may do in it. In a directory that
//     everybody may write another user's file grants nothing to others than its owner.
//
// # A commit
//
// These are the system calls of a commit without contention, as strace shows
// them; stats and most reads are left out:
//
//	openat   config_state.guard
//	flock    config_state.guard             LOCK_EX
//	openat   .realmconf-….lock              O_CREAT|O_EXCL; pwrite
//	renameat2 .realmconf-….lock             config_state.lock, RENAME_NOREPLACE
//	openat   config_history/4.json          O_CREAT|O_EXCL; write
//	openat   .realmconf-….config            O_CREAT|O_EXCL; write, fchmod
//	openat   .realmconf-….state             O_CREAT|O_EXCL; write, fchmod
//	sync_file_range                         each of the three once it is written
//	fsync    the three of them, together
//	fsync    config_history
//	renameat2 .realmconf-….config           config.toml, RENAME_EXCHANGE
//	read     .realmconf-….config            is it the text that was read?
//	renameat2 .realmconf-….state            config_state.json, RENAME_EXCHANGE
//	read     .realmconf-….state             is it the state that was read?
//	fsync    the directory, or both where a link leads to another; meanwhile
//	renameat .realmconf-….config            config_history/.displaced
//	unlinkat .realmconf-….state             and the records above the number to keep
//	renameat2 config_state.lock             .realmconf-….lock, RENAME_NOREPLACE
//	unlinkat .realmconf-….lock
//	close    config_state.guard
//
// Before every exchange the commit verifies that it still has the lock. The
// displaced config stays until the next commit, because an editor may have it
// open: a text that is written into it until then is kept.
//
// The type condition says how the words dirty, torn, unrecorded, pending and
// reconcile_pending are related.
//
// # Not promised
//
//   - Where files cannot be exchanged in one step (some network mounts, the
//     BSDs), an edit by a program that takes no lock, in the microseconds
//     between the last read and the rename, is replaced.
//   - A program of Meerkat that goes on after its lock was taken over overwrites
//     the commits that realmconf made meanwhile. That is found and gets a new
//     number; the commits are superseded. The history lists them, and reads say so
//     until a person removes config_history/superseded-N.txt. It is not found if
//     further commits of Meerkat's programs followed, up to a higher number than
//     those of realmconf, before the next realmconf process looked; or if the guard
//     file was removed or the machine lost power in between.
//   - Meerkat's programs remove a lock file that they saw stale by its name, although
//     another program may have taken it over since. Then two of them commit at the same
//     time, and one overwrites the other's commit or, as above, realmconf's. A
//     realmconf process whose lock is removed like that changes nothing any more, or
//     answers outcome_unknown if it has begun to. If it happens in the moment in which
//     realmconf releases the lock, the next lock may stay until it is 30 seconds old.
//   - A lock file that is dated more than 30 seconds ahead is taken over. Its owner
//     lives if the clock was set back so far in the moments in which one of Meerkat's
//     programs held it.
//   - An in-place save that pauses for longer than the times above is recorded
//     as it was found; the rest becomes the next generation.
//   - A read that trusts the time stamps does not see a change that was made
//     through a memory mapping and is not yet flushed.
//   - An edit in the same tick of the clock that stamps files (some
//     milliseconds) as a commit of Meerkat's programs counts as part of that
//     commit, unless the process that records it has read the two apart.
//   - Of several commits that Meerkat's programs make while no realmconf process
//     reads, only the last is recorded.
//   - Where a symbolic link leads to another file system, an edit through a file
//     that was opened before a commit is not kept once the commit has ended.
//   - Numbers start again when the state and the history were both lost, or both
//     restored from a copy.
//   - Windows has no fsync of directories: after a loss of power the generation
//     before may be current. There, and where the start of the machine is not
//     known, a crash of realmconf delays writes until its lock is 30 seconds
//     old.
//   - Access control lists of macOS are not copied.
//   - Disks that acknowledge writes that they have not made.
package file
