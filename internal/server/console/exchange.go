package console

import (
	"errors"
	"log/slog"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/browser"
	"github.com/dsappd/dsappd/internal/server/directory"
	"github.com/dsappd/dsappd/internal/server/request"
	"github.com/dsappd/dsappd/soap"
)

// exchange is one request and its answer.
type exchange struct {
	*Handler
	*request.Request
	browser.Answer
	session *session // nil: nobody is signed in
}

// action answers a request. A *browser.Problem that it returns is shown, and so is a
// refusal; any other error is logged, and the user is told no more than that.
type action func(*exchange) error

// handle answers requests of a pattern, whatever happens.
func (h *Handler) handle(pattern string, act action) {
	h.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		q, err := h.frame.Begin(w, r)
		e := &exchange{Handler: h, Request: q, Answer: browser.Answer{W: w}}
		if err == nil {
			e.session, _ = h.sessions.Find(e.cookies().Get(sessionCookie), q.Began)
			err = q.Do(func() error { return e.act(act) })
		}
		if err != nil {
			e.fail(err)
		}
		e.note(pattern)
	})
}

// maxForm is the longest form that is read, in bytes.
const maxForm = 16 << 10

// act reads the form, where there is one, and does what is asked.
func (e *exchange) act(act action) error {
	if e.guard.StrangeHost(e.HTTP) {
		return &browser.Problem{Status: http.StatusMisdirectedRequest, Title: "This is not the address of this page",
			Words: "The server does not go by this name. Begin at localhost; whoever runs the server can add names to the setting console.hosts."}
	}
	if err := e.misdirected(); err != nil {
		return err
	}
	if e.HTTP.Method != http.MethodPost {
		return act(e)
	}
	if e.guard.OtherOrigin(e.HTTP) {
		return &browser.Problem{Status: http.StatusForbidden, Title: "This request came from elsewhere",
			Words: "Another site sent this form. Nothing was done: begin on this page."}
	}
	if err := browser.ReadForm(e.W, e.HTTP, maxForm); err != nil {
		return err
	}
	return act(e)
}

// misdirected answers programs that look for another door here.
func (e *exchange) misdirected() error {
	const here = "the self-management page, for browsers"
	if err := e.directory.Misdirected(e.HTTP, here); err != nil {
		return err
	}
	media, _, _ := mime.ParseMediaType(e.HTTP.Header.Get("Content-Type"))
	if at := e.directory.For(e.HTTP).Gateway; media == "application/json" && at != "" {
		return &wordsError{http.StatusUnsupportedMediaType, "This is " + here + ": the gateway's REST services are at " + at + "."}
	}
	return nil
}

// wordsError is answered in plain text: it is for a program.
type wordsError struct {
	status int
	words  string
}

func (e *wordsError) Error() string { return e.words }

// answerProgram answers a program that looks for another door, and reports
// whether it was one.
func (e *exchange) answerProgram(err error) bool {
	status, mediaType, body := 0, "text/plain; charset=utf-8", err.Error()+"\n"
	if fault, ok := errors.AsType[*soap.Fault](err); ok {
		status, mediaType, body = http.StatusInternalServerError, "text/xml; charset=utf-8", string(soap.Document(fault))
		e.noteReason(fault.Words())
	} else if _, ok := errors.AsType[*directory.WSDLError](err); ok {
		status = http.StatusNotFound
		e.noteReason(err.Error())
	} else if words, ok := errors.AsType[*wordsError](err); ok {
		status = words.status
		e.noteReason(err.Error())
	} else {
		return false
	}
	e.Send(status, mediaType, []byte(body))
	return true
}

// caller returns who asks, by the component of the page.
func (e *exchange) caller() (provision.Caller, error) { return e.Caller(e.proxies, e.componentType) }

// note writes the request's line in the log, with nothing of its form.
func (e *exchange) note(pattern string) {
	if e.Reason != "" {
		e.TurnAway(pattern, "HTTP "+strconv.Itoa(e.Status), e.Reason)
	}
	if e.session != nil {
		user := e.session.who.User()
		e.Note(slog.String("user", user.UserID), slog.String("domain", user.Domain))
	}
	level := slog.LevelInfo
	if strings.HasPrefix(pattern, "GET /console.") { // which every page asks for
		level = slog.LevelDebug
	}
	e.End(level, "request", slog.String("page", pattern), slog.Int("http_status", e.Status))
}

// fail answers with what went wrong, unless an answer has begun.
func (e *exchange) fail(err error) {
	if e.answerProgram(err) {
		return
	}
	shown := e.shown(err)
	if e.Status != 0 {
		return
	}
	if err := e.render(shown.Status, "problem", page{Title: shown.Title, Body: shown}); err != nil {
		e.Note(slog.String("error", err.Error()))
	}
}

// shown decides, alone, what a user sees of an error.
func (e *exchange) shown(err error) *browser.Problem {
	if refusal, ok := errors.AsType[*provision.Error](err); ok {
		e.noteRefusal(refusal)
	}
	if shown, reason := browser.ProblemOf(err); shown != nil {
		e.noteReason(reason)
		return shown
	}
	e.Failed("request failed", err)
	e.noteReason("an internal error")
	return &browser.Problem{Status: http.StatusInternalServerError, Title: "Something went wrong",
		Words: "The server could not do this because of an error of its own. Try again; whoever runs it finds the reason in its log by the number below.", RequestID: e.ID}
}

// noteReason notes in the request's line of the log why it was turned away.
func (e *exchange) noteReason(words string) { e.Reason = words }

// noteRefusal notes a refusal in the request's line of the log.
func (e *exchange) noteRefusal(refusal *provision.Error) {
	e.Note(slog.String("status", refusal.Status.StatusCodeEnum))
	e.noteReason(refusal.Reason())
}
