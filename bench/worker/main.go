// Command worker measures Capstan's worker beside others on the same brokers, in rounds: in each round every suite runs
// once with each contender, in an order drawn at random, so that a busy moment of the machine falls on all alike. Each
// run is a process of its own. It writes the raw results as JSON; `npm run bench -- worker` runs it and draws the chart.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "child" {
		runChild(os.Args[2:])
		return
	}
	rounds := flag.Int("rounds", 5, "rounds, 1 or more")
	scale := flag.Float64("scale", 1, "tasks per run, as a factor")
	only := flag.String("suites", "", "regular expression: the suites to run, default all")
	once := flag.Bool("once", false, "only the suites that run once, after the rounds")
	contenders := flag.String("contenders", "", "regular expression: the contenders to run, default all")
	quick := flag.Bool("quick", false, "print medians as a table and write no JSON")
	flag.Parse()
	pattern, err := regexp.Compile(*only)
	names, err2 := regexp.Compile(*contenders)
	if err != nil || err2 != nil || *rounds < 1 || *scale <= 0 {
		fmt.Fprintln(os.Stderr, "worker: -rounds must be 1 or more, -scale above 0, -suites and -contenders regular expressions")
		os.Exit(2)
	}
	results, err := measure(suitesOf(pattern, *once), names, *rounds, *scale)
	if err != nil {
		fmt.Fprintln(os.Stderr, "worker:", err)
		os.Exit(1)
	}
	if *quick {
		results.print(os.Stdout)
		return
	}
	if err := json.NewEncoder(os.Stdout).Encode(results); err != nil {
		fmt.Fprintln(os.Stderr, "worker: write the results:", err)
		os.Exit(1)
	}
}
