package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/kubernetes"
)

// create applies the objects, and follows them until they are ready or the time of ctx is over.
func create(ctx context.Context, c kubernetes.Interface, namespace string, out *log.Logger) error {
	all := targets(c, namespace)
	if err := checkRights(ctx, c, namespace, all); err != nil {
		return err
	}
	for _, t := range all {
		what, err := t.ensure(ctx, namespace)
		if err != nil {
			return err
		}
		out.Printf("%s %s: %s", t.kind, t.name, what)
	}
	return followAll(ctx, namespace, all, out)
}

// ensure applies one object, and says what has become of it: created, changed or unchanged.
func (t target) ensure(ctx context.Context, namespace string) (string, error) {
	before, err := t.get(ctx)
	isThere := err == nil
	if err != nil && !apierrors.IsNotFound(err) {
		return "", explain(err, namespace, "get "+t.qualified())
	}
	after, err := t.apply(ctx)
	switch {
	case err != nil && isRefusal(err):
		return "", fmt.Errorf("the cluster refuses %s %s: %w", t.kind, t.name, err)
	case err != nil:
		return "", explain(err, namespace, "create, patch "+t.qualified())
	case !isThere:
		return "created", nil
	case before.GetResourceVersion() == after.GetResourceVersion():
		return "unchanged", nil
	default:
		return "changed", nil
	}
}

// followAll follows all objects at the same time, and gives the errors of all.
func followAll(ctx context.Context, namespace string, all []target, out *log.Logger) error {
	problems := make([]error, len(all))
	var group sync.WaitGroup
	for i, t := range all {
		group.Go(func() {
			f := follower{target: t, namespace: namespace, out: out}
			if err := f.follow(ctx); err != nil {
				problems[i] = fmt.Errorf("%s %s: %w", t.kind, t.name, err)
			}
		})
	}
	group.Wait()
	return errors.Join(problems...)
}
