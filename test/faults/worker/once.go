package main

import (
	"context"
	"database/sql"
	"errors"
	"os"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"capstan/idempotent"
	"capstan/test/faults/agreement"
)

// once does effects in a database, by the helper.
type once struct{ store *idempotent.Store }

// openOnce is nil where the environment names no database.
func openOnce(ctx context.Context) (*once, error) {
	address := os.Getenv(agreement.Database)
	if address == "" {
		return nil, nil
	}
	db, err := sql.Open("pgx", address)
	if err != nil {
		return nil, err
	}
	store, err := idempotent.SQL(db, idempotent.Config{})
	if err != nil {
		return nil, err
	}
	return &once{store}, store.Create(ctx)
}

// do adds a row for the task, which is not there twice unless the helper let it happen twice. An
// effect that was in place is no error.
func (o *once) do(ctx context.Context, id string) error {
	err := o.store.Do(ctx, id, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO effects (id) VALUES ($1)`, id)
		return err
	})
	if errors.Is(err, idempotent.ErrAlreadyDone) {
		return nil
	}
	return err
}
