// Command pool measures Capstan's pool beside others, in rounds: in each round every suite runs once with each
// contender, in an order drawn at random, so that a busy moment of the machine falls on all alike. It writes the raw
// results as JSON. `npm run bench -- pool` runs it and draws the chart.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"time"
)

func main() {
	rounds := flag.Int("rounds", 9, "rounds, 1 or more")
	scale := flag.Float64("scale", 1, "tasks per sample, as a factor")
	budget := flag.Duration("budget", 5*time.Minute, "no round is begun after that long")
	only := flag.String("suites", "", "regular expression: the suites to run, default all")
	quick := flag.Bool("quick", false, "print medians as a table and write no JSON")
	flag.Parse()
	pattern, err := regexp.Compile(*only)
	if err != nil || *rounds < 1 || *scale <= 0 {
		fmt.Fprintln(os.Stderr, "pool: -rounds must be 1 or more, -scale above 0, -suites a regular expression")
		os.Exit(2)
	}
	results := run(suites(), pattern, effort{*rounds, *scale, *budget})
	if *quick {
		results.print(os.Stdout)
		return
	}
	if err := json.NewEncoder(os.Stdout).Encode(results); err != nil {
		fmt.Fprintln(os.Stderr, "pool: write the results:", err)
		os.Exit(1)
	}
}
