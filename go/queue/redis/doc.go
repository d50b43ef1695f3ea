// Package redis is a queue over a Redis stream: a consumer group, whose tasks all processes that
// name it share. It needs Redis 7.0 or newer, one server or a master that Sentinels watch.
//
// # What the server keeps
//
// An entry of the stream is a task: the field `payload` has the JSON document, `id` names it
// (left out: the entry's own number does), and a field `header:NAME` has a header. [Publisher]
// writes them so, and any other program may (`XADD tasks * payload '{"n":1}' id photo-1`).
//
// A task that is done, or dead, is removed from the stream, so that its memory is given back. So
// a stream belongs to one group: [Open] refuses one that has another.
//
// Beside the stream lie, for a stream `tasks` and a group `develop`:
//
//	tasks:develop:retry     sorted set: failed tasks by the time of their next attempt, and released ones
//	tasks:develop:attempts  hash: deliveries so far of those
//	tasks:develop:sweep     held while one process has looked for leases that ran out
//	tasks:later             sorted set: tasks that were published for later, by their time
//	tasks:id:ID             held for as long as a second task of this id is ignored
//
// Every step from one to the other is one script in the server: it is done in full or not at all,
// survives the process that asked for it, and any process of the group does the next one. What is
// due is looked for with each fetch, by the server's clock: at least every half second while a
// process is idle, and by the process that set the time exactly then.
//
// # What differs from the queues without a server
//
// A task that failed comes before those that wait once its delay is over, and tasks that were
// released come before the others. A lease that ran out is found up to a tenth of the ack wait
// later, at most a second.
//
// # What can be lost
//
// Redis acknowledges what its memory has. How much of that a crash of the server takes is its
// setting `appendfsync`: nothing with `always`, up to two seconds with `everysec`.
//
// It copies to its replicas afterwards. A failover can therefore lose the latest tasks that were
// published, though their producer was told that they are there; `min-replicas-to-write` bounds
// how many (a master that nobody copies refuses writes after `min-replicas-max-lag`), and does
// not make it none: nor does WAIT, as the Sentinels may choose another replica. A failover can
// also lose the latest acknowledgements: those tasks come again. Where a task must not be lost,
// publish it again with the same id until its effect is seen, or take a broker that agrees before
// it answers, as JetStream with three copies does.
//
// A server that may evict keys (`maxmemory-policy` other than noeviction) can lose everything:
// Open warns.
package redis
