// Package faults is the fault suite: it runs workers as processes of their own on real brokers,
// kills, pauses, cuts off and terminates them, and their broker, under load, and looks afterwards
// whether what was promised holds.
//
// Two accounts are the oracle. The ledger of the producer has the ids that the broker confirmed.
// The effect logs, one of each process, have what handlers did: on disk before a handler goes on.
// Then
//
//   - each confirmed task has an effect, or is a dead letter, or is still pending: 0 are lost;
//   - no process has ever more handlers in flight than its pool has slots;
//   - each process that was told to end has ended before its grace period was over, and with the
//     exit code that is documented.
//
// Tasks with more than one effect are counted: delivery is at least once. Rows in which nobody is
// killed, cut off or paused allow none.
//
//	go test .                            all rows
//	go test -short .                     the quick ones
//	go test . -args -report FILE         all rows, as a table in FILE
//	go test . -args -brokers redis       on these brokers only
//	go test -run TestSoak -timeout 0 . -args -minutes 10 -soak FOLDER
package faults
