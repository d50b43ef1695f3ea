// Package redisonce does effects once with Redis.
//
// # An effect that is in Redis
//
// [Store.Do] runs a script that writes the effect and the marker of its key. Redis runs a script whole,
// and nothing else meanwhile; it writes a script's changes as one to its log and to its replicas. So a
// worker that is killed leaves both or neither, and a delivery that comes again finds the marker.
//
// It promises no more than Redis keeps. With `appendfsync everysec`, or a failover to a replica, the last
// second may be lost: marker and effect together, so that neither is there twice, while a queue elsewhere
// may have its acknowledgement. Where that matters, keep the effect in a database (package idempotent).
//
// # An effect that is somewhere else
//
// [Store.Hold] runs a function under a lease. That is not exactly once, and nothing outside of the
// resource itself can make it so:
//
//   - A worker that dies between the effect and the end of the lease leaves an effect without a marker;
//     whoever comes next does it again. The effect has to bear that, or to be found in place.
//   - A worker that is held up (a stopped machine, a long pause) for longer than the lease may go on
//     although another one has it now. It is told by its context once it runs again, which may be too late.
//     One that runs, but does not reach Redis, is told when the lease is over by its own clock.
//     A resource that takes the fencing token, and refuses one that is lower than the highest it has seen,
//     closes this gap; without, it stays.
//
// What it does promise: at most one holder at a time by Redis' clock, tokens that grow from holder to
// holder, and no holder once the effect is marked as done, as long as Redis keeps its data. It keeps a key
// for [Config.Retention] after its effect, or after its latest holder: then tokens begin again.
package redisonce
