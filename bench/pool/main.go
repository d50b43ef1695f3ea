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
	"runtime/pprof"
	"time"
)

func main() {
	rounds := flag.Int("rounds", 9, "rounds, 1 or more")
	scale := flag.Float64("scale", 1, "tasks per sample, as a factor")
	budget := flag.Duration("budget", 5*time.Minute, "no round is begun after that long")
	only := flag.String("suites", "", "regular expression: the suites to run, default all")
	who := flag.String("contenders", "", "regular expression: the contenders to run, default all")
	profile := flag.String("cpuprofile", "", "file for a profile of CPU time, for pprof; default none")
	quick := flag.Bool("quick", false, "print medians as a table and write no JSON")
	flag.Parse()
	pattern, err := regexp.Compile(*only)
	names, namesErr := regexp.Compile(*who)
	if err != nil || namesErr != nil || *rounds < 1 || *scale <= 0 {
		fmt.Fprintln(os.Stderr, "pool: -rounds must be 1 or more, -scale above 0, -suites and -contenders regular expressions")
		os.Exit(2)
	}
	stop, err := profileTo(*profile)
	if err != nil {
		fmt.Fprintln(os.Stderr, "pool: write the profile:", err)
		os.Exit(1)
	}
	results := run(suites(), pattern, names, effort{*rounds, *scale, *budget})
	stop()
	if *quick {
		results.print(os.Stdout)
		return
	}
	if err := json.NewEncoder(os.Stdout).Encode(results); err != nil {
		fmt.Fprintln(os.Stderr, "pool: write the results:", err)
		os.Exit(1)
	}
}

// profileTo writes a profile of CPU time to file until stop is called; no name means no profile.
func profileTo(name string) (stop func(), err error) {
	if name == "" {
		return func() {}, nil
	}
	file, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	return pprof.StopCPUProfile, pprof.StartCPUProfile(file)
}
