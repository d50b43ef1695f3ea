package redis

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"strings"

	goredis "github.com/redis/go-redis/v9"

	"capstan/queue"
)

// refusals are the server's, by their first word: what to do, and whether it passes by itself.
var refusals = map[string]struct {
	hint    string
	passing bool
}{
	"WRONGTYPE":  {hint: "a key of this queue holds something else. Take another name for the stream, or remove the key"},
	"NOAUTH":     {hint: "the server wants a password. Set credentials"},
	"WRONGPASS":  {hint: "the server does not take the user or the password. Correct the credentials"},
	"NOPERM":     {hint: "the user may not do this. Allow it in the server's access list"},
	"LOADING":    {hint: "the server still reads its data", passing: true},
	"READONLY":   {hint: "the server is a replica. Name the master, or its Sentinels and `master`", passing: true},
	"MASTERDOWN": {hint: "the server is a replica that has lost its master", passing: true},
	"NOREPLICAS": {hint: "too few replicas copy the server (min-replicas-to-write)", passing: true},
	"MISCONF":    {hint: "the server cannot save its data. See its log", passing: true},
	"BUSY":       {hint: "the server runs a script that takes long", passing: true},
	"TRYAGAIN":   {hint: "the server is moving the key", passing: true},
}

// explain adds, in the same line, what to do.
func explain(err error) error {
	word := codeOf(err)
	if word == "OOM" {
		return fmt.Errorf("%w: the server has reached maxmemory: %w", queue.ErrFull, err)
	}
	if refusal, known := refusals[word]; known {
		return fmt.Errorf("%s: %w", refusal.hint, err)
	}
	return err
}

// codeOf is the first word of a refusal of the server; empty for other errors.
func codeOf(err error) string {
	var refusal goredis.Error
	if err == nil || !errors.As(err, &refusal) {
		return ""
	}
	word, _, _ := strings.Cut(refusal.Error(), " ")
	return word
}

// isPassing says that the same call may come through later: nobody answers, or not now.
func isPassing(err error) bool {
	if word := codeOf(err); word != "" && !errors.Is(err, goredis.Nil) {
		return refusals[word].passing
	}
	if isOfFiles(err) {
		return false
	}
	var dialed net.Error
	return errors.As(err, &dialed) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, goredis.ErrPoolTimeout) || errors.Is(err, goredis.ErrPoolExhausted) ||
		isWithoutMaster(err)
}

// isOfFiles says that the keys and certificates do not fit, so that no later attempt will either.
func isOfFiles(err error) bool {
	var (
		refused *tls.CertificateVerificationError
		unknown x509.UnknownAuthorityError
		path    *fs.PathError
	)
	return errors.As(err, &refused) || errors.As(err, &unknown) || errors.As(err, &path)
}

// isWithoutMaster says that no Sentinel answers, or none knows the master: the client has no
// error of its own for it.
func isWithoutMaster(err error) bool {
	return err != nil && strings.Contains(err.Error(), "sentinel")
}
