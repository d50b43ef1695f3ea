package worker

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"capstan/contract"
	"capstan/queue"
	"capstan/queue/driver"
	driven "capstan/queue/jetstream"
	"capstan/queue/jetstream/natstest"
)

// dlqOf runs `dlq args` with a configuration, and expects the exit code.
func dlqOf(t *testing.T, config *contract.WorkerContract, code int, args ...string) (out, errs string) {
	t.Helper()
	var written, complained strings.Builder
	load := func() (*contract.WorkerContract, error) { return config, nil }
	if got := runDLQ(t.Context(), args, load, driver.Drivers{driven.Driver}, &written, &complained); got != code {
		t.Fatalf("dlq %q ended with %d, want %d: %s%s", args, got, code, written.String(), complained.String())
	}
	return written.String(), complained.String()
}

// lettersOf lists the reasons of all letters by task, and the letters' names.
func lettersOf(t *testing.T, config *contract.WorkerContract) (reasons, names map[string]string) {
	t.Helper()
	out, _ := dlqOf(t, config, 0, "list", "--json")
	var letters []struct{ Letter, ID, Reason string }
	if err := json.Unmarshal([]byte(out), &letters); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	reasons, names = map[string]string{}, map[string]string{}
	for _, it := range letters {
		reasons[it.ID], names[it.ID] = it.Reason, it.Letter
	}
	return reasons, names
}

