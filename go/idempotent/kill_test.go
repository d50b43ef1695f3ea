package idempotent_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	natsjs "github.com/nats-io/nats.go/jetstream"
	"github.com/redis/go-redis/v9"

	"capstan/contract"
	"capstan/idempotent"
	"capstan/idempotent/redisonce"
	"capstan/queue"
	"capstan/queue/driver"
	"capstan/queue/jetstream"
	"capstan/queue/jetstream/natstest"
	"capstan/testserver"
	"capstan/worker"
)

const (
	// modeVariable makes this binary a worker: how it does effects once, or fails to.
	modeVariable = "CAPSTAN_TEST_ONCE"
	natsVariable = "CAPSTAN_TEST_NATS"
	// placeVariable is where effects go: the URL of the database, or the address of Redis.
	placeVariable = "CAPSTAN_TEST_PLACE"
	// killsVariable is the number of kills of each of two workers, for longer runs by hand.
	killsVariable = "CAPSTAN_TEST_KILLS"

	killedTasks = 1200
	// The time that an effect takes, and the way between it and a marker that is apart from it.
	effectSeconds = 0.01
)

// modes are ways to do the effect of a task; each writes its key to the ledger once per effect. The
// mutants keep effect and marker apart.
var modes = map[string]func(place string) (worker.Handler[string], error){
	"sql":                onceInSQL,
	"sql-marker-after":   func(place string) (worker.Handler[string], error) { return mutantInSQL(place, false) },
	"sql-marker-before":  func(place string) (worker.Handler[string], error) { return mutantInSQL(place, true) },
	"redis":              onceInRedis,
	"redis-marker-after": mutantInRedis,
}

func onceInSQL(place string) (worker.Handler[string], error) {
	db, err := sql.Open("pgx", place)
	if err != nil {
		return nil, err
	}
	store, err := idempotent.SQL(db, idempotent.Config{})
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, t worker.Task[string]) error {
		return store.Do(ctx, t.ID, func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO ledger SELECT $1 FROM pg_sleep($2)`, t.ID, effectSeconds)
			return err
		})
	}, nil
}

// mutantInSQL writes effect and marker one after the other.
func mutantInSQL(place string, markerFirst bool) (worker.Handler[string], error) {
	db, err := sql.Open("pgx", place)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, t worker.Task[string]) error {
		var known bool
		if err := db.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM capstan_done WHERE key = $1)`, t.ID).Scan(&known); err != nil {
			return err
		}
		if known {
			return worker.ErrAlreadyDone
		}
		steps := []string{`INSERT INTO ledger VALUES ($1)`, `INSERT INTO capstan_done (key) VALUES ($1) ON CONFLICT DO NOTHING`}
		if markerFirst {
			slices.Reverse(steps)
		}
		for _, step := range steps {
			if _, err := db.ExecContext(ctx, step, t.ID); err != nil {
				return err
			}
			pause(ctx)
		}
		return nil
	}, nil
}

func onceInRedis(place string) (worker.Handler[string], error) {
	store, err := redisonce.New(redis.NewClient(&redis.Options{Addr: place}), redisonce.Config{})
	if err != nil {
		return nil, err
	}
	effect := redisonce.NewEffect(`return redis.call('HINCRBY', KEYS[1], ARGV[1], 1)`)
	return func(ctx context.Context, t worker.Task[string]) error {
		_, err := store.Do(ctx, t.ID, effect, []string{"ledger"}, t.ID)
		pause(ctx) // the task has more to do, so that it can be killed after its effect
		return err
	}, nil
}

func mutantInRedis(place string) (worker.Handler[string], error) {
	client := redis.NewClient(&redis.Options{Addr: place})
	return func(ctx context.Context, t worker.Task[string]) error {
		if known, err := client.Exists(ctx, "done:"+t.ID).Result(); err != nil || known == 1 {
			return err
		}
		if err := client.HIncrBy(ctx, "ledger", t.ID, 1).Err(); err != nil {
			return err
		}
		pause(ctx)
		return client.Set(ctx, "done:"+t.ID, 1, 0).Err()
	}, nil
}

func pause(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, contract.Seconds(effectSeconds))
	defer cancel()
	<-ctx.Done()
}

// runKilledWorker is the process that is killed.
func runKilledWorker() {
	c, err := contract.Parse(fmt.Appendf(nil, `{
		"contract": 1, "name": "once",
		"pool": {"slots": 8}, "fetch": {"factor": 2, "maxPrefetch": 8},
		"source": {"jetstream": {"servers": [%q], "stream": "tasks", "consumer": "once", "maxAckPending": 200, "exitWhenIdle": true}},
		"task": {
			"maxSeconds": 20, "ackWaitSeconds": 1, "maxAttempts": 100000,
			"backoff": {"initialSeconds": 0.01, "maxSeconds": 0.1, "factor": 2, "jitter": 0.5}
		},
		"shutdown": {"lameDuckSeconds": 0, "drainSeconds": 10, "flushSeconds": 2},
		"http": {"metricsPort": 0, "host": "127.0.0.1"}
	}`, os.Getenv(natsVariable)))
	if err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
	build := func(worker.Setup) (worker.Handler[string], error) {
		return modes[os.Getenv(modeVariable)](os.Getenv(placeVariable))
	}
	report, err := worker.Run(context.Background(), c, build, worker.Options{
		Log: slog.New(slog.NewTextHandler(os.Stdout, nil)), Drivers: []driver.Driver{jetstream.Driver},
	})
	if err != nil {
		fmt.Println(err)
	}
	os.Exit(report.ExitCode)
}

