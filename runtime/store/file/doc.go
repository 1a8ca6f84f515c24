// Package file keeps a realm's configuration where the platform's own programs
// keep it, and works on it at the same time as they do:
//
//	config.toml           the text; a symbolic link is followed, and stays
//	config_state.json     which generation is current, and the digest of its text
//	config_state.lock     the lock that the platform's programs take too
//	config_state.guard    the lock among programs like this one; never removed
//	config_state.spare    the file of config_state.lock while nobody holds it
//	config_history/N.json the records of one commit, the first of which is N
//	config_history/displaced-*.toml
//	                      texts of others that a commit displaced and that could
//	                      not be put back; never removed
//	.realmconf-*          temporary files, looked at and swept by the next commit
//
// # Promises
//
// On local file systems of Linux and macOS, and on network file systems that
// keep flock and rename atomic between machines:
//
//   - A commit takes effect only on exactly the version that it was made from,
//     whoever changed the configuration: this process, another, the platform,
//     or a person in an editor. What is replaced is exchanged, compared, and
//     given its place back if it is not what was seen.
//   - After a crash or a loss of power at any moment a reader sees one whole
//     generation. What CompareAndSwap acknowledged is there.
//   - A generation is bound to its text for ever. Numbers may skip after a
//     crash; they never come again with another text.
//   - A change around the store becomes a generation of its own, with a record,
//     once it has been at rest for 50 milliseconds: "external", or "peer" when
//     the platform's programs numbered it. A config that is empty, absent, or
//     the beginning of what was there must rest for a second: it may be half of
//     a save. Nothing that a person saved is thrown away.
//   - A read waits for nobody longer than 100 milliseconds, takes no lock while
//     nothing has changed around the store, and works in a directory that cannot
//     be written. It is two stats while both files are as it read them before.
//     Reading a realm that does not exist creates nothing.
//   - A crashed process of ours delays nobody. One of the platform's programs
//     that crashed holds up writes until its lock is 30 seconds old, or the
//     machine is started again. Many writers leave the platform's programs a
//     chance to get in, four times a second; and who has just won lets the
//     others go first.
//   - The config keeps its mode and, as far as the process may, its owner, its
//     access control list (Linux) and its extended attributes. What is created
//     here is for its owner alone. A hard link to the config keeps the old text.
//
// # A commit
//
// This is what strace shows of one that nobody disturbs, the looks left out:
//
//	openat   config_state.guard             O_CREAT
//	flock    config_state.guard             LOCK_EX
//	renameat config_state.spare             .realmconf-….lock
//	openat   .realmconf-….lock              O_RDWR; pwrite
//	renameat2 .realmconf-….lock             config_state.lock, RENAME_NOREPLACE
//	openat   config_history/4.json          O_CREAT|O_EXCL; write
//	openat   .realmconf-….config            O_CREAT|O_EXCL; write, fchmod
//	openat   .realmconf-….state             O_CREAT|O_EXCL; write, fchmod
//	sync_file_range                         each of the three once it is written
//	fsync    the three of them, together
//	fsync    config_history
//	renameat2 .realmconf-….config           config.toml, RENAME_EXCHANGE
//	read     .realmconf-….config            is it what was seen?
//	renameat2 .realmconf-….state            config_state.json, RENAME_EXCHANGE
//	read     .realmconf-….state             is it what was seen?
//	fsync    the directory, or both where a link leads to another; meanwhile
//	renameat .realmconf-….config            config_history/.displaced
//	unlinkat .realmconf-….state             and the records above the number to keep
//	renameat2 config_state.lock             .realmconf-….lock, RENAME_NOREPLACE
//	renameat .realmconf-….lock              config_state.spare
//	close    config_state.guard
//
// Before every exchange the lock is looked at: is it still ours? The displaced
// config stays until the next commit, because an editor may have it open; what
// is written into it by then is kept.
//
// # Not promised
//
//   - Where files cannot be exchanged in one step (some network mounts, the
//     BSDs), an edit by a program that takes no lock, in the microseconds
//     between the last look and the rename, is replaced.
//   - A program of the platform that goes on after its lock was taken over
//     overwrites a commit of ours. That is found and numbered anew; our text is
//     in the history.
//   - An in-place save that pauses for longer than the times above is recorded
//     as it was found; the rest becomes the next generation.
//   - A read that trusts the stamps does not see what was written through a
//     memory mapping and not yet flushed.
//   - An edit in the same tick of the clock that stamps files (some
//     milliseconds) as a commit of the platform's programs counts as part of
//     that commit, unless this process has read the two apart.
//   - Of several commits that the platform's programs make while nobody looks,
//     only the last is recorded.
//   - An edit through a file that was opened before a commit is not kept where a
//     symbolic link leads to another file system, once the next look is over.
//   - Numbers start again when the state and the history were both lost, or both
//     put back from a copy.
//   - Windows has no fsync of directories: a loss of power may return the
//     generation before. There, and where the machine's run has no name, a
//     crashed process of ours holds up writes until its lock is 30 seconds old.
//   - Access control lists of macOS are not copied.
//   - Disks that acknowledge what they have not written.
package file
