package effectlog

import (
	"os"
	"path/filepath"
	"testing"
)

func TestLogKeepsWhatHappenedInOrder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	log, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	endA, errA := log.Begin("a", 1)
	endB, errB := log.Begin("b", 2)
	for _, err := range []error{errA, errB, log.Effect("a", 1), endA(), endB()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteString(`{"event":"eff`); err != nil { // as a kill leaves it
		t.Fatal(err)
	}
	records, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	want := []Record{
		{Begin, "a", 1, os.Getpid(), 1, 0}, {Begin, "b", 2, os.Getpid(), 2, 0}, {Effect, "a", 1, os.Getpid(), 2, 0},
		{End, "a", 1, os.Getpid(), 2, 0}, {End, "b", 2, os.Getpid(), 1, 0},
	}
	if len(records) != len(want) {
		t.Fatalf("%d records", len(records))
	}
	for i, r := range records {
		r.At = 0
		if r != want[i] {
			t.Errorf("record %d is %+v, want %+v", i, r, want[i])
		}
	}
}

func TestALogThatNobodyWroteIsEmpty(t *testing.T) {
	if records, err := Read(filepath.Join(t.TempDir(), "none")); records != nil || err != nil {
		t.Fatalf("%v, %v", records, err)
	}
}
