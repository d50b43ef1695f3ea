package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/redis/go-redis/v9"

	"capstan/testserver"
	"capstan/worker"
)

// connect sets the variables of a pod that is connected to a real PostgreSQL.
func connect(t *testing.T) *sql.DB {
	t.Helper()
	text := testserver.Postgres(t)
	address, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("CATALOG_HOST", address.Hostname())
	t.Setenv("CATALOG_PORT", address.Port())
	t.Setenv("CATALOG_DATABASE", "postgres")
	t.Setenv("CATALOG_USER", "test")
	t.Setenv("CATALOG_PASSWORD", "unused")
	db, err := sql.Open("pgx", text)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// connected is a developer with what the variables name.
func connected(t *testing.T) *developer {
	t.Helper()
	records, err := openCatalog(2)
	if err != nil {
		t.Fatal(err)
	}
	d := &developer{catalog: records, cache: openCache(2, task("", "", "").Log)}
	t.Cleanup(d.catalog.close)
	t.Cleanup(d.cache.close)
	return d
}

func totals(t *testing.T, db *sql.DB) (rows, developed, size int) {
	t.Helper()
	err := db.QueryRow(`SELECT (SELECT count(*) FROM photos), coalesce(sum(developed), 0), coalesce(sum(bytes), 0) FROM folders`).Scan(&rows, &developed, &size)
	if err != nil {
		t.Fatal(err)
	}
	return rows, developed, size
}

func TestAPhotoIsTakenDownOnceHoweverOftenItIsDelivered(t *testing.T) {
	db := connect(t)
	input, output := t.TempDir(), t.TempDir()
	photo := pngOf(t, quadrants(64, 48))
	place(t, input, "trip/a.png", photo)
	ctx := t.Context()

	// Developed by a pod that came to no catalog, such as one that was killed: the files are there.
	if err := handle(ctx, task(input, output, "trip/a.png")); err != nil {
		t.Fatal(err)
	}
	d := connected(t)
	for delivery, want := range []error{nil, worker.ErrAlreadyDone, worker.ErrAlreadyDone} {
		if err := d.handle(ctx, task(input, output, "trip/a.png")); !errors.Is(err, want) {
			t.Errorf("delivery %d: %v, want %v", delivery, err, want)
		}
	}
	// Its outputs are lost: they are made again, and nothing is counted twice.
	if err := os.RemoveAll(filepath.Join(output, "trip")); err != nil {
		t.Fatal(err)
	}
	if err := d.handle(ctx, task(input, output, "trip/a.png")); err != nil {
		t.Errorf("outputs that are gone: %v", err)
	}
	checkOutputs(t, output, "trip/a.png")
	if rows, developed, size := totals(t, db); rows != 1 || developed != 1 || size != len(photo) {
		t.Errorf("%d rows, %d developed, %d bytes of %d", rows, developed, size, len(photo))
	}
	// Another content in its place is another effect.
	place(t, input, "trip/a.png", pngOf(t, quadrants(32, 32)))
	if err := d.handle(ctx, task(input, output, "trip/a.png")); err != nil {
		t.Error(err)
	}
	var width int
	if err := db.QueryRow(`SELECT width FROM photos WHERE path = 'trip/a.png'`).Scan(&width); err != nil || width != 32 {
		t.Errorf("the row has a width of %d, %v", width, err)
	}
	if rows, developed, _ := totals(t, db); rows != 1 || developed != 2 {
		t.Errorf("%d rows, %d developed", rows, developed)
	}
}

func TestFailsAndIsTriedAgainWhileTheCatalogIsAway(t *testing.T) {
	t.Setenv("CATALOG_HOST", "127.0.0.1")
	t.Setenv("CATALOG_PORT", "9")
	input, output := t.TempDir(), t.TempDir()
	place(t, input, "a.png", pngOf(t, quadrants(8, 8)))
	if err := connected(t).handle(t.Context(), task(input, output, "a.png")); err == nil || isPermanent(err) || errors.Is(err, worker.ErrAlreadyDone) {
		t.Errorf("error %v, want one that is tried again", err)
	}
}

func TestAContentIsDevelopedOnceWhateverItsName(t *testing.T) {
	address := testserver.Redis(t)
	t.Setenv("CACHE_ADDRESS", address)
	client := redis.NewClient(&redis.Options{Addr: address})
	defer client.Close()
	input, output := t.TempDir(), t.TempDir()
	photo := pngOf(t, quadrants(64, 48))
	place(t, input, "a.png", photo)
	place(t, input, "copy/b.png", photo)
	d := connected(t)
	if err := d.handle(t.Context(), task(input, output, "a.png")); err != nil {
		t.Fatal(err)
	}
	// The cache answers for the copy: what it says of the content is what the outputs hold.
	keys, err := client.Keys(t.Context(), cachePrefix+"*").Result()
	if err != nil || len(keys) != 1 {
		t.Fatalf("keys %v, %v", keys, err)
	}
	value, err := client.Get(t.Context(), keys[0]).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	marked := bytes.Replace(value, []byte(`"format":"png"`), []byte(`"format":"kept"`), 1)
	if err := client.Set(t.Context(), keys[0], marked, 0).Err(); err != nil {
		t.Fatal(err)
	}
	if err := d.handle(t.Context(), task(input, output, "copy/b.png")); err != nil {
		t.Fatal(err)
	}
	checkOutputs(t, output, "copy/b.png")
	if m := readMetadata(t, output, "copy/b.png"); m.Format != "kept" || m.Input != "copy/b.png" || m.Thumbnail.File != "b.png.thumb.jpg" {
		t.Errorf("metadata %+v: it does not come from the cache", m)
	}
	// What does not fit its content is not taken.
	if err := client.Set(t.Context(), keys[0], marked[:len(marked)-1], 0).Err(); err != nil {
		t.Fatal(err)
	}
	place(t, input, "c.png", photo)
	if err := d.handle(t.Context(), task(input, output, "c.png")); err != nil {
		t.Fatal(err)
	}
	if m := readMetadata(t, output, "c.png"); m.Format != "png" {
		t.Errorf("metadata %+v: a value that was cut off was taken", m)
	}
}

func TestAPhotoIsDevelopedWithoutACacheThatIsAway(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") // it never answers
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	t.Setenv("CACHE_ADDRESS", listener.Addr().String())
	input, output := t.TempDir(), t.TempDir()
	place(t, input, "a.png", pngOf(t, quadrants(8, 8)))
	if err := connected(t).handle(context.WithoutCancel(t.Context()), task(input, output, "a.png")); err != nil {
		t.Error(err)
	}
	checkOutputs(t, output, "a.png")
}

func TestNewWorksWhereThePodIsConnectedToNothing(t *testing.T) {
	input, output := t.TempDir(), t.TempDir()
	place(t, input, "a.png", pngOf(t, quadrants(8, 8)))
	run, err := New(task(input, output, "a.png").Setup)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []error{nil, worker.ErrAlreadyDone} {
		if err := run(t.Context(), task(input, output, "a.png")); !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
}
