package idempotent_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"capstan/idempotent"
	"capstan/worker"
)

// ledgerHandler adds what a task says to an account, once.
func ledgerHandler(store *idempotent.Store) worker.Handler[int] {
	return func(ctx context.Context, t worker.Task[int]) error {
		return store.Do(ctx, t.ID, func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `UPDATE accounts SET balance = balance + $1`, t.Payload)
			return err
		})
	}
}

// The error of an effect that is in place is the one that workers acknowledge.
func ExampleSQL() {
	_, err := idempotent.SQL(nil, idempotent.Config{Table: "Done"})
	fmt.Println(err)
	fmt.Println(errors.Is(idempotent.ErrAlreadyDone, worker.ErrAlreadyDone), ledgerHandler(nil) != nil)
	// Output:
	// idempotent: Table must be a lower-case name, with a schema or without, got "Done"
	// true true
}
