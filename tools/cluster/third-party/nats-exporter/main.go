// Command nats-exporter stands in for the NATS project's prometheus-nats-exporter, whose module is not to be had: it
// takes the same flags, and has of its metrics those of consumers that a worker is scaled by.
//
//	nats-exporter -port 7777 -jsz all -varz http://127.0.0.1:8222
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

// jsz is what a server tells of JetStream, as far as it is needed here.
type jsz struct {
	Accounts []struct {
		Streams []struct {
			Consumers []consumer `json:"consumer_detail"`
		} `json:"stream_detail"`
	} `json:"account_details"`
}

type consumer struct {
	Stream     string `json:"stream_name"`
	Name       string `json:"name"`
	Pending    int64  `json:"num_pending"`
	AckPending int64  `json:"num_ack_pending"`
	Cluster    *struct {
		Leader string `json:"leader"`
	} `json:"cluster"`
}

func main() {
	port := flag.Int("port", 7777, "port of /metrics")
	flag.String("jsz", "all", "taken for what the other one does with all")
	flag.Bool("varz", false, "taken, and without effect")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "nats-exporter: give the address of the server's page, such as http://127.0.0.1:8222")
		os.Exit(2)
	}
	http.Handle("/metrics", exporter{server: strings.TrimSuffix(flag.Arg(0), "/"), client: &http.Client{Timeout: 2 * time.Second}})
	fmt.Fprintln(os.Stderr, "nats-exporter:", http.ListenAndServe(fmt.Sprintf(":%d", *port), nil))
	os.Exit(1)
}

// exporter answers with the consumers of a server.
type exporter struct {
	server string
	client *http.Client
}

func (e exporter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var name struct {
		Server string `json:"server_name"`
	}
	var page jsz
	for path, into := range map[string]any{"/varz": &name, "/jsz?consumers=true": &page} {
		if err := e.read(r, path, into); err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4")
	write(w, name.Server, page)
}

func (e exporter) read(r *http.Request, path string, into any) error {
	request, err := http.NewRequestWithContext(r.Context(), http.MethodGet, e.server+path, nil)
	if err != nil {
		return err
	}
	answer, err := e.client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	return json.NewDecoder(answer.Body).Decode(into)
}

// write prints the metrics of each consumer. A server that is in no cluster leads all of them.
func write(w io.Writer, server string, page jsz) {
	var all []consumer
	for _, account := range page.Accounts {
		for _, stream := range account.Streams {
			all = append(all, stream.Consumers...)
		}
	}
	gauge := func(name string, value func(consumer) int64) {
		fmt.Fprintf(w, "# TYPE %s gauge\n", name)
		for _, it := range all {
			isLeader := it.Cluster == nil || it.Cluster.Leader == "" || it.Cluster.Leader == server
			fmt.Fprintf(w, "%s{stream_name=%q,consumer_name=%q,is_consumer_leader=\"%t\"} %d\n", name, it.Stream, it.Name, isLeader, value(it))
		}
	}
	gauge("jetstream_consumer_num_pending", func(it consumer) int64 { return it.Pending })
	gauge("jetstream_consumer_num_ack_pending", func(it consumer) int64 { return it.AckPending })
}
