package redis_test

import (
	"context"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"capstan/contract"
	"capstan/queue"
	"capstan/queue/driver"
	tested "capstan/queue/redis"
	"capstan/queue/redis/redistest"
	"capstan/testserver"
)

func ptr[V any](v V) *V { return &v }

func worker(address string) *contract.WorkerContract {
	return &contract.WorkerContract{
		Name:   "crawl the web",
		Source: contract.Source{Redis: &contract.RedisSource{Addresses: []string{address}, Stream: "tasks", Group: "crawl", Database: ptr(3)}},
		Task:   contract.Task{AckWaitSeconds: 5},
	}
}

func TestDriverOpensWhatTheContractSays(t *testing.T) {
	server := redistest.Start(t, "requirepass secret")
	t.Setenv("REDIS_PASSWORD", "secret")
	credentials := &contract.Credentials{PasswordVariable: ptr("REDIS_PASSWORD")}
	p, err := tested.Driver.OpenPublisher(t.Context(), "upload", &contract.Publish{Redis: &contract.RedisTarget{
		Addresses: []string{server.Address}, Stream: "tasks", Database: ptr(3), Credentials: credentials,
	}}, quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := p.Publish(t.Context(), queue.Task{ID: "a", Payload: []byte(`{}`)}); err != nil {
		t.Fatal(err)
	}
	c := worker(server.Address)
	c.Source.Redis.Credentials = credentials
	if _, err := tested.Driver.OpenDeadLetters(t.Context(), c, quiet); err == nil || !strings.Contains(err.Error(), "there is no deadLetterStream") {
		t.Errorf("dead letters without a place: %v", err)
	}
	c.Source.Redis.DeadLetterStream = ptr("dead")
	q := must[queue.Queue](t)(tested.Driver.OpenQueue(t.Context(), c, quiet))
	defer q.Close()
	batch := must[[]queue.Delivery](t)(q.Fetch(t.Context(), 1))
	if err := q.Dead(t.Context(), batch[0], "corrupt"); err != nil {
		t.Fatal(err)
	}
	l := must[queue.DeadLetters](t)(tested.Driver.OpenDeadLetters(t.Context(), c, quiet))
	defer l.Close()
	if list := must[[]queue.DeadLetter](t)(l.List(t.Context(), "", 10)); len(list) != 1 || list[0].ID != "a" {
		t.Errorf("letters %+v", list)
	}
	if names := must[string](t)(server.Client().ClientList(t.Context()).Result()); !strings.Contains(names, "name=crawl-the-web") {
		t.Errorf("clients %s", names)
	}
}

func TestDriverFailsInOneLineWithWhatToDo(t *testing.T) {
	closed := redistest.Start(t, "requirepass secret")
	master := redistest.Start(t)
	replica := redistest.StartReplica(t, master)
	t.Setenv("REDIS_PASSWORD", "wrong")
	for name, c := range map[string]struct {
		address string
		change  func(*contract.RedisSource)
		want    string
	}{
		"no password": {closed.Address, nil, "Set credentials"},
		"wrong password": {closed.Address, func(s *contract.RedisSource) {
			s.Credentials = &contract.Credentials{PasswordVariable: ptr("REDIS_PASSWORD")}
		}, "Correct the credentials"},
		"unset variable": {closed.Address, func(s *contract.RedisSource) {
			s.Credentials = &contract.Credentials{PasswordVariable: ptr("REDIS_UNSET")}
		}, "got REDIS_UNSET. Set it"},
		"a replica":       {replica.Address, nil, "Name the master, or its Sentinels"},
		"no Sentinel":     {master.Address, func(s *contract.RedisSource) { s.Master = ptr("main") }, `master "main" of the Sentinels`},
		"no certificates": {master.Address, func(s *contract.RedisSource) { s.Tls = &contract.Tls{CaFile: ptr("/none.pem")} }, "tls.caFile"},
		"nobody":          {"127.0.0.1:1", nil, "connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			config := worker(c.address)
			if c.change != nil {
				c.change(config.Source.Redis)
			}
			_, err := tested.Driver.OpenQueue(ctx, config, quiet)
			if err == nil || !strings.HasPrefix(err.Error(), "source.redis: ") || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %v", err)
			}
		})
	}
}

// overdue is a context whose deadline passes when it is cancelled.
type overdue struct{ context.Context }

func (o overdue) Err() error {
	if o.Context.Err() != nil {
		return context.DeadlineExceeded
	}
	return nil
}

func TestConnectSaysWhatItWaitedForAndNotThatItsTimeIsOver(t *testing.T) {
	listener := must[net.Listener](t)(net.Listen("tcp", "127.0.0.1:0"))
	defer listener.Close()
	ctx, end := context.WithCancel(t.Context())
	defer end()
	go func() {
		for isFirst := true; ; isFirst = false {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			if !isFirst {
				end() // in the middle of an attempt
			}
			for buffer := make([]byte, 4096); isFirst && err == nil; {
				if _, err = conn.Read(buffer); err == nil {
					_, err = conn.Write([]byte("-LOADING Redis is loading the dataset in memory\r\n"))
				}
			}
			conn.Close()
		}
	}()
	_, err := tested.Access{Addresses: []string{listener.Addr().String()}}.Connect(overdue{ctx}, "test", quiet)
	if err == nil || !strings.Contains(err.Error(), "loading") {
		t.Fatalf("error %v", err)
	}
}

func TestConnectWaitsForTheServer(t *testing.T) {
	server := redistest.Start(t)
	server.Kill()
	connected := make(chan error)
	go func() {
		client, err := tested.Access{Addresses: []string{server.Address}}.Connect(t.Context(), "test", quiet)
		if err == nil {
			err = client.Close()
		}
		connected <- err
	}()
	server.Resume()
	if err := <-connected; err != nil {
		t.Fatal(err)
	}
}

func TestConnectWithTLS(t *testing.T) {
	files := redistest.Certificates(t)
	port := strconv.Itoa(testserver.FreePort(t))
	server := redistest.Start(t, "tls-port "+port, "tls-cert-file "+files.Certificate, "tls-key-file "+files.Key, "tls-ca-cert-file "+files.CA)
	access := tested.Access{Addresses: []string{"127.0.0.1:" + port}, TLS: &driver.TLSFiles{CA: files.CA, Certificate: files.Certificate, Key: files.Key}}
	client, err := access.Connect(t.Context(), "test", quiet)
	if err != nil {
		t.Fatal(err)
	}
	publish(t, server, "tasks", "a")
	if d := one(t, openOn(t, client, tested.Config{})); d.ID != "a" {
		t.Fatalf("got %+v", d)
	}
	access.TLS = &driver.TLSFiles{} // the system's certificates do not know the server
	if _, err := access.Connect(t.Context(), "test", quiet); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Fatalf("error %v, want a refusal at once", err)
	}
}
