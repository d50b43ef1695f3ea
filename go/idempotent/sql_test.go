package idempotent_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"capstan/idempotent"
	"capstan/testserver"
	"capstan/worker"
)

// database is a PostgreSQL with a table of effects, and a store in it.
func database(t *testing.T) (*sql.DB, *idempotent.Store) {
	t.Helper()
	db := openDatabase(t, testserver.Postgres(t))
	store, err := idempotent.SQL(db, idempotent.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Create(t.Context()); err != nil {
		t.Fatal(err)
	}
	execute(t, db, `CREATE TABLE ledger (key text NOT NULL)`)
	return db, store
}

func openDatabase(t *testing.T, url string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func execute(t *testing.T, db *sql.DB, statement string, arguments ...any) {
	t.Helper()
	if _, err := db.ExecContext(context.WithoutCancel(t.Context()), statement, arguments...); err != nil {
		t.Fatal(err)
	}
}

// effects is how often the effect of key is in the table.
func effects(t *testing.T, db *sql.DB, key string) (n int) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM ledger WHERE key = $1`, key).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func insert(key string) func(context.Context, *sql.Tx) error {
	return func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO ledger VALUES ($1)`, key)
		return err
	}
}

func TestInPostgreSQL(t *testing.T) {
	db, store := database(t)
	t.Run("a second delivery finds the effect", func(t *testing.T) {
		if err := store.Do(t.Context(), "twice", insert("twice")); err != nil {
			t.Fatal(err)
		}
		err := store.Do(t.Context(), "twice", func(context.Context, *sql.Tx) error { panic("runs again") })
		if !errors.Is(err, worker.ErrAlreadyDone) || effects(t, db, "twice") != 1 {
			t.Errorf("%v, %d effects", err, effects(t, db, "twice"))
		}
	})
	t.Run("a result is kept", func(t *testing.T) {
		type outcome struct{ Rows int }
		for attempt, want := range []error{nil, idempotent.ErrAlreadyDone} {
			got, err := idempotent.Result(t.Context(), store, "result", func(context.Context, *sql.Tx) (outcome, error) {
				return outcome{Rows: attempt + 7}, nil
			})
			if !errors.Is(err, want) || got.Rows != 7 {
				t.Errorf("attempt %d gives %+v, %v", attempt, got, err)
			}
		}
	})
	t.Run("an error and a panic undo everything", func(t *testing.T) {
		broken := errors.New("broken")
		fail := func(ctx context.Context, tx *sql.Tx) error { return errors.Join(insert("undone")(ctx, tx), broken) }
		if err := store.Do(t.Context(), "undone", fail); !errors.Is(err, broken) {
			t.Errorf("error %v", err)
		}
		func() {
			defer func() { _ = recover() }()
			_ = store.Do(t.Context(), "undone", func(ctx context.Context, tx *sql.Tx) error {
				_ = insert("undone")(ctx, tx)
				panic("broken")
			})
		}()
		if effects(t, db, "undone") != 0 {
			t.Error("effects of attempts that failed are there")
		}
		if err := store.Do(t.Context(), "undone", insert("undone")); err != nil || effects(t, db, "undone") != 1 {
			t.Errorf("%v, %d effects", err, effects(t, db, "undone"))
		}
	})
	t.Run("duplicates at the same time wait for each other", func(t *testing.T) {
		var all sync.WaitGroup
		done, already := make(chan struct{}, 20), make(chan struct{}, 20)
		for range 20 {
			all.Go(func() {
				switch err := store.Do(t.Context(), "crowd", insert("crowd")); {
				case err == nil:
					done <- struct{}{}
				case errors.Is(err, idempotent.ErrAlreadyDone):
					already <- struct{}{}
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if len(done) != 1 || len(already) != 19 || effects(t, db, "crowd") != 1 {
			t.Errorf("%d did it, %d found it, %d effects", len(done), len(already), effects(t, db, "crowd"))
		}
	})
	t.Run("a duplicate takes over from one that fails", func(t *testing.T) {
		began, second := make(chan struct{}), make(chan error, 1)
		first := store.Do(t.Context(), "over", func(ctx context.Context, tx *sql.Tx) error {
			close(began)
			go func() { second <- store.Do(t.Context(), "over", insert("over")) }()
			waitsForALock(t, db)
			return errors.New("gives up")
		})
		<-began
		if err := <-second; first == nil || err != nil || effects(t, db, "over") != 1 {
			t.Errorf("first %v, second %v, %d effects", first, err, effects(t, db, "over"))
		}
	})
	t.Run("a duplicate does not wait beyond its context", func(t *testing.T) {
		_ = store.Do(t.Context(), "patience", func(context.Context, *sql.Tx) error {
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- store.Do(ctx, "patience", insert("patience")) }()
			waitsForALock(t, db)
			cancel()
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Errorf("error %v", err)
			}
			return nil
		})
	})
	t.Run("old keys are forgotten", func(t *testing.T) {
		execute(t, db, `INSERT INTO capstan_done SELECT 'old-' || n, now() - interval '8 days' FROM generate_series(1, 2500) n`)
		removed, err := store.Forget(t.Context(), 7*24*time.Hour)
		if err != nil || removed != 2500 {
			t.Errorf("%d removed, %v", removed, err)
		}
		if err := store.Do(t.Context(), "twice", insert("twice")); !errors.Is(err, idempotent.ErrAlreadyDone) {
			t.Errorf("a young key was removed as well: %v", err)
		}
	})
	t.Run("any number of processes make the table", func(t *testing.T) {
		other, err := idempotent.SQL(db, idempotent.Config{Table: "photos_done"})
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() {
				if err := other.Create(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	})
}

// waitsForALock returns once a statement waits for another transaction.
func waitsForALock(t *testing.T, db *sql.DB) {
	testserver.Until(t, 10*time.Second, func() error {
		var n int
		err := db.QueryRow(`SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'`).Scan(&n)
		if err == nil && n == 0 {
			err = errors.New("nobody waits")
		}
		return err
	}, func() string { return "" })
}

func TestFailsWithMistakes(t *testing.T) {
	if _, err := idempotent.SQL(nil, idempotent.Config{Table: "a; DROP TABLE b"}); err == nil {
		t.Error("a table of that name was taken")
	}
	store, err := idempotent.SQL(nil, idempotent.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"", strings.Repeat("x", 513)} {
		if err := store.Do(t.Context(), key, nil); err == nil || !strings.Contains(err.Error(), "1 to 512 bytes") {
			t.Errorf("a key of %d bytes: %v", len(key), err)
		}
	}
	if _, err := store.Forget(t.Context(), 0); err == nil {
		t.Error("all keys were to be forgotten")
	}
}
