package console

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/browser"
)

// follow streams the status of a registration to its page, as server-sent
// events: at once, whenever it changes, and now and then. It ends with the
// registration, the session or the server. A browser that is told 204 does
// not come back.
func (e *exchange) follow() error {
	if e.session == nil {
		e.NoStream()
		return nil
	}
	m, err := e.registration()
	if err != nil {
		return err
	}
	leave, admitted := e.streams.Enter(e.session)
	if !admitted {
		return &browser.Problem{Status: http.StatusTooManyRequests, Title: "Too many pages are following",
			Words: "Close other pages, or look here now and then."}
	}
	defer leave()
	moved, stop := e.service.WatchRegistration(m.id)
	defer stop()
	return e.stream(m, moved)
}

// stream reads first and then waits: nothing falls between the two.
func (e *exchange) stream(m made, moved <-chan struct{}) error {
	if err := e.BeginStream(); err != nil {
		return err
	}
	tick := time.NewTicker(e.limits.Reread)
	defer tick.Stop()
	var last status
	var sent time.Time
	for {
		now, ended, err := e.current(m)
		if err != nil {
			return err
		}
		if now.differs(last) || time.Since(sent) >= e.limits.Heartbeat {
			if e.send(now) != nil {
				return nil // the browser went away
			}
			last, sent = now, time.Now()
		}
		if ended {
			return nil
		}
		select {
		case <-moved:
		case <-tick.C:
		case <-e.session.over:
		case <-e.streams.Ended():
			return nil
		case <-e.HTTP.Context().Done():
			return nil
		}
	}
}

// signedOut is the phase of a page whose session has ended.
const signedOut phase = "signed out"

// current returns the status now, and whether it is the last. Following a
// registration keeps the session, as long as the registration is open.
func (e *exchange) current(m made) (status, bool, error) {
	if _, is := e.sessions.Find(e.cookies().Get(sessionCookie), e.service.Now()); !is || e.session.ended() {
		return status{Phase: signedOut}, true, nil
	}
	progress, err := e.progress(m)
	if _, refused := errors.AsType[*provision.Error](err); refused {
		return status{Phase: signedOut}, true, nil
	}
	if err != nil {
		return status{}, false, err
	}
	return newStatus(progress), progress.Ended(), nil
}

// differs reports whether a page has to change.
func (s status) differs(last status) bool {
	s.Remaining, last.Remaining = 0, 0
	return s != last
}

func (e *exchange) send(s status) error {
	data, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return e.Event(fmt.Appendf(nil, "retry: 2000\ndata: %s\n\n", data))
}
