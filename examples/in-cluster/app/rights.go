package main

import (
	"context"
	"fmt"
	"strings"

	authorizationv1 "k8s.io/api/authorization/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// verbs gives what the program does with each of its objects.
func verbs() []string { return []string{"get", "list", "watch", "create", "patch"} }

// deniedError names the rights that are missing.
type deniedError struct {
	namespace string
	// missing has entries such as "list pods".
	missing []string
}

func (e *deniedError) Error() string {
	return fmt.Sprintf("not allowed in namespace %s: %s; bind a Role that allows it to this ServiceAccount",
		e.namespace, strings.Join(e.missing, "; "))
}

// checkRights asks for all rights before anything is changed, so that all that is missing is named at once.
func checkRights(ctx context.Context, c kubernetes.Interface, namespace string, all []target) error {
	var missing []string
	for _, t := range all {
		denied, err := deniedVerbs(ctx, c, namespace, t)
		if err != nil {
			return err
		}
		if len(denied) > 0 {
			missing = append(missing, fmt.Sprintf("%s %s", strings.Join(denied, ", "), t.qualified()))
		}
	}
	if len(missing) > 0 {
		return &deniedError{namespace: namespace, missing: missing}
	}
	return nil
}

func deniedVerbs(ctx context.Context, c kubernetes.Interface, namespace string, t target) ([]string, error) {
	var denied []string
	for _, verb := range verbs() {
		attributes := &authorizationv1.ResourceAttributes{
			Namespace: namespace, Verb: verb, Group: t.group, Resource: t.resource, Name: t.name,
		}
		if verb == "create" {
			attributes.Name = "" // what is not there yet has no name that a role could allow
		}
		question := &authorizationv1.SelfSubjectAccessReview{
			Spec: authorizationv1.SelfSubjectAccessReviewSpec{ResourceAttributes: attributes},
		}
		answer, err := c.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx, question, metav1.CreateOptions{})
		if err != nil {
			return nil, explain(err, namespace, "create selfsubjectaccessreviews.authorization.k8s.io")
		}
		if !answer.Status.Allowed {
			denied = append(denied, verb)
		}
	}
	return denied, nil
}

// explain says of an error of the API server what the program was about to do.
func explain(err error, namespace, right string) error {
	switch {
	case apierrors.IsForbidden(err):
		return &deniedError{namespace: namespace, missing: []string{right}}
	case apierrors.IsUnauthorized(err):
		return &inputError{fmt.Errorf("%s: the API server does not know the token: %w", right, err)}
	default:
		return fmt.Errorf("%s: %w", right, err)
	}
}

// isRefusal tells what an admission rule says of an object, such as Pod Security, from a missing right: both come as
// 403, and only the text of the latter has "User … cannot patch resource …".
func isRefusal(err error) bool {
	return apierrors.IsForbidden(err) && !strings.Contains(err.Error(), " cannot ")
}

// qualified names the resource as a role's author has to find it.
func (t target) qualified() string {
	if t.group == "" {
		return t.resource
	}
	return t.resource + "." + t.group
}
