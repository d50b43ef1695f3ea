// Package kafka is a queue over a topic of Apache Kafka 2.4 or newer, read by a classic consumer
// group: all processes that name the group share the topic's partitions, so at most as many work
// as it has.
//
// # What the broker keeps
//
// One number for each partition: the offset before which everything is settled. Tasks of a
// partition run at the same time and are settled in any order, and the offset follows the oldest
// that is not settled, some ten times a second while there is work and at once otherwise. So an
// acknowledgement is for good once all before it are settled as well; after a kill, what came
// behind is delivered again.
//
// A task that takes long holds up no others, until [Config.Window] lie behind it in its
// partition. One that never ends holds the offset of its partition until its process ends.
//
// # What it cannot do
//
// The broker counts no deliveries, keeps none back for a delay, leases none, and knows no ids. So
// Delivery.Attempt is 1, Nak is [queue.ErrUnsupported], and a contract allows one attempt: a task
// that fails goes to the dead letter. A task that kills its process comes again each time.
//
// # Keys
//
// The key of a record is the key of its task: the partition follows from it, and a task is
// delivered only once all before it with the same key in its partition are settled. Tasks that
// were added with other numbers of partitions may lie in others.
//
// # Rebalancing
//
// Members keep the partitions that stay theirs. One that has to give up a partition delivers no
// more of it, and has [Config.Grace] for what is in flight; then it commits, and the rest is
// stale: it is delivered to the next owner. A member that is not heard of for [Config.Session]
// has lost its partitions, and one that reaches no broker at all gives them up by itself. What it
// gets back goes on where it was; what others get comes again there.
//
// # Records
//
// The value is the payload, the headers are those of the task, the timestamp is when it was
// published, by the clock of its producer unless the topic is set otherwise. The header
// Capstan-Id has the id; without one it is TOPIC-PARTITION-OFFSET. Records of transactions that
// were aborted are no tasks.
//
// # Dead letters
//
// A dead letter is a record of the dead letter topic, with the key GROUP/TOPIC-PARTITION-OFFSET of
// its task. A topic cannot remove single records: one that was replayed or dropped is followed by
// a record of the same key without a value, which hides it from [DeadLetters]. It is gone for good
// when the topic's retention has passed, or at once where the topic is compacted.
package kafka
