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
// Processes that wait for the guard get it in the order in which they came. A Mutex may
// keep it for a moment after a wait that was in vain: see reservation.
//
// Peers wait for a lock file from the future until that time has come. Here one that
// is dated more than 30 seconds ahead counts as abandoned too.
//
// The holder of the guard knows that a lock file which another realmconf process
// made under the same guard, since the machine was last started, has no living
// owner. That is why a crash of realmconf delays no other realmconf process.
//
// It delays the peers. They know a lock file's age alone, so one that a realmconf
// process left when it was killed keeps them out until it is 30 seconds old, or
// until the next realmconf process takes it over.
//
// A lock file whose time stamp were kept 25 seconds in the past, and renewed each
// second, would keep them out for 5 seconds only. It would also let them in while
// its owner lives: after 5 seconds without a renewal (a stopped process, a disk on
// which a rename or a flush takes so long, a step of the clock), or at once where
// another machine's clock is 5 seconds ahead. The owner notices that before its
// next change, except in the moment between Verify and the exchange of a file; then
// a commit of one program would replace that of the other. The delay after a crash
// costs time, and this would cost a change. So the time stamp is the true one.
//
// File is the lock file alone. Its user supplies its content and the test that
// its owner is gone.
package filelock
