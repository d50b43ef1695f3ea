package main

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"sync"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver `pgx`

	"capstan/idempotent"
	"capstan/tracing"
)

// tables are what the catalog is made of: a row for each photo, and what is in each folder. Totals
// cannot be written twice without harm.
var tables = map[string]string{
	"photos": `CREATE TABLE IF NOT EXISTS photos (
		path text PRIMARY KEY, sha256 text NOT NULL, bytes bigint NOT NULL, format text NOT NULL,
		width bigint NOT NULL, height bigint NOT NULL, average_color text NOT NULL,
		developed_at timestamptz NOT NULL DEFAULT now())`,
	"folders": `CREATE TABLE IF NOT EXISTS folders (
		folder text PRIMARY KEY, developed bigint NOT NULL, bytes bigint NOT NULL)`,
}

// catalog is the database of what is in the photos. A nil catalog takes nothing down.
type catalog struct {
	db    *sql.DB
	store *idempotent.Store

	mu   sync.Mutex
	made bool // its tables are there
}

// openCatalog opens the catalog that the pod is connected to, see `PostgresServer.connection()`; nil
// where there is none. It does not wait for the server. connections is the most that it opens.
func openCatalog(connections int) (*catalog, error) {
	host := os.Getenv("CATALOG_HOST")
	if host == "" {
		return nil, nil
	}
	address := url.URL{
		Scheme: "postgres",
		User:   url.UserPassword(os.Getenv("CATALOG_USER"), os.Getenv("CATALOG_PASSWORD")),
		Host:   net.JoinHostPort(host, cmp.Or(os.Getenv("CATALOG_PORT"), "5432")),
		Path:   cmp.Or(os.Getenv("CATALOG_DATABASE"), "catalog"),
		// TLS where the server has it, as CockroachDB does.
		RawQuery: "sslmode=prefer&connect_timeout=5",
	}
	db, err := sql.Open("pgx", address.String())
	if err != nil {
		return nil, fmt.Errorf("open catalog: %w", err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	store, err := idempotent.SQL(db, idempotent.Config{})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open catalog: %w", err), db.Close())
	}
	return &catalog{db: db, store: store}, nil
}

// record takes down what was developed, once for each content of a path;
// [idempotent.ErrAlreadyDone] when it was before. A content that comes back to its path after another
// one is not taken down again.
func (c *catalog) record(ctx context.Context, m metadata, folder string) (err error) {
	if c == nil {
		return nil
	}
	ctx, end := tracing.Section(ctx, "catalog")
	defer func() { end(errors.Join(err)) }()
	if err := c.make(ctx); err != nil {
		return fmt.Errorf("catalog: %w", err)
	}
	return c.store.Do(ctx, "develop/"+m.SHA256+"/"+digest(m.Input), func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO photos (path, sha256, bytes, format, width, height, average_color)
			VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (path) DO UPDATE SET sha256 = excluded.sha256, bytes = excluded.bytes, format = excluded.format,
				width = excluded.width, height = excluded.height, average_color = excluded.average_color, developed_at = now()`,
			m.Input, m.SHA256, m.Bytes, m.Format, m.Width, m.Height, m.AverageColor)
		if err != nil {
			return fmt.Errorf("catalog: %w", err)
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO folders AS f (folder, developed, bytes) VALUES ($1, 1, $2)
			ON CONFLICT (folder) DO UPDATE SET developed = f.developed + 1, bytes = f.bytes + excluded.bytes`, folder, m.Bytes)
		if err != nil {
			return fmt.Errorf("catalog: %w", err)
		}
		return nil
	})
}

// make makes the tables, at the first use that finds the server.
func (c *catalog) make(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.made {
		return nil
	}
	if err := c.store.Create(ctx); err != nil {
		return err
	}
	for name, statement := range tables {
		if _, err := c.db.ExecContext(ctx, statement); err != nil {
			// Another pod may have made it in the same moment.
			if _, missing := c.db.ExecContext(ctx, `SELECT 1 FROM `+name+` LIMIT 0`); missing != nil {
				return fmt.Errorf("create table %s: %w", name, err)
			}
		}
	}
	c.made = true
	return nil
}

func (c *catalog) close() {
	if c != nil {
		_ = c.db.Close()
	}
}
