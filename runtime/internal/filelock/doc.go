// Package filelock locks a realm's files against other programs, and takes over
// the locks that crashed programs left.
//
// Two kinds of locks work together in a Mutex:
//
//   - The guard is a file under flock(2), which only realmconf uses. The kernel
//     releases it when its holder dies. Its file is never removed.
//   - A lock file is the peer's kind of lock: it is held by whoever created it,
//     and a crash leaves it behind. Peers take it over when it is 30 seconds
//     old.
//
// A lock file that realmconf made under the guard that is now held by somebody
// else, since the machine was last started, has no living owner. That is why a
// crash of realmconf delays nobody.
//
// File is the lock file alone. Its users say what it holds and how to recognise
// that its owner is gone.
package filelock
