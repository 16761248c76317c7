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
	browser.Answer
	session *session // nil: nobody is signed in
}

// action answers a request. A *browser.Problem that it returns is shown, and so is a
// refusal; any other error is logged, and the operator is told no more than that.
type action func(*exchange) error

// handle answers requests of a pattern, whatever happens.
func (h *Handler) handle(pattern string, act action) {
	h.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		q, err := h.frame.Begin(w, r)
		e := &exchange{Handler: h, Request: q, Answer: browser.Answer{W: w}}
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
		return &browser.Problem{Status: http.StatusMisdirectedRequest, Title: "This is not the address of the console",
			Words: "The server does not go by this name. Begin at localhost; whoever runs the server can add names to the setting operator.hosts."}
	}
	if e.HTTP.Method != http.MethodPost {
		return act(e)
	}
	if e.guard.OtherOrigin(e.HTTP) {
		return &browser.Problem{Status: http.StatusForbidden, Title: "This request came from elsewhere",
			Words: "Another site sent this form. Nothing was done: begin in the console."}
	}
	if err := browser.ReadForm(e.W, e.HTTP, maxForm); err != nil {
		return err
	}
	return act(e)
}

func (e *exchange) cookies() browser.Cookies {
	return browser.Cookies{W: e.W, R: e.HTTP, Secure: e.SecureCookies}
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
		e.TurnAway(pattern, "HTTP "+strconv.Itoa(e.Status), e.Reason)
	}
	if e.session != nil {
		e.Note(slog.String("operator", e.session.viewer.name))
	}
	level := slog.LevelDebug // of who only looks
	if e.HTTP.Method == http.MethodPost {
		level = slog.LevelInfo
	}
	e.End(level, "request", slog.String("page", pattern), slog.Int("http_status", e.Status))
}

// fail answers with what went wrong, unless an answer has begun.
func (e *exchange) fail(err error) {
	shown := e.shown(err)
	if e.Status != 0 {
		return
	}
	if err := e.render(shown.Status, "problem", page{Title: shown.Title, Body: shown}); err != nil {
		e.Note(slog.String("error", err.Error()))
	}
}

// shown decides, alone, what an operator sees of an error.
func (e *exchange) shown(err error) *browser.Problem {
	if refusal, ok := errors.AsType[*provision.Error](err); ok {
		e.Note(slog.String("status", refusal.Status.StatusCodeEnum))
	}
	if shown, reason := browser.ProblemOf(err); shown != nil {
		e.Reason = reason
		return shown
	}
	if errors.Is(err, lab.ErrRefused) {
		e.Reason = err.Error()
		return &browser.Problem{Status: http.StatusBadRequest, Title: "That was not possible", Words: sentence(strings.TrimPrefix(err.Error(), lab.ErrRefused.Error()+": "))}
	}
	e.Failed("request failed", err)
	e.Reason = "an internal error"
	return &browser.Problem{Status: http.StatusInternalServerError, Title: "Something went wrong",
		Words: "The server could not do this because of an error of its own. Its log has the reason, under the number below.", RequestID: e.ID}
}
