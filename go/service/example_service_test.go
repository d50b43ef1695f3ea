package service_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"

	"capstan/contract"
	"capstan/service"
)

// A service as Main runs it: its handlers within the bounds of its contract, until it is told to end.
func ExampleRun() {
	config, err := contract.ParseService([]byte(`{
		"contract": 1, "name": "hello", "pool": {"slots": 2}, "queue": {"length": 3, "maxWaitSeconds": 5},
		"request": {"maxSeconds": 10, "maxBodyBytes": 1000}, "protocols": ["http"],
		"http": {"port": 8080, "metricsPort": 9090, "host": "127.0.0.1"},
		"shutdown": {"lameDuckSeconds": 0, "drainSeconds": 10, "flushSeconds": 2}
	}`))
	if err != nil {
		panic(err)
	}
	addresses := make(chan string, 2)
	listen := func(network, wanted string) (net.Listener, error) { // on ports that are free
		listener, err := net.Listen(network, "127.0.0.1:0")
		if err == nil && wanted == "127.0.0.1:8080" {
			addresses <- listener.Addr().String()
		}
		return listener, err
	}
	build := func(setup service.Setup) (service.Handlers, error) {
		mux := http.NewServeMux()
		mux.HandleFunc("GET /hello/{name}", func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(w, "hello %s, from one of %d slots", r.PathValue("name"), setup.Slots)
		})
		return service.Handlers{HTTP: mux}, nil
	}
	ctx, end := context.WithCancel(context.Background())
	ended := make(chan service.Report)
	go func() {
		report, err := service.Run(ctx, config, build, service.Options{Log: slog.New(slog.DiscardHandler), Listen: listen})
		if err != nil {
			fmt.Println(err)
		}
		ended <- report
	}()

	client := http.Client{Transport: new(http.Transport)}
	defer client.CloseIdleConnections()
	answer, err := client.Get("http://" + <-addresses + "/hello/ann")
	if err != nil {
		panic(err)
	}
	text, err := io.ReadAll(answer.Body)
	fmt.Println(answer.StatusCode, string(text), err)
	answer.Body.Close()
	end()
	report := <-ended
	fmt.Println(report.Reason, report.ExitCode, "after", report.Requests, "request")
	// Output:
	// 200 hello ann, from one of 2 slots <nil>
	// signal 0 after 1 request
}
