package operator

import (
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/dsappd/dsappd/internal/lab"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/browser"
	"github.com/dsappd/dsappd/internal/server/request"
)

// exchange is one request and its answer.
type exchange struct {
	*Handler
	*request.Request
	w       http.ResponseWriter
	session *session // nil: nobody is signed in
	status  int
}

// action answers a request. A *problem that it returns is shown, and so is a
// refusal; any other error is logged, and the operator is told no more than that.
type action func(*exchange) error

// handle answers requests of a pattern, whatever happens.
func (h *Handler) handle(pattern string, act action) {
	h.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		q, err := h.frame.Begin(w, r)
		e := &exchange{Handler: h, Request: q, w: w}
		if err == nil {
			e.session, _ = h.sessions.Find(e.cookies().Get(sessionCookie), h.Now())
			err = q.Do(func() error { return e.act(act) })
		}
		if err != nil {
			e.fail(err)
		}
		e.note(pattern)
	})
}

// maxForm is the longest form that is read, in bytes.
const maxForm = 64 << 10

// act reads the form, where there is one, and does what is asked.
func (e *exchange) act(act action) error {
	if e.guard.StrangeHost(e.HTTP) {
		return &problem{status: http.StatusMisdirectedRequest, Title: "This is not the address of the console",
			Words: "The server does not go by this name. Begin at localhost; whoever runs the server can add names to the setting operator.hosts."}
	}
	if e.HTTP.Method != http.MethodPost {
		return act(e)
	}
	if e.guard.OtherOrigin(e.HTTP) {
		return &problem{status: http.StatusForbidden, Title: "This request came from elsewhere",
			Words: "Another site sent this form. Nothing was done: begin in the console."}
	}
	e.HTTP.Body = http.MaxBytesReader(e.w, e.HTTP.Body, maxForm)
	if err := e.HTTP.ParseForm(); err != nil {
		return &problem{status: http.StatusBadRequest, Title: "The form could not be read",
			Words: "It was too long, or arrived broken. Nothing was done: go back and send it again."}
	}
	return act(e)
}

func (e *exchange) cookies() browser.Cookies {
	return browser.Cookies{W: e.w, R: e.HTTP, Secure: e.SecureCookies}
}

// checkForm looks whether a form was made for this cookie.
func (e *exchange) checkForm(name string) bool {
	return e.forms.Check(name, e.cookies().Get(name), e.HTTP.PostForm.Get("token"))
}

// caller is who asks, from where. The component is the one of administrators at
// that address.
func (e *exchange) caller() (provision.Caller, error) {
	caller, err := e.Caller(e.Proxies, "")
	caller.OwnDoor = false
	return caller, err
}

// note writes the request's line in the log, with nothing of its form.
func (e *exchange) note(pattern string) {
	if e.Reason != "" {
		e.TurnAway(pattern, "HTTP "+strconv.Itoa(e.status), e.Reason)
	}
	if e.session != nil {
		e.Note(slog.String("operator", e.session.viewer.name))
	}
	level := slog.LevelDebug // of who only looks
	if e.HTTP.Method == http.MethodPost {
		level = slog.LevelInfo
	}
	e.End(level, "request", slog.String("page", pattern), slog.Int("http_status", e.status))
}

// fail answers with what went wrong, unless an answer has begun.
func (e *exchange) fail(err error) {
	shown := e.shown(err)
	if e.status != 0 {
		return
	}
	if err := e.render(shown.status, "problem", page{Title: shown.Title, Body: shown}); err != nil {
		e.Note(slog.String("error", err.Error()))
	}
}

// shown decides, alone, what an operator sees of an error.
func (e *exchange) shown(err error) *problem {
	if shown, ok := errors.AsType[*problem](err); ok {
		e.Reason = shown.Error()
		return shown
	}
	if refusal, ok := errors.AsType[*provision.Error](err); ok {
		e.Note(slog.String("status", refusal.Status.StatusCodeEnum))
		e.Reason = refusal.Reason()
		return &problem{status: refusalStatus(refusal.Refusal), Title: "That was not possible", Words: refusal.Plain()}
	}
	if errors.Is(err, lab.ErrRefused) {
		e.Reason = err.Error()
		return &problem{status: http.StatusBadRequest, Title: "That was not possible", Words: sentence(strings.TrimPrefix(err.Error(), lab.ErrRefused.Error()+": "))}
	}
	if errors.Is(err, provision.ErrContended) {
		e.Reason = "others kept changing the same records"
		return &problem{status: http.StatusServiceUnavailable, Title: "Too much at once",
			Words: "Other requests kept changing the same records. Nothing was done: try again."}
	}
	e.Failed("request failed", err)
	e.Reason = "an internal error"
	return &problem{status: http.StatusInternalServerError, Title: "Something went wrong",
		Words: "The server could not do this because of an error of its own. Its log has the reason, under the number below.", RequestID: e.ID}
}

// problem is an error in words for the operator.
type problem struct {
	status       int
	Title, Words string
	RequestID    string // where the log says more; else empty
}

func (p *problem) Error() string { return p.Title + ": " + p.Words }

func refusalStatus(refusal provision.Refusal) int {
	switch refusal {
	case provision.InvalidParameter:
		return http.StatusBadRequest
	case provision.NotFound:
		return http.StatusNotFound
	case provision.OutOfOrder, provision.InUse, provision.Exists:
		return http.StatusConflict
	case provision.Busy:
		return http.StatusServiceUnavailable
	}
	return http.StatusForbidden
}
