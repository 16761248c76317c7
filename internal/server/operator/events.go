package operator

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/dsappd/dsappd/internal/server/browser"
)

const (
	// pause is between two events, so that many requests come together.
	pause = 100 * time.Millisecond

	// maxEvent is the most requests of one event: the newest.
	maxEvent = 200
)

// follow streams the requests after a number as server-sent events, each of some
// rows, the oldest first. It ends with the session or the server. A browser that
// is told 204 does not come back.
func (e *exchange) follow() error {
	if e.session == nil {
		e.NoStream()
		return nil
	}
	f, err := readFilter(e.HTTP.URL.Query())
	if err != nil {
		return err
	}
	after, _ := strconv.Atoi(e.HTTP.URL.Query().Get("after")) // none: from the beginning
	if last, err := strconv.Atoi(e.HTTP.Header.Get("Last-Event-Id")); err == nil {
		after = last
	}
	leave, admitted := e.streams.Enter(e.session)
	if !admitted {
		return &browser.Problem{Status: http.StatusTooManyRequests, Title: "Too many pages are following",
			Words: "Close other pages of the console, or reload this one now and then."}
	}
	defer leave()
	if err := e.BeginStream(); err != nil {
		return err
	}
	return e.stream(f, after)
}

// stream sends what has come, and waits for more.
func (e *exchange) stream(f filter, after int) error {
	for {
		holds, err := e.renew()
		if _, is := e.sessions.Find(e.cookies().Get(sessionCookie), e.Now()); err != nil || !holds || !is {
			return err
		}
		rows, last := e.rowsAfter(f, after)
		if e.event(rows, last) != nil {
			return nil // the browser went away
		}
		after = last
		if !e.wait(after) {
			return nil
		}
	}
}

// rowsAfter returns the rows after a number, the oldest first, and the last
// number.
func (e *exchange) rowsAfter(f filter, after int) (rows []row, last int) {
	all, last := e.Requests.Since(after)
	for _, each := range all {
		if e.session.viewer.sees(each.Domain) && f.fits(each) {
			rows = append(rows, newRow(each))
		}
	}
	return rows[max(0, len(rows)-maxEvent):], last
}

// event writes one event; without rows it only keeps the connection.
func (e *exchange) event(rows []row, last int) error {
	text := []byte(":\n\n")
	if len(rows) > 0 {
		data, err := json.Marshal(rows)
		if err != nil {
			return err
		}
		text = fmt.Appendf(nil, "retry: 1000\nid: %d\ndata: %s\n\n", last, data)
	}
	return e.Event(text)
}

// wait returns when there is something to send, or to say that the stream lives;
// false: it is over.
func (e *exchange) wait(after int) bool {
	ctx, cancel := context.WithTimeout(e.HTTP.Context(), e.Heartbeat)
	defer cancel()
	came := make(chan bool, 1)
	go func() { came <- e.Requests.Wait(ctx, after) }()
	select {
	case more := <-came:
		if !more {
			return e.HTTP.Context().Err() == nil
		}
	case <-e.session.over:
		return false
	case <-e.streams.Ended():
		return false
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-e.streams.Ended():
		return false
	case <-ctx.Done():
	}
	return e.HTTP.Context().Err() == nil
}
