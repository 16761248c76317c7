package operator

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/dsappd/dsappd/internal/server/browser"
	"github.com/dsappd/dsappd/internal/server/timeline"
)

// filter says which requests the timeline shows. What is empty fits every one.
type filter struct {
	Door, Operation, Component, User, Registration, Serial, Status string

	Text   string // anywhere in the request, its reply or what was decided
	Longer string // that took longer than this duration, such as 100ms
	Turned string // refused, or granted

	longer time.Duration
}

// fields has the filter's texts by their names in the URL.
func (f *filter) fields() map[string]*string {
	return map[string]*string{
		"door": &f.Door, "operation": &f.Operation, "component": &f.Component, "user": &f.User, "registration": &f.Registration,
		"serial": &f.Serial, "status": &f.Status, "q": &f.Text, "longer": &f.Longer, "turned": &f.Turned,
	}
}

// readFilter reads a filter from a query. A duration that cannot be read is a
// problem.
func readFilter(query url.Values) (filter, error) {
	var f filter
	for name, text := range f.fields() {
		*text = strings.TrimSpace(query.Get(name))
	}
	if f.Longer == "" {
		return f, nil
	}
	var err error
	if f.longer, err = time.ParseDuration(f.Longer); err != nil {
		return f, &browser.Problem{Status: http.StatusBadRequest, Title: "The filter cannot be read",
			Words: fmt.Sprintf("%q is no duration: write it as a number and a unit, such as 100ms or 2s.", f.Longer)}
	}
	return f, nil
}

// query returns the filter for a URL.
func (f filter) query() string {
	query := url.Values{}
	for name, text := range f.fields() {
		if *text != "" {
			query.Set(name, *text)
		}
	}
	return query.Encode()
}

// Filters reports whether the filter leaves anything out.
func (f filter) Filters() bool { return f.query() != "" }

func (f filter) fits(e timeline.Exchange) bool {
	holds := func(want, got string) bool {
		return want == "" || strings.Contains(strings.ToLower(got), strings.ToLower(want))
	}
	return holds(f.Door, e.Door) && holds(f.Operation, operationOf(e)) && holds(f.Component, e.Component) && holds(f.User, whoOf(e)) &&
		holds(f.Registration, e.RegistrationID) && holds(f.Serial, e.SerialNumber) && holds(f.Status, statusOf(e)) &&
		(f.Turned == "" || (f.Turned == "refused") == e.Refused) && e.Took >= f.longer.Seconds() &&
		(f.Text == "" || e.Contains(strings.ToLower(f.Text)))
}

// row is a request as the timeline shows it, and as the stream brings it.
type row struct {
	Number       int    `json:"number"`
	URL          string `json:"url"`
	Time         string `json:"time"` // RFC 3339
	Clock        string `json:"clock"`
	Door         string `json:"door"`
	Operation    string `json:"operation"`
	Who          string `json:"who"`
	Registration string `json:"registration"`
	Status       string `json:"status"`
	Kind         string `json:"kind"` // good, refused or failed
	Took         string `json:"took"`
}

func newRow(e timeline.Exchange) row {
	return row{
		Number: e.Number, URL: "/requests/" + url.PathEscape(e.Name()), Time: e.Time.Format(time.RFC3339Nano), Clock: e.Time.Format("15:04:05.000"),
		Door: e.Door, Operation: operationOf(e), Who: whoOf(e), Registration: e.RegistrationID,
		Status: statusOf(e), Kind: kindOf(e), Took: milliseconds(e.Took),
	}
}

// operationOf names what was asked: the operation that was decided or else the
// method and path.
func operationOf(e timeline.Exchange) string {
	if e.Operation != "" {
		return e.Operation
	}
	return e.Method + " " + e.Path
}

// whoOf names whom it was about, and else who asked.
func whoOf(e timeline.Exchange) string {
	switch {
	case e.User != "":
		return e.User + "@" + e.Domain
	case e.Operator != "":
		return "operator " + e.Operator
	case e.Component != "":
		return e.Component
	}
	return e.Remote
}

func statusOf(e timeline.Exchange) string {
	switch {
	case e.HTTP == 0:
		return strings.TrimSpace(e.Status + " no reply")
	case e.Status != "":
		return e.Status
	}
	return fmt.Sprintf("HTTP %d", e.HTTP)
}

// kindOf tells requests apart that were granted, refused, and that failed by the
// server's own fault or a lab's.
func kindOf(e timeline.Exchange) string {
	switch {
	case e.HTTP == 0, e.HTTP >= http.StatusInternalServerError, e.Fault != 0:
		return "failed"
	case e.Refused:
		return "refused"
	}
	return "good"
}

func milliseconds(seconds float64) string {
	switch ms := seconds * 1000; {
	case ms < 10:
		return fmt.Sprintf("%.1f ms", ms)
	case ms < 10000:
		return fmt.Sprintf("%.0f ms", ms)
	}
	return fmt.Sprintf("%.1f s", seconds)
}

// requestsPage is the timeline, the newest first.
type requestsPage struct {
	Filter filter
	Rows   []row
	Doors  []string
	Last   int    // the number that the stream goes on after
	Stream string // its URL; empty: an older part does not go on
	Older  string // the URL of the part before; empty: there is none
}

// shownRows is how many requests a part of the timeline has.
const shownRows = 200

func (e *exchange) requests() error {
	query := e.HTTP.URL.Query()
	f, err := readFilter(query)
	if err != nil {
		return err
	}
	before, err := strconv.Atoi(query.Get("before"))
	if query.Get("before") != "" && (err != nil || before < 1) {
		return notHere("before= is the number of a request.")
	}
	p := requestsPage{Filter: f, Doors: []string{"soap", "gateway", "platform", "console", "operators", "operator"}}
	all, last := e.Requests.Since(0)
	p.Last = last
	for i := len(all) - 1; i >= 0; i-- {
		each := all[i]
		if before > 0 && each.Number >= before || !e.session.viewer.sees(each.Domain) || !f.fits(each) {
			continue
		}
		if len(p.Rows) == shownRows {
			p.Older = "/requests?" + with(f, "before", strconv.Itoa(p.Rows[shownRows-1].Number))
			break
		}
		p.Rows = append(p.Rows, newRow(each))
	}
	if before == 0 {
		p.Stream = "/requests/events?" + f.query()
	}
	return e.render(http.StatusOK, "requests", page{Title: "Requests", Here: "requests", Body: p})
}

// with returns a filter's query with one parameter more.
func with(f filter, name, value string) string {
	query := name + "=" + url.QueryEscape(value)
	if rest := f.query(); rest != "" {
		query = rest + "&" + query
	}
	return query
}
