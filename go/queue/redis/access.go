package redis

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"capstan/contract"
	"capstan/queue/driver"
)

// Access is how a server is reached.
type Access struct {
	// Addresses are host:port, of the server, or of the Sentinels when Master is set.
	Addresses []string
	// Master is the name of the master that the Sentinels watch. Empty: the first of Addresses is
	// the server.
	Master string
	// Database is its number.
	Database int
	// User and Password are sent when Password is not empty, to the server and to Sentinels that
	// want one; without a user it is the default one's password.
	User, Password string
	// TLS is on when it is not nil, for the server and its Sentinels.
	TLS *driver.TLSFiles
}

// accessOf reads what the contract says; variables that it names have to be set.
func accessOf(a Access, c *contract.Credentials, t *contract.Tls) (Access, error) {
	a.TLS = driver.TLSFilesOf(t)
	if c == nil {
		return a, nil
	}
	user, errUser := driver.Variable("credentials.userVariable", c.UserVariable)
	password, errPassword := driver.Variable("credentials.passwordVariable", c.PasswordVariable)
	a.User, a.Password = user, password
	return a, errors.Join(errUser, errPassword)
}

const (
	// dialTimeout is for one attempt at one server.
	dialTimeout = 3 * time.Second
	// answerTimeout is for one answer; it is over the longest wait for a task (longestWait).
	answerTimeout = 3 * time.Second
	// redialWait is the pause between two attempts.
	redialWait = 250 * time.Millisecond
)

// Connect connects to the server, and tries again until ctx ends; refused credentials end it at
// once. A connection that is lost later is made anew by the call that needs it, to the master of
// that time.
//
// name is what the server's own lists show.
func (a Access) Connect(ctx context.Context, name string, log *slog.Logger) (*goredis.Client, error) {
	goredis.SetLogger(logger{log})
	var client *goredis.Client
	err := driver.Await{
		Pause: redialWait, IsPassing: isPassing,
		Say: func(err error) {
			log.Warn("waiting for the broker", "servers", a.Addresses, "error", explain(err))
		},
	}.Until(ctx, func() (err error) {
		client, err = a.dial(ctx, name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", a, explain(err))
	}
	return client, nil
}

func (a Access) String() string {
	if a.Master == "" {
		return strings.Join(a.Addresses, ", ")
	}
	return fmt.Sprintf("master %q of the Sentinels %s", a.Master, strings.Join(a.Addresses, ", "))
}

func (a Access) dial(ctx context.Context, name string) (*goredis.Client, error) {
	secure, err := a.TLS.Config()
	if err != nil {
		return nil, err
	}
	client, err := a.client(ctx, clientName(name), secure)
	if err != nil {
		return nil, err
	}
	if err := client.Ping(ctx).Err(); err != nil {
		_ = client.Close()
		return nil, err
	}
	return client, nil
}

// noRetries and noPool turn off what this package does itself, or does not need.
const (
	noRetries = -1
	noPool    = -1
)

func (a Access) client(ctx context.Context, name string, secure *tls.Config) (*goredis.Client, error) {
	off := &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	if a.Master == "" {
		return goredis.NewClient(&goredis.Options{
			Addr: a.Addresses[0], DB: a.Database, Username: a.User, Password: a.Password, TLSConfig: secure,
			ClientName: name, Protocol: 2, DisableIdentity: true, MaintNotificationsConfig: off,
			DialTimeout: dialTimeout, DialerRetries: 1, ReadTimeout: answerTimeout, WriteTimeout: answerTimeout,
			MaxRetries: noRetries, PipelinePoolSize: noPool, ContextTimeoutEnabled: true,
		}), nil
	}
	user, password, err := a.sentinelLogin(ctx, secure)
	if err != nil {
		return nil, err
	}
	return goredis.NewFailoverClient(&goredis.FailoverOptions{
		MasterName: a.Master, SentinelAddrs: a.Addresses, SentinelUsername: user, SentinelPassword: password,
		DB: a.Database, Username: a.User, Password: a.Password, TLSConfig: secure,
		ClientName: name, Protocol: 2, DisableIdentity: true,
		DialTimeout: dialTimeout, DialerRetries: 1, ReadTimeout: answerTimeout, WriteTimeout: answerTimeout,
		MaxRetries: noRetries, PipelinePoolSize: noPool, ContextTimeoutEnabled: true,
	}), nil
}

// sentinelLogin finds out which part of the credentials a Sentinel takes: it knows no users but
// its own, and one without a password refuses to be told one.
func (a Access) sentinelLogin(ctx context.Context, secure *tls.Config) (user, password string, err error) {
	logins := [][2]string{{a.User, a.Password}, {"", a.Password}, {"", ""}}
	for _, address := range a.Addresses {
		for _, login := range logins {
			sentinel := goredis.NewSentinelClient(&goredis.Options{
				Addr: address, Username: login[0], Password: login[1], TLSConfig: secure,
				Protocol: 2, DisableIdentity: true, DialTimeout: dialTimeout, DialerRetries: 1, MaxRetries: noRetries,
				MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
			})
			err = sentinel.Ping(ctx).Err()
			_ = sentinel.Close()
			if err == nil {
				return login[0], login[1], nil
			}
			if isPassing(err) {
				break // it is not there: the next address
			}
		}
	}
	return "", "", err
}

// clientName is name without what the server refuses in one.
func clientName(name string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return '-'
		}
		return r
	}, name)
}

// logger takes what the client says beside its calls.
type logger struct{ log *slog.Logger }

func (l logger) Printf(ctx context.Context, format string, args ...any) {
	l.log.DebugContext(ctx, "redis client", "says", fmt.Sprintf(format, args...))
}
