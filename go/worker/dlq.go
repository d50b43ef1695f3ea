package worker

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"slices"

	"capstan/contract"
	"capstan/queue"
	"capstan/queue/driver"
)

const dlqUsage = `The dead letters of this worker.

  dlq list [--after LETTER] [--limit N] [--json]   oldest first
  dlq show LETTER [--json]                         with payload, headers and stack
  dlq replay LETTER... | --all                     tasks come again, as new
  dlq drop LETTER... | --all                       tasks are gone for good

Exit codes: 0 done, 1 failed or not found, 2 bad arguments or configuration.
`

// dlqPage is how many letters are listed unless the user says otherwise, and asked for at once.
const dlqPage = 100

// dlq is one run of the program as `dlq …`. It has its own connection and touches no running worker.
type dlq struct {
	letters  queue.DeadLetters
	out, err io.Writer

	// Of the arguments.
	names []string
	after string
	limit int
	json  bool
	all   bool
}

// runDLQ does what args, those after `dlq`, say and returns the exit code.
func runDLQ(ctx context.Context, args []string, config func() (*contract.WorkerContract, error), drivers driver.Drivers, out, errs io.Writer) int {
	d := &dlq{out: out, err: errs}
	act, err := d.parse(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(out, dlqUsage)
		return exitClean
	}
	if err != nil {
		fmt.Fprintf(errs, "%v\n\n%s", err, dlqUsage)
		return exitBadConfiguration
	}
	c, err := config()
	if err != nil {
		fmt.Fprintln(errs, err)
		return exitBadConfiguration
	}
	limited, cancel := context.WithTimeout(ctx, brokerWait)
	defer cancel()
	log := slog.New(slog.NewTextHandler(errs, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if d.letters, err = openDeadLetters(limited, c, drivers, log); err != nil {
		fmt.Fprintln(errs, err)
		return startCode(err)
	}
	err = errors.Join(act(ctx), d.letters.Close())
	if err != nil {
		fmt.Fprintln(errs, err)
		return exitFailed
	}
	return exitClean
}

// parse reads the arguments, and returns what to do.
func (d *dlq) parse(args []string) (act func(context.Context) error, err error) {
	if len(args) == 0 {
		return nil, errors.New("dlq: wanted a command, got none")
	}
	flags := flag.NewFlagSet("dlq "+args[0], flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	var names int // how many letters are named: 0 none, 1 one, 2 any number
	switch args[0] {
	case "list":
		flags.StringVar(&d.after, "after", "", "")
		flags.IntVar(&d.limit, "limit", dlqPage, "")
		flags.BoolVar(&d.json, "json", false, "")
		act = d.list
	case "show":
		flags.BoolVar(&d.json, "json", false, "")
		act, names = d.show, 1
	case "replay":
		flags.BoolVar(&d.all, "all", false, "")
		act, names = func(ctx context.Context) error { return d.each(ctx, "replayed", d.letters.Replay) }, 2
	case "drop":
		flags.BoolVar(&d.all, "all", false, "")
		act, names = func(ctx context.Context) error { return d.each(ctx, "dropped", d.letters.Drop) }, 2
	case "help", "-h", "--help":
		return nil, flag.ErrHelp
	default:
		return nil, fmt.Errorf("dlq: wanted list, show, replay or drop, got %q", args[0])
	}
	if d.names, err = parseMixed(flags, args[1:]); err != nil {
		return nil, err
	}
	switch n := len(d.names); {
	case names == 0 && n > 0:
		return nil, fmt.Errorf("dlq list: wanted no letter, got %q. Use show", d.names[0])
	case names == 1 && n != 1:
		return nil, fmt.Errorf("dlq show: wanted one letter, got %d", n)
	case names == 2 && n > 0 && d.all:
		return nil, fmt.Errorf("dlq %s: wanted letters or --all, got both", args[0])
	case names == 2 && n == 0 && !d.all:
		return nil, fmt.Errorf("dlq %s: wanted letters or --all, got neither", args[0])
	case d.limit < 1 && names == 0:
		return nil, fmt.Errorf("dlq list: wanted a --limit of 1 or more, got %d", d.limit)
	}
	return act, nil
}

// parseMixed takes flags before, between and behind names, and all that follows -- as names.
func parseMixed(flags *flag.FlagSet, args []string) (names []string, err error) {
	var rest []string
	if i := slices.Index(args, "--"); i >= 0 {
		args, rest = args[:i], args[i+1:]
	}
	for {
		if err := flags.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, fmt.Errorf("%s: %w", flags.Name(), err)
		}
		if args = flags.Args(); len(args) == 0 {
			return append(names, rest...), nil
		}
		names, args = append(names, args[0]), args[1:]
	}
}

// openDeadLetters opens those of the contract's source.
func openDeadLetters(ctx context.Context, c *contract.WorkerContract, drivers driver.Drivers, log *slog.Logger) (queue.DeadLetters, error) {
	var name string
	switch s := c.Source; {
	case s.Folder != nil:
		return queue.OpenFolderDeadLetters(s.Folder.State)
	case s.Memory != nil:
		return nil, errors.New("source.memory: dead letters end with the process; they are in its log and in its report")
	case s.Jetstream != nil:
		name = "jetstream"
	case s.Redis != nil:
		name = "redis"
	default:
		name = "kafka"
	}
	found, err := drivers.Find(name)
	if err != nil {
		return nil, fmt.Errorf("source.%s: %w", name, err)
	}
	if found.OpenDeadLetters == nil {
		return nil, fmt.Errorf("source.%s: keeps no dead letters", name)
	}
	letters, err := found.OpenDeadLetters(ctx, c, log)
	if err != nil && ctx.Err() != nil {
		return nil, &awayError{err}
	}
	return letters, err
}
