package testsite

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

// Truth is what a crawl has to find, all URLs in normal form.
type Truth struct {
	// Pages answer 200, directly or after a redirect.
	Pages []string `json:"pages"`
	// Broken is what has to be reported.
	Broken []Broken `json:"broken"`
	// Forbidden must not be asked for.
	Forbidden []string `json:"forbidden"`
}

// Broken is one broken link; only the page From links to it.
type Broken struct {
	URL    string `json:"url"`
	From   string `json:"from"`
	Status int    `json:"status"` // 0: no answer with a status comes
	Kind   Kind   `json:"kind"`
}

// Kind is what is wrong with a link.
type Kind string

// The kinds of broken links.
const (
	Gone      Kind = "gone"
	Forbidden Kind = "forbidden"
	Failing   Kind = "failing"
	Loop      Kind = "loop"
	Hang      Kind = "hang"
)

var statusOf = map[Kind]int{Gone: 404, Forbidden: 403, Failing: 500}

// plan lays out all links and faults, and what is true of them.
func (s *Site) plan() {
	o := s.options
	random := rand.New(rand.NewPCG(o.Seed, 0x5eed))
	s.links = make(map[int][]string)
	for i := range o.Pages {
		s.truth.Pages = append(s.truth.Pages, s.pageURL(i))
		for _, child := range []int{2*i + 1, 2*i + 2} { // a binary tree reaches all
			if child < o.Pages {
				s.add(i, s.spell(random, i, child))
			}
		}
		for range o.Links {
			s.add(i, s.spell(random, i, random.IntN(o.Pages)))
		}
	}
	kinds := []Kind{Gone, Forbidden, Failing, Loop}
	for k := range int(math.Round(o.Broken * float64(o.Pages))) {
		s.addBroken(random.IntN(o.Pages), kinds[k%len(kinds)], k)
	}
	for k := range o.Hangs {
		s.addBroken(random.IntN(o.Pages), Hang, k)
	}
	for k := range o.Redirects {
		from, to := random.IntN(o.Pages), random.IntN(o.Pages)
		path := fmt.Sprintf("/moved/%d/%d", k, to)
		s.add(from, path)
		s.truth.Pages = append(s.truth.Pages, s.origin(from)+path)
	}
	for k := range o.Private {
		path := fmt.Sprintf("/private/%d", k)
		from := random.IntN(o.Pages)
		s.add(from, path)
		s.truth.Forbidden = append(s.truth.Forbidden, s.origin(from)+path)
	}
}

func (s *Site) add(page int, href string) { s.links[page] = append(s.links[page], href) }

func (s *Site) addBroken(from int, kind Kind, k int) {
	path := fmt.Sprintf("/%s/%d", kind, k)
	s.add(from, path)
	s.truth.Broken = append(s.truth.Broken, Broken{
		URL: s.origin(from) + path, From: s.pageURL(from), Status: statusOf[kind], Kind: kind,
	})
}

// spell writes a link to a page in one of the ways that mean the same.
func (s *Site) spell(random *rand.Rand, from, to int) string {
	path := pagePath(to)
	if s.origin(from) != s.origin(to) {
		return s.origin(to) + path
	}
	spellings := []string{
		path,
		path + "#part",
		strings.Replace(s.origin(to), "http://", "HTTP://", 1) + path,
		strings.Replace(path, "p", "%70", 1),
		"/x/.." + path,
		"/p/./.." + path,
	}
	return spellings[random.IntN(len(spellings))]
}

func (s *Site) origin(page int) string  { return s.origins[page%len(s.origins)] }
func (s *Site) pageURL(page int) string { return s.origin(page) + pagePath(page) }

func pagePath(page int) string {
	if page == 0 {
		return "/"
	}
	return fmt.Sprintf("/p/%d", page)
}

// pageOf is the page of a path on an origin, if there is one.
func (s *Site) pageOf(origin, path string) (int, bool) {
	page := 0
	if path != "/" {
		if _, err := fmt.Sscanf(path, "/p/%d", &page); err != nil || path != pagePath(page) {
			return 0, false
		}
	}
	known := page >= 0 && page < s.options.Pages && slices.Contains(s.origins, origin)
	return page, known && s.origin(page) == origin
}
