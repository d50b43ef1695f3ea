package main

import (
	"context"
	"errors"
	"fmt"
	"log"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
	watchtools "k8s.io/client-go/tools/watch"
)

var errDeleted = errors.New("was deleted by somebody else")

// follower looks at one object until it is ready.
type follower struct {
	target
	namespace string
	out       *log.Logger
	last      state
}

// follow lists the object and watches it from there until it is ready, and prints each state that it is in.
func (f *follower) follow(ctx context.Context) error {
	f.last.text = "never seen"
	err := f.listAndWatch(ctx)
	if err != nil && (wait.Interrupted(err) || ctx.Err() != nil) {
		return fmt.Errorf("not ready when the time was over: %s", f.last.text)
	}
	return err
}

func (f *follower) listAndWatch(ctx context.Context) error {
	list, err := f.list(ctx, metav1.ListOptions{})
	if err != nil {
		return explain(err, f.namespace, "list "+f.qualified())
	}
	objects, err := meta.ExtractList(list)
	if err != nil {
		return err
	}
	for _, object := range objects {
		f.see(object)
	}
	if f.last.isReady {
		return nil
	}
	position, err := meta.NewAccessor().ResourceVersion(list)
	if err != nil {
		return err
	}
	// It starts the watch again, from where it was, when the API server ends it.
	again := &cache.ListWatch{WatchFuncWithContext: f.watch}
	_, err = watchtools.Until(ctx, position, again, f.happened)
	return err
}

func (f *follower) happened(event watch.Event) (bool, error) {
	switch event.Type {
	case watch.Deleted:
		return false, errDeleted
	case watch.Error:
		return false, explain(apierrors.FromObject(event.Object), f.namespace, "watch "+f.qualified())
	case watch.Bookmark:
		return false, nil
	}
	f.see(event.Object)
	return f.last.isReady, nil
}

func (f *follower) see(object runtime.Object) {
	now := f.state(object)
	if now.text != f.last.text {
		f.out.Printf("%s %s: %s", f.kind, f.name, now.text)
	}
	f.last = now
}
