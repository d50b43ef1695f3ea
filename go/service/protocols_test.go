package service

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"capstan/contract"
)

const procedure = "/capstan.test.v1.Echo/Say"

type text = wrapperspb.StringValue

// echo serves HTTP, and the procedure, which answers after release is closed if it is not nil.
func echo(release chan struct{}) func(Setup) (Handlers, error) {
	return func(setup Setup) (Handlers, error) {
		say := func(ctx context.Context, r *connect.Request[text]) (*connect.Response[text], error) {
			switch r.Msg.Value {
			case "panic":
				panic("broken")
			case "wait":
				<-release
			case "nobody":
				return nil, connect.NewError(connect.CodeNotFound, fmt.Errorf("no %q", r.Msg.Value))
			}
			return connect.NewResponse(wrapperspb.String("hello " + r.Msg.Value)), nil
		}
		return Handlers{
			HTTP: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Proto) }),
			RPC:  map[string]http.Handler{procedure: connect.NewUnaryHandler(procedure, say, setup.HandlerOptions()...)},
		}, nil
	}
}

// http2Client speaks HTTP/2 without TLS and nothing else.
func http2Client(t *testing.T) *http.Client {
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	transport := &http.Transport{Protocols: protocols, TLSClientConfig: new(tls.Config)}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// rpcClients are clients of the procedure by protocol.
func (r *rig) rpcClients() map[string]*connect.Client[text, text] {
	url := r.url(8080) + procedure
	return map[string]*connect.Client[text, text]{
		"gRPC":                 connect.NewClient[text, text](http2Client(r.T), url, connect.WithGRPC()),
		"gRPC-Web on HTTP/1.1": connect.NewClient[text, text](r.client, url, connect.WithGRPCWeb()),
		"gRPC-Web on HTTP/2":   connect.NewClient[text, text](http2Client(r.T), url, connect.WithGRPCWeb()),
		"Connect":              connect.NewClient[text, text](r.client, url),
	}
}

func say(t *testing.T, client *connect.Client[text, text], value string) (string, error) {
	t.Helper()
	response, err := client.CallUnary(t.Context(), connect.NewRequest(wrapperspb.String(value)))
	if err != nil {
		return "", err
	}
	return response.Msg.Value, nil
}

func TestAllProtocolsAreServedOnOnePort(t *testing.T) {
	r := newRig(t, nil)
	r.build = echo(nil)
	r.start()
	if status, _, body := r.call("GET", "/", nil); status != 200 || body != "HTTP/1.1" {
		t.Errorf("HTTP/1.1: %d %q", status, body)
	}
	response, err := http2Client(t).Get(r.url(8080) + "/")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.ProtoMajor != 2 || response.StatusCode != 200 {
		t.Errorf("HTTP/2: %s %s", response.Proto, response.Status)
	}
	for name, client := range r.rpcClients() {
		if got, err := say(t, client, "you"); err != nil || got != "hello you" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		for value, want := range map[string]connect.Code{
			"nobody": connect.CodeNotFound, "panic": connect.CodeInternal, strings.Repeat("x", 1001): connect.CodeResourceExhausted,
		} {
			if _, err := say(t, client, value); connect.CodeOf(err) != want {
				t.Errorf("%s: %.10s: %v, want %v", name, value, err, want)
			}
		}
	}
	for _, series := range []string{
		`capstan_requests_total{code="404",protocol="grpc"}`, `capstan_requests_total{code="200",protocol="grpc"}`,
		`capstan_requests_total{code="429",protocol="grpc"}`,
	} {
		if got := r.metric(series); got != 1 {
			t.Errorf("%s is %v", series, got)
		}
	}
}

func TestAFullServiceRefusesInTheProtocolOfTheRequest(t *testing.T) {
	release := make(chan struct{})
	r := newRig(t, nil)
	r.build = echo(release)
	r.config.Queue.Length = 0
	r.start()
	var held sync.WaitGroup
	for _, client := range []*connect.Client[text, text]{r.rpcClients()["gRPC"], r.rpcClients()["gRPC-Web on HTTP/1.1"]} {
		held.Go(func() {
			if got, err := say(t, client, "wait"); err != nil || got != "hello wait" {
				t.Errorf("held: %q, %v", got, err)
			}
		})
	}
	r.until("full", func() bool { return r.metric("capstan_requests_in_flight") == 2 })
	for name, client := range r.rpcClients() {
		_, err := say(t, client, "you")
		if connect.CodeOf(err) != connect.CodeResourceExhausted {
			t.Errorf("%s: %v", name, err)
		}
		if refused := new(connect.Error); !asConnect(err, &refused) || refused.Meta().Get("Retry-After") != "5" {
			t.Errorf("%s: no hint in %v", name, err)
		}
	}
	if status, header, _ := r.call("POST", "/", strings.NewReader("{}")); status != 503 || header.Get("Retry-After") != "5" {
		t.Errorf("HTTP: %d %v", status, header)
	}
	close(release)
	held.Wait()
}

func asConnect(err error, target **connect.Error) bool {
	found, ok := err.(*connect.Error)
	if ok {
		*target = found
	}
	return ok
}

func TestAProtocolThatIsNotListedIsRefused(t *testing.T) {
	r := newRig(t, nil)
	r.build = echo(nil)
	r.config.Protocols = []contract.ServiceContractProtocolsElem{protocolGRPC}
	r.start()
	if got, err := say(t, r.rpcClients()["gRPC"], "you"); err != nil || got != "hello you" {
		t.Errorf("gRPC: %q, %v", got, err)
	}
	if _, err := say(t, r.rpcClients()["gRPC-Web on HTTP/1.1"], "you"); err == nil {
		t.Error("gRPC-Web was answered")
	}
	if status, _, _ := r.call("GET", "/", nil); status != 415 {
		t.Errorf("HTTP was answered %d", status)
	}
}

func TestASlowHeaderHoldsNoSlot(t *testing.T) {
	r := newRig(t, func(http.ResponseWriter, *http.Request) {})
	r.config.Pool.Slots, r.config.Queue.Length = 1, 0
	r.start()
	for range 20 {
		conn, err := net.Dial("tcp", strings.TrimPrefix(r.url(8080), "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := conn.Write([]byte("GET / HTTP/1.1\r\nHost:")); err != nil {
			t.Fatal(err)
		}
	}
	if status, _, text := r.call("GET", "/", nil); status != 200 {
		t.Fatalf("answered %d %s", status, text)
	}
}
