package jetstream_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"capstan/contract"
	tested "capstan/queue/jetstream"
	"capstan/queue/jetstream/natstest"
)

var quiet = slog.New(slog.DiscardHandler)

func ptr[V any](v V) *V { return &v }

func TestConnectWithUserAndPasswordOfVariables(t *testing.T) {
	server := natstest.Start(t, "authorization { user: me, password: secret }")
	t.Setenv("NATS_USER", "me")
	t.Setenv("NATS_PASSWORD", "secret")
	credentials := &contract.Credentials{UserVariable: ptr("NATS_USER"), PasswordVariable: ptr("NATS_PASSWORD")}
	access, err := tested.AccessOf([]string{"nats://" + server.Address}, credentials, nil)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := access.Connect(t.Context(), "test", quiet)
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	access.Password = "wrong"
	if _, err := access.Connect(t.Context(), "test", quiet); err == nil || !strings.Contains(err.Error(), "Authorization") {
		t.Fatalf("error %v, want a refusal at once", err)
	}
}

func TestAccessFailsWithTheVariablesThatAreNotSet(t *testing.T) {
	credentials := &contract.Credentials{UserVariable: ptr("NATS_USER_UNSET"), PasswordVariable: ptr("NATS_PASSWORD_UNSET")}
	_, err := tested.AccessOf([]string{"nats:4222"}, credentials, nil)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		"credentials.userVariable: wanted the name of a variable that is set, got NATS_USER_UNSET.",
		"credentials.passwordVariable: wanted the name of a variable that is set, got NATS_PASSWORD_UNSET.",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

func TestConnectWaitsForTheServer(t *testing.T) {
	server := natstest.Start(t)
	server.Kill()
	connected := make(chan error)
	go func() {
		conn, err := tested.Access{Servers: []string{server.Address}}.Connect(t.Context(), "test", quiet)
		if err == nil {
			conn.Close()
		}
		connected <- err
	}()
	server.Resume()
	if err := <-connected; err != nil {
		t.Fatal(err)
	}
	server.Kill()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := (tested.Access{Servers: []string{server.Address}}).Connect(ctx, "test", quiet); err == nil || !strings.Contains(err.Error(), server.Address) {
		t.Fatalf("error %v", err)
	}
}
