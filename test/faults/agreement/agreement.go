// Package agreement is what the orchestrator of the fault suite and its worker program have agreed
// on: the payload of a task, and the variables that say which faults a worker stages in itself.
package agreement

// Payload is one task.
type Payload struct {
	// ID is the task's id in the producer's ledger.
	ID string `json:"id"`
	// WorkMillis is how long the handler works before the effect.
	WorkMillis int `json:"workMillis"`
	// Deed is what the handler does besides.
	Deed Deed `json:"deed,omitempty"`
}

// Deed is what a handler does besides its effect.
type Deed string

const (
	// Panic panics in each attempt: the task is poison.
	Panic Deed = "panic"
	// PanicFirst panics in the first attempt.
	PanicFirst Deed = "panicFirst"
	// Fail returns an error in the first two attempts.
	Fail Deed = "fail"
	// Kill ends the process as SIGKILL does, in each attempt.
	Kill Deed = "kill"
	// Eat takes memory until the kernel ends the process, in the first attempt that a marker
	// file in the folder of variable Marks does not know.
	Eat Deed = "eat"
	// Deaf works to the end, whatever becomes of its context.
	Deaf Deed = "deaf"
)

// Variables of a worker's environment.
const (
	// Log is the file that the worker appends its effects to; with a slash at its end the folder
	// for it, where each process has a file of its own.
	Log = "FAULTS_LOG"
	// Marks is a folder in which a task leaves a mark of what it did once.
	Marks = "FAULTS_MARKS"
	// DieAt is the point at which the process kills itself, and DieAfter how many times it
	// passes there before.
	DieAt    = "FAULTS_DIE_AT"
	DieAfter = "FAULTS_DIE_AFTER"
	// Mutant is the defect that the worker has.
	Mutant = "FAULTS_MUTANT"
	// Shim is what the client does to deliveries: [Twice] or [Shuffled].
	Shim = "FAULTS_SHIM"
	// Database is the address of PostgreSQL, in which effects then happen exactly once.
	Database = "FAULTS_DATABASE"
)

// Points at which a process can die.
const (
	BeforeFetch = "beforeFetch"
	AfterFetch  = "afterFetch"
	MidTask     = "midTask"
	BeforeAck   = "beforeAck"
	AfterAck    = "afterAck"
	AfterEffect = "afterEffect"
)

// Defects that the suite has to catch.
const (
	// AckBeforeEffect acknowledges what it fetched at once.
	AckBeforeEffect = "ackBeforeEffect"
	// UnboundedPool runs whatever it can fetch.
	UnboundedPool = "unboundedPool"
	// IgnoredSIGTERM goes on until it is killed.
	IgnoredSIGTERM = "ignoredSIGTERM"
	// DroppedLetter acknowledges what it should bury.
	DroppedLetter = "droppedLetter"
	// LeaseNotRenewed lets leases run out under long tasks.
	LeaseNotRenewed = "leaseNotRenewed"
)

// What a shim does.
const (
	// Twice delivers everything a second time.
	Twice = "twice"
	// Shuffled delivers each batch in another order.
	Shuffled = "shuffled"
)
