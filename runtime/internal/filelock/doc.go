// Package filelock locks a realm's files against other programs, and takes over
// the locks that crashed programs left.
//
// Two kinds of locks work together in a Mutex:
//
//   - The guard is a file under flock(2), which only realmconf uses. The kernel
//     releases it when its holder dies. Its file is never removed.
//   - A lock file is the peer's kind of lock: the program that creates it holds
//     it, and a crash leaves it behind. Peers take it over when it is 30 seconds
//     old.
//
// The holder of the guard knows that a lock file which another realmconf process
// made under the same guard, since the machine was last started, has no living
// owner. That is why a crash of realmconf delays no other program.
//
// File is the lock file alone. Its user supplies its content and the test that
// its owner is gone.
package filelock
