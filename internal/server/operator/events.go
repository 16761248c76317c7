package operator

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

const (
	// writeTimeout is for one event to be taken by the browser.
	writeTimeout = 10 * time.Second

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
		e.status = http.StatusNoContent
		e.w.WriteHeader(e.status)
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
	if !e.streams.enter() {
		return &problem{status: http.StatusTooManyRequests, Title: "Too many pages are following",
			Words: "Close other pages of the console, or reload this one now and then."}
	}
	defer e.streams.leave()
	controller := http.NewResponseController(e.w)
	if err := controller.SetReadDeadline(time.Time{}); err != nil { // it would end the request's context
		return fmt.Errorf("begin a stream: %w", err)
	}
	e.status = http.StatusOK
	e.w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	e.w.Header().Set("X-Accel-Buffering", "no") // nginx would keep events until there are enough
	e.w.WriteHeader(e.status)
	return e.stream(controller, f, after)
}

// stream sends what has come, and waits for more.
func (e *exchange) stream(controller *http.ResponseController, f filter, after int) error {
	for {
		holds, err := e.renew()
		if _, is := e.sessions.Find(e.cookies().Get(sessionCookie), e.Now()); err != nil || !holds || !is {
			return err
		}
		rows, last := e.rowsAfter(f, after)
		if e.event(controller, rows, last) != nil {
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
func (e *exchange) event(controller *http.ResponseController, rows []row, last int) error {
	if err := controller.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	text := []byte(":\n\n")
	if len(rows) > 0 {
		data, err := json.Marshal(rows)
		if err != nil {
			return err
		}
		text = fmt.Appendf(nil, "retry: 1000\nid: %d\ndata: %s\n\n", last, data)
	}
	if _, err := e.w.Write(text); err != nil {
		return err
	}
	return controller.Flush()
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
	case <-e.streams.ended:
		return false
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-e.streams.ended:
		return false
	case <-ctx.Done():
	}
	return e.HTTP.Context().Err() == nil
}