// killing publishes tasks and runs two workers over them, which are killed again and again at random
// times, until all tasks are done. It returns how many workers were killed.
func killing(t *testing.T, mode, place string, seed uint64) int {
	t.Helper()
	nats := natstest.Start(t)
	nats.Stream(natsjs.StreamConfig{Name: "tasks"})
	publisher, err := jetstream.OpenPublisher(t.Context(), nats.Connect(), "tasks", "tasks")
	if err != nil {
		t.Fatal(err)
	}
	for i := range killedTasks {
		id := strconv.Itoa(i)
		if err := publisher.Publish(t.Context(), queue.Task{ID: id, Payload: []byte(strconv.Quote(id))}); err != nil {
			t.Fatal(err)
		}
	}
	kills := 12
	if n, err := strconv.Atoi(os.Getenv(killsVariable)); err == nil {
		kills = n
	}
	var killed atomic.Int64
	var all sync.WaitGroup
	for i := range 2 {
		random := rand.New(rand.NewPCG(seed, uint64(i)))
		all.Go(func() {
			for range kills {
				if ended := runUntil(t, mode, nats.Address, place, time.Duration(20+random.IntN(200))*time.Millisecond); ended {
					return
				}
				killed.Add(1)
			}
			runUntil(t, mode, nats.Address, place, 0)
		})
	}
	all.Wait()
	return int(killed.Load())
}

// runUntil runs a worker and kills it that long after it became ready; 0: not at all. ended says that it
// came to its end by itself.
func runUntil(t *testing.T, mode, nats, place string, life time.Duration) (ended bool) {
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), modeVariable+"="+mode, natsVariable+"="+nats, placeVariable+"="+place)
	stdout, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		t.Error(err)
		return true
	}
	lines := bufio.NewScanner(stdout)
	var log strings.Builder
	for lines.Scan() {
		fmt.Fprintln(&log, lines.Text())
		if strings.Contains(lines.Text(), "msg=ready") {
			break
		}
	}
	if life > 0 {
		timer := time.AfterFunc(life, func() { _ = command.Process.Kill() })
		defer timer.Stop()
	}
	_, _ = io.Copy(&log, stdout)
	err = command.Wait()
	if code := command.ProcessState.ExitCode(); code > 0 {
		t.Errorf("worker: %v\n%s", err, log.String())
	}
	return err == nil
}

// verdict counts, from how often each key is in the ledger, those that are there more than once, and
// those that are missing.
func verdict(counts map[string]int) (twice, missing int) {
	for _, n := range counts {
		if n > 1 {
			twice++
		}
	}
	return twice, killedTasks - len(slices.Collect(maps.Keys(counts)))
}

func TestEffectsHappenOnceAlthoughWorkersAreKilled(t *testing.T) {
	for _, c := range []struct {
		mode           string
		twice, missing bool // what the mutants do
	}{
		{mode: "sql"}, {mode: "redis"},
		{mode: "sql-marker-after", twice: true}, {mode: "sql-marker-before", missing: true}, {mode: "redis-marker-after", twice: true},
	} {
		t.Run(c.mode, func(t *testing.T) {
			const seed = 7
			var place string
			var ledger func() map[string]int
			if strings.HasPrefix(c.mode, "sql") {
				place, ledger = sqlLedger(t)
			} else {
				place, ledger = redisLedger(t)
			}
			kills := killing(t, c.mode, place, seed)
			twice, missing := verdict(ledger())
			t.Logf("%d tasks, %d workers killed (seed %d): %d effects twice, %d missing", killedTasks, kills, seed, twice, missing)
			if kills < 10 {
				t.Error("too few were killed: the tasks were done before")
			}
			if (twice > 0) != c.twice || (missing > 0) != c.missing {
				t.Errorf("%d effects happened twice or more, %d not at all; twice is expected: %v, missing: %v", twice, missing, c.twice, c.missing)
			}
		})
	}
}

func sqlLedger(t *testing.T) (string, func() map[string]int) {
	url := testserver.Postgres(t)
	db := openDatabase(t, url)
	store, err := idempotent.SQL(db, idempotent.Config{})
	if err == nil {
		err = store.Create(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	execute(t, db, `CREATE TABLE ledger (key text NOT NULL)`)
	return url, func() map[string]int {
		rows, err := db.Query(`SELECT key, count(*) FROM ledger GROUP BY key`)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		counts := make(map[string]int)
		for rows.Next() {
			var key string
			var n int
			if err := rows.Scan(&key, &n); err != nil {
				t.Fatal(err)
			}
			counts[key] = n
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		return counts
	}
}

func redisLedger(t *testing.T) (string, func() map[string]int) {
	address := testserver.Redis(t)
	return address, func() map[string]int {
		client := redis.NewClient(&redis.Options{Addr: address})
		defer client.Close()
		all, err := client.HGetAll(t.Context(), "ledger").Result()
		if err != nil {
			t.Fatal(err)
		}
		counts := make(map[string]int)
		for key, text := range all {
			counts[key], _ = strconv.Atoi(text)
		}
		return counts
	}
}
