// Command site serves the local test site of package testsite until it is
// interrupted. Its first line of output is the URL to start a crawl from, its
// second one the hosts of the site, as the crawl's setting `hosts` takes them.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"crawl/testsite"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "site:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	var o testsite.Options
	flag.IntVar(&o.Pages, "pages", 200, "pages of the site")
	flag.IntVar(&o.Links, "links", 8, "links of a page, besides those to its children")
	flag.Float64Var(&o.Broken, "broken", 0.05, "broken links as a share of the pages")
	flag.IntVar(&o.Redirects, "redirects", 5, "redirects to pages")
	flag.IntVar(&o.Hangs, "hangs", 0, "URLs that never answer")
	flag.IntVar(&o.Private, "private", 2, "URLs that robots.txt forbids")
	flag.DurationVar(&o.Latency, "latency", 0, "time that a page takes on average")
	flag.IntVar(&o.PageBytes, "bytes", 8192, "length of a page")
	flag.IntVar(&o.Port, "port", 0, "port to listen on; 0: any free one")
	flag.Uint64Var(&o.Seed, "seed", 1, "moves links and faults")
	hosts := flag.String("hosts", "127.0.0.1", "names of this machine to spread the pages over, by comma: 127.0.0.1,localhost,[::1]")
	truth := flag.String("truth", "", "file to write to, as JSON, what a crawl has to find")
	flag.Parse()
	o.Hosts = strings.Split(*hosts, ",")

	site, err := testsite.Start(o)
	if err != nil {
		return err
	}
	if *truth != "" {
		text, err := json.MarshalIndent(site.Truth(), "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(*truth, append(text, '\n'), 0o644); err != nil {
			return err
		}
	}
	fmt.Println(site.URL())
	fmt.Println(strings.Join(site.HostNames(), ","))
	<-ctx.Done()
	return site.Close()
}