func TestDLQReplaysAndDropsLettersOfAStream(t *testing.T) {
	server := natstest.Start(t)
	b := onNATS(server)
	source := b.fill(t, "tasks", 0)
	js := server.JetStream()
	for _, id := range []string{"a", "b", "c"} {
		if _, err := js.Publish(t.Context(), "tasks", []byte("7"), jetstream.WithMsgID(id)); err != nil {
			t.Fatal(err)
		}
	}
	broken := true
	var seen []string
	run := func() {
		r := oneByOne(t, b, source, func(_ context.Context, task Task[int]) error {
			seen = append(seen, task.ID)
			if broken {
				return Permanent(errors.New("corrupt " + task.ID + "\nstack of it"))
			}
			return nil
		})
		r.run()
	}
	config := oneByOne(t, b, source, nil).config
	run()
	want := map[string]string{"a": "corrupt a", "b": "corrupt b", "c": "corrupt c"}
	reasons, names := lettersOf(t, config)
	if !maps.Equal(reasons, want) {
		t.Fatalf("letters %v, want %v", reasons, want)
	}
	text, _ := dlqOf(t, config, 0, "show", names["b"])
	for _, want := range []string{"b\n", "corrupt b\n", "stack of it", "\n7\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	dlqOf(t, config, 0, "drop", names["a"])
	_, errs := dlqOf(t, config, 1, "replay", names["a"], names["b"])
	if !strings.Contains(errs, "no such dead letter") {
		t.Errorf("errors %q", errs)
	}
	broken, seen = false, nil
	run()
	if len(seen) != 1 || seen[0] != "b" {
		t.Errorf("ran %q, want b under its old name", seen)
	}
	dlqOf(t, config, 0, "replay", "--all")
	run()
	if reasons, _ = lettersOf(t, config); len(seen) != 2 || seen[1] != "c" || len(reasons) > 0 {
		t.Errorf("ran %q, letters left %v", seen, reasons)
	}
	if page, _ := dlqOf(t, config, 0, "list"); !strings.HasPrefix(page, "LETTER  TASK") {
		t.Errorf("the list is %q", page)
	}
}

// oneByOne is a worker of one slot.
func oneByOne(t *testing.T, b realBroker, source contract.Source, h Handler[int]) *rig {
	r := b.rig(t, source, h)
	r.config.Pool.Slots = 1
	return r
}

func TestDLQReplaysAFileWhileItsWorkerRuns(t *testing.T) {
	input, state := t.TempDir(), t.TempDir()
	for _, name := range []string{"a", "b"} {
		if err := os.WriteFile(filepath.Join(input, name), []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	poll := 0.01
	config := testConfig(t, 0)
	config.Source = contract.Source{Folder: &contract.FolderSource{Input: input, State: state, PollSeconds: &poll}}
	ran := make(chan string, 10)
	r := newRig(t, config, nil)
	done := make(chan struct{})
	signals := make(chan os.Signal, 1)
	go func() {
		defer close(done)
		_, _ = Run(t.Context(), config, Stateless(func(_ context.Context, task Task[struct{ Path string }]) error {
			ran <- task.ID
			return Permanent(errors.New("corrupt"))
		}), Options{Signals: signals, Log: slog.New(slog.DiscardHandler), Listen: r.listen})
	}()
	<-ran
	<-ran
	var names map[string]string
	for deadline := time.Now().Add(10 * time.Second); len(names) < 2 && time.Now().Before(deadline); {
		_, names = lettersOf(t, config)
	}
	dlqOf(t, config, 0, "drop", names["b"])
	dlqOf(t, config, 0, "replay", names["a"])
	if again := <-ran; again != "a" {
		t.Errorf("%s ran again, want a", again)
	}
	signals <- os.Interrupt
	<-done
	if reasons, _ := lettersOf(t, config); len(reasons) != 1 || reasons["a"] == "" {
		t.Errorf("letters %v, want that of a, which died again", reasons)
	}
}

// racedLetters are dead letters that forget the place of one that is gone, as those of a folder do, and
// of which somebody else drops some after each page that is listed.
type racedLetters struct {
	queue.DeadLetters
	names     []string
	meanwhile func(page []queue.DeadLetter) (dropped []queue.DeadLetter)
	dropped   int
}

func newRacedLetters(letters int, meanwhile func([]queue.DeadLetter) []queue.DeadLetter) *racedLetters {
	l := &racedLetters{meanwhile: meanwhile}
	for i := range letters {
		l.names = append(l.names, strconv.Itoa(i))
	}
	return l
}

func (l *racedLetters) List(ctx context.Context, after string, limit int) (page []queue.DeadLetter, err error) {
	from := 0
	if after != "" {
		if from = 1 + slices.Index(l.names, after); from == 0 {
			return nil, queue.ErrNotFound
		}
	}
	for _, name := range l.names[from:min(from+limit, len(l.names))] {
		page = append(page, queue.DeadLetter{Letter: name})
	}
	for _, it := range l.meanwhile(page) {
		l.dropped++
		_ = l.Drop(ctx, it.Letter) // it is there
	}
	return page, nil
}

func (l *racedLetters) Drop(_ context.Context, letter string) error {
	at := slices.Index(l.names, letter)
	if at < 0 {
		return queue.ErrNotFound
	}
	l.names = slices.Delete(l.names, at, at+1)
	return nil
}

func lastOf(page []queue.DeadLetter) []queue.DeadLetter  { return page[max(0, len(page)-1):] }
func wholeOf(page []queue.DeadLetter) []queue.DeadLetter { return page }

func TestDLQActsOnAllLettersWhileSomebodyElseDoes(t *testing.T) {
	const all = 10*dlqPage + 1
	for name, meanwhile := range map[string]func([]queue.DeadLetter) []queue.DeadLetter{
		"the last of each page": lastOf, "each page": wholeOf,
	} {
		t.Run(name, func(t *testing.T) {
			letters := newRacedLetters(all, meanwhile)
			var out strings.Builder
			d := &dlq{out: &out, all: true, letters: letters}
			if err := d.each(t.Context(), "dropped", letters.Drop); err != nil {
				t.Fatal(err)
			}
			if dropped := strings.Count(out.String(), "dropped "); dropped+letters.dropped != all || len(letters.names) > 0 {
				t.Errorf("dropped %d of %d, and somebody else %d; left %q", dropped, all, letters.dropped, letters.names)
			}
			if letters.dropped < 2 {
				t.Error("nobody else dropped a letter between two pages")
			}
		})
	}
}

func TestDLQListsAsManyAsAskedWhileLettersGo(t *testing.T) {
	d := &dlq{letters: newRacedLetters(10*dlqPage, lastOf)}
	letters, err := d.pages(t.Context(), "", 2*dlqPage+1)
	if err != nil || len(letters) != 2*dlqPage+1 {
		t.Fatalf("listed %d letters, %v; want %d", len(letters), err, 2*dlqPage+1)
	}
	for i, it := range letters {
		if it.Letter != strconv.Itoa(i) {
			t.Fatalf("letter %d is %s: want the oldest, each once", i, it.Letter)
		}
	}
	if _, err := d.pages(t.Context(), lastOf(letters[:dlqPage])[0].Letter, 1); !errors.Is(err, queue.ErrNotFound) {
		t.Errorf("error %v after a letter that was named and is gone, want ErrNotFound", err)
	}
}

// strangeLetters is one dead letter with characters that a terminal obeys.
type strangeLetters struct{ queue.DeadLetters }

var strange = queue.DeadLetter{
	Letter: "1", ID: "a\t9\x1b[2J", Reason: "x\ry\u009b1m\u202e\xff, “ö”", Detail: "at\tmain.go\n\x07bell",
	Headers: map[string]string{"n\nm": "v\x00"}, Payload: []byte("{\n\t\"a\": 1\n}\xfe\x1b"),
}

func (strangeLetters) List(context.Context, string, int) ([]queue.DeadLetter, error) {
	return []queue.DeadLetter{strange}, nil
}

func (strangeLetters) Get(context.Context, string) (queue.DeadLetter, error) { return strange, nil }

func TestDLQShowsAPersonNothingThatATerminalObeys(t *testing.T) {
	var out strings.Builder
	d := &dlq{letters: strangeLetters{}, out: &out, limit: 10, names: []string{"1"}}
	if err := d.list(t.Context()); err != nil {
		t.Fatal(err)
	}
	header, row, _ := strings.Cut(out.String(), "\n")
	if want := `a\t9\x1b[2J  `; strings.Index(row, want) != strings.Index(header, "TASK") {
		t.Errorf("no %q in the column of tasks:\n%s", want, out.String())
	}
	if err := d.show(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`x\ry\u009b1m\u202e\xff, “ö”`, "at\tmain.go\n\\abell", `header n\nm`, `v\x00`, "{\n\t\"a\": 1\n}\\xfe\\x1b\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%q", want, out.String())
		}
	}
	if strings.ContainsAny(out.String(), "\x1b\r\a\x00\u009b\u202e") {
		t.Errorf("it has what a terminal obeys: %q", out.String())
	}
	out.Reset()
	d.json = true
	if err := d.list(t.Context()); err != nil {
		t.Fatal(err)
	}
	var letters []queue.DeadLetter
	if err := json.Unmarshal([]byte(out.String()), &letters); err != nil || letters[0].ID != strange.ID {
		t.Errorf("as JSON the letters are %+v, %v; want the id unchanged", letters, err)
	}
}

func TestDLQFailsWithWhatIsWrong(t *testing.T) {
	config := testConfig(t, 0)
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "wanted a command, got none"},
		{[]string{"purge"}, `wanted list, show, replay or drop, got "purge"`},
		{[]string{"list", "x"}, `wanted no letter, got "x"`},
		{[]string{"list", "--limit", "0"}, "wanted a --limit of 1 or more, got 0"},
		{[]string{"list", "--colour"}, "flag provided but not defined: -colour"},
		{[]string{"show"}, "wanted one letter, got 0"},
		{[]string{"show", "--", "-a", "-b"}, "wanted one letter, got 2"},
		{[]string{"drop"}, "wanted letters or --all, got neither"},
		{[]string{"replay", "1", "--all"}, "wanted letters or --all, got both"},
		{[]string{"list"}, "source.memory: dead letters end with the process"},
	} {
		if _, errs := dlqOf(t, config, exitBadConfiguration, c.args...); !strings.Contains(errs, c.want) {
			t.Errorf("dlq %q says %q, want %q", c.args, errs, c.want)
		}
	}
	if out, _ := dlqOf(t, config, 0, "help"); out != dlqUsage {
		t.Errorf("help is %q", out)
	}
	config.Source = contract.Source{Folder: &contract.FolderSource{Input: t.TempDir(), State: t.TempDir()}}
	if _, errs := dlqOf(t, config, exitFailed, "show", "../../x"); !strings.Contains(errs, "letter ../../x: no such dead letter") {
		t.Errorf("says %q", errs)
	}
}
