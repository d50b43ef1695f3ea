package faults

import (
	"database/sql"
	"strconv"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"capstan/test/faults/agreement"
	"capstan/test/faults/effectlog"
	"capstan/testserver"
)

// TestEffectsHappenOnceWithTheHelper kills workers at each point, delivers everything twice, and
// counts the rows that effects are.
func TestEffectsHappenOnceWithTheHelper(t *testing.T) {
	long(t)
	onBrokers(t, "exactly once with the helper, PostgreSQL: SIGKILL at each point, each delivery twice", func(p *play) {
		address := testserver.Postgres(p.T)
		db, err := sql.Open("pgx", address)
		p.must(err)
		defer db.Close()
		_, err = db.ExecContext(p.Context(), `CREATE TABLE effects (id text NOT NULL)`)
		p.must(err)
		p.elsewhere = func() []effectlog.Record { return effectsIn(p, db) }
		p.config.Task.AckWaitSeconds = 2
		p.produce(load{every: 10 * time.Millisecond, task: plain(20)})
		given := []string{variable(agreement.Database, address), variable(agreement.Shim, agreement.Twice)}
		p.start(given...)
		for i, at := range []string{agreement.AfterFetch, agreement.MidTask, agreement.AfterEffect, agreement.BeforeAck, agreement.AfterAck} {
			w := p.start(append(given[:2:2], variable(agreement.DieAt, at), variable(agreement.DieAfter, strconv.Itoa(3*i+1)))...)
			p.wantExit(w, killed)
		}
		p.enough()
		p.finish()
	})
}

// effectsIn are the rows of the table.
func effectsIn(p *play, db *sql.DB) (effects []effectlog.Record) {
	p.Helper()
	rows, err := db.QueryContext(p.Context(), `SELECT id FROM effects`)
	p.must(err)
	defer rows.Close()
	for rows.Next() {
		r := effectlog.Record{Event: effectlog.Effect}
		p.must(rows.Scan(&r.ID))
		effects = append(effects, r)
	}
	p.must(rows.Err())
	return effects
}
