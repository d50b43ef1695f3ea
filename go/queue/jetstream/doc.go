// Package jetstream is a queue over NATS JetStream: a durable pull consumer, whose tasks all
// processes that name it share. It needs nats-server 2.11 or newer.
//
// # What the server keeps
//
// The consumer, which [Open] creates or updates: explicit acknowledgement, the ack wait, and the
// most deliveries that may be unsettled over all processes. It has no bound on deliveries: the
// worker counts attempts, and buries a task after its last, which the server would only stop
// delivering. The stream has to be there.
//
// [Queue.Drift] compares it with what is there. A changed consumer is not repaired while the worker
// runs, as somebody may have changed it on purpose; the next Open makes it anew. A hash in its
// metadata tells a change from the consumer of another version of the worker, which is none: what
// changes in that one, only that version sees.
//
// Dead letters are messages on a subject, with the reason in headers; [DeadLetters] lists, replays and
// drops them. A replayed task has its old name in the header Capstan-Id.
//
// # What differs from the queues without a server
//
// A task that failed comes before those that wait once its delay is over, and tasks that were
// released come before the others, but not in their old order. The server does not tell a
// delivery from an older one of the same task, so only this process knows, by its own clock, that
// a lease ran out.
//
// Released deliveries do not count as attempts. The server counts every delivery, so those that
// were released are noted in a key-value bucket, capstan-released, for seven days. Where the
// bucket cannot be made, a warning says so and released deliveries count.
package jetstream
