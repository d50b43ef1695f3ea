package idempotent

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"

	"capstan/internal/done"
)

// ErrAlreadyDone says that the effect was in place before. It is worker.ErrAlreadyDone.
var ErrAlreadyDone = done.Err

// DefaultTable is where keys are kept unless the configuration says otherwise.
const DefaultTable = "capstan_done"

// longestKey is in bytes: what an index of PostgreSQL takes is a multiple of it.
const longestKey = 512

// forgetBatch is how many keys one statement of Forget removes, so that none locks many rows.
const forgetBatch = 1000

// Config says where keys are kept. The zero value is right for most.
type Config struct {
	// Table is its name, lower-case, with a schema or without. Empty: [DefaultTable].
	Table string
	// Isolation is that of the transactions. 0: the database's own. Above read committed, a
	// delivery that meets its duplicate fails to serialize, and has to be tried again.
	Isolation sql.IsolationLevel
}

// Store does effects once. Its methods may be called from any number of goroutines and processes.
type Store struct {
	db        *sql.DB
	table     string
	isolation sql.IsolationLevel
}

var tableName = regexp.MustCompile(`^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$`)

// SQL keeps keys in a table of db, a PostgreSQL or CockroachDB that the effects are written to as well.
// [Store.Create] makes the table. The error is a mistake in c.
func SQL(db *sql.DB, c Config) (*Store, error) {
	if c.Table == "" {
		c.Table = DefaultTable
	}
	if !tableName.MatchString(c.Table) {
		return nil, fmt.Errorf("idempotent: Table must be a lower-case name, with a schema or without, got %q", c.Table)
	}
	return &Store{db: db, table: c.Table, isolation: c.Isolation}, nil
}

// Create makes the table of keys unless it is there. Any number of processes may call it at once; it
// needs the right to create tables, so run it in a migration where workers have no such right.
func (s *Store) Create(ctx context.Context) error {
	_, err := s.db.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS `+s.table+` (
		key text PRIMARY KEY,
		done_at timestamptz NOT NULL DEFAULT now(),
		result text)`)
	if err == nil {
		return nil
	}
	// Somebody else may have made it in the same moment, which PostgreSQL calls a duplicate.
	if _, missing := s.db.ExecContext(ctx, `SELECT key FROM `+s.table+` LIMIT 0`); missing != nil {
		return fmt.Errorf("create table %s: %w", s.table, err)
	}
	return nil
}

// Do does the effect of key, unless it is done: then it returns [ErrAlreadyDone] and effect does not
// run. effect writes through tx, which Do commits when it returns nil and rolls back otherwise, a panic
// included; its error is returned as it is.
//
// While another transaction does the effect of the same key, Do waits for its end, or until ctx ends:
// it returns ErrAlreadyDone when that one is committed, and does the effect itself when it is not,
// such as that of a process that was killed. A connection of the pool is held meanwhile.
//
// An error of the commit leaves open whether the effect is in place; the next attempt finds out.
func (s *Store) Do(ctx context.Context, key string, effect func(ctx context.Context, tx *sql.Tx) error) error {
	_, err := Result(ctx, s, key, func(ctx context.Context, tx *sql.Tx) (*struct{}, error) {
		return nil, effect(ctx, tx)
	})
	return err
}

// Result is [Store.Do] with a result that is kept with the key, as JSON: an effect that was done before
// gives that result and [ErrAlreadyDone].
func Result[R any](ctx context.Context, s *Store, key string, effect func(ctx context.Context, tx *sql.Tx) (R, error)) (result R, err error) {
	if key == "" || len(key) > longestKey {
		return result, fmt.Errorf("idempotent: a key must have 1 to %d bytes, got %d", longestKey, len(key))
	}
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{Isolation: s.isolation})
	if err != nil {
		return result, fmt.Errorf("begin the effect of %q: %w", key, err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	inserted, err := tx.ExecContext(ctx, `INSERT INTO `+s.table+` (key) VALUES ($1) ON CONFLICT (key) DO NOTHING`, key)
	if err != nil {
		return result, fmt.Errorf("note the effect of %q: %w", key, err)
	}
	if rows, err := inserted.RowsAffected(); err != nil {
		return result, fmt.Errorf("note the effect of %q: %w", key, err)
	} else if rows == 0 {
		return read[R](ctx, s, tx, key)
	}
	if result, err = effect(ctx, tx); err != nil {
		return result, err
	}
	if err := s.keep(ctx, tx, key, result); err != nil {
		return result, err
	}
	if err := tx.Commit(); err != nil {
		return result, fmt.Errorf("commit the effect of %q: %w", key, err)
	}
	return result, nil
}

// keep writes the result beside its key; null needs no second statement.
func (s *Store) keep(ctx context.Context, tx *sql.Tx, key string, result any) error {
	text, err := json.Marshal(result)
	if err != nil {
		return fmt.Errorf("encode the result of %q: %w", key, err)
	}
	if string(text) == "null" {
		return nil
	}
	if _, err := tx.ExecContext(ctx, `UPDATE `+s.table+` SET result = $1 WHERE key = $2`, string(text), key); err != nil {
		return fmt.Errorf("keep the result of %q: %w", key, err)
	}
	return nil
}

// read is the result that an earlier delivery left.
func read[R any](ctx context.Context, s *Store, tx *sql.Tx, key string) (result R, err error) {
	var text sql.NullString
	row := tx.QueryRowContext(ctx, `SELECT result FROM `+s.table+` WHERE key = $1`, key)
	if err := row.Scan(&text); err != nil {
		return result, fmt.Errorf("read the result of %q: %w", key, err)
	}
	if text.Valid {
		if err := json.Unmarshal([]byte(text.String), &result); err != nil {
			return result, fmt.Errorf("read the result of %q: %w", key, err)
		}
	}
	return result, ErrAlreadyDone
}

// Forget removes the keys of effects that were done longer ago than age, and says how many. It works in
// small parts, so that nobody waits for it; what it has done when ctx ends stays done. See the package
// on how old a key has to be.
func (s *Store) Forget(ctx context.Context, age time.Duration) (removed int, err error) {
	if age <= 0 {
		return 0, errors.New("idempotent: Forget needs an age of more than 0: younger keys keep deliveries apart")
	}
	limit := time.Now().Add(-age)
	for {
		deleted, err := s.db.ExecContext(ctx, fmt.Sprintf(`DELETE FROM %[1]s WHERE key IN
			(SELECT key FROM %[1]s WHERE done_at < $1 LIMIT %[2]d)`, s.table, forgetBatch), limit)
		if err != nil {
			return removed, fmt.Errorf("forget keys of %s: %w", s.table, err)
		}
		n, err := deleted.RowsAffected()
		removed += int(n)
		if err != nil || n < forgetBatch {
			return removed, err
		}
	}
}
