// Package idempotent makes the effect of a task happen once, although queues deliver at least once:
// after a kill, a lost acknowledgement or a lease that ran out, the same task comes again.
//
// # In a database
//
// [SQL] puts a row with the task's key and the effect into one transaction, so that both are there or
// neither is. A delivery that comes after finds the key and gets [ErrAlreadyDone], which a worker
// acknowledges:
//
//	store, err := idempotent.SQL(db, idempotent.Config{})
//	…
//	return store.Do(ctx, t.ID, func(ctx context.Context, tx *sql.Tx) error {
//		_, err := tx.ExecContext(ctx, `UPDATE accounts SET balance = balance + $1 WHERE id = $2`, …)
//		return err
//	})
//
// This is exactly once for what is written through tx, as far as the database keeps what it has
// committed. What the function does elsewhere, such as sending a mail, is not part of it.
//
// # In Redis, and anywhere else
//
// See the package capstan/idempotent/redisonce: a script that writes effect and marker at once, and,
// for effects that neither database nor Redis holds, a lease with a fencing token.
//
// # Keys
//
// A key names the effect: two tasks that must have one effect between them have one key, and tasks of
// different effects have different keys. The id of a task is right where its producer chose it, such as
// the hash of a photo. It is not where the queue made it up: a memory queue begins again with task-1 in
// each process. Put the worker's name before it where several workers share a table.
//
// Keys are kept until [Store.Forget] removes them: call it now and then, such as once a day, with an age
// that no delivery reaches. That is the age of the oldest task that may still be delivered: what the
// stream keeps, or maxAttempts times the longest delay, and the time in which somebody may replay a dead
// letter.
package idempotent
