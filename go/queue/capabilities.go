package queue

// Capabilities are what a kind of queue can do by itself. What it cannot is not emulated: a spec
// that needs it is refused at synth, which reads the same table (contract/queues.json).
type Capabilities struct {
	// AckEach: deliveries are settled one by one, in any order, and one that is slow holds up no
	// other.
	AckEach bool `json:"ackEach"`
	// Delay: the queue itself keeps a delivery back for Nak's delay; no process has to wait for it.
	Delay bool `json:"delay"`
	// Attempts: the queue counts deliveries over all processes, released ones left out.
	Attempts bool `json:"attempts"`
	// Heartbeat: InProgress renews the lease of one delivery.
	Heartbeat bool `json:"heartbeat"`
	// Dedup: a task whose id was added lately is ignored, whoever added it.
	Dedup bool `json:"dedup"`
	// Schedule: a task can be added for later, see Task.NotBefore.
	Schedule bool `json:"schedule"`
	// Keys: tasks of one key are delivered in order, one after the other, see Task.Key.
	Keys bool `json:"keys"`
	// Headers: a task's headers come with its deliveries.
	Headers bool `json:"headers"`
	// Shared: any number of processes work it off together.
	Shared bool `json:"shared"`
	// DeadLetters: dead letters outlive the process, and can be listed, replayed and dropped.
	DeadLetters bool `json:"deadLetters"`
}
