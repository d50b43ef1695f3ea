package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"capstan/test/faults/agreement"
	"capstan/test/faults/effectlog"
	"capstan/worker"
)

// build opens the effect log of this process.
func build(worker.Setup) (worker.Handler[agreement.Payload], error) {
	path, err := logPath(os.Getenv(agreement.Log))
	if err != nil {
		return nil, err
	}
	log, err := effectlog.Open(path)
	if err != nil {
		return nil, err
	}
	database, err := openOnce(context.Background())
	if err != nil {
		return nil, err
	}
	return (&handler{log: log, once: database}).handle, nil
}

// logPath is a file of this process alone where it is given a folder: processes of one pod have the
// same name and number.
func logPath(given string) (string, error) {
	if !strings.HasSuffix(given, "/") {
		return given, nil
	}
	host, err := os.Hostname()
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s%s-%d.jsonl", given, host, time.Now().UnixNano()), nil
}

type handler struct {
	log  *effectlog.Log
	once *once // nil: effects are in the log
}

// handle works, leaves its effect, and says so in the log.
func (h *handler) handle(ctx context.Context, t worker.Task[agreement.Payload]) (err error) {
	task := t.Payload
	end, err := h.log.Begin(task.ID, t.Attempt)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	half := time.Duration(task.WorkMillis) * time.Millisecond / 2
	if err := work(ctx, task, half); err != nil {
		return err
	}
	atMidTask.pass()
	if err := do(task, t.Attempt); err != nil {
		return err
	}
	if err := work(ctx, task, half); err != nil {
		return err
	}
	if h.once != nil {
		err = h.once.do(ctx, task.ID)
	} else {
		err = h.log.Effect(task.ID, t.Attempt)
	}
	if err != nil {
		return err
	}
	atEffect.pass()
	return nil
}

// work takes d; a deaf task takes no notice of the end of ctx.
func work(ctx context.Context, task agreement.Payload, d time.Duration) error {
	over := time.NewTimer(d)
	defer over.Stop()
	ended := ctx.Done()
	if task.Deed == agreement.Deaf {
		ended = nil
	}
	select {
	case <-over.C:
		return nil
	case <-ended:
		return ctx.Err()
	}
}

func do(task agreement.Payload, attempt int) error {
	switch task.Deed {
	case agreement.Panic:
		panic("poison")
	case agreement.PanicFirst:
		if attempt == 1 {
			panic("the first time")
		}
	case agreement.Fail:
		if attempt <= 2 {
			return fmt.Errorf("failed on purpose in attempt %d", attempt)
		}
	case agreement.Kill:
		kill()
	case agreement.Eat:
		return eatOnce(task.ID)
	}
	return nil
}

// eatOnce takes memory until there is none, unless the mark says that it has before.
func eatOnce(id string) error {
	mark, err := os.OpenFile(filepath.Join(os.Getenv(agreement.Marks), id), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := mark.Close(); err != nil {
		return err
	}
	const piece = 1 << 20
	for held := [][]byte(nil); ; {
		page := make([]byte, piece)
		for i := range page {
			page[i] = 1
		}
		held = append(held, page)
		if len(held) > 8<<10 {
			return fmt.Errorf("%d MiB and still alive", len(held)*piece>>20)
		}
	}
}

// kill ends this process at once, as `kill -9` does.
func kill() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}

// point is a place in the code at which the process can die.
type point struct{ left chan struct{} }

var (
	atBeforeFetch = newPoint(agreement.BeforeFetch)
	atAfterFetch  = newPoint(agreement.AfterFetch)
	atMidTask     = newPoint(agreement.MidTask)
	atEffect      = newPoint(agreement.AfterEffect)
	atBeforeAck   = newPoint(agreement.BeforeAck)
	atAfterAck    = newPoint(agreement.AfterAck)
)

// newPoint makes a point, which is harmless unless the environment names it.
func newPoint(name string) point {
	if os.Getenv(agreement.DieAt) != name {
		return point{}
	}
	passes, err := strconv.Atoi(os.Getenv(agreement.DieAfter))
	if err != nil {
		panic(fmt.Sprintf("%s: %v", agreement.DieAfter, err))
	}
	left := make(chan struct{}, passes)
	for range passes {
		left <- struct{}{}
	}
	return point{left}
}

// pass kills the process when it has been here often enough.
func (p point) pass() {
	if p.left == nil {
		return
	}
	select {
	case <-p.left:
	default:
		kill()
	}
}
