package jetstream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"capstan/contract"
	"capstan/queue/driver"
)

// Access is how servers are reached.
type Access struct {
	// Servers are host:port or URLs, one or more; those of a cluster that are not named are
	// found.
	Servers []string
	// CredentialsFile is a .creds file, read again at each reconnect. Empty: none.
	CredentialsFile string
	// User and Password are sent when User is not empty.
	User, Password string
	// TLS is on when it is not nil; its files are read again for each connection.
	TLS *driver.TLSFiles
}

// AccessOf reads what the contract says; variables that it names have to be set.
func AccessOf(servers []string, c *contract.Credentials, t *contract.Tls) (Access, error) {
	access := Access{Servers: servers, TLS: driver.TLSFilesOf(t)}
	if c == nil {
		return access, nil
	}
	access.CredentialsFile = contract.Value(c.File)
	user, errUser := driver.Variable("credentials.userVariable", c.UserVariable)
	password, errPassword := driver.Variable("credentials.passwordVariable", c.PasswordVariable)
	access.User, access.Password = user, password
	return access, errors.Join(errUser, errPassword)
}

const (
	// dialTimeout is for one attempt at one server.
	dialTimeout = 3 * time.Second
	// redialWait is the pause between two rounds over the servers.
	redialWait = 500 * time.Millisecond
	// pingInterval finds a connection that is dead and silent, at the second missing answer.
	pingInterval = 10 * time.Second
)

// Connect connects to one of the servers, and tries again until ctx ends; refused credentials end
// it at once. A connection that is lost later is made anew for as long as it takes, to any server
// of the cluster; what is sent meanwhile is kept and sent then.
//
// name is what the server's own lists show.
func (a Access) Connect(ctx context.Context, name string, log *slog.Logger) (*nats.Conn, error) {
	var said string
	for {
		conn, err := nats.Connect(strings.Join(a.Servers, ","), a.options(name, log)...)
		if err == nil {
			return conn, nil
		}
		if errors.Is(err, nats.ErrAuthorization) || errors.Is(err, nats.ErrAuthExpired) || errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("connect to %s: %w", strings.Join(a.Servers, ", "), err)
		}
		if text := err.Error(); text != said {
			log.Warn("waiting for the broker", "servers", a.Servers, "error", err)
			said = text
		}
		if driver.Pause(ctx, redialWait) != nil {
			return nil, fmt.Errorf("connect to %s: %w", strings.Join(a.Servers, ", "), err)
		}
	}
}

func (a Access) options(name string, log *slog.Logger) []nats.Option {
	options := []nats.Option{
		nats.Name(name), nats.Timeout(dialTimeout), nats.MaxReconnects(-1), nats.ReconnectWait(redialWait),
		nats.PingInterval(pingInterval), nats.MaxPingsOutstanding(2),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				log.Warn("connection to the broker lost", "error", err)
			}
		}),
		nats.ReconnectHandler(func(c *nats.Conn) { log.Info("connected to the broker again", "server", c.ConnectedAddr()) }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { log.Warn("broker", "error", err) }),
	}
	if a.CredentialsFile != "" {
		options = append(options, nats.UserCredentials(a.CredentialsFile))
	}
	if a.User != "" {
		options = append(options, nats.UserInfo(a.User, a.Password))
	}
	if a.TLS == nil {
		return options
	}
	options = append(options, nats.Secure(nil))
	if a.TLS.CA != "" {
		options = append(options, nats.RootCAs(a.TLS.CA))
	}
	if a.TLS.Certificate != "" {
		options = append(options, nats.ClientCert(a.TLS.Certificate, a.TLS.Key))
	}
	return options
}
