// Command answering is an HTTP server that nobody made ready for a rolling update: it answers each request after 20 ms
// on port 8080, and ends at once when it is told to.
package main

import (
	"fmt"
	"log"
	"net/http"
	"time"
)

const (
	address = ":8080"
	work    = 20 * time.Millisecond
)

func main() {
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(work)
		fmt.Fprintln(w, "ok")
	})
	server := &http.Server{Addr: address, Handler: handler, ReadHeaderTimeout: time.Second}
	log.Fatal(server.ListenAndServe())
}
