package telemetry_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"

	"capstan/contract"
	"capstan/telemetry"
	"capstan/tracing"
)

// What a program sends to its collector. The generated main hands telemetry.Driver to the runtime, which
// opens the tracer that its contract asks for.
func ExampleOpen() {
	requests := make(chan string, 10)
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		requests <- r.Method + " " + r.URL.Path + " " + r.Header.Get("Content-Type")
	}))
	defer collector.Close()
	tracer, err := telemetry.Open(tracing.Program{
		Kind: "worker", Name: "develop", Log: slog.New(slog.DiscardHandler),
		Telemetry: &contract.Telemetry{Otlp: contract.Otlp{Endpoint: collector.URL}, SampleRatio: 1},
	})
	if err != nil {
		panic(err)
	}
	ctx := tracing.NewContext(context.Background(), tracer)
	_, end := tracing.Section(ctx, "decode")
	end(nil)
	if err := tracer.Close(context.Background()); err != nil { // sends what is left
		panic(err)
	}
	fmt.Println(<-requests)
	// Output: POST /v1/traces application/x-protobuf
}
