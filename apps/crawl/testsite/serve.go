package testsite

import (
	"fmt"
	"html"
	"net/http"
	"strings"
	"time"
)

const sentence = "<p>The crew walks the bars around, and the cable comes home a link at a time.</p>\n"

func (s *Site) serve(w http.ResponseWriter, r *http.Request) {
	defer s.count(r)()
	origin := "http://" + r.Host
	if r.URL.Path == "/robots.txt" {
		fmt.Fprintln(w, "User-agent: *\nDisallow: /private/")
		return
	}
	if page, ok := s.pageOf(origin, r.URL.Path); ok {
		s.servePage(w, r, page)
		return
	}
	switch kind, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/"); kind {
	case "moved":
		var k, page int
		if _, err := fmt.Sscanf(rest, "%d/%d", &k, &page); err != nil {
			http.NotFound(w, r)
			return
		}
		// To a page of this host: the path decides, and a page of another host
		// is shown here as it is there.
		http.Redirect(w, r, fmt.Sprintf("/shown/%d", page), http.StatusMovedPermanently)
	case "shown":
		fmt.Fprintf(w, "%s\n", rest)
	case string(Forbidden):
		http.Error(w, "forbidden", http.StatusForbidden)
	case string(Failing):
		http.Error(w, "failing", http.StatusInternalServerError)
	case string(Loop):
		s.serveLoop(w, r, rest)
	case string(Hang):
		s.wait(r, time.Hour)
	default:
		http.NotFound(w, r)
	}
}

// serveLoop leads from N to N/back and from there to N again.
func (s *Site) serveLoop(w http.ResponseWriter, r *http.Request, name string) {
	if first, back := strings.CutSuffix(name, "/back"); back {
		http.Redirect(w, r, "/loop/"+first, http.StatusFound)
		return
	}
	http.Redirect(w, r, "/loop/"+name+"/back", http.StatusFound)
}

func (s *Site) servePage(w http.ResponseWriter, r *http.Request, page int) {
	s.wait(r, s.latency(page))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if r.Method == http.MethodHead {
		return
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<!doctype html>\n<title>Page %d</title>\n", page)
	for i, href := range s.links[page] {
		fmt.Fprintf(&b, "<a href=\"%s\">link %d</a>\n", html.EscapeString(href), i)
	}
	b.WriteString("<a href=\"mailto:crew@example.com\">write</a> <a>nowhere</a>\n")
	for b.Len() < s.options.PageBytes {
		b.WriteString(sentence)
	}
	// A client that went away is no concern of the site.
	_, _ = w.Write([]byte(b.String()))
}

// latency is the time that a page takes.
func (s *Site) latency(page int) time.Duration {
	own := 0.5 + float64(page*7919%101)/100
	if page%50 == 49 {
		own = 4
	}
	return time.Duration(own * float64(s.options.Latency))
}

// wait passes time, until the client goes away or the site closes.
func (s *Site) wait(r *http.Request, d time.Duration) {
	if d == 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	case <-s.closing:
	}
}

// count keeps the numbers of a request until the returned func is called.
func (s *Site) count(r *http.Request) (end func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests["http://"+r.Host+r.URL.RequestURI()]++
	s.running[r.Host]++
	s.peak[r.Host] = max(s.peak[r.Host], s.running[r.Host])
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.running[r.Host]--
	}
}
